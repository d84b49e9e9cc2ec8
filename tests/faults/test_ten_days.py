"""Three bots on one PostgreSQL. A file of its own beside the one of SQLite, so that both can be played at the same time."""

from pathlib import Path

import pytest

from tests.databases import database_url
from tests.e2e.house import Log
from tests.faults.ten_days import ten_days

__all__ = ["database_url"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_ten_days_with_kills_in_between(database_url: str, tmp_path: Path, log: Log) -> None:
    """Providers refuse, revoke, recover and slow down, people reconnect, bots are killed: each check is done, nobody is told twice, nothing is lost."""
    await ten_days(number=3, database_url=database_url, folder=tmp_path, log=log)
