"""Secrets as they lie in the database."""

from pathlib import Path

import pytest
from sqlalchemy import select, update

from store import attempts, grants
from store.database import KeysMissing, Store, open_store, sealed_rows_by_key
from store.records import Stage
from store.sealing import reseal
from store.tables import attempts as attempt_rows
from store.tables import grants as grant_rows
from store.vault import CannotOpen, Vault
from tests.store.made import LATER, NOW, SECRET, T1, T2, attempt, grant, put

VERIFIER, PARKED = b"the-verifier-nobody-may-see", b"the-parked-tokens-nobody-may-see"


async def sign_in(store: Store) -> None:
    """Take an attempt to the point where tokens are parked."""
    await put(store, attempt(), attempt("at2"))
    async with store.transaction() as tx:
        for number in ("1", "2"):
            begun = await attempts.begin_sign_in(
                tx,
                T1,
                attempt(f"at{number}").id,
                state_hash=f"hash{number}",
                state_expires_at=LATER,
                cookie_hash=None,
                verifier=VERIFIER,
                now=NOW,
            )
            assert begun
        assert await attempts.verifier(tx, T1, attempt().id) == VERIFIER
        assert await attempts.take_state(tx, state_hash="hash1", provider_key="shopify", now=NOW)
        await attempts.park(tx, T1, attempt().id, stage=Stage.PICK, parked=PARKED, identity_id="i1")
        assert await attempts.parked(tx, T1, attempt().id) == PARKED


def contents(folder: Path) -> dict[str, bytes]:
    """What each file of a folder holds."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def rights_of_others(folder: Path) -> set[int]:
    """What anybody but the owner may do with the files of a folder."""
    return {path.stat().st_mode & 0o077 for path in folder.iterdir()}


async def test_no_plain_text(tmp_path: Path, vault: Vault) -> None:
    """Whoever copies the database file, or its side files, finds no secret in it, also not after deletion."""
    async with open_store(f"sqlite+aiosqlite:///{tmp_path}/lexer.db", vault, migrate=True) as store:
        await put(store, grant())
        await sign_in(store)
        files = contents(tmp_path)
        assert {"lexer.db", "lexer.db-wal"} <= set(files)
        async with store.transaction() as tx:
            await grants.retire(tx, T1, grant().id, outcome="test")
    files["closed"] = contents(tmp_path)["lexer.db"]
    assert b"acme.myshopify.com" in files["lexer.db-wal"] + files["lexer.db"]
    for content in files.values():
        assert SECRET not in content
        assert VERIFIER not in content
        assert PARKED not in content


async def test_file_is_private(tmp_path: Path, vault: Vault) -> None:
    """Other users of the machine cannot read the database file."""
    async with open_store(f"sqlite+aiosqlite:///{tmp_path}/lexer.db", vault, migrate=True) as store:
        await put(store, grant())
        assert rights_of_others(tmp_path) == {0}


async def test_swapped_rows(store: Store) -> None:
    """Tokens copied into another row by whoever can write to the database do not open there."""
    await put(store, grant("s1"), grant("s2", T2))
    async with store.transaction() as tx:
        stolen = await tx.conn.scalar(select(grant_rows.c.tokens).where(grant_rows.c.id == "s1"))
        await tx.conn.execute(update(grant_rows).where(grant_rows.c.id == "s2").values(tokens=stolen))
        with pytest.raises(CannotOpen):
            await grants.tokens(tx, T2, grant("s2").id)
        assert await grants.tokens(tx, T1, grant("s1").id) == SECRET


async def test_swapped_columns(store: Store) -> None:
    """A parked token does not open as a verifier of the same attempt."""
    await sign_in(store)
    async with store.transaction() as tx:
        await tx.conn.execute(update(attempt_rows).values(verifier=attempt_rows.c.parked))
        with pytest.raises(CannotOpen):
            await attempts.verifier(tx, T1, attempt().id)


@pytest.mark.parametrize("value", [b"", b"short", b"x" * 100])
async def test_garbage(store: Store, value: bytes) -> None:
    """Garbage in a sealed column is an error without a secret, never tokens."""
    await put(store, grant())
    async with store.transaction() as tx:
        await tx.conn.execute(update(grant_rows).values(tokens=value))
        with pytest.raises(CannotOpen):
            await grants.tokens(tx, T1, grant().id)


async def test_count_by_key(store: Store, database_url: str) -> None:
    """The operator sees how many rows still need an old key before taking it away."""
    await put(store, grant("s1"))
    await sign_in(store)
    newer = Vault([("new", b"n" * 32), ("test", b"k" * 32)])
    async with open_store(database_url, newer, migrate=False) as rotated:
        await put(rotated, grant("s2"))
        async with rotated.reading() as tx:
            assert await sealed_rows_by_key(tx) == {"test": 3, "new": 1}
            assert await grants.tokens(tx, T1, grant("s1").id) == SECRET


async def test_reseal(store: Store, database_url: str) -> None:
    """Everything can be sealed anew, a few at a time, so that an old key is no longer needed."""
    await put(store, grant("s1"), grant("s2", T2))
    await sign_in(store)
    async with open_store(
        database_url, Vault([("new", b"n" * 32), ("test", b"k" * 32)]), migrate=False
    ) as both:
        resealed = []
        while not resealed or resealed[-1]:
            async with both.transaction() as tx:
                resealed.append(await reseal(tx, limit=3))
    assert resealed == [3, 1, 0]
    only_new = Vault([("new", b"n" * 32)])
    async with open_store(database_url, only_new, migrate=False) as rotated, rotated.reading() as tx:
        assert await grants.tokens(tx, T2, grant("s2").id) == SECRET
        assert await attempts.verifier(tx, T1, attempt("at2").id) == VERIFIER
        assert await attempts.parked(tx, T1, attempt("at1").id) == PARKED


async def test_missing_key(store: Store, database_url: str) -> None:
    """The bot refuses to start while rows need a key that was taken away, and says how many."""
    await put(store, grant("s1"), grant("s2"))
    with pytest.raises(KeysMissing, match="2 under key 'test'") as raised:
        async with open_store(database_url, Vault([("new", b"n" * 32)]), migrate=False):
            pass
    assert raised.value.rows == {"test": 2}


async def test_key_no_longer_needed(store: Store, database_url: str) -> None:
    """A key that no row needs any more can be taken away."""
    await put(store, grant())
    async with store.transaction() as tx:
        assert await grants.retire(tx, T1, grant().id, outcome="test")
    async with open_store(database_url, Vault([("new", b"n" * 32)]), migrate=False) as rotated:
        assert await rotated.healthy()
