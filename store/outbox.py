"""Named queries on the outbox: what has to be told. At least once; asking again for the same thing is one message."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import and_, case, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from store.database import Tx
from store.records import OutboxMessage, OutboxState, Surface, WorkspaceId
from store.rows import columns_of
from store.tables import OUTBOX_PENDING, outbox
from store.watch_records import Fate
from store.watch_tables import ALERT_OPEN, alerts

_MESSAGE = columns_of(OutboxMessage, outbox)
_FATE = columns_of(Fate, outbox)
_KEY = ("workspace_id", "kind", "subject", "surface", "recipient")
_FREE = {"locked_by": None, "locked_until": None}
_POSTED = {"posting_at": None}
_PAUSED = "paused"
_IN_PAUSE = and_(OUTBOX_PENDING, outbox.c.error == _PAUSED)


async def ask(
    tx: Tx,
    *,
    ws: WorkspaceId,
    kind: str,
    subject: str,
    surface: Surface,
    recipient: str,
    now: datetime,
    once: bool = False,
    due_at: datetime | None = None,
    thread_ts: str | None = None,
    keep_unknown: bool = False,
) -> bool:
    """Have something told, from `due_at` on (else from now). Asked before: it is told anew, or with `once` left alone (then False).

    What still waits is not put off by asking again. A delivery under way keeps its lease; when it ends, the newer version is
    still pending. `keep_unknown` leaves alone what may have arrived (then False). `thread_ts` None keeps the one that is there.
    """
    due_at = due_at or now
    statement = insert(outbox).values(
        id=uuid.uuid4().hex,
        workspace_id=ws,
        kind=kind,
        subject=subject,
        surface=surface,
        recipient=recipient,
        version=1,
        tries=0,
        state=OutboxState.PENDING,
        due_at=due_at,
        thread_ts=thread_ts,
        created_at=now,
        changed_at=now,
    )
    again = _again(due_at, now) | ({} if thread_ts is None else {"thread_ts": thread_ts})
    if once:
        statement = statement.on_conflict_do_nothing(index_elements=_KEY)
    else:
        statement = statement.on_conflict_do_update(
            index_elements=_KEY,
            set_=again,
            where=outbox.c.state != OutboxState.UNKNOWN if keep_unknown else None,
        )
    return (await tx.conn.execute(statement.returning(outbox.c.id))).first() is not None


async def claim(
    tx: Tx, *, owner: str, now: datetime, until: datetime, limit: int
) -> tuple[OutboxMessage, ...]:
    """Take messages of all workspaces that are due and that nobody is delivering, the longest due first."""
    due = (
        select(outbox.c.id)
        .where(OUTBOX_PENDING, outbox.c.due_at <= now, _is_free(now))
        .order_by(outbox.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    change = (
        update(outbox)
        .where(outbox.c.id.in_(select(due.c.id)))
        .values(locked_by=owner, locked_until=until)
        .returning(*_MESSAGE, outbox.c.due_at)
    )
    rows = sorted((await tx.conn.execute(change)).mappings(), key=lambda row: (row["due_at"], row["id"]))
    return tuple(OutboxMessage(**{c.name: row[c.name] for c in _MESSAGE}) for row in rows)


async def posting(tx: Tx, message: OutboxMessage, *, at: datetime) -> bool:
    """Note, before a message is posted for the first time (or anew), that it is about to be; False when another has it by now.

    Whoever finds the note, and no place, knows that it may have been posted.
    """
    change = update(outbox).where(_mine(message)).values(posting_at=at, channel=None, ts=None)
    return bool((await tx.conn.execute(change)).rowcount == 1)


async def sent(tx: Tx, message: OutboxMessage, *, channel: str | None = None, ts: str | None = None) -> bool:
    """Note a delivery; when the message was asked for again meanwhile it stays pending. The place is kept either way.

    False when another delivers it by now: nothing is written then, but the place of a post nobody was sure of.
    """
    values: dict[str, Any] = {"state": _if_same(message, OutboxState.SENT, outbox.c.state), "error": None}
    given = {"channel": channel, "ts": ts}
    values |= {name: value for name, value in given.items() if value is not None}
    if await _finish(tx, message, values | _POSTED):
        return True
    if ts is not None:
        await _found_after_all(tx, message, given)
    return False


async def retry(tx: Tx, message: OutboxMessage, *, due_at: datetime, error: str) -> None:
    """Try again at `due_at`, one try more; when the message was asked for again meanwhile it stays due at once.

    Only for what surely did not arrive.
    """
    values = {
        "due_at": _if_same(message, due_at, outbox.c.due_at),
        "tries": _if_same(message, outbox.c.tries + 1, outbox.c.tries),
        "error": error,
    }
    await _finish(tx, message, values | _POSTED)


async def put_off(tx: Tx, message: OutboxMessage, *, until: datetime) -> None:
    """Let everything for the recipient of `message` wait until then, itself too: Slack asked for a pause. No try is counted."""
    theirs = and_(
        outbox.c.workspace_id == message.workspace_id,
        outbox.c.surface == message.surface,
        outbox.c.recipient == message.recipient,
        OUTBOX_PENDING,
    )
    later = update(outbox).where(theirs, outbox.c.due_at < until).values(due_at=until, error=_PAUSED)
    await tx.conn.execute(later)
    # Not of one that another delivers by now: it may be posted at this very moment.
    await tx.conn.execute(update(outbox).where(_mine(message)).values(**_POSTED))
    free = update(outbox).where(theirs, outbox.c.locked_by == message.locked_by).values(**_FREE)
    await tx.conn.execute(free)


async def paused(tx: Tx, now: datetime) -> Mapping[tuple[WorkspaceId, Surface, str], datetime]:
    """Recipients of all workspaces for whom Slack asked for a pause (`put_off`) that is not over, and until when it is."""
    place = (outbox.c.workspace_id, outbox.c.surface, outbox.c.recipient)
    query = select(*place, func.max(outbox.c.due_at)).where(_IN_PAUSE, outbox.c.due_at > now).group_by(*place)
    return {(ws, surface, to): until for ws, surface, to, until in await tx.conn.execute(query)}


async def join_pause(tx: Tx, message: OutboxMessage, *, until: datetime) -> None:
    """Let a message that was claimed, and not begun, wait for the end of its recipient's pause."""
    await _finish(tx, message, {"due_at": until, "error": _PAUSED})


async def dead(tx: Tx, message: OutboxMessage, *, error: str) -> None:
    """Give a message up, unless it was asked for again meanwhile. Only for what surely did not arrive."""
    state = _if_same(message, OutboxState.DEAD, outbox.c.state)
    await _finish(tx, message, {"state": state, "error": error} | _POSTED)


async def unknown(tx: Tx, message: OutboxMessage, *, error: str) -> bool:
    """Note that a post may have arrived or not. It is not sent again by itself, also when it was asked for again meanwhile.

    False when another delivers it by now.
    """
    return await _finish(tx, message, {"state": OutboxState.UNKNOWN, "error": error} | _POSTED)


async def once_more(tx: Tx, message: OutboxMessage, *, now: datetime) -> None:
    """Have a message edited again: an edit that came after its lease was over may have undone a newer one."""
    there = and_(
        _is(message), outbox.c.ts.is_not(None), outbox.c.state.in_((OutboxState.SENT, OutboxState.PENDING))
    )
    await tx.conn.execute(update(outbox).where(there).values(**_again(now, now)))


async def repeat(tx: Tx, message: OutboxMessage | Fate, *, due_at: datetime) -> bool:
    """Send once more what may have arrived, where nothing else tells the person; False when that was done before."""
    this = and_(_is(message), outbox.c.state == OutboxState.UNKNOWN, ~outbox.c.repeated)
    values = {"state": OutboxState.PENDING, "due_at": due_at, "repeated": True}
    return bool((await tx.conn.execute(update(outbox).where(this).values(**values))).rowcount == 1)


async def fates(tx: Tx, ws: WorkspaceId, kind: str, subject: str) -> tuple[Fate, ...]:
    """What became of everything told of one thing, by surface and recipient."""
    query = (
        select(*_FATE)
        .where(outbox.c.workspace_id == ws, outbox.c.kind == kind, outbox.c.subject == subject)
        .order_by(outbox.c.surface, outbox.c.recipient)
    )
    return tuple(Fate(**row) for row in (await tx.conn.execute(query)).mappings())


async def overdue(tx: Tx, now: datetime) -> tuple[int, datetime | None]:
    """How many messages of all workspaces were to be told by `now` and are not, and since when the oldest is."""
    query = select(func.count(), func.min(outbox.c.due_at)).where(OUTBOX_PENDING, outbox.c.due_at <= now)
    count, oldest = (await tx.conn.execute(query)).one()
    return count, oldest


async def next_due(tx: Tx, now: datetime) -> datetime | None:
    """When the next message of all workspaces is due that nobody is delivering; may be over."""
    query = select(func.min(outbox.c.due_at)).where(OUTBOX_PENDING, _is_free(now))
    return cast("datetime | None", await tx.conn.scalar(query))


async def pending(tx: Tx) -> int:
    """How many messages of all workspaces wait to be told."""
    return int(await tx.conn.scalar(select(func.count()).select_from(outbox).where(OUTBOX_PENDING)) or 0)


async def purge(tx: Tx, *, before: datetime, limit: int) -> int:
    """Delete messages of all workspaces that do not wait any more and were last asked for before `before`; gives their number.

    Those of an open alert are kept, however old: they will be edited once it is over.
    """
    ended = (OutboxState.SENT, OutboxState.DEAD, OutboxState.UNKNOWN)
    old = (
        select(outbox.c.id)
        .where(outbox.c.state.in_(ended), outbox.c.changed_at < before, ~_of_open_alert())
        .order_by(outbox.c.changed_at)
        .limit(limit)
    )
    return int((await tx.conn.execute(delete(outbox).where(outbox.c.id.in_(old)))).rowcount)


def _again(due_at: datetime, now: datetime) -> dict[str, Any]:
    stays = or_(and_(OUTBOX_PENDING, outbox.c.due_at < due_at), _IN_PAUSE)
    return {
        "version": outbox.c.version + 1,
        "tries": 0,
        "state": OutboxState.PENDING,
        "error": case((_IN_PAUSE, outbox.c.error), else_=None),
        "due_at": case((stays, outbox.c.due_at), else_=due_at),
        "changed_at": now,
    }


def _is_free(now: datetime) -> Any:
    return or_(outbox.c.locked_by.is_(None), outbox.c.locked_until <= now)


def _if_same(message: OutboxMessage, then: Any, otherwise: Any) -> Any:
    return case((outbox.c.version == message.version, then), else_=otherwise)


async def _finish(tx: Tx, message: OutboxMessage, values: dict[str, Any]) -> bool:
    """Write how a delivery ended, unless its lease ran out and another has it."""
    change = update(outbox).where(_mine(message)).values(**values, **_FREE)
    return bool((await tx.conn.execute(change)).rowcount == 1)


async def _found_after_all(tx: Tx, message: OutboxMessage, place: dict[str, str | None]) -> None:
    """A post whose sender took too long for its lease: it is there, whatever was thought meanwhile."""
    unsure = or_(outbox.c.posting_at.is_not(None), outbox.c.state == OutboxState.UNKNOWN)
    state = case((outbox.c.state == OutboxState.UNKNOWN, OutboxState.SENT), else_=outbox.c.state)
    change = update(outbox).where(_is(message), unsure, outbox.c.ts.is_(None))
    await tx.conn.execute(change.values(**place, **_POSTED, state=state))


def _is(message: OutboxMessage | Fate) -> Any:
    return and_(outbox.c.workspace_id == message.workspace_id, outbox.c.id == message.id)


def _mine(message: OutboxMessage) -> Any:
    return and_(_is(message), outbox.c.locked_by == message.locked_by)


def _of_open_alert() -> Any:
    return exists().where(
        alerts.c.workspace_id == outbox.c.workspace_id, alerts.c.id == outbox.c.subject, ALERT_OPEN
    )
