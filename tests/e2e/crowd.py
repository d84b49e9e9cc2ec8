"""Many integrations and many accounts, put straight into the store: what no person could click together in a test."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import insert

from connectors.provider import Category, Provider
from connectors.providers import all_providers
from store import grants, groups, integrations, tables
from store.records import (
    Account,
    AccountId,
    AccountStatus,
    Grant,
    GrantId,
    Group,
    GroupId,
    UserId,
)
from store.rows import values_of
from tests.e2e.house import TEAM, House

MARIA = UserId("U0MARIA")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """Accounts to put in: `number` of them, all in one state, shared with `group`."""

    key: str
    number: int = 1
    status: AccountStatus = AccountStatus.CONNECTED
    reason: str | None = None
    group: str | None = None
    ends_at: datetime | None = None
    name: str = ""
    missing: tuple[str, ...] = ()


def tiles(number: int) -> tuple[Provider, ...]:
    """Pretend integrations, a quarter in each category."""
    model = next(p for p in all_providers() if p.key == "twitter")
    categories = tuple(Category)
    return tuple(
        replace(
            model,
            key=f"tile{n:03}",
            name=f"Tile {n:03}",
            aliases=(f"t{n}",),
            category=categories[n % len(categories)],
        )
        for n in range(number)
    )


def client_settings(providers: Sequence[Provider]) -> dict[str, str]:
    """Settings by which these providers are set up."""
    names = [f"LEXER_{p.key.upper()}_CLIENT" for p in providers]
    return {f"{n}_ID": "id" for n in names} | {f"{n}_SECRET": "client-secret" for n in names}


async def fill(house: House, *wanted: Filled) -> None:
    """Put the accounts in, many at once; those of one `Filled` hang on one sign-in of Maria's."""
    async with house.bot.context.store.transaction() as tx:
        known = {group.name: group.id for group in await groups.all(tx, TEAM)}
        made: list[tuple[Account, GroupId | None]] = []
        for one in wanted:
            grant = _grant(house, one)
            await grants.insert(tx, grant, b"sealed-in-the-test")
            group = known[one.group] if one.group else None
            made += [(_account(house, one, grant, n), group) for n in range(one.number)]
        await tx.conn.execute(insert(tables.accounts), [_row(account) for account, _ in made])
        shared = [
            {"workspace_id": TEAM, "account_id": account.id, "group_id": group}
            for account, group in made
            if group
        ]
        if shared:
            await tx.conn.execute(insert(tables.account_groups), shared)
        for key in {one.key for one in wanted}:
            await integrations.lock(tx, TEAM, key)
            await integrations.recount(tx, TEAM, key)


def _row(account: Account) -> dict[str, object]:
    broken = account.status is AccountStatus.DISCONNECTED
    return values_of(account) | {"disconnected_at": account.connected_at if broken else None}


async def make_groups(house: House, number: int) -> None:
    """So many Groups called "Team 000" and so on, nobody in them."""
    async with house.bot.context.store.transaction() as tx:
        for n in range(number):
            group = Group(id=GroupId(f"team{n}"), workspace_id=TEAM, name=f"Team {n:03}", integrators=False)
            await groups.save(tx, group, [])


def _grant(house: House, one: Filled) -> Grant:
    return Grant(
        id=GrantId(f"{one.key}-{secrets.token_hex(4)}"),
        workspace_id=TEAM,
        provider_key=one.key,
        address=None,
        identity_id="i1",
        identity_name="@maria",
        scopes=(),
        missing_scopes=one.missing,
        signed_in_by=MARIA,
        signed_in_at=house.clock(),
        expires_at=None,
        ends_at=one.ends_at,
    )


def _account(house: House, one: Filled, grant: Grant, n: int) -> Account:
    return Account(
        id=AccountId(f"{grant.id}-{n}"),
        workspace_id=TEAM,
        provider_key=one.key,
        grant_id=grant.id,
        external_id=f"{grant.id}-x{n}",
        name=one.name or f"@{one.key}-{one.status}-{n:03}",
        status=one.status,
        reason=one.reason,
        connected_by=MARIA,
        connected_at=house.clock(),
    )
