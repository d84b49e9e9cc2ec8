"""Many sign-ins that really live at a pretend provider, put straight into the store, and what became of their checks."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from pydantic import SecretStr

from bot.usecases.planning import watch_from_now
from connectors.engine import Tokens
from connectors.provider import AccountAtProvider
from store import accounts, grants, provider_health
from store.records import Account, AccountId, AccountStatus, Grant, GrantId, UserId
from store.watch_records import Weather
from store.watch_tables import checks
from tests.e2e.checking import ON_PURPOSE
from tests.e2e.house import TEAM, House

MARIA = UserId("U0MARIA")


async def fleet(house: House, number: int, *, key: str = "twitter", each: int = 1) -> list[str]:
    """So many sign-ins with `each` accounts, connected and watched from now on; the names of their accounts."""
    house.may_refuse |= ON_PURPOSE
    names: list[str] = []
    async with house.bot.context.store.transaction() as tx:
        for n in range(number):
            grant, tokens, own = _signed_in(house, key, n, each)
            await grants.insert(tx, grant, tokens.dump())
            for account in own:
                await accounts.insert(tx, account)
            await watch_from_now(house.bot.context, tx, grant)
            names += [account.name for account in own]
    return names


def _signed_in(house: House, key: str, n: int, each: int) -> tuple[Grant, Tokens, list[Account]]:
    pretend, now = house.sandbox.provider(key), house.clock()
    theirs = [AccountAtProvider(external_id=f"77{n:05}{m:03}", name=f"@fleet{n}x{m}") for m in range(each)]
    login = pretend.add_login(f"@fleet{n}", *theirs)
    made = pretend.begin(login, login.accounts, tuple(scope.name for scope in pretend.provider.scopes))
    auth = pretend.provider.auth
    tokens = Tokens(
        access_token=SecretStr(pretend.new_access(made, auth.access_token_lifetime)),
        refresh_token=SecretStr(pretend.new_refresh(made, None)),
        expires_at=now + timedelta(seconds=auth.access_token_lifetime or 3600),
    )
    grant = Grant(
        id=GrantId(f"fleet-{key}-{n}"),
        workspace_id=TEAM,
        provider_key=key,
        address=None,
        identity_id=login.identity.external_id,
        identity_name=login.identity.name,
        scopes=made.scopes,
        missing_scopes=(),
        signed_in_by=MARIA,
        signed_in_at=now,
        expires_at=tokens.expires_at,
        ends_at=None,
    )
    return grant, tokens, [_account(grant, one, now) for one in theirs]


def _account(grant: Grant, one: AccountAtProvider, now: datetime) -> Account:
    return Account(
        id=AccountId(f"{grant.id}-{one.external_id}"),
        workspace_id=TEAM,
        provider_key=grant.provider_key,
        grant_id=grant.id,
        external_id=one.external_id,
        name=one.name,
        status=AccountStatus.CONNECTED,
        connected_by=MARIA,
        connected_at=now,
        checked_at=now,
        healthy_at=now,
    )


def switch(house: House, names: list[str], state: str, *, key: str = "twitter") -> None:
    """All these accounts are in this state from now on."""
    for name in names:
        house.sandbox.provider(key).account(name).state = state


async def sweeps(house: House, **step: float) -> None:
    """Time passes, and every provider's sweep comes once."""
    house.clock.advance(timedelta(**step))
    await house.bot.sweep()
    await house.settle()


async def standing(house: House, key: str = "twitter") -> dict[str, AccountStatus]:
    """Each account's status by its name."""
    return {found.account.name: found.account.status for found in await house.accounts(key)}


async def statuses(house: House, key: str = "twitter") -> set[AccountStatus]:
    """Every status an account of the provider has."""
    return set((await standing(house, key)).values())


async def weather(house: House, key: str = "twitter") -> Weather:
    """How the provider is doing, as the bot sees it."""
    async with house.bot.context.store.reading() as tx:
        known = await provider_health.read(tx, key)
    return known.weather if known else Weather.FINE


async def planned(house: House) -> list[datetime]:
    """When checks are planned, the next first; nobody may be doing one."""
    async with house.bot.context.store.reading() as tx:
        rows = (await tx.conn.execute(sa.select(checks.c.next_at, checks.c.owner))).all()
    assert {row.owner for row in rows} <= {None}
    return sorted(row.next_at for row in rows)


def asked(house: House, path: str = "/2/users/me") -> int:
    """How often the bot asked a provider at this address."""
    return sum(
        one.way == "to provider" and one.name.endswith(path) for one in house.sandbox.records.exchanges
    )
