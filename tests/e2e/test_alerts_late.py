"""A bot that slept through the end of its lease, or meets a Slack that pauses for nothing: what people read stays true."""

import asyncio
from datetime import timedelta

from bot.sandbox.faults import Fault
from bot.usecases import alert_care, notify
from store import alerts
from tests.e2e.alerting import alert_of, alerted, told
from tests.e2e.checking import another_bot, check
from tests.e2e.fleet import fleet, switch
from tests.e2e.house import TEAM, House
from tests.e2e.test_alerts import ADA, MARIA, alarms, breaks, plain, watched, works
from tests.e2e.test_alerts_slack import muted
from tests.e2e.ways import ON_POSTGRESQL, ON_SQLITE


@ON_POSTGRESQL
async def test_an_old_edit_does_not_undo_a_newer_one(house: House) -> None:
    """A bot slept between making an edit and sending it; another has edited since, and its words are what stays."""
    names = await watched(house, 3)
    await muted(house, MARIA, ADA)
    await breaks(house, names)
    await told(house)
    async with another_bot(house) as second:
        await works(house, names[:1])
        house.sandbox.faults.add(Fault(method="chat.update", delay=1.5))
        house.clock.advance(timedelta(seconds=6))
        sleeper = asyncio.create_task(notify.deliver_due(second.context))
        await asyncio.sleep(0.5)
        house.clock.advance(timedelta(minutes=3))
        await works(house, names[1:2])
        house.clock.advance(timedelta(seconds=6))
        await house.settle()
        (said,) = alarms(house)
        assert "1 of 3 X accounts" in plain(said)
        await sleeper
    assert "1 of 3 X accounts" in plain(said)


@ON_SQLITE
async def test_a_pause_of_nothing(house: House) -> None:
    """Slack says 429 and to try again in 0 seconds, without end: it is asked once a second, and everything else goes on."""
    names = await watched(house, 1)
    await muted(house, MARIA, ADA)
    house.sandbox.faults.add(Fault(method="chat.postMessage", status=429, retry_after=0, times=40))
    await breaks(house, names)
    await told(house)
    left = sum(one.times for one in house.sandbox.faults.waiting)
    assert left >= 38
    house.sandbox.faults.clear()
    house.clock.advance(timedelta(seconds=2))
    await house.settle()
    assert len(alarms(house)) == 1


@ON_POSTGRESQL
async def test_taken_over_while_it_goes_back(house: House) -> None:
    """Ada takes it over in the moment in which it goes back to everybody: she is on it."""
    await alerted(house)
    ctx, alert_id = house.bot.context, (await alert_of(house)).alert.id
    await alert_care.take(ctx, TEAM, MARIA, alert_id)
    async with ctx.store.transaction() as tx:
        await alerts.let_go(tx, TEAM, alert_id, remind_at=None, at=house.clock())
        taking = asyncio.create_task(alert_care.take(ctx, TEAM, ADA, alert_id, over=MARIA))
        await asyncio.sleep(0.3)
    await taking
    assert (await alert_of(house)).alert.taken_by == ADA
    await house.settle()


@ON_SQLITE
async def test_a_pause_holds_what_is_new_too(house: House) -> None:
    """Slack asks for half a minute in the channel; what changes or breaks meanwhile is not tried there any sooner."""
    names = await watched(house, 2)
    other = await fleet(house, 1, key="facebook_ads")
    await muted(house, MARIA, ADA)
    house.sandbox.faults.add(Fault(method="chat.postMessage", status=429, retry_after=90))
    await breaks(house, names[:1])
    await told(house)
    await breaks(house, names[1:])
    switch(house, other, "revoked", key="facebook_ads")
    for found in await house.accounts("facebook_ads"):
        await check(house.bot, found.account.id)
    await told(house)
    await told(house)
    assert alarms(house) == []
    house.clock.advance(timedelta(seconds=29))
    await house.settle()
    assert len(alarms(house)) == 2
