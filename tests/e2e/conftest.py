"""Every story is played on both databases and over both of Slack's ways in."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.logs import tame
from tests.databases import database_url
from tests.e2e.house import House, Log, open_house

__all__ = ["database_url"]


@pytest.fixture(params=["http", "socket"])
def mode(request: pytest.FixtureRequest) -> str:
    """Slack by HTTP or by Socket Mode."""
    return str(request.param)


@pytest.fixture
def log() -> Iterator[Log]:
    """Every log line of the test, at every level."""
    tame()
    root, kept = logging.getLogger(), Log()
    before = root.level
    root.addHandler(kept)
    root.setLevel(logging.DEBUG)
    yield kept
    root.setLevel(before)
    root.removeHandler(kept)


@pytest.fixture
async def house(database_url: str, mode: str, tmp_path: Path, log: Log) -> AsyncIterator[House]:
    """Bot and world."""
    async with open_house(database_url=database_url, mode=mode, folder=tmp_path, log=log) as made:
        yield made
