"""Any number of sign-ins of one provider, with one account and one planned check each."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import SecretStr
from sqlalchemy import Table, insert, text

from bench.slash import INTEGRATOR, WORKSPACE
from bench.world import NOW, sign_in, tracked
from connectors.tokens import Tokens
from store import accounts, grants, groups, people, workspaces
from store.database import Store, Tx
from store.records import (
    Account,
    AccountId,
    Grant,
    GrantId,
    Group,
    GroupId,
    Person,
    UserId,
    Workspace,
    WorkspaceId,
)
from store.rows import values_of
from store.tables import accounts as account_rows
from store.tables import grants as grant_rows
from store.watch_tables import checks

KEY = "twitter"
FAR = NOW + timedelta(days=1000)
"""When those are due that are only there to be many."""
_TEAM, _MARIA = WorkspaceId(WORKSPACE), UserId(INTEGRATOR)
_AT_ONCE = 10_000


async def fill(store: Store, *, due: int, in_all: int) -> None:
    """`due` sign-ins that can be asked and are due at NOW; the rest are copies of the first, due in years."""
    await sign_ins(store, own=due, in_all=in_all)
    await plan(store, range(due), at=NOW)
    await plan(store, range(due, in_all), at=FAR)


async def sign_ins(store: Store, *, own: int, in_all: int) -> None:
    """`own` sign-ins with tokens that open, the rest copies of the first. No check is planned."""
    async with store.transaction() as tx:
        await _team(tx)
    for start in range(0, own, 500):
        async with store.transaction() as tx:
            numbers = range(start, min(start + 500, own))
            for number in numbers:
                await grants.insert(tx, _grant(number), _tokens(number))
            await _accounts(tx, numbers)
    for start in range(own, in_all, _AT_ONCE):
        async with store.transaction() as tx:
            await _copy(tx, grant_rows, GrantId("g0"), start, min(start + _AT_ONCE, in_all))
            await _copy(tx, account_rows, AccountId("a0"), start, min(start + _AT_ONCE, in_all))


async def _accounts(tx: Tx, numbers: Sequence[int]) -> None:
    """The first of all as the bot inserts it, which makes the tile; its count is of no matter here."""
    if numbers[0] == 0:
        await accounts.insert(tx, _account(0))
    rows = [values_of(_account(number)) for number in numbers if number]
    if rows:
        await tx.conn.execute(insert(account_rows), rows)


async def plan(store: Store, numbers: Sequence[int], *, at: datetime, apart: timedelta = timedelta()) -> None:
    """Plan the checks of these sign-ins, which have none."""
    for start in range(0, len(numbers), _AT_ONCE):
        rows = [_check(number, at + apart * number) for number in numbers[start : start + _AT_ONCE]]
        async with store.transaction() as tx:
            await tx.conn.execute(insert(checks), rows)


def _check(number: int, at: datetime) -> dict[str, object]:
    return {
        "provider_key": KEY,
        "next_at": at,
        "grant_id": f"g{number}",
        "plan_no": 0,
        "workspace_id": _TEAM,
        "owner": None,
        "until": None,
    }


async def _team(tx: Tx) -> None:
    await workspaces.save(tx, Workspace(id=_TEAM, name="Bench", bot_user_id=UserId("U00000LEXER")))
    await people.save(tx, Person(workspace_id=_TEAM, id=_MARIA, name="Maria", is_admin=True, seen_at=NOW))
    group = Group(id=GroupId("g1"), workspace_id=_TEAM, name="Marketing", integrators=True)
    await groups.save(tx, group, [_MARIA])


def _grant(number: int) -> Grant:
    return replace(sign_in(KEY), id=GrantId(f"g{number}"))


def _tokens(number: int) -> bytes:
    """A kilobyte each; the provider knows whose they are."""
    access, refresh = (SecretStr(f"{number:08}{letter * 992}") for letter in "ar")
    return Tokens(access_token=access, refresh_token=refresh, expires_at=None).dump()


def _account(number: int) -> Account:
    return replace(
        tracked(1, KEY),
        id=AccountId(f"a{number}"),
        grant_id=GrantId(f"g{number}"),
        name="@acme",
        external_id=f"{number}",
    )


async def _copy(tx: Tx, table: Table, first: str, start: int, end: int) -> None:
    """Copies of a row under other ids and without tokens, made by the database itself."""
    number = "CAST(n AS TEXT)"
    changed = {
        "id": f"'{first[0]}' || {number}",
        "grant_id": f"'g' || {number}",
        "external_id": number,
        "tokens": "NULL",
    }
    names = [column.name for column in table.columns]
    values = ", ".join(changed.get(name, name) for name in names)
    series = f"WITH RECURSIVE s(n) AS (SELECT {start} UNION ALL SELECT n + 1 FROM s WHERE n < {end - 1})"
    await tx.conn.execute(
        text(
            f"INSERT INTO {table.name} ({', '.join(names)}) {series} SELECT {values} FROM {table.name}, s WHERE id = :first"
        ),
        {"first": first},
    )
