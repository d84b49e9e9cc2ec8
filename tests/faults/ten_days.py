"""Ten simulated days with kills in between, for any number of bots."""

import os
import random
from pathlib import Path

from tests.e2e.house import Log
from tests.faults.crew import open_crew
from tests.faults.days import begin

DAYS = 10


async def ten_days(*, number: int, database_url: str, folder: Path, log: Log) -> None:
    """So many bots live through them, and the record is looked through."""
    seed = int(os.environ.get("LIFE_SEED") or random.randrange(1_000_000))
    # Shown when it fails; the same seed with LIFE_SEED plays the same days, but for the moments of the kills.
    print(f"seed {seed}")  # noqa: T201
    async with open_crew(number=number, database_url=database_url, folder=folder, log=log) as house:
        days = await begin(house, seed)
        await days.live(DAYS)
        await days.recover()
        days.tell()
        await days.check()
