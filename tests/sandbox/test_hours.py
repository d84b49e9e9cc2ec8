"""Time in the panel: it passes because somebody wants it to, once at a time, and says what time it is then."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.sandbox.finding import CannotDo
from bot.sandbox.passing import Leap, Passing, RunningClock
from bot.sandbox.workspace import Sandbox
from bot.sandbox.world import MovableClock
from tests.sandbox.visitor import visiting


async def _nobody() -> int:
    return 0


async def test_the_panel_says_what_time_it_is(sandbox: Sandbox, clock: MovableClock) -> None:
    """A button moves the clock; the toast and the panel show the new time on the reader's own wall."""

    async def move(step: timedelta) -> None:
        clock.advance(step)

    sandbox.passing.move, sandbox.passing.look = move, _nobody
    async with visiting(sandbox) as maria:
        assert "It is <time" in await maria.loads()
        before = sandbox.world.clock()
        answer = await maria.does("time", wish="hour")
        assert sandbox.world.clock() - before == timedelta(hours=1)
        assert answer.json()["notice"].startswith("It is ")
        assert answer.json()["notice"].removesuffix(" now.").removeprefix("It is ") in await maria.looks()
        nothing = await maria.does("time", wish="check")
        assert nothing.json()["notice"] == "No account is connected yet, so there is nothing to check."
        unknown = await maria.does("time", wish="century")
        assert unknown.json()["problem"] == "There is no such button."


async def test_one_wish_at_a_time(sandbox: Sandbox) -> None:
    """While time passes its button says so, no other can be pressed, and whoever tries all the same is told."""
    goes_on = asyncio.Event()

    async def move(_step: timedelta) -> None:
        await goes_on.wait()

    sandbox.passing.move, sandbox.passing.look = move, _nobody
    async with visiting(sandbox) as maria:
        passing = asyncio.create_task(maria.does("time", wish="day"))
        while sandbox.passing.under_way is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        shown = await maria.looks()
        assert "A day is passing" in shown
        assert shown.count('aria-disabled="true"') == len(Leap)
        second = await maria.does("time", wish="hour")
        assert second.json()["problem"] == "Time is passing already. Wait a moment."
        goes_on.set()
        await passing
        assert "aria-disabled" not in await maria.looks()


async def test_where_nobody_can_move_it(sandbox: Sandbox) -> None:
    """A workspace whose clock cannot be moved has no buttons for it."""
    async with visiting(sandbox) as maria:
        assert "15 minutes pass" not in await maria.loads()
        refused = await maria.does("time", wish="quarter")
        assert refused.json()["problem"] == "Time cannot be moved here."
    with pytest.raises(CannotDo):
        await Passing().passes(timedelta(minutes=1))


def test_the_demos_clock_goes_on_by_itself() -> None:
    """The demo's clock is the wall's, as far ahead as it was put, and never goes back."""
    clock = RunningClock(timedelta(hours=1))
    before = clock()
    clock.advance(timedelta(hours=2))
    assert before + timedelta(hours=2) <= clock() <= clock()
    assert datetime.now(UTC) + timedelta(hours=3) >= before + timedelta(hours=2)
