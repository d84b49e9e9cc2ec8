"""One bot on SQLite."""

from pathlib import Path

import pytest

from tests.databases import database_url
from tests.e2e.house import Log
from tests.faults.ten_days import ten_days

__all__ = ["database_url"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_ten_days_of_one_bot(database_url: str, tmp_path: Path, log: Log) -> None:
    """As three bots on PostgreSQL: each check is done, nobody is told twice, nothing is lost, however often it is killed."""
    await ten_days(number=1, database_url=database_url, folder=tmp_path, log=log)
