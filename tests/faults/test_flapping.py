"""An account that breaks and heals all the time: nobody is told each time, and what is told stays one message a problem."""

from datetime import timedelta

from store.records import AccountStatus
from tests.e2e.alerting import CHANNEL, channel_chosen
from tests.e2e.checking import ON_PURPOSE
from tests.e2e.fleet import standing, sweeps
from tests.e2e.house import House
from tests.e2e.ways import BOTH_DATABASES
from tests.faults import record
from tests.faults.patients import admitted

HOURS = 6


@BOTH_DATABASES
async def test_one_that_flaps_at_every_look(house: House) -> None:
    """Refused at one look and fine at the next, for hours: it is never called broken, and nobody is told anything."""
    house.may_refuse |= ON_PURPOSE
    await house.set_up()
    await channel_chosen(house)
    (one,) = await admitted(house, 1)
    switch = house.sandbox.provider("twitter").account(one.accounts[0])
    before = len(house.sandbox.world.messages)
    for number in range(HOURS * 10):
        switch.state = "revoked" if number % 2 else "healthy"
        await sweeps(house, minutes=12 if number % 2 else 1.2)
        assert set((await standing(house)).values()) == {AccountStatus.CONNECTED}
    assert len(house.sandbox.world.messages) == before


@BOTH_DATABASES
async def test_one_that_flaps_slowly(house: House) -> None:
    """Broken for a while and fine for a while, all day: one message for each time it was broken, and only the last may stand open."""
    house.may_refuse |= ON_PURPOSE
    await house.set_up()
    await channel_chosen(house)
    (one,) = await admitted(house, 1)
    switch = house.sandbox.provider("twitter").account(one.accounts[0])
    for number in range(4):
        switch.state = "healthy" if number % 2 else "revoked"
        for minutes in (12, 1.2, 0.6, 61, 6, 6):
            await sweeps(house, minutes=minutes)
            opened = record.open_messages(house.sandbox)
            assert sum(count for (place, _), count in opened.items() if place == CHANNEL) <= 1
    alerts = await record.alerts_told(house.bot.context.store)
    assert len(alerts) == 2
    assert not await record.twice(house.bot.context.store, house.sandbox)
    house.clock.advance(timedelta(minutes=1))
    await house.settle()
    assert not await record.untrue(house.bot.context.store, house.sandbox)
    assert not record.open_messages(house.sandbox)
