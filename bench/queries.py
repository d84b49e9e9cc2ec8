"""Goal 4: the listing's query through the store against the same statement on the bare driver."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiosqlite
import asyncpg
from sqlalchemy import Engine, event, make_url

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
    async with filled(url, KEYS) as store:
        statement, parameters = await _statement(store)
        async with _bare(url) as fetch:
            variants = {
                "ours": timed_async(lambda: _overview(store), times=300),
                "two": timed_async(lambda: _two_queries(fetch), times=300),
                "same": timed_async(lambda: fetch(statement, *parameters), times=300),
            }
            found = await rounds(variants, count=9)
    note = f"{found.median('ours') * 1e3:.2f} ms"
    two = (
        f"what the listing needs, on {kind} / its integrations and accounts by two queries of the bare driver"
    )
    same = f"the same on {kind} / our one statement on the bare driver, rows left unread"
    return [
        Row(goal="4", what=two, at_most=1.6, measured=found.ratio("ours", "two"), note=note),
        Row(goal="4", what=same, at_most=None, measured=found.ratio("ours", "same"), note=note),
    ]


async def _overview(store: Store) -> Any:
    async with store.reading() as tx:
        return await integrations.overview(tx, TEAM, MARIA)


async def _statement(store: Store) -> tuple[str, Any]:
    """What the store really sends."""
    with _watching() as sent:
        await _overview(store)
    (found,) = [pair for pair in sent if "UNION" in pair[0]]
    return found


@contextmanager
def _watching() -> Iterator[list[tuple[str, Any]]]:
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@dataclass(frozen=True, slots=True)
class Bare:
    """A driver's own connection; `mark` is how it writes the first parameter."""

    fetch: Callable[..., Awaitable[Sequence[Any]]]
    mark: str

    async def __call__(self, statement: str, *parameters: Any) -> Sequence[Any]:
        """All rows."""
        return await self.fetch(statement, *parameters)


async def _two_queries(bare: Bare) -> None:
    tiles = await bare(f"{INTEGRATIONS}{bare.mark}", TEAM)
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
