"""When to look: APScheduler's clock over named ticks, each one call of a use case. Who works is decided by leases in the database."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from bot.in_flight import InFlight, report

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """`work` is done every `seconds`, and whenever it is kicked."""

    work: Callable[[], Awaitable[object]]
    seconds: float


class Ticks:
    """Runs ticks, never the same one twice at a time: while it runs, any number of kicks make one more run."""

    def __init__(self, in_flight: InFlight) -> None:
        self._ticks: Mapping[str, Tick] = {}
        self._in_flight = in_flight
        self._running: set[str] = set()
        self._again: set[str] = set()
        self.failures: Counter[str] = Counter()
        """How often each tick broke since the start."""

    def plan(self, ticks: Mapping[str, Tick]) -> None:
        """What to run, by name. Given once, after the use cases have been given `kick`."""
        self._ticks = dict(ticks)

    def kick(self, name: str) -> None:
        """Run a tick soon; returns at once. Raises KeyError for a name nobody gave."""
        if name not in self._ticks:
            raise KeyError(name)
        if name in self._running:
            self._again.add(name)
            return
        self._running.add(name)
        self._in_flight.start(self._run(name))

    async def _run(self, name: str) -> None:
        try:
            await self.run(name)
            while name in self._again:
                self._again.discard(name)
                await self.run(name)
        finally:
            self._running.discard(name)
            self._again.discard(name)

    async def run(self, name: str) -> None:
        """One run, waited for. An error is logged and counted; the ticker goes on."""
        try:
            await self._ticks[name].work()
        except Exception as error:  # noqa: BLE001  the next tick tries again
            self.failures[name] += 1
            _log.error("tick %s failed (%d since the start)", name, self.failures[name])
            report(error)

    @asynccontextmanager
    async def on_the_clock(self) -> AsyncIterator[None]:
        """Kick every tick at its interval until the block ends. The clock is wound in the background: nobody waits for it."""
        winding = self._in_flight.start(self._wind())
        try:
            yield
        finally:
            winding.cancel()
            await asyncio.wait({winding})
            if not winding.cancelled() and winding.exception() is None:
                winding.result().shutdown(wait=False)

    async def _wind(self) -> Any:
        # APScheduler looks through everything installed while it is imported; the first answer need not wait for that.
        scheduler = await asyncio.to_thread(_new_scheduler)
        for name, tick in self._ticks.items():
            scheduler.add_job(
                self._kick_later,
                "interval",
                args=(name,),
                seconds=tick.seconds,
                id=name,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
            )
        scheduler.start()
        return scheduler

    async def _kick_later(self, name: str) -> None:
        # A coroutine, for the executor puts plain functions on a thread, where no task can be started.
        self.kick(name)


def _new_scheduler() -> Any:
    """A stopped scheduler that keeps its jobs in memory. Imported here: see `_wind`."""
    from apscheduler.executors.asyncio import AsyncIOExecutor  # noqa: PLC0415
    from apscheduler.jobstores.memory import MemoryJobStore  # noqa: PLC0415
    from apscheduler.schedulers.asyncio import AsyncIOScheduler  # noqa: PLC0415

    return AsyncIOScheduler(
        jobstores={"default": MemoryJobStore()}, executors={"default": AsyncIOExecutor()}, timezone=UTC
    )
