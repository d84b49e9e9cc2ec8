"""Opening a store: addresses, servers that do not answer, schemas that do not fit."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from store.database import (
    REVISION,
    BadDatabaseUrl,
    NotMigrated,
    Store,
    StoreUnavailable,
    migrate,
    open_store,
)
from store.migrations import config
from store.tables import metadata
from store.vault import Vault
from tests.databases import sqlite_url
from tests.store.made import grant, put

PASSWORD = "hunter2"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hunter2",
        "://hunter2",
        "sqlite://",
        "sqlite+aiosqlite://",
        "sqlite+aiosqlite:///:memory:",
        "sqlite:///hunter2.db",
        "postgresql://bot:hunter2@localhost/lexer",
        "postgres://bot:hunter2@localhost/lexer",
        "postgresql+psycopg://bot:hunter2@localhost/lexer",
        "postgresql+asyncpg://bot:hunter2@localhost",
        "postgresql+asyncpg://bot:hunter2@localhost:port/lexer",
        "mysql+aiomysql://bot:hunter2@localhost/lexer",
    ],
)
async def test_bad_address(url: str, vault: Vault) -> None:
    """A database address that cannot be used is refused in words that say what to write and show no password."""
    with pytest.raises(BadDatabaseUrl, match=r"postgresql\+asyncpg://user:password@host/database") as raised:
        async with open_store(url, vault, migrate=True):
            pass
    assert PASSWORD not in str(raised.value)
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://bot:hunter2@127.0.0.1:1/lexer",
        "postgresql+asyncpg://bot:hunter2@/lexer?host=/nowhere",
        "postgresql+asyncpg://bot:hunter2@127.0.0.1:1/lexer?nonsense=hunter2",
        "sqlite+aiosqlite:////nowhere/hunter2/lexer.db",
    ],
)
async def test_unreachable(url: str, vault: Vault) -> None:
    """A database that does not answer at start is one plain error without the password."""
    for attempt in (open_store(url, vault, migrate=False).__aenter__, lambda: migrate(url)):
        with pytest.raises(StoreUnavailable) as raised:
            await attempt()
        assert "bot:hunter2" not in str(raised.value)
        assert raised.value.__suppress_context__


async def test_refuses_to_guess(empty_database_url: str, vault: Vault) -> None:
    """A database without tables is not touched unless asked to; the error names the command."""
    with pytest.raises(NotMigrated, match="lexer-bot migrate"):
        async with open_store(empty_database_url, vault, migrate=False):
            pass


async def test_from_empty(empty_database_url: str, vault: Vault) -> None:
    """Migrating makes an empty database usable, and doing it again changes nothing."""
    await migrate(empty_database_url)
    async with open_store(empty_database_url, vault, migrate=False) as store:
        await put(store, grant())
    await migrate(empty_database_url)
    async with open_store(empty_database_url, vault, migrate=True) as store, store.reading() as tx:
        assert await tx.conn.scalar(text("SELECT count(*) FROM grants")) == 1


async def test_two_at_once(empty_database_url: str, vault: Vault) -> None:
    """Two bots started at once on an empty database both come up."""

    async def start() -> bool:
        async with open_store(empty_database_url, vault, migrate=True) as store:
            return await store.healthy()

    assert await asyncio.gather(start(), start()) == [True, True]


async def test_newer_schema(store: Store, database_url: str, vault: Vault) -> None:
    """An older bot refuses a database that a newer one has migrated, instead of writing into it."""
    async with store.transaction() as tx:
        await tx.conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for migrating in (False, True):
        with pytest.raises(NotMigrated, match="newer"):
            async with open_store(database_url, vault, migrate=migrating):
                pass


def test_newest_migration() -> None:
    """The program asks for the newest migration there is."""
    assert ScriptDirectory.from_config(config()).get_heads() == [REVISION]


async def test_tables_match_migrations(store: Store) -> None:
    """What the migrations make is what the queries expect."""

    def differences(connection: Connection) -> list[object]:
        options = {"compare_type": connection.dialect.name == "postgresql"}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    async with store.transaction() as tx:
        assert await tx.conn.run_sync(differences) == []


async def test_indexes_match_migrations(tmp_path: Path) -> None:
    """The conditions of partial indexes, which alembic does not compare, are the same in both places."""
    migrated, declared = tmp_path / "migrated.db", tmp_path / "declared.db"
    await migrate(sqlite_url(migrated))
    engine = create_engine(f"sqlite:///{declared}")
    metadata.create_all(engine)
    engine.dispose()
    found = indexes(migrated)
    assert sum("WHERE" in statement for statement in found) == 12
    assert found == indexes(declared)


def indexes(path: Path) -> list[str]:
    """The statements that made the indexes of a SQLite file."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY sql"
        )
        return [row[0] for row in rows]
