"""Named queries on accounts. Every write takes the tile's lock first and counts the tile again after."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import Select, and_, case, delete, func, select, update

from store import integrations
from store.batches import batch
from store.database import Tx
from store.groups import counted_groups
from store.records import (
    Account,
    AccountDetail,
    AccountId,
    AccountStatus,
    Grant,
    GrantId,
    Group,
    GroupId,
    HistoryEntry,
    UserId,
    WorkspaceId,
)
from store.rows import chunks, columns_of, prefixed, values_of, without
from store.tables import ACTIVE, LIVING, WAITING, account_groups, accounts, grants, group_members, people
from store.tables import history as events
from store.watch_records import Seen

_ACCOUNT = columns_of(Account, accounts)
_GRANT = columns_of(Grant, grants)
_RECORDED = (
    "status", "reason", "failures", "failing_since", "checked_at", "healthy_at",
    "name", "grant_id", "connected_by", "connected_at",
)  # fmt: skip
_SEEN = {
    "workspace_id": accounts.c.workspace_id.type,
    "account_id": accounts.c.id.type,
    "grant_id": accounts.c.grant_id.type,
    "checked_at": accounts.c.checked_at.type,
    "healthy_at": accounts.c.healthy_at.type,
}
"""The fields of Seen, in their order."""
_ATTENTION = {AccountStatus.DISCONNECTED: 0, AccountStatus.CONNECTED: 2}
"""Order on screen; every other status needs attention and comes between."""


async def of_provider(tx: Tx, workspace_id: WorkspaceId, provider_key: str) -> tuple[AccountDetail, ...]:
    """Living accounts of an integration: disconnected first, then those that need attention, then by name."""
    query = _details(workspace_id).where(accounts.c.provider_key == provider_key, LIVING)
    return tuple(sorted(await _read_details(tx, workspace_id, query), key=_on_screen))


async def get(tx: Tx, workspace_id: WorkspaceId, account_id: AccountId) -> AccountDetail | None:
    """One account, also a removed one."""
    found = await _read_details(tx, workspace_id, _details(workspace_id).where(accounts.c.id == account_id))
    return found[0] if found else None


async def by_external_ids(
    tx: Tx, workspace_id: WorkspaceId, provider_key: str, external_ids: Collection[str]
) -> Mapping[str, Account]:
    """Living accounts by their id at the provider."""
    found: dict[str, Account] = {}
    for chunk in chunks(external_ids):
        query = _living(workspace_id).where(
            accounts.c.provider_key == provider_key, accounts.c.external_id.in_(chunk)
        )
        found |= {account.external_id: account for account in await _read(tx, query)}
    return found


async def of_grant(
    tx: Tx, workspace_id: WorkspaceId, grant_id: GrantId, *, removed: bool = False
) -> tuple[Account, ...]:
    """Living accounts that a sign-in carries, or with `removed` those that were removed from it, by id."""
    query = _removed(workspace_id) if removed else _living(workspace_id)
    return await _read(tx, query.where(accounts.c.grant_id == grant_id).order_by(accounts.c.id))


async def insert(tx: Tx, account: Account) -> None:
    """Add an account. Raises Conflict("account_external_id") when a living one has its id at the provider.

    The transaction stays usable after a Conflict.
    """
    await integrations.lock(tx, account.workspace_id, account.provider_key)
    values = values_of(account) | {"disconnected_at": _disconnected_at(account)}
    async with tx.conn.begin_nested():
        await tx.conn.execute(sa.insert(accounts).values(**values))
    await integrations.recount(tx, account.workspace_id, account.provider_key)


async def record(tx: Tx, account: Account, *, only_if_grant: GrantId | None = None) -> bool:
    """Write what is now known of a living account; False when it was removed meanwhile.

    With `only_if_grant`, also False when the account hangs on another sign-in by now.
    """
    await integrations.lock(tx, account.workspace_id, account.provider_key)
    was = accounts.c.status == AccountStatus.DISCONNECTED
    since = case((was, accounts.c.disconnected_at), else_=_disconnected_at(account))
    values = {name: getattr(account, name) for name in _RECORDED}
    values["disconnected_at"] = since if account.status == AccountStatus.DISCONNECTED else None
    change = update(accounts).where(_is(account.workspace_id, account.id), LIVING).values(**values)
    if only_if_grant is not None:
        change = change.where(accounts.c.grant_id == only_if_grant)
    written = (await tx.conn.execute(change)).rowcount == 1
    if written:
        await integrations.recount(tx, account.workspace_id, account.provider_key)
    return written


async def seen_well(tx: Tx, seen: Sequence[Seen]) -> None:
    """Note when living accounts were found as they were before. Nothing else changes, so no tile is locked or counted.

    Left out are those that hang on another sign-in by now. In a transaction that changes accounts too, this comes last:
    whoever has a tile may be waiting for one of these rows.
    """
    if not seen:
        return
    given = batch(tx, _SEEN, seen)
    same = [accounts.c[name] == given.c[name] for name in ("workspace_id", "grant_id")]
    change = update(accounts).where(accounts.c.id == given.c.account_id, *same, LIVING)
    await tx.conn.execute(change.values(checked_at=given.c.checked_at, healthy_at=given.c.healthy_at))


async def remove(
    tx: Tx, workspace_id: WorkspaceId, account_id: AccountId, *, by: UserId | None, at: datetime
) -> bool:
    """Remove an account for good, its Groups too; False when it was removed before. `by` None: the bot itself."""
    provider_key = await _provider_key(tx, workspace_id, account_id)
    if provider_key is None:
        return False
    await integrations.lock(tx, workspace_id, provider_key)
    change = (
        update(accounts)
        .where(_is(workspace_id, account_id), LIVING)
        .values(status=AccountStatus.REMOVED, removed_at=at, removed_by=by)
    )
    if (await tx.conn.execute(change)).rowcount != 1:
        return False
    await _clear_groups(tx, workspace_id, account_id)
    await integrations.recount(tx, workspace_id, provider_key)
    return True


async def set_groups(
    tx: Tx, workspace_id: WorkspaceId, account_id: AccountId, group_ids: Collection[GroupId]
) -> bool:
    """Replace the Groups of a living account; False when it was removed meanwhile. Other workspaces' Groups are refused."""
    provider_key = await _provider_key(tx, workspace_id, account_id)
    if provider_key is None:
        return False
    await integrations.lock(tx, workspace_id, provider_key)
    if await tx.conn.scalar(select(accounts.c.id).where(_is(workspace_id, account_id), LIVING)) is None:
        return False
    await _clear_groups(tx, workspace_id, account_id)
    rows = [
        {"workspace_id": workspace_id, "account_id": account_id, "group_id": group_id}
        for group_id in dict.fromkeys(group_ids)
    ]
    if rows:
        await tx.conn.execute(sa.insert(account_groups), rows)
    return True


async def history(
    tx: Tx, workspace_id: WorkspaceId, provider_key: str, *, limit: int, but: Collection[str] = ()
) -> tuple[HistoryEntry, ...]:
    """What happened to the accounts of an integration, removed ones too, without the kinds in `but`; newest first."""
    query = _history(workspace_id).where(events.c.provider_key == provider_key)
    if but:
        query = query.where(events.c.kind.not_in(sorted(but)))
    return await _read_history(tx, query, limit)


async def history_of(
    tx: Tx, workspace_id: WorkspaceId, account_id: AccountId, *, limit: int
) -> tuple[HistoryEntry, ...]:
    """What happened to one account, also a removed one; newest first."""
    query = _history(workspace_id).where(events.c.account_id == account_id)
    return await _read_history(tx, query, limit)


async def remember(
    tx: Tx,
    workspace_id: WorkspaceId,
    account_id: AccountId,
    *,
    at: datetime,
    kind: str,
    actor: UserId | None,
    detail: str = "",
) -> None:
    """Add to an account's history."""
    entry = {
        "workspace_id": workspace_id,
        "account_id": account_id,
        "at": at,
        "kind": kind,
        "actor": actor,
        "detail": detail,
        "provider_key": select(accounts.c.provider_key)
        .where(_is(workspace_id, account_id))
        .scalar_subquery(),
    }
    await tx.conn.execute(sa.insert(events).values(**entry))


async def waiting_since(tx: Tx, before: datetime, limit: int) -> tuple[Account, ...]:
    """Accounts of all workspaces that wait for Groups since before `before`, the oldest first."""
    query = (
        select(*_ACCOUNT)
        .where(WAITING, LIVING, accounts.c.connected_at < before)
        .order_by(accounts.c.connected_at, accounts.c.id)
        .limit(limit)
    )
    return await _read(tx, query)


def _disconnected_at(account: Account) -> datetime | None:
    if account.status != AccountStatus.DISCONNECTED:
        return None
    return account.checked_at or account.failing_since or account.connected_at


def _is(workspace_id: WorkspaceId, account_id: AccountId) -> Any:
    return and_(accounts.c.workspace_id == workspace_id, accounts.c.id == account_id)


def _living(workspace_id: WorkspaceId) -> Select[Any]:
    return select(*_ACCOUNT).where(accounts.c.workspace_id == workspace_id, LIVING)


def _removed(workspace_id: WorkspaceId) -> Select[Any]:
    return select(*_ACCOUNT).where(
        accounts.c.workspace_id == workspace_id, accounts.c.removed_at.is_not(None)
    )


def _history(workspace_id: WorkspaceId) -> Select[Any]:
    same = and_(accounts.c.workspace_id == events.c.workspace_id, accounts.c.id == events.c.account_id)
    query = select(*columns_of(HistoryEntry, events), accounts.c.name.label("account_name"))
    return query.join(accounts, same).where(events.c.workspace_id == workspace_id)


async def _read_history(tx: Tx, query: Select[Any], limit: int) -> tuple[HistoryEntry, ...]:
    newest = query.order_by(events.c.at.desc(), events.c.id.desc()).limit(limit)
    return tuple(HistoryEntry(**row) for row in (await tx.conn.execute(newest)).mappings())


async def _read(tx: Tx, query: Select[Any]) -> tuple[Account, ...]:
    return tuple(Account(**row) for row in (await tx.conn.execute(query)).mappings())


async def _provider_key(tx: Tx, workspace_id: WorkspaceId, account_id: AccountId) -> str | None:
    query = select(accounts.c.provider_key).where(_is(workspace_id, account_id))
    return cast("str | None", await tx.conn.scalar(query))


async def _clear_groups(tx: Tx, workspace_id: WorkspaceId, account_id: AccountId) -> None:
    await tx.conn.execute(
        delete(account_groups).where(
            account_groups.c.workspace_id == workspace_id, account_groups.c.account_id == account_id
        )
    )


def _details(workspace_id: WorkspaceId) -> Select[Any]:
    same = and_(grants.c.workspace_id == accounts.c.workspace_id, grants.c.id == accounts.c.grant_id)
    return (
        select(*prefixed(_ACCOUNT, "account_"), *prefixed(_GRANT, "grant_"))
        .join(grants, same)
        .where(accounts.c.workspace_id == workspace_id)
    )


async def _read_details(tx: Tx, workspace_id: WorkspaceId, query: Select[Any]) -> list[AccountDetail]:
    rows = (await tx.conn.execute(query)).mappings().all()
    ids = [row["account_id"] for row in rows]
    shared = await _groups_by_account(tx, workspace_id, ids)
    people_count = await _people_by_account(tx, workspace_id, ids)
    return [
        AccountDetail(
            account=Account(**without("account_", row)),
            grant=Grant(**without("grant_", row)),
            groups=tuple(shared.get(row["account_id"], ())),
            people=people_count.get(row["account_id"], 0),
        )
        for row in rows
    ]


async def _groups_by_account(
    tx: Tx, workspace_id: WorkspaceId, account_ids: Collection[str]
) -> Mapping[str, list[Group]]:
    found: dict[str, list[Group]] = {}
    for chunk in chunks(account_ids):
        shared = account_groups.c.account_id
        group = counted_groups(workspace_id).subquery("group")
        query = (
            select(shared, *prefixed(group.columns, "group_"))
            .join(group, group.c.id == account_groups.c.group_id)
            .where(account_groups.c.workspace_id == workspace_id, shared.in_(chunk))
            .order_by(func.lower(group.c.name), group.c.id)
        )
        for row in (await tx.conn.execute(query)).mappings():
            found.setdefault(row["account_id"], []).append(Group(**without("group_", row)))
    return found


async def _people_by_account(
    tx: Tx, workspace_id: WorkspaceId, account_ids: Collection[str]
) -> Mapping[str, int]:
    found: dict[str, int] = {}
    in_group = and_(
        group_members.c.workspace_id == account_groups.c.workspace_id,
        group_members.c.group_id == account_groups.c.group_id,
    )
    who = and_(people.c.workspace_id == group_members.c.workspace_id, people.c.id == group_members.c.user_id)
    for chunk in chunks(account_ids):
        query = (
            select(account_groups.c.account_id, func.count(people.c.id.distinct()).label("people"))
            .join(group_members, in_group)
            .join(people, and_(who, ACTIVE))
            .where(account_groups.c.workspace_id == workspace_id, account_groups.c.account_id.in_(chunk))
            .group_by(account_groups.c.account_id)
        )
        found |= {row.account_id: row.people for row in await tx.conn.execute(query)}
    return found


def _on_screen(detail: AccountDetail) -> tuple[int, str, str]:
    account = detail.account
    return _ATTENTION.get(account.status, 1), account.name.casefold(), account.id
