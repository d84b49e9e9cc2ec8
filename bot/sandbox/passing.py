"""Time that passes because somebody wants it to: a clock that can be put forward, and whoever lets everything due meanwhile happen."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.sandbox.finding import CannotDo
from bot.sandbox.world import wall

Pass = Callable[[timedelta], Awaitable[None]]
"""Lets so much time pass, and returns when everything that was due meanwhile is done."""
Look = Callable[[], Awaitable[int]]
"""Has every account asked about now; how many there were."""


class RunningClock:
    """The wall clock, so far ahead. Hand the same one to the bot and to the workspace."""

    def __init__(self, ahead: timedelta = timedelta(0)) -> None:
        self.ahead = ahead

    def __call__(self) -> datetime:
        """The time it shows."""
        return wall() + self.ahead

    def advance(self, step: timedelta) -> None:
        """Put it forward."""
        self.ahead += step


class Leap(StrEnum):
    """What can be wanted of time."""

    QUARTER = "quarter"
    HOUR = "hour"
    DAY = "day"
    CHECK = "check"


LENGTHS = {
    Leap.QUARTER: timedelta(minutes=15),
    Leap.HOUR: timedelta(hours=1),
    Leap.DAY: timedelta(days=1),
}


@dataclass(slots=True)
class Passing:
    """Lets time pass, one wish at a time. Whoever knows the bot gives `move` and `look`; until then it cannot be done."""

    move: Pass | None = None
    look: Look | None = None
    under_way: Leap | None = None

    @property
    def is_possible(self) -> bool:
        """Whether anybody lets time pass here."""
        return self.move is not None and self.look is not None

    async def leap(self, wish: Leap) -> int:
        """Do it; how many accounts were asked, where that was the wish. Raises CannotDo."""
        if self.move is None or self.look is None:
            raise CannotDo("Time cannot be moved here.")
        with self._alone(wish):
            if wish is Leap.CHECK:
                return await self.look()
            await self.move(LENGTHS[wish])
            return 0

    async def passes(self, duration: timedelta) -> None:
        """Let any time pass. Raises CannotDo."""
        if self.move is None:
            raise CannotDo("Time cannot be moved here.")
        await self.move(duration)

    @contextmanager
    def _alone(self, wish: Leap) -> Iterator[None]:
        if self.under_way is not None:
            raise CannotDo("Time is passing already. Wait a moment.")
        self.under_way = wish
        try:
            yield
        finally:
            self.under_way = None
