"""Named queries on messages that went out before and whose words may be out of date: digests, reminders, warnings."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Update, and_, case, func, select, update

from store.database import Tx
from store.records import OutboxMessage, OutboxState, Surface, WorkspaceId
from store.tables import OUTBOX_PENDING, outbox


async def again(
    tx: Tx, ws: WorkspaceId, kind: str, *, prefix: str, now: datetime, but: OutboxMessage | None = None
) -> int:
    """Have messages that were sent told anew (edited), of every subject that begins with `prefix`; gives their number."""
    change = _anew(now).where(
        outbox.c.workspace_id == ws,
        outbox.c.kind == kind,
        func.substr(outbox.c.subject, 1, len(prefix)) == prefix,
        _IS_THERE,
    )
    if but is not None:
        change = change.where(outbox.c.id != but.id)
    return int((await tx.conn.execute(change)).rowcount)


async def newest_again(tx: Tx, ws: WorkspaceId, kind: str, *, now: datetime) -> int:
    """As `again`, for the newest subject of each recipient: subjects sort by their age."""
    other = outbox.alias("other")
    newer = select(other.c.id).where(
        *(other.c[name] == outbox.c[name] for name in ("workspace_id", "kind", "surface", "recipient")),
        other.c.subject > outbox.c.subject,
    )
    change = _anew(now).where(outbox.c.workspace_id == ws, outbox.c.kind == kind, _IS_THERE, ~newer.exists())
    return int((await tx.conn.execute(change)).rowcount)


async def replace(
    tx: Tx, ws: WorkspaceId, kind: str, surface: Surface, recipient: str, *, newest: str, now: datetime
) -> int:
    """As `again`, for the last message to a recipient that was sent before the one with the subject `newest`."""
    theirs = and_(
        outbox.c.workspace_id == ws,
        outbox.c.kind == kind,
        outbox.c.surface == surface,
        outbox.c.recipient == recipient,
        outbox.c.subject < newest,
        _IS_THERE,
    )
    last = select(func.max(outbox.c.subject)).where(theirs).scalar_subquery()
    change = _anew(now).where(theirs, outbox.c.subject == last)
    return int((await tx.conn.execute(change)).rowcount)


async def newest(tx: Tx, row: OutboxMessage) -> str:
    """The newest subject of this kind that a recipient was told of, or is to be."""
    query = select(func.max(outbox.c.subject)).where(
        outbox.c.workspace_id == row.workspace_id,
        outbox.c.kind == row.kind,
        outbox.c.surface == row.surface,
        outbox.c.recipient == row.recipient,
    )
    return cast("str | None", await tx.conn.scalar(query)) or row.subject


async def newest_of(tx: Tx, ws: WorkspaceId, kind: str, *, prefix: str) -> str:
    """The newest subject that begins with `prefix`, whoever it is for; "" when there is none."""
    query = select(func.max(outbox.c.subject)).where(
        outbox.c.workspace_id == ws,
        outbox.c.kind == kind,
        func.substr(outbox.c.subject, 1, len(prefix)) == prefix,
    )
    return cast("str | None", await tx.conn.scalar(query)) or ""


_IS_THERE = and_(outbox.c.state == OutboxState.SENT, outbox.c.ts.is_not(None))


def _anew(now: datetime) -> Update:
    values: dict[str, Any] = {
        "version": outbox.c.version + 1,
        "tries": 0,
        "state": OutboxState.PENDING,
        "error": None,
        "due_at": case((OUTBOX_PENDING, outbox.c.due_at), else_=now),
        "changed_at": now,
    }
    return update(outbox).values(**values)
