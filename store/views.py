"""Named queries on views that people have open in Slack."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, select

from store.database import Tx
from store.records import OpenView, WorkspaceId
from store.rows import columns_of, upsert, values_of
from store.tables import views

_VIEW = columns_of(OpenView, views)


async def opened(tx: Tx, view: OpenView) -> None:
    """Note a view, or what it shows now."""
    await tx.conn.execute(upsert(views, values_of(view), keys=["workspace_id", "view_id"]))


async def showing(tx: Tx, workspace_id: WorkspaceId, kind: str, subject: str) -> tuple[OpenView, ...]:
    """Views that show this subject, the oldest first."""
    query = (
        select(*_VIEW)
        .where(views.c.workspace_id == workspace_id, views.c.kind == kind, views.c.subject == subject)
        .order_by(views.c.opened_at, views.c.view_id)
    )
    return tuple(OpenView(**row) for row in (await tx.conn.execute(query)).mappings())


async def closed(tx: Tx, workspace_id: WorkspaceId, view_id: str) -> None:
    """Forget a view."""
    await tx.conn.execute(delete(views).where(_is(workspace_id, view_id)))


async def get(tx: Tx, workspace_id: WorkspaceId, view_id: str) -> OpenView | None:
    """One open view."""
    row = (await tx.conn.execute(select(*_VIEW).where(_is(workspace_id, view_id)))).mappings().one_or_none()
    return None if row is None else OpenView(**row)


async def purge(tx: Tx, *, before: datetime) -> int:
    """Forget views of all workspaces opened before `before`: Slack does not tell of each close."""
    return int((await tx.conn.execute(delete(views).where(views.c.opened_at < before))).rowcount)


def _is(workspace_id: WorkspaceId, view_id: str) -> Any:
    return and_(views.c.workspace_id == workspace_id, views.c.view_id == view_id)
