"""Bad weather and good speed: lost connections, read-only disks, plans that use their index, imports that stay late."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from store import accounts, grants, groups, integrations, outbox, people
from store.database import Store, StoreUnavailable, open_store
from store.vault import Vault
from tests.databases import connect, sqlite_url
from tests.store.made import LATER, MARIA, NOW, T1, grant, person, put, settle


@pytest.fixture
def server(database_url: str) -> str:
    """The database when it is a server's; its tests do nothing on a file."""
    return database_url if database_url.startswith("postgresql") else ""


async def cut(url: str) -> None:
    """End every connection of the store, as a restart of the server does."""
    connection = await connect(url)
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    finally:
        await connection.close()


async def test_server_restarted(store: Store, server: str) -> None:
    """After the database server restarted, the next click works as if nothing had been."""
    await put(store, person())
    if server:
        await cut(server)
    assert await store.healthy()
    await put(store, person("U2"))
    async with store.reading() as tx:
        assert len(await people.names(tx, T1, [MARIA, person("U2").id])) == 2


async def test_connection_lost_midway(store: Store, server: str) -> None:
    """A connection lost in the middle of a write is said to be that, and the write left nothing."""
    if not server:
        return

    async def write() -> None:
        async with store.transaction() as tx:
            await people.save(tx, person())
            await cut(server)
            await people.save(tx, person("U2"))

    with pytest.raises(StoreUnavailable):
        await write()
    async with store.reading() as tx:
        assert await people.get(tx, T1, MARIA) is None


async def test_database_gone(store: Store, server: str) -> None:
    """Without its database the bot says so instead of failing strangely, and recovers by itself."""
    if not server:
        return
    name = server.rpartition("/")[2].partition("?")[0]
    other = await connect(server.replace(name, "postgres"))
    try:
        await other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await cut_from(other, name)
        assert not await store.healthy()
        with pytest.raises(StoreUnavailable, match="cannot be reached"):
            await settle(store)
        await other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    finally:
        await other.close()
    assert await store.healthy()


async def cut_from(connection: Any, name: str) -> None:
    """End every connection to a database from outside."""
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name
    )


async def test_read_only(tmp_path: Path, vault: Vault) -> None:
    """A database that cannot be written is said to be unavailable."""
    async with open_store(sqlite_url(tmp_path / "lexer.db"), vault, migrate=True) as store:
        async with store.transaction() as tx:
            await tx.conn.execute(text("PRAGMA query_only=ON"))
        with pytest.raises(StoreUnavailable, match="SQLITE_READONLY"):
            await settle(store)


async def test_disk_full(tmp_path: Path, vault: Vault) -> None:
    """A full disk is said to be unavailable, and what was there before is still there."""
    async with open_store(sqlite_url(tmp_path / "lexer.db"), vault, migrate=True) as store:
        await put(store, person())
        async with store.transaction() as tx:
            await tx.conn.execute(text("PRAGMA max_page_count=1"))
        with pytest.raises(StoreUnavailable, match="SQLITE_FULL"):
            await put(store, *(person(f"U{number}", name="x" * 4000) for number in range(20)))
        async with store.reading() as tx:
            assert await people.get(tx, T1, MARIA) == person()


async def plans(store: Store, *asking: Any) -> list[str]:
    """How SQLite goes about each statement."""
    asked: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(store._writes.sync_engine, "before_cursor_execute", note)
    async with store.transaction() as tx:
        for ask in asking:
            await ask(tx)
    event.remove(store._writes.sync_engine, "before_cursor_execute", note)
    found = []
    async with store.reading() as tx:
        for statement, parameters in asked:
            if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "INSERT")):
                rows = await tx.conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                found += [row.detail for row in rows]
    return found


async def test_no_table_is_read_through(tmp_path: Path, vault: Vault) -> None:
    """Lists, claims and counts go by an index, so that they stay fast when a workspace grows."""
    lease = {"owner": "me", "now": NOW, "until": LATER, "limit": 5}
    async with open_store(sqlite_url(tmp_path / "lexer.db"), vault, migrate=True) as store:
        found = await plans(
            store,
            lambda tx: integrations.overview(tx, T1, MARIA),
            lambda tx: groups.rights(tx, T1, MARIA),
            lambda tx: groups.integrators(tx, T1),
            lambda tx: integrations.recount(tx, T1, "shopify"),
            lambda tx: accounts.of_provider(tx, T1, "shopify"),
            lambda tx: accounts.of_grant(tx, T1, grant().id),
            lambda tx: accounts.by_external_ids(tx, T1, "shopify", ["x"]),
            lambda tx: accounts.history(tx, T1, "shopify", limit=5),
            lambda tx: accounts.waiting_since(tx, NOW, 5),
            lambda tx: grants.living_of_identity(tx, "shopify", "i1", but=grant().id),
            lambda tx: grants.claim_revokes(tx, **lease),
            lambda tx: outbox.claim(tx, **lease),
        )
    assert len(found) > 20
    assert [
        step for step in found if step.startswith("SCAN") and "SUBQUERY" not in step and "due" not in step
    ] == []
    assert {
        index for index in ("outbox_due", "grants_to_revoke", "accounts_waiting") if index in str(found)
    } == {
        "outbox_due",
        "grants_to_revoke",
        "accounts_waiting",
    }


def test_late_imports() -> None:
    """The bot starts fast: what only some installations need is not imported by all."""
    code = "import sys, store.database; print({'alembic', 'asyncpg', 'sqlite3.dbapi2'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
