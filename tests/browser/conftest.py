"""Stories in a real browser: one Chromium for all of them, a new house for each, a new profile for each person.

They are played on SQLite and with Slack by HTTP, if a story does not say otherwise: what a page shows depends on neither,
and tests/e2e plays everything on both databases in both ways.
"""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.chromium import open_chromium
from tests.browser.office import Office, open_office
from tests.databases import sqlite_template, sqlite_url
from tests.e2e.conftest import log
from tests.e2e.house import House, Log, open_house

__all__ = ["log"]
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Chromium lives in one loop, so every story is played in that one."""
    for item in items:
        if item.path.is_relative_to(HERE) and item.get_closest_marker("asyncio"):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser."""
    async with open_chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def house(tmp_path: Path, log: Log) -> AsyncIterator[House]:
    """Bot and world."""
    path = tmp_path / "lexer.db"
    shutil.copy(sqlite_template(), path)
    async with open_house(database_url=sqlite_url(path), mode="http", folder=tmp_path, log=log) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def office(house: House, chromium: Browser) -> AsyncIterator[Office]:
    """The house with browsers in it."""
    async with open_office(house, chromium) as made:
        yield made
