"""Ten simulated days with kills in between: three bots on one PostgreSQL, one bot on SQLite."""

import os
import random
from pathlib import Path

import pytest

from tests.databases import database_url
from tests.e2e.house import Log
from tests.faults.crew import open_crew
from tests.faults.days import begin

__all__ = ["database_url"]

DAYS = 10
BOTS = {"postgresql": 3, "sqlite": 1}


async def test_ten_days_with_kills_in_between(
    database_url: str, tmp_path: Path, log: Log, request: pytest.FixtureRequest
) -> None:
    """Providers refuse, revoke, recover and slow down, people reconnect, bots are killed: each check is done, nobody is told twice, nothing is lost."""
    seed = int(os.environ.get("LIFE_SEED") or random.randrange(1_000_000))
    # Shown when it fails; the same seed with LIFE_SEED plays the same days, but for the moments of the kills.
    print(f"seed {seed}")  # noqa: T201
    number = BOTS[database_url.partition("+")[0]]
    async with open_crew(number=number, database_url=database_url, folder=tmp_path, log=log) as house:
        days = await begin(house, seed)
        await days.live(DAYS)
        await days.recover()
        days.tell()
        await days.check()
