"""Named queries on the audit: what was done or refused, never changed afterwards."""

from datetime import datetime

from sqlalchemy import insert, select

from store.database import Tx
from store.records import AuditEntry, UserId, WorkspaceId
from store.rows import columns_of
from store.tables import audit


async def record(
    tx: Tx,
    *,
    ws: WorkspaceId,
    at: datetime,
    actor: UserId | None,
    action: str,
    subject: str,
    granted: bool,
    detail: str = "",
) -> None:
    """Add an entry. `detail` must hold no secret."""
    entry = {
        "at": at,
        "actor": actor,
        "action": action,
        "subject": subject,
        "granted": granted,
        "detail": detail,
    }
    await tx.conn.execute(insert(audit).values(workspace_id=ws, **entry))


async def entries(tx: Tx, workspace_id: WorkspaceId, *, limit: int) -> tuple[AuditEntry, ...]:
    """What happened in a workspace, newest first."""
    query = (
        select(*columns_of(AuditEntry, audit))
        .where(audit.c.workspace_id == workspace_id)
        .order_by(audit.c.at.desc(), audit.c.id.desc())
        .limit(limit)
    )
    return tuple(AuditEntry(**row) for row in (await tx.conn.execute(query)).mappings())
