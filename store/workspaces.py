"""Named queries on workspaces."""

from sqlalchemy import select

from store.database import Tx
from store.records import Workspace, WorkspaceId
from store.rows import columns_of, upsert, values_of
from store.tables import workspaces


async def save(tx: Tx, workspace: Workspace) -> None:
    """Insert or overwrite."""
    await tx.conn.execute(upsert(workspaces, values_of(workspace), keys=["id"]))


async def get(tx: Tx, workspace_id: WorkspaceId) -> Workspace | None:
    """One workspace, if we know it."""
    query = select(*columns_of(Workspace, workspaces)).where(workspaces.c.id == workspace_id)
    row = (await tx.conn.execute(query)).mappings().one_or_none()
    return None if row is None else Workspace(**row)
