"""Named queries on workspaces."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update

from store.database import Tx
from store.records import Workspace, WorkspaceId
from store.rows import columns_of, upsert, values_of
from store.tables import workspaces


class Left(NamedTuple):
    """A workspace that took the bot out, and since when it counts as gone."""

    name: str
    gone_at: datetime


async def save(tx: Tx, workspace: Workspace) -> None:
    """Insert or overwrite; whether it is gone stays as it was."""
    await tx.conn.execute(upsert(workspaces, values_of(workspace), keys=["id"]))


async def get(tx: Tx, workspace_id: WorkspaceId) -> Workspace | None:
    """One workspace, if we know it."""
    query = select(*columns_of(Workspace, workspaces)).where(workspaces.c.id == workspace_id)
    row = (await tx.conn.execute(query)).mappings().one_or_none()
    return None if row is None else Workspace(**row)


async def all(tx: Tx) -> tuple[Workspace, ...]:  # noqa: A001 - read as workspaces.all
    """Every workspace we know, also those the bot was taken out of; by id."""
    query = select(*columns_of(Workspace, workspaces)).order_by(workspaces.c.id)
    return tuple(Workspace(**row) for row in (await tx.conn.execute(query)).mappings())


async def gone(tx: Tx, workspace_id: WorkspaceId, at: datetime) -> bool:
    """Note that the bot was taken out of a workspace; False when that was known."""
    here = workspaces.c.id == workspace_id
    change = update(workspaces).where(here, workspaces.c.gone_at.is_(None)).values(gone_at=at)
    return bool((await tx.conn.execute(change)).rowcount)


async def back(tx: Tx, workspace_id: WorkspaceId) -> bool:
    """Note that Slack takes the bot's token there; False when it never stopped."""
    here = workspaces.c.id == workspace_id
    change = update(workspaces).where(here, workspaces.c.gone_at.is_not(None)).values(gone_at=None)
    return bool((await tx.conn.execute(change)).rowcount)


async def left(tx: Tx) -> tuple[Left, ...]:
    """Every workspace the bot was taken out of, by name."""
    query = select(workspaces.c.name, workspaces.c.gone_at).where(workspaces.c.gone_at.is_not(None))
    rows = (await tx.conn.execute(query.order_by(workspaces.c.name))).all()
    return tuple(Left(name=name, gone_at=gone_at) for name, gone_at in rows)
