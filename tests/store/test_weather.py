"""Bad weather and good speed: lost connections, read-only disks, plans that use their index, imports that stay late."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, make_url, text

from store import (
    accounts,
    alert_details,
    alerts,
    checks,
    grants,
    groups,
    integrations,
    outbox,
    people,
)
from store.database import Store, StoreUnavailable, open_store
from store.tables import metadata
from store.vault import Vault
from store.watch_records import AlertId, Due, Seen
from tests.databases import connect, postgresql_server, sqlite_url
from tests.store.made import LATER, MARIA, NOW, T1, account, grant, person, put, settle

on_a_server = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


async def cut(url: str) -> None:
    """End every connection of the store, as a restart of the server does."""
    connection = await connect(url)
    try:
        await cut_from(connection, str(make_url(url).database))
    finally:
        await connection.close()


async def cut_from(connection: Any, name: str) -> None:
    """End every other connection to a database, and wait until they have ended."""
    others = "FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()"
    await connection.execute(f"SELECT pg_terminate_backend(pid, 5000) {others}", name)


@on_a_server
async def test_server_restarted(store: Store, database_url: str) -> None:
    """After the database server restarted, the next click works as if nothing had been."""
    await put(store, person())
    await cut(database_url)
    assert await store.healthy()
    await put(store, person("U2"))
    async with store.reading() as tx:
        assert len(await people.names(tx, T1, [MARIA, person("U2").id])) == 2


@on_a_server
async def test_connection_lost_midway(store: Store, database_url: str) -> None:
    """A connection lost in the middle of a write is said to be that, and the write left nothing."""

    async def write() -> None:
        async with store.transaction() as tx:
            await people.save(tx, person())
            await cut(database_url)
            await people.save(tx, person("U2"))

    with pytest.raises(StoreUnavailable):
        await write()
    async with store.reading() as tx:
        assert await people.get(tx, T1, MARIA) is None


@on_a_server
async def test_deadlock(store: Store) -> None:
    """Two writes that wait for each other end in one that succeeds and one that is told to come again."""
    await put(store, person("U1"), person("U2"))
    first_done = asyncio.Barrier(2)

    async def write(*user_ids: str) -> None:
        async with store.transaction() as tx:
            await people.save(tx, person(user_ids[0], name="new"))
            await first_done.wait()
            await people.save(tx, person(user_ids[1], name="new"))

    ended = await asyncio.gather(write("U1", "U2"), write("U2", "U1"), return_exceptions=True)
    assert sorted(type(one) for one in ended if one is not None) == [StoreUnavailable]


@on_a_server
async def test_database_gone(store: Store, database_url: str) -> None:
    """Without its database the bot says so instead of failing strangely, and recovers by itself."""
    name = str(make_url(database_url).database)
    other = await connect(postgresql_server())
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
    tables = {f"SCAN {name}" for name in metadata.tables}
    assert [step for step in found if step.partition(" USING")[0] in tables] == []
    assert {
        index for index in ("outbox_due", "grants_to_revoke", "accounts_waiting") if index in str(found)
    } == {
        "outbox_due",
        "grants_to_revoke",
        "accounts_waiting",
    }


async def test_no_table_is_read_through_by_watching(tmp_path: Path, vault: Vault) -> None:
    """A check, and an alert, costs the same however many accounts and alerts there are."""
    due = Due(
        grant_id=grant().id,
        workspace_id=T1,
        provider_key="shopify",
        due_at=NOW,
        owner="me",
        until=LATER,
        plan_no=1,
    )
    this, that = account().id, AlertId("al1")
    async with open_store(sqlite_url(tmp_path / "lexer.db"), vault, migrate=True) as store:
        found = await plans(
            store,
            lambda tx: checks.claim(tx, "shopify", owner="me", now=NOW, until=LATER, limit=5),
            lambda tx: checks.read(tx, [due]),
            lambda tx: checks.give_back(tx, [(due, LATER)]),
            lambda tx: checks.discard(tx, [due]),
            lambda tx: checks.due_now(tx, "shopify", NOW),
            lambda tx: accounts.seen_well(tx, [Seen(T1, this, grant().id, NOW, NOW)]),
            lambda tx: alerts.resolve_accounts(tx, T1, [this], at=NOW, by=None, resolution="recovered"),
            lambda tx: alerts.outage_open(tx, T1, "shopify"),
            lambda tx: alert_details.open_of_account(tx, T1, this),
            lambda tx: alert_details.open_ones(tx, T1),
            lambda tx: alert_details.group_names(tx, T1, [that]),
            lambda tx: alert_details.due_reminders(tx, NOW, 5),
            lambda tx: outbox.fates(tx, T1, "alert", that),
            lambda tx: outbox.overdue(tx, NOW),
        )
    assert len(found) > 20
    tables = {f"SCAN {name}" for name in metadata.tables}
    assert [step for step in found if step.partition(" USING")[0] in tables] == []
    wanted = {"alerts_open", "alerts_reminders", "alert_account_once", "alert_outage_once", "outbox_due"}
    assert {index for index in wanted if index in str(found)} == wanted


def test_late_imports() -> None:
    """The bot starts fast: what only some installations need is not imported by all."""
    code = "import sys, store.database; print({'alembic', 'asyncpg', 'sqlite3.dbapi2'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"
