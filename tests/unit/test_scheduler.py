"""Ticks: when to look, never twice at a time, never stopped by an error."""

import asyncio

import pytest

from bot.in_flight import InFlight
from bot.scheduler import Tick, Ticks


class Work:
    """Counts its runs and waits for the test."""

    def __init__(self) -> None:
        self.runs = 0
        self.most_at_once = 0
        self.go_on = asyncio.Event()
        self._now = 0

    async def __call__(self) -> None:
        """One run."""
        self.runs += 1
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        await self.go_on.wait()
        self._now -= 1


def ticks_of(work: Work | object, seconds: float = 3600.0) -> tuple[Ticks, InFlight]:
    """A ticker of one tick, "deliver"."""
    in_flight = InFlight()
    ticks = Ticks(in_flight)
    ticks.plan({"deliver": Tick(work=work, seconds=seconds)})  # type: ignore[arg-type]
    return ticks, in_flight


async def test_many_kicks_make_one_more_run() -> None:
    """While a tick runs, any number of kicks lead to one more run, and never to two at a time."""
    work = Work()
    ticks, in_flight = ticks_of(work)
    for _ in range(100):
        ticks.kick("deliver")
        await asyncio.sleep(0)
    work.go_on.set()
    await in_flight.drain(10)
    assert (work.runs, work.most_at_once) == (2, 1)


async def test_an_error_does_not_stop_the_ticker() -> None:
    """A tick that breaks is counted, and the next one runs."""
    ran: list[int] = []

    async def breaks_once() -> None:
        ran.append(1)
        if len(ran) == 1:
            raise RuntimeError

    ticks, _ = ticks_of(breaks_once)
    await ticks.run("deliver")
    await ticks.run("deliver")
    assert (len(ran), ticks.failures["deliver"]) == (2, 1)


async def test_an_unknown_tick_is_a_bug() -> None:
    """Kicking a tick nobody planned is noticed at once."""
    ticks, _ = ticks_of(Work())
    with pytest.raises(KeyError):
        ticks.kick("delivr")


async def test_the_clock_kicks_by_itself() -> None:
    """On the clock a tick runs without anybody kicking it."""
    ran = asyncio.Event()

    async def work() -> None:
        ran.set()

    ticks, in_flight = ticks_of(work, seconds=0.05)
    async with ticks.on_the_clock():
        async with asyncio.timeout(10):
            await ran.wait()
    await in_flight.drain(10)


async def test_a_start_that_is_stopped_at_once_leaves_no_clock() -> None:
    """Stopping before the clock was wound is quiet and leaves nothing running."""
    ticks, in_flight = ticks_of(Work())
    async with ticks.on_the_clock():
        pass
    assert await in_flight.drain(10)
