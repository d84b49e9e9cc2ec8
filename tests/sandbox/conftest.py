"""A sandbox with a clock that stands still, and a fake bot in front of it."""

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.workspace import Sandbox, open_sandbox
from bot.sandbox.world import MovableClock
from tests.sandbox.fake_bot import FakeBot, open_bot


@pytest.fixture
def clock() -> MovableClock:
    """It stands still until a test moves it."""
    return MovableClock()


@pytest.fixture
async def sandbox(clock: MovableClock) -> AsyncIterator[Sandbox]:
    """Acks are due in half a second, so that lateness can be tested."""
    async with open_sandbox(clock=clock, ack_seconds=0.5) as made:
        yield made


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[FakeBot]:
    """Answers nothing until told."""
    async with open_bot(sandbox) as made:
        yield made
