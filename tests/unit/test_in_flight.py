"""Work that outlives its request is neither lost nor silent."""

import asyncio
import logging

import pytest

from bot.in_flight import InFlight


async def test_everything_under_way_is_waited_for() -> None:
    """A stop waits for what was begun, and for what that begins."""
    in_flight, done = InFlight(), []

    async def second() -> None:
        await asyncio.sleep(0)
        done.append("second")

    async def first() -> None:
        await asyncio.sleep(0)
        in_flight.start(second())
        done.append("first")

    in_flight.start(first())
    assert await in_flight.drain(10)
    assert done == ["first", "second"]


async def test_what_never_ends_is_stopped(caplog: pytest.LogCaptureFixture) -> None:
    """A stop takes no longer than it may; what is left is stopped and counted in the log."""
    in_flight = InFlight()
    task = in_flight.start(asyncio.Event().wait())
    await asyncio.sleep(0)
    assert not await in_flight.drain(0.01)
    assert task.cancelled()
    assert "1 tasks" in caplog.text


async def test_an_error_nobody_awaits_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """A task that breaks leaves its stack trace in the log."""
    in_flight = InFlight()

    async def breaks() -> None:
        raise RuntimeError("of the test")

    with caplog.at_level(logging.ERROR):
        in_flight.start(breaks())
        await in_flight.drain(10)
    assert "reference" in caplog.text
    assert "of the test" in caplog.text
