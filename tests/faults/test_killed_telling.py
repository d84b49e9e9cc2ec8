"""Killed (SIGKILL) at each step of an alert's life, one after the other: it is told to everybody, once, and what is over says so."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from store.records import AccountStatus
from tests.databases import database_url
from tests.e2e.alerting import CHANNEL, channel_chosen
from tests.e2e.fleet import standing
from tests.e2e.house import House, Log
from tests.faults import record
from tests.faults.crew import Crew, open_crew
from tests.faults.patients import admitted

__all__ = ["database_url"]

ME, POST, EDIT = "/2/users/me", "/chat.postMessage", "/chat.update"
RED, GREEN = AccountStatus.DISCONNECTED, AccountStatus.CONNECTED
FOUND = (12.0, 1.2, 0.6, 0.2)
"""Minutes from one look to the next until a broken account is found, believed and told."""
OVER = (61.0, 6.0, 0.2, 0.2)
"""Until one that works again is believed, and what was told is put right."""


@dataclass(frozen=True, slots=True)
class Step:
    """Killed while a request is under way: before it arrived, or when it was answered and nobody here had heard it yet."""

    path: str
    answered: bool
    about: str = ""


FIRST = (
    Step(ME, answered=False),
    Step(ME, answered=True),
    Step(POST, answered=False, about=CHANNEL),
    Step(POST, answered=True, about=CHANNEL),
    Step(POST, answered=False, about="U0MARIA"),
    Step(POST, answered=True, about="U0MARIA"),
)
LAST = (
    Step(EDIT, answered=False, about=CHANNEL),
    Step(EDIT, answered=True, about=CHANNEL),
    Step(POST, answered=False, about=CHANNEL),
    Step(POST, answered=True, about="thread_ts"),
    Step(ME, answered=True),
    Step(EDIT, answered=True, about="D0MARIA"),
)


def _crew(house: House) -> Crew:
    assert isinstance(house.bot, Crew)
    return house.bot


async def _looks(house: House, minutes: Sequence[float]) -> None:
    for step in minutes:
        house.clock.advance(timedelta(minutes=step))
        if not await _crew(house).look():
            return


async def _killed_at(house: House, step: Step, minutes: Sequence[float]) -> None:
    """Look until that request is made; killed then, started again, and looked on as long as it takes."""
    crew = _crew(house)
    assert crew.detour is not None
    gate = crew.detour.stops(step.path, answered=step.answered, about=step.about)
    looking = asyncio.create_task(_looks(house, minutes))
    async with asyncio.timeout(30):
        await gate.reached.wait()
    # What has no need to wait for that answer goes its way first.
    await asyncio.sleep(0.1)
    for bot in crew.bots:
        await bot.killed()
    gate.lost = True
    gate.free.set()
    await looking
    await crew.start()
    await _looks(house, (5.2, 1.2, 1.2, *minutes, 2.2, 2.2))


async def _holds(house: House, *, red: int) -> None:
    store = _crew(house).store
    found = await record.all_accounts(store, ["twitter"])
    opened = await record.open_alerts(store)
    assert dict(opened) == {account.id: 1 for account in record.red(found)}
    assert len(opened) == red
    assert not await record.twice(store, house.sandbox)
    assert not await record.untrue(store, house.sandbox)
    assert await record.waiting(store) == 0
    told = {one.id for one in await record.alerts_told(store)}
    for user in await record.integrators(store):
        assert told <= await record.reached(store, house.sandbox, user)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_killed_at_each_step(database_url: str, tmp_path: Path, log: Log) -> None:
    """Six alerts, each with a kill while it is found or told and another while it ends: each person knows of each, no place has one twice, none stays open."""
    async with open_crew(
        number=1, database_url=database_url, folder=tmp_path, log=log, detoured=True
    ) as house:
        await house.set_up()
        await channel_chosen(house)
        (patient, _other) = await admitted(house, 2)
        switch = house.sandbox.provider("twitter").account(patient.accounts[0])
        for number, (first, last) in enumerate(zip(FIRST, LAST, strict=True), start=1):
            switch.state = "revoked"
            await _killed_at(house, first, FOUND)
            assert (await standing(house))[patient.accounts[0]] is RED
            await _holds(house, red=1)
            switch.state = "healthy"
            await _killed_at(house, last, OVER)
            assert (await standing(house))[patient.accounts[0]] is GREEN
            await _holds(house, red=0)
            assert len(await record.alerts_told(_crew(house).store)) == number
