"""Two bots as processes on one PostgreSQL: they share the work, and one that was paused too long does no harm when it wakes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from store.records import AccountStatus
from tests.databases import database_url
from tests.e2e.detour import Gate
from tests.e2e.fleet import standing, switch
from tests.e2e.house import House, Log
from tests.faults import record
from tests.faults.crew import Crew, open_crew
from tests.faults.patients import admitted

__all__ = ["database_url"]

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

GREEN, RED = AccountStatus.CONNECTED, AccountStatus.DISCONNECTED
TOKEN, ME = "/2/oauth2/token", "/2/users/me"


@pytest.fixture
async def house(database_url: str, tmp_path: Path, log: Log) -> AsyncIterator[House]:
    """Two bots, whose requests can be stopped on the way."""
    async with open_crew(
        number=2, database_url=database_url, folder=tmp_path, log=log, detoured=True
    ) as made:
        yield made


def _crew(house: House) -> Crew:
    assert isinstance(house.bot, Crew)
    return house.bot


async def _kept(house: House) -> bool:
    """Whether every stored sign-in is one the provider takes."""
    twitter = house.sandbox.provider("twitter")
    held = await record.sign_ins(_crew(house).store, ["twitter"])
    return all(record.serves(twitter, one.tokens) for one in held)


async def _looks(house: House, **step: float) -> None:
    house.clock.advance(timedelta(**step))
    assert await _crew(house).look()


async def test_two_look_at_once(house: House) -> None:
    """Two schedulers come at the same moment, hours long: each check is done once, each sign-in renewed once, all stay green."""
    patients = await admitted(house, 30)
    twitter = house.sandbox.provider("twitter")
    probes = 0
    for _ in range(4):
        before = len(house.sandbox.records.exchanges)
        await _looks(house, hours=2.5)
        new = list(house.sandbox.records.exchanges)[before:]
        probes += sum(one.name.endswith(ME) for one in new)
        assert await record.left_over(_crew(house).store, house.clock(), ["twitter"]) == 0
    assert probes == 4 * len(patients)
    assert {len(one.access) for one in twitter.sign_ins} == {1 + 4}, "each was renewed once each time"
    assert await _kept(house)
    assert set((await standing(house)).values()) == {GREEN}


class Asleep:
    """One of the bots, stopped as a whole (SIGSTOP) while its request is under way."""

    def __init__(self, house: House, gate: Gate, looking: list[asyncio.Task[bool]]) -> None:
        self.crew = _crew(house)
        self._gate = gate
        self._looking = looking
        self._number = -1

    async def begins(self) -> None:
        """The other one has ended its look; this one sleeps."""
        await self._gate.reached.wait()
        done, _ = await asyncio.wait(self._looking, return_when=asyncio.FIRST_COMPLETED)
        self._number = next(n for n, task in enumerate(self._looking) if task not in done)
        self.crew.bots[self._number].pauses()

    async def other_looks(self) -> None:
        """The one that is awake looks."""
        assert await self.crew.bots[1 - self._number].told("look")

    async def dies(self) -> None:
        """It never wakes, and what it asked for is lost."""
        await self.crew.bots[self._number].killed()
        self._gate.lost = True
        self._gate.free.set()
        assert not await self._looking[self._number]

    async def wakes(self) -> None:
        """It gets its answer and goes on where it was."""
        self.crew.bots[self._number].wakes()
        self._gate.free.set()
        assert await self._looking[self._number]


async def _falls_asleep(house: House, path: str, *, answered: bool) -> Asleep:
    crew = _crew(house)
    assert crew.detour is not None
    gate = crew.detour.stops(path, answered=answered)
    asleep = Asleep(house, gate, [asyncio.create_task(bot.told("look")) for bot in crew.bots])
    await asleep.begins()
    return asleep


async def test_a_paused_bot_wakes_with_old_news(house: House) -> None:
    """Paused for six minutes with a bad answer in hand, its lease over, another one at work meanwhile: what it saw then is forgotten."""
    (patient,) = await admitted(house, 1)
    house.clock.advance(timedelta(minutes=12))
    switch(house, [patient.accounts[0]], "down")
    asleep = await _falls_asleep(house, ME, answered=True)
    switch(house, [patient.accounts[0]], "healthy")
    house.clock.advance(timedelta(minutes=6))
    await asleep.other_looks()
    (before,) = await house.accounts()
    assert before.account.checked_at == house.clock()
    await asleep.wakes()
    assert await house.accounts() == (before,)
    await _looks(house, minutes=12)
    assert await standing(house) == {patient.accounts[0]: GREEN}


async def test_paused_with_a_renewed_sign_in(house: House) -> None:
    """Paused when the provider had renewed and nobody had stored it: the other one is refused and does not believe it at once; on waking it is stored, and all is well."""
    (patient,) = await admitted(house, 1)
    house.clock.advance(timedelta(minutes=115))
    asleep = await _falls_asleep(house, TOKEN, answered=True)
    assert not await _kept(house)
    house.clock.advance(timedelta(minutes=5, seconds=10))
    await asleep.other_looks()
    assert await standing(house) == {patient.accounts[0]: GREEN}
    await asleep.wakes()
    assert await _kept(house)
    await _looks(house, seconds=70)
    await _looks(house, minutes=12)
    assert await standing(house) == {patient.accounts[0]: GREEN}


async def test_renewed_and_stored_too_late(house: House) -> None:
    """As before, but it sleeps until the account was called broken: on waking the renewed sign-in is stored all the same, and the account heals by itself."""
    (patient,) = await admitted(house, 1)
    house.clock.advance(timedelta(minutes=115))
    asleep = await _falls_asleep(house, TOKEN, answered=True)
    for minutes in (5.2, 2, 2):
        house.clock.advance(timedelta(minutes=minutes))
        await asleep.other_looks()
    assert await standing(house) == {patient.accounts[0]: RED}
    await asleep.wakes()
    assert await _kept(house)
    for minutes in (61, 6):
        await _looks(house, minutes=minutes)
    assert await standing(house) == {patient.accounts[0]: GREEN}


async def test_one_dies_with_checks_in_hand(house: House) -> None:
    """Killed in the middle of its checks: the other one does them when the lease is over, each of them, and no account is called broken."""
    await admitted(house, 12)
    house.clock.advance(timedelta(minutes=12))
    asleep = await _falls_asleep(house, ME, answered=False)
    await asleep.dies()
    house.clock.advance(timedelta(minutes=4, seconds=50))
    await asleep.other_looks()
    waiting = {found.account.checked_at for found in await house.accounts()}
    assert house.clock() not in waiting, "they are the dead one's for five minutes"
    house.clock.advance(timedelta(seconds=20))
    await asleep.other_looks()
    seen = {found.account.checked_at for found in await house.accounts()}
    assert seen == {house.clock()}
    assert set((await standing(house)).values()) == {GREEN}
