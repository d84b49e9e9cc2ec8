"""The machine's clock jumps: nobody is blamed, nobody is forgotten."""

from datetime import timedelta

import pytest

from store.records import AccountStatus
from store.watch_records import Weather
from tests.e2e.checking import ON_PURPOSE
from tests.e2e.fleet import standing, statuses, sweeps, weather
from tests.e2e.house import House
from tests.faults import record
from tests.faults.patients import Patient, admitted

# On both databases; how Slack comes in has nothing to do with it.
pytestmark = pytest.mark.parametrize("mode", ["http"], indirect=True)

GREEN, RED = AccountStatus.CONNECTED, AccountStatus.DISCONNECTED


def _switch(house: House, patients: list[Patient], state: str) -> None:
    house.may_refuse |= ON_PURPOSE
    for one in patients:
        for name in one.accounts:
            house.sandbox.provider(one.key).account(name).state = state


async def test_an_hour_forward_and_back(house: House) -> None:
    """An hour forward, then an hour back, again and again: all stay green, each sign-in still serves, and what breaks afterwards is noticed."""
    patients = await admitted(house, 6)
    for hours in (1, -1, 1, 1, -1, -1, 1):
        await sweeps(house, hours=hours)
        for _ in range(3):
            await sweeps(house, minutes=11.5)
        assert await statuses(house) == {GREEN}
        assert await weather(house) is Weather.FINE
    held = await record.sign_ins(house.bot.context.store, ["twitter"])
    twitter = house.sandbox.provider("twitter")
    assert all(record.serves(twitter, one.tokens) for one in held)
    _switch(house, patients[:1], "revoked")
    await sweeps(house, minutes=12)
    await sweeps(house, seconds=70)
    assert (await standing(house))[patients[0].accounts[0]] is RED


async def test_back_between_two_refusals(house: House) -> None:
    """Broken, refused once, then the clock is set back an hour: it is called broken all the same, and no later than an hour and one interval after."""
    patients = await admitted(house, 3)
    _switch(house, patients[:1], "revoked")
    await sweeps(house, minutes=12)
    house.clock.advance(timedelta(hours=-1))
    for _ in range(16):
        await sweeps(house, minutes=5)
    assert (await standing(house))[patients[0].accounts[0]] is RED
    assert list((await standing(house)).values()).count(GREEN) == 2


async def test_forward_in_a_wave(house: House) -> None:
    """All are refused, by the provider's mistake, and the clock jumps an hour: the time that did not pass makes nobody red."""
    patients = await admitted(house, 8)
    _switch(house, patients, "revoked")
    await sweeps(house, minutes=12)
    assert await weather(house) is Weather.WAVE
    _switch(house, patients, "healthy")
    await sweeps(house, hours=1)
    for _ in range(8):
        await sweeps(house, minutes=4)
        assert await statuses(house) == {GREEN}
