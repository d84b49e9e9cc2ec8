"""The tour plays the whole story with the real bot, and names the step that fails."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.tour import STEPS, tour
from bot.sandbox.workspace import Sandbox
from tests.e2e.house import House, Log, open_house
from tests.sandbox.fake_bot import FakeBot


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """The real bot on a database of its own."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'lexer.db'}"
    async with open_house(database_url=url, mode="http", folder=tmp_path, log=Log()) as made:
        yield made


async def test_the_whole_story_works(house: House) -> None:
    """From the first Group to disconnected at the provider, every screen as it should be."""
    said: list[str] = []

    async def tick() -> None:
        await house.passes(seconds=1)

    house.may_refuse |= {"not_found", "dead_refresh_token"}
    played = await tour(house.sandbox, said.append, tick)
    assert played, "\n".join(said)
    assert all(step.title in "\n".join(said) for step in STEPS)


async def test_a_failing_step_is_named(sandbox: Sandbox, bot: FakeBot) -> None:
    """A bot that says nothing useful stops the tour, which says where and what was seen."""
    bot.answer = lambda _form: {"text": "I am new here"}
    said: list[str] = []

    async def tick() -> None:
        """Nothing is under way."""

    sandbox.person("ada").patience = 0.1
    assert not await tour(sandbox, said.append, tick)
    assert "stopped at step 1" in said[-1]
    assert "I am new here" in said[-1]
