"""The database goes and comes back, or is locked by another program, while accounts are watched: nothing is lost, nobody is blamed."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import make_url

from store.records import AccountStatus
from tests.databases import connect, postgresql_server
from tests.e2e.checking import another_bot
from tests.e2e.detour import open_detour
from tests.e2e.fleet import planned, statuses, sweeps
from tests.e2e.house import House
from tests.faults import record
from tests.faults.patients import admitted

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
# How Slack comes in has nothing to do with it.
pytestmark = pytest.mark.parametrize("mode", ["http"], indirect=True)

GREEN, RED = AccountStatus.CONNECTED, AccountStatus.DISCONNECTED
TOKEN, ME = "/2/oauth2/token", "/2/users/me"


@asynccontextmanager
async def _gone(house: House) -> AsyncIterator[None]:
    """The database takes nobody in, and everybody who was in is thrown out."""
    name = make_url(house.database_url).database
    server = await connect(postgresql_server())
    try:
        await server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name
        )
        try:
            yield
        finally:
            await server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    finally:
        await server.close()


@on_postgresql
async def test_gone_while_checks_are_under_way(house: House) -> None:
    """The database goes while the provider is asked and stays away for a while: the checks are done when it is back, all are green."""
    await admitted(house, 5)
    house.clock.advance(timedelta(minutes=12))
    async with open_detour(house.sandbox.base_url) as detour, another_bot(house, base=detour.url) as bot:
        gate = detour.stops(ME, answered=True)
        looking = asyncio.create_task(bot.sweep())
        await gate.reached.wait()
        async with _gone(house):
            gate.free.set()
            await looking
            assert bot.ticks.failures["sweep:twitter"] == 1, "it is noticed"
            await bot.sweep()
        await sweeps(house, minutes=5, seconds=1)
    seen = {found.account.checked_at for found in await house.accounts()}
    assert seen == {house.clock()}
    assert await statuses(house) == {GREEN}
    assert len(await planned(house)) == 5


@on_postgresql
async def test_gone_when_a_renewed_sign_in_is_to_be_stored(house: House) -> None:
    """The provider has renewed and the database is away for a moment: the renewed sign-in is kept and stored when it is back."""
    await admitted(house, 1)
    house.clock.advance(timedelta(minutes=115))
    twitter = house.sandbox.provider("twitter")
    async with open_detour(house.sandbox.base_url) as detour, another_bot(house, base=detour.url) as bot:
        gate = detour.stops(TOKEN, answered=True)
        looking = asyncio.create_task(bot.sweep())
        await gate.reached.wait()
        async with _gone(house):
            gate.free.set()
            await asyncio.sleep(0.3)
        await looking
        held = await record.sign_ins(house.bot.context.store, ["twitter"])
        assert [record.serves(twitter, one.tokens) for one in held] == [True]
        await sweeps(house, minutes=12)
    assert await statuses(house) == {GREEN}


@on_sqlite
async def test_locked_by_another_program(house: House) -> None:
    """Somebody copies the database file while sign-ins are renewed: the bot waits its turn, and each renewed sign-in is stored."""
    await admitted(house, 6)
    twitter = house.sandbox.provider("twitter")
    house.clock.advance(timedelta(minutes=115))
    other = sqlite3.connect(house.folder / "lexer.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    looking = asyncio.create_task(house.bot.sweep())
    await asyncio.sleep(0.4)
    assert not looking.done()
    other.execute("ROLLBACK")
    await looking
    for _ in range(4):
        # Locked again and again, for as long as a write takes elsewhere.
        house.clock.advance(timedelta(minutes=30))
        other.execute("BEGIN IMMEDIATE")
        looking = asyncio.create_task(house.bot.sweep())
        await asyncio.sleep(0.05)
        other.execute("COMMIT")
        await looking
    other.close()
    held = await record.sign_ins(house.bot.context.store, ["twitter"])
    assert [record.serves(twitter, one.tokens) for one in held] == [True] * 6
    assert await statuses(house) == {GREEN}
