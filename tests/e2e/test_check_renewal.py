"""Sign-ins are renewed without anybody noticing, once at a time, and no renewed one is lost."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from bot.usecases.renewal import fresh_tokens
from connectors.engine import Tokens
from store import grants as grant_rows
from store.records import AccountStatus, Grant
from store.tables import grants
from tests.e2e.checking import (
    FB,
    another_bot,
    answers,
    check,
    checks,
    connected,
    renewals,
    shop_connected,
    sign_in,
)
from tests.e2e.detour import open_detour
from tests.e2e.house import TEAM, House
from tests.e2e.ways import BOTH_DATABASES, BY_SOCKET, ON_POSTGRESQL, ON_SQLITE


async def _tokens(house: House, grant: Grant) -> Tokens:
    async with house.bot.context.store.reading() as tx:
        raw = await grant_rows.tokens(tx, TEAM, grant.id)
    assert raw is not None
    return Tokens.load(raw)


async def test_a_twitter_sign_in_is_renewed_after_two_hours(house: House) -> None:
    """X ends every sign-in after two hours; the account stays green, day after day, and each new one is saved before use."""
    await connected(house)
    for times in range(1, 4):
        house.clock.advance(timedelta(hours=2, minutes=1))
        assert "@northwind is connected." in await checks(house)
        assert renewals(house) == times
        (found,) = await house.accounts()
        kept = await _tokens(house, found.grant)
        assert kept.refresh_token is not None
        assert [kept.refresh_token.get_secret_value()] == list(sign_in(house).refresh)
        assert found.grant.expires_at == house.clock() + timedelta(hours=2)
        assert found.grant.refresh_started_at is None


@ON_POSTGRESQL
async def test_a_shop_is_renewed_after_an_hour(house: House) -> None:
    """Shopify's sign-ins end after one hour; the shop stays green."""
    await shop_connected(house)
    house.clock.advance(timedelta(minutes=61))
    assert "Northwind is connected." in await checks(house)
    assert renewals(house, "shopify") == 1


@BY_SOCKET
async def test_a_sign_in_that_has_time_is_left_alone(house: House) -> None:
    """Nothing is renewed before it has to be."""
    await connected(house)
    house.clock.advance(timedelta(minutes=100))
    await checks(house)
    assert renewals(house) == 0


@ON_SQLITE
async def test_a_long_sign_in_is_exchanged_days_before_it_ends(house: House) -> None:
    """Meta's sign-ins live 60 days and only a living one can be exchanged: it happens days ahead, and nobody is warned."""
    await connected(house, FB)
    before = renewals(house, "facebook_ads")
    house.clock.advance(timedelta(days=51))
    shown = await checks(house, near="Northwind Retail")
    assert renewals(house, "facebook_ads") == before + 1
    assert "Expires" not in shown
    assert shown.count("🟢 Connected") == 5


@ON_POSTGRESQL
async def test_a_failed_early_exchange_leaves_the_account_green(house: House) -> None:
    """Meta does not exchange today: the sign-in still has days, so nothing is wrong yet."""
    await connected(house, FB)
    meta = house.sandbox.provider("facebook_ads")
    house.clock.advance(timedelta(days=51))
    right, meta.client_secret = meta.client_secret, "another"
    house.may_refuse.add("invalid_client")
    assert "🟢 Connected" in await checks(house, near="Northwind Retail")
    meta.client_secret = right


@BY_SOCKET
async def test_a_sign_in_that_ran_out_is_named_so(house: House) -> None:
    """Nobody looked for 60 days: the sign-in ran out, and all accounts behind it say so."""
    await connected(house, FB)
    house.clock.advance(timedelta(days=61))
    shown = await checks(house, near="Northwind Retail")
    assert shown.count("🔴 Disconnected: the sign-in ran out") == 5


@ON_SQLITE
async def test_an_access_that_died_early_is_renewed(house: House) -> None:
    """The provider forgot a sign-in's access before its time: renewing heals it, and nobody is told of a disconnection."""
    await connected(house)
    sign_in(house).access.clear()
    assert "@northwind is connected." in await checks(house)


@BOTH_DATABASES
async def test_two_bots_renew_once(house: House) -> None:
    """Two bots on one database check the same account at once: the provider is asked to renew once, both find it well."""
    await connected(house)
    (found,) = await house.accounts()
    house.clock.advance(timedelta(hours=3))
    async with another_bot(house) as other:
        bots = [house.bot, other] * 3
        seen = await asyncio.gather(*(check(bot, found.account.id) for bot in bots))
    assert {one.account.status for one in seen} == {AccountStatus.CONNECTED}
    assert renewals(house) == 1


@ON_POSTGRESQL
async def test_two_bots_renew_a_refused_sign_in_once(house: House) -> None:
    """As above where the sign-in still had time but was refused: whoever comes second takes what the first renewed."""
    await connected(house)
    (found,) = await house.accounts()
    sign_in(house).access.clear()
    async with another_bot(house) as other:
        seen = await asyncio.gather(*(check(bot, found.account.id) for bot in [house.bot, other] * 3))
    assert {one.account.status for one in seen} == {AccountStatus.CONNECTED}
    assert len(sign_in(house).access) == 1


@BOTH_DATABASES
async def test_a_refusal_after_someone_else_renewed_is_a_race(house: House) -> None:
    """A bot paused too long finds its old sign-in refused because another bot renewed it: the account stays green."""
    await connected(house)
    (found,) = await house.accounts()
    house.clock.advance(timedelta(hours=3))
    async with (
        open_detour(house.sandbox.base_url) as detour,
        another_bot(house, base=detour.url) as paused,
    ):
        gate = detour.stops("/2/oauth2/token")
        late = asyncio.create_task(check(paused, found.account.id))
        await gate.reached.wait()
        house.clock.advance(timedelta(minutes=2))
        assert (await check(house.bot, found.account.id)).account.status is AccountStatus.CONNECTED
        kept = await _tokens(house, (await house.accounts())[0].grant)
        # The paused one's call comes to its end only now, with what is used up.
        gate.free.set()
        assert (await late).account.status is AccountStatus.CONNECTED
    (after,) = await house.accounts()
    assert after.account.status is AccountStatus.CONNECTED
    assert await _tokens(house, after.grant) == kept
    assert renewals(house) == 1


@BY_SOCKET
async def test_waiting_for_another_bot_is_no_verdict(house: House) -> None:
    """While another bot renews and does not come to an end, a check says nothing bad of the account."""
    await connected(house)
    (found,) = await house.accounts()
    house.clock.advance(timedelta(hours=3))
    async with house.bot.context.store.transaction() as tx:
        now = house.clock()
        assert await grant_rows.lock(
            tx, TEAM, found.grant.id, owner="another", now=now, until=now + timedelta(minutes=1)
        )
    checked = await check(house.bot, found.account.id)
    assert checked.account.status is AccountStatus.CONNECTED
    assert renewals(house) == 0


@ON_SQLITE
async def test_an_answer_that_was_lost_is_told_as_it_is(house: House) -> None:
    """The provider renewed, but its answer was lost on the way: the old one is tried once more, then a person is asked to sign in."""
    await connected(house)
    (found,) = await house.accounts()
    house.clock.advance(timedelta(hours=3))
    async with house.bot.context.store.transaction() as tx:
        now = house.clock()
        await grant_rows.lock(tx, TEAM, found.grant.id, owner="gone", now=now, until=now)
        marked = sa.update(grants).values(refresh_started_at=now, locked_by=None, locked_until=None)
        await tx.conn.execute(marked)
    sign_in(house).refresh.clear()
    shown = await checks(house)
    assert "🔴 Disconnected: the sign-in was interrupted" in shown
    assert "Reconnect" in shown


@ON_POSTGRESQL
async def test_an_answer_that_was_lost_before_the_provider_worked_heals(house: House) -> None:
    """The bot stopped before the provider had renewed anything: the old one still works, and all is well."""
    await connected(house)
    house.clock.advance(timedelta(hours=3))
    async with house.bot.context.store.transaction() as tx:
        await tx.conn.execute(sa.update(grants).values(refresh_started_at=house.clock()))
    assert "@northwind is connected." in await checks(house)
    (found,) = await house.accounts()
    assert found.grant.refresh_started_at is None


@BY_SOCKET
async def test_a_provider_that_keeps_the_refresh_is_believed(house: House) -> None:
    """A renewal without a new refresh keeps the old one."""
    await connected(house)
    twitter = house.sandbox.provider("twitter")
    example = twitter.provider.example
    short = {name: value for name, value in example.refreshed.items() if name != "refresh_token"}
    auth = replace(twitter.provider.auth, refresh=twitter.provider.auth.refresh.STATIC)
    twitter.provider = replace(twitter.provider, auth=auth, example=replace(example, refreshed=short))
    for _ in range(2):
        house.clock.advance(timedelta(hours=3))
        assert "@northwind is connected." in await checks(house)
    assert renewals(house) == 2


@ON_SQLITE
async def test_a_token_is_saved_before_it_is_used(house: House) -> None:
    """The new sign-in is in the database when the provider is first asked with it, also if that very question then fails."""
    await connected(house)
    house.clock.advance(timedelta(hours=3))
    twitter = house.sandbox.provider("twitter")
    answers(twitter, "account_gone", 503, {})
    twitter.account("@northwind").state = "account_gone"
    await checks(house)
    (found,) = await house.accounts()
    kept = await _tokens(house, found.grant)
    assert kept.access_token.get_secret_value() == list(sign_in(house).access)[-1]
    again = await fresh_tokens(house.bot.context, twitter.provider, found.grant)
    assert again == kept
