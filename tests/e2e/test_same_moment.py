"""Two things in one moment where the database lets both in at once (PostgreSQL): what is shown afterwards is true."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from bot.usecases import access, tidy
from bot.usecases.disconnect import disconnect
from store import accounts, grants, groups
from store.database import Tx
from store.records import AccountStatus, GrantId, Stage, UserId
from tests.e2e.checking import FB, ON_PURPOSE, check, connected, kept_secrets
from tests.e2e.connecting import attempt_of, attempts_kept
from tests.e2e.house import TEAM, House
from tests.e2e.ways import ON_POSTGRESQL


async def _until_somebody_waits(tx: Tx) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with asyncio.timeout(20):
        while not await tx.conn.scalar(waiting):
            await tx.conn.execute(text("SELECT pg_stat_clear_snapshot()"))
            await asyncio.sleep(0.02)


@asynccontextmanager
async def _meanwhile(house: House, work: Coroutine[Any, Any, object]) -> AsyncIterator[Tx]:
    """A transaction that is committed only once `work`, begun inside it, waits for it; at the end `work` is done."""
    begun = asyncio.Event()

    async def later() -> None:
        await begun.wait()
        await work

    # Made outside: a task of the transaction's own could not reach Slack or the provider.
    task = asyncio.create_task(later())
    async with house.bot.context.store.transaction() as tx:
        yield tx
        begun.set()
        await _until_somebody_waits(tx)
    await task
    await house.settle()


@ON_POSTGRESQL
async def test_a_check_does_not_undo_a_save_of_the_same_moment(house: House) -> None:
    """Groups saved while a check of the same sign-in is being written down stay saved: the account never waits for them again."""
    await connected(house, FB)
    store = house.bot.context.store
    first, second, *_others = (found.account for found in await house.accounts("facebook_ads"))
    async with store.transaction() as tx:
        await accounts.record(tx, replace(second, status=AccountStatus.WAITING))
    house.sandbox.provider("facebook_ads").account(first.name).state = "revoked"
    async with _meanwhile(house, check(house.bot, first.id)) as tx:
        await accounts.record(tx, second)
    assert {a.account.status for a in await house.accounts("facebook_ads")} == {AccountStatus.DISCONNECTED}


@ON_POSTGRESQL
async def test_a_save_is_no_success_where_the_account_goes_in_the_same_moment(house: House) -> None:
    """An account is disconnected while somebody saves its Groups: they read that it is gone, never "Connected"."""
    house.may_refuse |= ON_PURPOSE
    await house.set_up()
    await house.begins(house.maria)
    await house.signs_in(house.maria)
    await house.maria.closes(everything=True)
    await house.begins(house.ada)
    await house.signs_in(house.ada)
    attempt = await attempt_of(house, house.ada)
    assert attempt.stage is Stage.GROUPS
    (waiting,) = await house.accounts()
    async with house.bot.context.store.reading() as tx:
        (group, *_) = await groups.all(tx, TEAM)
    saving = access.give(house.bot.context, attempt, (group.id,))
    async with _meanwhile(house, saving) as tx:
        await accounts.remove(tx, TEAM, waiting.account.id, by=UserId("U0MARIA"), at=house.clock())
    assert await house.accounts() == ()
    (mine,) = [one for one in await attempts_kept(house) if one.id == attempt.id]
    assert (mine.stage, mine.failure) == (Stage.FAILED, "account_gone")


@ON_POSTGRESQL
async def test_tidying_takes_no_account_that_was_saved_in_the_same_moment(house: House) -> None:
    """Groups chosen on the seventh day, just as the bot gives the account up: it is connected and stays so."""
    await connected(house)
    (found,) = await house.accounts()
    long_ago = house.clock() - timedelta(days=8)
    async with house.bot.context.store.transaction() as tx:
        waiting = replace(found.account, status=AccountStatus.WAITING, connected_at=long_ago)
        await accounts.record(tx, waiting)
    async with _meanwhile(house, tidy.tidy(house.bot.context)) as tx:
        await accounts.record(tx, found.account)
    (after,) = await house.accounts()
    assert after.account.status is AccountStatus.CONNECTED


@ON_POSTGRESQL
async def test_a_disconnect_ends_the_sign_in_of_the_same_moment_too(house: House) -> None:
    """Disconnected just as somebody reconnects it: the new sign-in is not kept behind anybody's back."""
    await connected(house)
    context = house.bot.context
    (found,) = await house.accounts()
    new = replace(found.grant, id=GrantId("new"))
    going = disconnect(context, TEAM, UserId("U0MARIA"), found.account.id, "V0GONE")
    async with _meanwhile(house, going) as tx:
        tokens = await grants.tokens(tx, TEAM, found.grant.id)
        await grants.insert(tx, new, tokens or b"")
        await accounts.record(tx, replace(found.account, grant_id=new.id))
        await grants.retire(tx, TEAM, found.grant.id, outcome="shared")
    assert await house.accounts() == ()
    assert await kept_secrets(house) == 0
