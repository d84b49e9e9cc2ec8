"""Accounts are watched by themselves: what broke is noticed, and nobody is blamed for a provider's bad day."""

import asyncio
from datetime import timedelta

from store.records import AccountStatus
from store.watch_records import Weather
from tests.e2e.checking import (
    FB,
    another_bot,
    connected,
    disconnects,
    history,
    renewals,
)
from tests.e2e.detour import open_detour
from tests.e2e.fleet import asked, fleet, planned, standing, statuses, sweeps, switch, weather
from tests.e2e.house import House
from tests.e2e.ways import BOTH_DATABASES, ON_POSTGRESQL, ON_SQLITE

# How Slack comes in has nothing to do with how providers are asked: by HTTP only.
GREEN, RED = AccountStatus.CONNECTED, AccountStatus.DISCONNECTED


@BOTH_DATABASES
async def test_a_removed_access_is_noticed_by_itself(house: House) -> None:
    """Nobody presses anything: the first sweep doubts, the second, a minute later, is sure, and the open modal says so."""
    await connected(house)
    house.sandbox.provider("twitter").account("@northwind").state = "revoked"
    await sweeps(house, minutes=12)
    assert "🟡 Looks disconnected" in house.maria.screen
    assert await statuses(house) == {GREEN}
    await sweeps(house, seconds=70)
    assert await statuses(house) == {RED}
    assert "🔴 Disconnected: the sign-in is no longer accepted" in house.maria.screen
    assert (await history(house))[-1] == "disconnected"


@BOTH_DATABASES
async def test_a_living_account_is_looked_at_again_and_again(house: House) -> None:
    """Every ten minutes or so, for hours: always green, its sign-in renewed ahead of its end, nothing in its history."""
    await connected(house)
    before = await history(house)
    for _ in range(20):
        await sweeps(house, minutes=11.1)
        (found,) = await house.accounts()
        assert found.account.checked_at == found.account.healthy_at == house.clock()
        assert found.account.status is GREEN
        assert found.grant.expires_at is not None
        assert found.grant.expires_at > house.clock()
    assert renewals(house) == 2
    assert await history(house) == before


@ON_SQLITE
async def test_what_is_not_due_is_not_asked(house: House) -> None:
    """A sweep comes every ten seconds and asks nobody before their time."""
    await connected(house)
    before = asked(house)
    for _ in range(5):
        await sweeps(house, seconds=10)
    assert asked(house) == before


@BOTH_DATABASES
async def test_a_provider_that_is_down_for_an_hour_blames_nobody(house: House) -> None:
    """The outage is recognised as one, asking slows down, and all is as before when it is over."""
    await fleet(house, 6)
    house.sandbox.provider("twitter").outage = "down"
    await sweeps(house, minutes=12)
    assert await weather(house) is Weather.OUTAGE
    for _ in range(12):
        await sweeps(house, minutes=5)
        assert await statuses(house) == {AccountStatus.PROVIDER_PROBLEM}
    asked_while_down = asked(house)
    assert asked_while_down <= 6 * 8
    house.sandbox.provider("twitter").outage = None
    for _ in range(4):
        await sweeps(house, minutes=12)
    assert await statuses(house) == {GREEN}
    assert await weather(house) is Weather.FINE


@BOTH_DATABASES
async def test_a_refusal_of_everybody_for_five_minutes_turns_nobody_red(house: House) -> None:
    """The provider refuses all sign-ins, with words that are final, for five minutes: held, asked again, green."""
    names = await fleet(house, 8)
    switch(house, names, "revoked")
    await sweeps(house, minutes=12)
    assert await weather(house) is Weather.WAVE
    await sweeps(house, minutes=4)
    switch(house, names, "healthy")
    for _ in range(30):
        await sweeps(house, minutes=1)
        assert await statuses(house) == {GREEN}
    assert {found.account.failures for found in await house.accounts()} == {0}
    assert await weather(house) is Weather.FINE


@BOTH_DATABASES
async def test_a_wave_that_lasts_is_believed(house: House) -> None:
    """All sign-ins were really ended: nobody is red while they are held, and all are at once when they are asked again."""
    names = await fleet(house, 8)
    switch(house, names[:7], "revoked")
    await sweeps(house, minutes=12)
    for _ in range(9):
        await sweeps(house, minutes=1)
        assert await statuses(house) == {GREEN}
    await sweeps(house, seconds=95)
    assert await standing(house) == dict.fromkeys(names[:7], RED) | {names[7]: GREEN}
    assert await weather(house) is Weather.CONFIRMED


@ON_SQLITE
async def test_what_a_renewal_heals_outlives_the_wave(house: House) -> None:
    """Of many refused, one only needs its sign-in renewed: left alone in the wave, renewed when it is asked again, green."""
    names = await fleet(house, 8)
    switch(house, names, "revoked")
    await sweeps(house, minutes=12)
    switch(house, names[:1], "healthy")
    house.sandbox.provider("twitter").sign_ins[0].access.clear()
    await sweeps(house, minutes=10, seconds=31)
    assert await standing(house) == dict.fromkeys(names, RED) | {names[0]: GREEN}


@BOTH_DATABASES
async def test_two_bots_share_the_work(house: House) -> None:
    """Two bots on one database: each due check is done once, by one of them."""
    await fleet(house, 30)
    async with another_bot(house) as other:
        for rounds in (1, 2):
            house.clock.advance(timedelta(minutes=12))
            await asyncio.gather(house.bot.sweep(), other.sweep(), house.bot.sweep(), other.sweep())
            assert asked(house) == 30 * rounds
    assert len(await planned(house)) == 30
    assert await statuses(house) == {GREEN}


@BOTH_DATABASES
async def test_a_bot_whose_lease_ended_writes_nothing(house: House) -> None:
    """A bot was paused too long; another one has done its check. What the first one saw then is forgotten."""
    (name,) = await fleet(house, 1)
    house.clock.advance(timedelta(minutes=12))
    async with open_detour(house.sandbox.base_url) as detour, another_bot(house, base=detour.url) as paused:
        gate = detour.stops("/2/users/me", answered=True)
        switch(house, [name], "down")
        late = asyncio.create_task(paused.sweep())
        await gate.reached.wait()
        switch(house, [name], "healthy")
        await sweeps(house, minutes=6)
        (done,), plan = await house.accounts(), await planned(house)
        assert done.account.checked_at == house.clock()
        gate.free.set()
        await late
    assert await house.accounts() == (done,)
    assert await planned(house) == plan


@ON_POSTGRESQL
async def test_a_slow_provider_does_not_delay_another(house: House) -> None:
    """While one provider takes its time to answer, the others' accounts are looked at."""
    (name,) = await fleet(house, 1)
    await fleet(house, 1, key="facebook_ads")
    house.sandbox.provider("twitter").account(name).slow(2.0)
    house.clock.advance(timedelta(minutes=20))
    slow = asyncio.create_task(house.bot.tick("sweep:twitter"))
    await house.bot.tick("sweep:facebook_ads")
    assert not slow.done()
    (found,) = await house.accounts("facebook_ads")
    assert found.account.checked_at == house.clock()
    await slow
    (found,) = await house.accounts()
    assert (found.account.checked_at, found.account.status) == (house.clock(), GREEN)


@ON_SQLITE
async def test_five_accounts_of_one_sign_in_renew_it_once(house: House) -> None:
    """Accounts behind one sign-in are asked together; it is renewed once for all of them."""
    await connected(house, FB)
    before = renewals(house, "facebook_ads")
    await sweeps(house, days=51)
    assert renewals(house, "facebook_ads") == before + 1
    assert {found.account.checked_at for found in await house.accounts("facebook_ads")} == {house.clock()}


@ON_POSTGRESQL
async def test_one_lost_account_leaves_its_siblings_connected(house: House) -> None:
    """Someone was taken off one of five ad accounts: that one is red after two looks; the sign-in is not renewed for it."""
    await connected(house, FB)
    house.sandbox.provider("facebook_ads").account("Northwind Outlet").state = "account_gone"
    before = renewals(house, "facebook_ads")
    await sweeps(house, minutes=17)
    await sweeps(house, seconds=70)
    seen = await standing(house, "facebook_ads")
    assert [name for name, status in seen.items() if status is RED] == ["Northwind Outlet"]
    assert renewals(house, "facebook_ads") == before


@BOTH_DATABASES
async def test_a_removed_account_is_asked_about_no_more(house: House) -> None:
    """Disconnected by a person: its check ends, and leaves nothing behind."""
    await connected(house)
    await disconnects(house, near="@northwind")
    before = asked(house)
    await sweeps(house, minutes=12)
    assert asked(house) == before
    assert await planned(house) == []


@ON_SQLITE
async def test_access_given_back_heals_by_itself(house: House) -> None:
    """The provider accepts a disconnected account again: green after two looks, also in its history."""
    (name,) = await fleet(house, 1)
    switch(house, [name], "revoked")
    await sweeps(house, minutes=12)
    await sweeps(house, seconds=70)
    switch(house, [name], "healthy")
    await sweeps(house, minutes=61)
    assert await statuses(house) == {RED}
    await sweeps(house, minutes=6)
    assert await statuses(house) == {GREEN}
    assert (await history(house))[-1] == "recovered"


@ON_POSTGRESQL
async def test_a_provider_that_asks_for_a_pause_gets_it(house: House) -> None:
    """Throttled: nothing is concluded, and it is not asked again before its usual time."""
    await fleet(house, 3)
    house.sandbox.provider("twitter").outage = "throttled"
    await sweeps(house, minutes=12)
    before = asked(house)
    await sweeps(house, minutes=9)
    assert asked(house) == before
    assert await statuses(house) == {GREEN}


@ON_SQLITE
async def test_a_reconnected_account_is_watched_through_its_new_sign_in(house: House) -> None:
    """After Reconnect the old sign-in is asked no more and the new one is, once each time."""
    await connected(house)
    house.sandbox.provider("twitter").account("@northwind").state = "revoked"
    await sweeps(house, minutes=12)
    await sweeps(house, seconds=70)
    await house.maria.presses("Reconnect", near="@northwind")
    await house.settle()
    await house.signs_in(house.maria)
    assert await statuses(house) == {GREEN}
    await house.maria.closes(everything=True)
    before = asked(house)
    for rounds in range(1, 7):
        await sweeps(house, minutes=12)
        assert asked(house) == before + rounds
    assert len(await planned(house)) == 1
    assert await statuses(house) == {GREEN}
