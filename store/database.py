"""Opens the store and hands out transactions: the only door to the database. Knows no noun and no query."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import URL, Connection, func, inspect, select, text, union_all
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from store.engines import place, read_url, reading_engine, writing_engine
from store.errors import BadDatabaseUrl, Conflict, KeysMissing, NotMigrated, StoreUnavailable
from store.tables import SEALED, key_header
from store.transactions import Reading, Tx, entered, inside_transaction
from store.vault import Vault, key_id_in

__all__ = [
    "BadDatabaseUrl",
    "Conflict",
    "KeysMissing",
    "NotMigrated",
    "Store",
    "StoreUnavailable",
    "Tx",
    "inside_transaction",
    "migrate",
    "open_store",
    "sealed_rows_by_key",
]

REVISION = "0002"
"""The schema this program needs; a test compares it with the newest migration."""


class Store:
    """An open database. Made by `open_store`."""

    __slots__ = ("_place", "_reads", "_writes", "vault")

    def __init__(self, url: URL, vault: Vault) -> None:
        self.vault = vault
        self._place = place(url)
        self._writes = writing_engine(url)
        self._reads = reading_engine(url)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """Write: commits on normal exit, rolls back on an exception.

        Raises StoreUnavailable, Conflict; RuntimeError inside another transaction of the same task.
        """
        async with entered(self._writes.begin(), self._place) as conn:
            yield Tx(conn, self.vault)

    def reading(self) -> Reading:
        """Read only; each statement sees its own moment. Raises as `transaction` does."""
        return Reading(self._reads, self._place, self.vault)

    async def healthy(self) -> bool:
        """Whether the database answers."""
        # Twice: the first may meet a connection that died unnoticed, which also empties the pool of its like.
        return await self._answers() or await self._answers()

    async def _answers(self) -> bool:
        try:
            async with self.reading() as tx:
                await tx.conn.execute(select(1))
        except StoreUnavailable:
            return False
        return True

    async def _prepare(self, *, migrate: bool) -> None:
        async with self.reading() as tx:
            revision = await _revision(tx.conn)
        if revision != REVISION:
            if not migrate:
                raise NotMigrated(_words(self._place, revision))
            await _upgrade(self._writes, self._place)
        await self._refuse_missing_keys()

    async def _refuse_missing_keys(self) -> None:
        async with self.reading() as tx:
            rows = await sealed_rows_by_key(tx)
        missing = {key_id: count for key_id, count in rows.items() if key_id not in self.vault.key_ids}
        if missing:
            raise KeysMissing(missing)

    async def _close(self) -> None:
        await self._reads.dispose()
        await self._writes.dispose()


@asynccontextmanager
async def open_store(url: str, vault: Vault, *, migrate: bool) -> AsyncIterator[Store]:
    """Open a database for as long as the context lasts.

    With `migrate` an older (or empty) schema is brought up to date first; without, NotMigrated is raised.
    Raises BadDatabaseUrl, StoreUnavailable, NotMigrated, KeysMissing; no text shows the password in `url`.
    """
    store = Store(read_url(url), vault)
    try:
        await store._prepare(migrate=migrate)  # noqa: SLF001 - the other half of the constructor, which cannot wait
        yield store
    finally:
        await store._close()  # noqa: SLF001


async def migrate(url: str) -> None:
    """Bring the schema up to date; does nothing when it is. Raises BadDatabaseUrl, StoreUnavailable, NotMigrated."""
    address = read_url(url)
    engine = writing_engine(address)
    try:
        await _upgrade(engine, place(address))
    finally:
        await engine.dispose()


async def sealed_rows_by_key(tx: Tx) -> Mapping[str, int]:
    """Count sealed values by the id of the key they need, over all workspaces."""
    counts: Counter[str] = Counter()
    for header, count in await tx.conn.execute(_SEALED_ROWS):
        counts[key_id_in(header)] += count
    return dict(counts)


def _count_by_header(column: Any) -> Any:
    header = key_header(column)
    return (
        select(header.label("header"), func.count().label("rows")).where(column.is_not(None)).group_by(header)
    )


_SEALED_ROWS = union_all(*(_count_by_header(column) for column in SEALED))


async def _revision(conn: AsyncConnection) -> str | None:
    def look(connection: Connection) -> str | None:
        if not inspect(connection).has_table("alembic_version"):
            return None
        revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return revision

    return await conn.run_sync(look)


async def _upgrade(engine: AsyncEngine, where: str) -> None:
    # Late: migrations are rare and alembic takes a tenth of a second to import.
    from store.migrations import upgrade  # noqa: PLC0415

    async with entered(engine.begin(), where) as conn:
        if engine.dialect.name == "postgresql":
            # Two programs starting at once take turns, however long it takes; the number only has to be ours.
            await conn.execute(text("SET LOCAL statement_timeout = 0"))
            await conn.execute(text("SELECT pg_advisory_xact_lock(7105283)"))
        revision = await _revision(conn)
        if revision is not None and revision > REVISION:
            raise NotMigrated(_words(where, revision))
        await conn.run_sync(upgrade)


def _words(where: str, revision: str | None) -> str:
    if revision is not None and revision > REVISION:
        return f"{where} was made by a newer version of this program (schema {revision}; this one knows {REVISION})."
    found = f"has schema {revision}, this program needs {REVISION}" if revision else "has no tables yet"
    return f"{where} {found}. Run `lexer-bot migrate`."
