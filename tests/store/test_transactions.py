"""What a transaction promises, and the flag that keeps network calls out of it."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from store import people, workspaces
from store.database import Conflict, Store, StoreUnavailable, inside_transaction, open_store
from store.vault import Vault
from tests.store.made import MARIA, T1, group, person, put, put_in, settle


async def known(store: Store) -> bool:
    """Whether Maria was saved."""
    async with store.reading() as tx:
        return await people.get(tx, T1, MARIA) is not None


async def test_commit(store: Store) -> None:
    """What was written is there for everybody once the block ends."""
    async with store.transaction() as tx:
        await people.save(tx, person())
    assert await known(store)


async def test_rollback(store: Store) -> None:
    """When something breaks, nothing of the block stays."""

    async def write() -> None:
        async with store.transaction() as tx:
            await people.save(tx, person())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write()
    assert not await known(store)


async def test_cancelled(store: Store) -> None:
    """A write that is cancelled midway leaves nothing, and the next one works."""
    written = asyncio.Event()

    async def write() -> None:
        async with store.transaction() as tx:
            await people.save(tx, person())
            written.set()
            await asyncio.sleep(3600)

    task = asyncio.create_task(write())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not await known(store)
    await put(store, person())
    assert await known(store)


async def test_cancelled_in_a_statement(store: Store) -> None:
    """A write that is cancelled while the database works on it ends as cancelled and does not block those after it."""

    async def write(number: int) -> None:
        async with store.transaction() as tx:
            for _ in range(50):
                await people.save(tx, person(f"U{number}"))

    tasks = []
    for delay in range(20):
        tasks.append(asyncio.create_task(write(delay)))
        await asyncio.sleep(delay / 1000)
        tasks[-1].cancel()
        await asyncio.wait(tasks)
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(one) for one in ended if one is not None} == {asyncio.CancelledError}
    await put(store, person())
    assert await known(store)


async def test_isolated_until_commit(store: Store) -> None:
    """Nobody sees half of what is being written, and reading never waits for it."""
    async with store.transaction() as tx:
        await people.save(tx, person())
        assert await asyncio.create_task(known(store)) is False


async def test_writers_take_turns(store: Store) -> None:
    """A hundred people writing at once lose nothing."""
    await settle(store)

    async def write(number: int) -> None:
        async with store.transaction() as tx:
            await people.save(tx, person(f"U{number}"))

    await asyncio.gather(*(write(number) for number in range(100)))
    async with store.reading() as tx:
        assert len(await people.names(tx, T1, [person(f"U{number}").id for number in range(100)])) == 100


async def test_reading_cannot_write(store: Store) -> None:
    """A screen that only reads can never change anything by mistake."""
    with pytest.raises((DBAPIError, StoreUnavailable)):
        async with store.reading() as tx:
            await people.save(tx, person())
    assert not await known(store)


async def test_flag(store: Store) -> None:
    """A network call can tell that it is inside a transaction, reading or writing."""
    assert not inside_transaction()
    async with store.transaction():
        assert inside_transaction()
    assert not inside_transaction()
    async with store.reading():
        assert inside_transaction()
    with pytest.raises(ZeroDivisionError):
        async with store.transaction():
            raise ZeroDivisionError
    assert not inside_transaction()


async def test_flag_in_tasks(store: Store) -> None:
    """A task started inside a transaction is inside as long as that lasts, and free afterwards."""
    looked: list[bool] = []
    over = asyncio.Event()

    async def look_twice() -> None:
        looked.append(inside_transaction())
        await over.wait()
        looked.append(inside_transaction())

    async with store.transaction():
        task = asyncio.create_task(look_twice())
        await asyncio.sleep(0)
    over.set()
    await task
    assert looked == [True, False]


async def test_flag_of_others(store: Store) -> None:
    """A transaction of one task does not keep others from the network."""
    seen = asyncio.Event()

    async def wait() -> bool:
        await seen.wait()
        return inside_transaction()

    task = asyncio.create_task(wait())
    async with store.transaction():
        seen.set()
        assert await task is False


async def test_no_transaction_in_a_transaction(store: Store) -> None:
    """A mistake that would wait for itself is an error at once."""
    async with store.transaction():
        for opening in (store.transaction, store.reading):
            with pytest.raises(RuntimeError, match="already open in this task"):
                async with opening():
                    pass
        assert inside_transaction()


async def test_unknown_constraint(store: Store) -> None:
    """Only known rules become a Conflict; anything else is a bug and looks like one, without the values."""
    with pytest.raises(DBAPIError) as raised:
        await put_in(store, group(workspace_id=T1), [MARIA])
    assert not isinstance(raised.value, Conflict)
    assert MARIA not in str(raised.value)


async def test_locked_by_another_program(tmp_path: Path, vault: Vault) -> None:
    """When another program holds the SQLite file, the error says the database is unavailable, not that there is a bug."""
    url = f"sqlite+aiosqlite:///{tmp_path}/lexer.db"
    async with open_store(url, vault, migrate=True) as one, open_store(url, vault, migrate=False) as other:
        await be_impatient(other)
        async with one.transaction():
            with pytest.raises(StoreUnavailable):
                await asyncio.create_task(settle(other))
        await settle(other)


async def be_impatient(store: Store) -> None:
    """Wait a millisecond for other programs instead of ten seconds; the pool's only writer remembers it."""
    async with store.transaction() as tx:
        await tx.conn.execute(text("PRAGMA busy_timeout=1"))


async def test_sqlite_settings(tmp_path: Path, vault: Vault) -> None:
    """A committed token survives a power cut, and a deleted one is overwritten."""
    wanted = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}
    async with (
        open_store(f"sqlite+aiosqlite:///{tmp_path}/lexer.db", vault, migrate=True) as store,
        store.transaction() as tx,
    ):
        found = {name: await tx.conn.scalar(text(f"PRAGMA {name}")) for name in wanted}
    assert found == wanted


async def test_workspaces(store: Store) -> None:
    """A workspace is known by what was saved last."""
    await settle(store)
    async with store.transaction() as tx:
        found = await workspaces.get(tx, T1)
        assert found is not None
        assert (found.name, found.app_id) == ("Acme", None)
        assert await workspaces.get(tx, person(workspace_id="T9").workspace_id) is None
