"""Goal 4: the listing's query through the store against the bare driver."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiosqlite
import asyncpg
from sqlalchemy import make_url

from bench import world
from bench.interleave import rounds, timed_async
from bench.table import Row
from bench.world import MARIA, TEAM, database_urls, filled
from store import integrations
from store.database import Store

KEYS = [f"provider_{number}" for number in range(50)]


INTEGRATIONS = "SELECT * FROM integrations WHERE workspace_id = "
ACCOUNTS = "SELECT id, provider_key, name, external_id, status, reason FROM accounts WHERE removed_at IS NULL AND workspace_id = "


async def measure() -> list[Row]:
    """Compare on both databases."""
    with database_urls() as urls:
        return [row for kind, url in urls.items() for row in await _measure(kind, url)]


async def _measure(kind: str, url: str) -> list[Row]:
    async with filled(url, KEYS) as store, _bare(url) as fetch:
        variants = {
            "ours": timed_async(lambda: _overview(store), times=300),
            "two": timed_async(lambda: _two_queries(fetch), times=300),
            "tiles": timed_async(lambda: _tiles(fetch), times=300),
        }
        found = await rounds(variants, count=9)
    note = f"{found.median('ours') * 1e3:.2f} ms"
    two = (
        f"what the listing needs, on {kind} / its integrations and accounts by two queries of the bare driver"
    )
    tiles = f"the same on {kind} / the tiles' rows alone by one query of the bare driver"
    return [
        Row(goal="4", what=two, at_most=1.6, measured=found.ratio("ours", "two"), note=note),
        Row(goal="4", what=tiles, at_most=None, measured=found.ratio("ours", "tiles"), note=note),
    ]


async def _overview(store: Store) -> Any:
    async with store.reading() as tx:
        return await integrations.overview(tx, TEAM, MARIA)


@dataclass(frozen=True, slots=True)
class Bare:
    """A driver's own connection; `mark` is how it writes the first parameter."""

    fetch: Callable[..., Awaitable[Sequence[Any]]]
    mark: str

    async def __call__(self, statement: str, *parameters: Any) -> Sequence[Any]:
        """All rows."""
        return await self.fetch(statement, *parameters)


async def _tiles(bare: Bare) -> Sequence[Any]:
    return await bare(f"{INTEGRATIONS}{bare.mark}", TEAM)


async def _two_queries(bare: Bare) -> None:
    tiles = await _tiles(bare)
    living = await bare(f"{ACCOUNTS}{bare.mark}", TEAM)
    if (len(tiles), len(living)) != (len(KEYS), world.ACCOUNTS):
        raise RuntimeError("the bare driver reads something else")


@asynccontextmanager
async def _bare(url: str) -> AsyncIterator[Bare]:
    address = make_url(url)
    if address.drivername.startswith("sqlite"):
        async with aiosqlite.connect(str(address.database)) as sqlite:
            yield Bare(partial(_fetch, sqlite), "?")
        return
    postgresql = await asyncpg.connect(
        host=address.query["host"], user=address.username, database=address.database
    )
    try:
        yield Bare(postgresql.fetch, "$1")
    finally:
        await postgresql.close()


async def _fetch(sqlite: aiosqlite.Connection, statement: str, *parameters: Any) -> Sequence[Any]:
    async with sqlite.execute(statement, parameters) as cursor:
        return list(await cursor.fetchall())
