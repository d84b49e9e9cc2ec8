"""Named queries on Groups and on what being in them allows. Only active people count, here and everywhere."""

import unicodedata
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, delete, func, insert, select

from store.database import Tx
from store.prepared import Prepared
from store.records import Group, GroupId, Rights, UserId, WorkspaceId
from store.rights import rights_of, rights_query
from store.rows import upsert, values_of
from store.tables import ACTIVE, group_members, groups, people

_RIGHTS = Prepared(rights_query(), "workspace_id", "user_id")


async def rights(tx: Tx, workspace_id: WorkspaceId, user_id: UserId) -> Rights:
    """What a person may do; nothing for people who are unknown, guests, bots, deactivated or outsiders."""
    (row,) = await _RIGHTS.rows(tx.conn, {"workspace_id": workspace_id, "user_id": user_id})
    return rights_of(row)


async def all(tx: Tx, workspace_id: WorkspaceId) -> tuple[Group, ...]:  # noqa: A001 - read as groups.all
    """Every Group of a workspace, by name, with the number of people in it."""
    rows = (await tx.conn.execute(counted_groups(workspace_id))).mappings()
    return tuple(sorted((Group(**row) for row in rows), key=lambda group: (_name_key(group.name), group.id)))


async def get(tx: Tx, workspace_id: WorkspaceId, group_id: GroupId) -> Group | None:
    """One Group with the number of people in it."""
    query = counted_groups(workspace_id).where(groups.c.id == group_id)
    row = (await tx.conn.execute(query)).mappings().one_or_none()
    return None if row is None else Group(**row)


async def members(tx: Tx, workspace_id: WorkspaceId, group_id: GroupId) -> tuple[UserId, ...]:
    """Everybody put into a Group, also those who no longer count; ordered by id."""
    query = (
        select(group_members.c.user_id)
        .where(group_members.c.workspace_id == workspace_id, group_members.c.group_id == group_id)
        .order_by(group_members.c.user_id)
    )
    return tuple((await tx.conn.scalars(query)).all())


async def save(tx: Tx, group: Group, members: Sequence[UserId]) -> None:
    """Insert or overwrite a Group with its members (`group.people` is not stored).

    Raises Conflict("group_name") when another Group of the workspace has this name; case does not matter;
    the transaction stays usable. Raises LookupError when the id is another workspace's.
    """
    values = values_of(group, but=frozenset({"people"})) | {"name_key": _name_key(group.name)}
    statement = upsert(groups, values, keys=["id"], only_if="workspace_id").returning(groups.c.id)
    async with tx.conn.begin_nested():
        saved = await tx.conn.execute(statement)
    if saved.first() is None:
        raise LookupError("this Group is of another workspace")
    mine = (
        group_members.c.workspace_id == group.workspace_id,
        group_members.c.group_id == group.id,
    )
    await tx.conn.execute(delete(group_members).where(*mine))
    rows = [_membership(group, user_id) for user_id in dict.fromkeys(members)]
    if rows:
        await tx.conn.execute(insert(group_members), rows)


async def integrators(tx: Tx, workspace_id: WorkspaceId) -> tuple[UserId, ...]:
    """Everybody who may integrate: active and in a Group with the Integrators permission; ordered by id."""
    query = (
        _active_members(select(group_members.c.user_id).distinct())
        .join(
            groups,
            (groups.c.workspace_id == group_members.c.workspace_id)
            & (groups.c.id == group_members.c.group_id),
        )
        .where(groups.c.workspace_id == workspace_id, groups.c.integrators)
        .order_by(group_members.c.user_id)
    )
    return tuple((await tx.conn.scalars(query)).all())


async def people_of(tx: Tx, workspace_id: WorkspaceId, group_ids: Collection[GroupId]) -> int:
    """How many different active people are in any of these Groups."""
    query = _active_members(select(func.count(group_members.c.user_id.distinct()))).where(
        group_members.c.workspace_id == workspace_id, group_members.c.group_id.in_(list(group_ids))
    )
    return int(await tx.conn.scalar(query) or 0)


def counted_groups(workspace_id: WorkspaceId) -> Select[Any]:
    """Select the Groups of a workspace as Group has them, people counted."""
    count = (
        _active_members(select(func.count()).select_from(group_members))
        .where(group_members.c.workspace_id == groups.c.workspace_id, group_members.c.group_id == groups.c.id)
        .correlate(groups)
        .scalar_subquery()
    )
    return select(
        groups.c.id, groups.c.workspace_id, groups.c.name, groups.c.integrators, count.label("people")
    ).where(groups.c.workspace_id == workspace_id)


def _active_members(query: Select[Any]) -> Select[Any]:
    same = (people.c.workspace_id == group_members.c.workspace_id) & (people.c.id == group_members.c.user_id)
    return query.join(people, same & ACTIVE)


def _membership(group: Group, user_id: UserId) -> dict[str, str]:
    return {"workspace_id": group.workspace_id, "group_id": group.id, "user_id": user_id}


def _name_key(name: str) -> str:
    """Two names with the same key look the same to people; databases differ in what lower() does."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
