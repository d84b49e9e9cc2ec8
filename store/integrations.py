"""Named queries on tiles: the counts of each integration, kept on a row so that the listing counts nothing."""

from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import and_, func, null, select, type_coerce, union_all, update
from sqlalchemy import bindparam as parameter

from store.database import Tx
from store.prepared import Compiled, Prepared
from store.records import AccountStatus, Overview, Tile, UserId, WorkspaceId
from store.rights import rights_of, rights_query
from store.rows import columns_of, insert_new
from store.tables import LIVING, accounts, grants, integrations

_TILE = columns_of(Tile, integrations)
_COUNTED = (
    AccountStatus.DISCONNECTED,
    AccountStatus.NEEDS_PERMISSION,
    AccountStatus.WAITING,
    AccountStatus.PROVIDER_PROBLEM,
    AccountStatus.SETUP_PROBLEM,
)


def _overview() -> Any:
    # One row of rights, then one row a tile. Each half leaves the other's columns empty.
    empty_tile = [type_coerce(null(), column.type).label(column.name) for column in _TILE]
    head = rights_query(*empty_tile)
    empty_rights = [type_coerce(null(), column.type) for column in head.selected_columns][: -len(_TILE)]
    tiles = select(*empty_rights, *_TILE).where(
        integrations.c.workspace_id == parameter("workspace_id"), integrations.c.total > 0
    )
    return union_all(head, tiles)


_OVERVIEW = Prepared(_overview(), "workspace_id", "user_id")
_RIGHTS = -len(_TILE)


async def overview(tx: Tx, workspace_id: WorkspaceId, user_id: UserId) -> Overview:
    """A person's rights and every tile with accounts, in one statement."""
    stamp, compiled = await _OVERVIEW.ask(tx.conn, {"workspace_id": workspace_id, "user_id": user_id})
    return _read(compiled, stamp)


@lru_cache(maxsize=256)
def _read(compiled: Compiled, stamp: Hashable) -> Overview:
    """The same rows always mean the same, so those read before are not read again. They are asked for each time."""
    rows = compiled.read(stamp)
    # The head is the row without a tile; a union has no order.
    tiles = [row[_RIGHTS:] for row in rows if row[_RIGHTS] is not None]
    head = next(row for row in rows if row[_RIGHTS] is None)
    return Overview(rights=rights_of(head), tiles=tuple(map(_tile, tiles)), stamp=stamp)


def _tile(row: Sequence[Any]) -> Tile:
    # Named one by one: for fifty tiles a dictionary each would cost more than the query.
    (
        key,
        total,
        disconnected,
        needs_permission,
        waiting,
        provider_problem,
        setup_problem,
        expires_at,
        reason,
    ) = row
    return Tile(
        provider_key=key,
        total=total,
        disconnected=disconnected,
        needs_permission=needs_permission,
        waiting=waiting,
        provider_problem=provider_problem,
        setup_problem=setup_problem,
        expires_at=expires_at,
        reason=reason,
    )


async def size(tx: Tx, workspace_id: WorkspaceId, provider_key: str) -> int:
    """How many accounts a workspace has at a provider."""
    query = select(integrations.c.total).where(_is(workspace_id, provider_key))
    return int(await tx.conn.scalar(query) or 0)


async def workspaces_with(tx: Tx, provider_key: str) -> tuple[WorkspaceId, ...]:
    """Workspaces that have accounts at a provider, by id."""
    query = select(integrations.c.workspace_id).where(
        integrations.c.provider_key == provider_key, integrations.c.total > 0
    )
    return tuple((await tx.conn.scalars(query.order_by(integrations.c.workspace_id))).all())


async def lock(tx: Tx, workspace_id: WorkspaceId, provider_key: str) -> None:
    """Take the tile before accounts change, so that two changes at once are both counted (PostgreSQL)."""
    empty = {status.value: 0 for status in _COUNTED} | {"total": 0}
    key = {"workspace_id": workspace_id, "provider_key": provider_key}
    await tx.conn.execute(insert_new(integrations, key | empty, keys=list(key)))
    if tx.conn.dialect.name == "postgresql":
        row = select(integrations.c.total).where(_is(workspace_id, provider_key)).with_for_update()
        await tx.conn.execute(row)


async def recount(tx: Tx, workspace_id: WorkspaceId, provider_key: str) -> None:
    """Count the tile again from its accounts. Writes of accounts call this after `lock`; nobody else needs to."""
    living = and_(accounts.c.workspace_id == workspace_id, accounts.c.provider_key == provider_key, LIVING)
    counts = {
        status.value: func.count().filter(accounts.c.status == status).label(status.value)
        for status in _COUNTED
    }
    query = select(func.count().label("total"), *counts.values()).where(living)
    counted = (await tx.conn.execute(query)).mappings().one()
    change = {"expires_at": _soonest_end(living), "reason": _last_reason(living)}
    await tx.conn.execute(
        update(integrations).where(_is(workspace_id, provider_key)).values(**counted, **change)
    )


def _is(workspace_id: WorkspaceId, provider_key: str) -> Any:
    return and_(integrations.c.workspace_id == workspace_id, integrations.c.provider_key == provider_key)


def _soonest_end(living: Any) -> Any:
    # What has already ended no longer "expires in 3 days".
    works = accounts.c.status != AccountStatus.DISCONNECTED
    same = and_(grants.c.workspace_id == accounts.c.workspace_id, grants.c.id == accounts.c.grant_id)
    return select(func.min(grants.c.ends_at)).join(accounts, same).where(living, works).scalar_subquery()


def _last_reason(living: Any) -> Any:
    return (
        select(accounts.c.reason)
        .where(living, accounts.c.status == AccountStatus.DISCONNECTED)
        .order_by(accounts.c.disconnected_at.desc(), accounts.c.id)
        .limit(1)
        .scalar_subquery()
    )
