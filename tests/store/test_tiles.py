"""The counts on the tiles: always those of the accounts, whatever was written and however many at once."""

import asyncio
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import event

from store import accounts, grants, integrations
from store.database import Store
from store.records import AccountStatus, Tile
from tests.store.made import LATER, MARIA, NOW, T1, T2, account, grant, group, person, put, put_in


def tile(provider_key: str = "shopify", **more: Any) -> Tile:
    """A tile with nothing on it but `more`."""
    empty = {field.name: 0 for field in fields(Tile)} | {"expires_at": None, "reason": None}
    return Tile(**empty | {"provider_key": provider_key} | more)


async def tiles(store: Store) -> tuple[Tile, ...]:
    """The tiles of T1, as the listing gets them."""
    async with store.reading() as tx:
        return (await integrations.overview(tx, T1, MARIA)).tiles


async def test_nothing_yet(store: Store) -> None:
    """In an empty workspace the listing still knows the person's rights."""
    await put(store, person(), group())
    await put_in(store, group(), [MARIA])
    async with store.reading() as tx:
        found = await integrations.overview(tx, T1, MARIA)
    assert found.tiles == ()
    assert (found.rights.person, found.rights.is_integrator, found.rights.group_ids) == (
        person(),
        True,
        {"g1"},
    )


async def test_unknown_person(store: Store) -> None:
    """Somebody unknown gets tiles and no rights."""
    await put(store, grant(), account())
    async with store.reading() as tx:
        found = await integrations.overview(tx, T1, MARIA)
    assert (found.rights.person, found.rights.has_groups) == (None, False)
    assert found.tiles == (tile(total=1),)


async def test_one_statement(store: Store) -> None:
    """The listing asks the database once."""
    await put(store, person(), grant(), account())
    asked: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(store._reads.sync_engine, "before_cursor_execute", note)
    await tiles(store)
    assert asked == []  # nothing beside the one prepared statement (test_prepared.py)


async def test_every_status(store: Store) -> None:
    """Each status is counted in its place, and removed accounts nowhere."""
    listed = [account(f"a{n}", status=status) for n, status in enumerate(AccountStatus)]
    kept = [one for one in listed if one.status != AccountStatus.REMOVED]
    await put(store, grant(), *kept, account("a9", provider_key="x"))
    counts = {
        "disconnected": 1,
        "needs_permission": 1,
        "waiting": 1,
        "provider_problem": 1,
        "setup_problem": 1,
    }
    assert set(await tiles(store)) == {tile(total=6, **counts), tile("x", total=1)}


async def test_record_and_remove(store: Store) -> None:
    """A changed status and a removal show on the tile at once; the last removal takes the tile away."""
    await put(store, grant(), account("a1"), account("a2"))
    async with store.transaction() as tx:
        await accounts.record(tx, account("a1", status=AccountStatus.WAITING))
    assert await tiles(store) == (tile(total=2, waiting=1),)
    async with store.transaction() as tx:
        await accounts.remove(tx, T1, account("a1").id, by=MARIA, at=NOW)
    assert await tiles(store) == (tile(total=1),)
    async with store.transaction() as tx:
        await accounts.remove(tx, T1, account("a2").id, by=MARIA, at=NOW)
    assert await tiles(store) == ()


async def test_last_reason(store: Store) -> None:
    """The tile says why the account that disconnected last did, also after later checks of the others."""
    lost = {"status": AccountStatus.DISCONNECTED}
    await put(store, grant(), account("a1"), account("a2"))
    async with store.transaction() as tx:
        await accounts.record(tx, account("a1", reason="first", checked_at=NOW, **lost))
        await accounts.record(tx, account("a2", reason="last", checked_at=LATER, **lost))
        await accounts.record(tx, account("a1", reason="first", checked_at=LATER + timedelta(days=1), **lost))
    assert await tiles(store) == (tile(total=2, disconnected=2, reason="last"),)
    async with store.transaction() as tx:
        await accounts.record(tx, account("a2", checked_at=LATER))
    assert await tiles(store) == (tile(total=2, disconnected=1, reason="first"),)


async def test_soonest_end(store: Store) -> None:
    """The tile shows the soonest end of a sign-in that still works, and follows when it is renewed."""
    await put(
        store,
        grant("s1", ends_at=LATER),
        grant("s2", ends_at=NOW),
        grant("s3"),
        account("a1"),
        account("a2", grant_id="s2", status=AccountStatus.DISCONNECTED),
        account("a3", grant_id="s3"),
    )
    assert (await tiles(store))[0].expires_at == LATER
    renewed = LATER + timedelta(days=60)
    async with store.transaction() as tx:
        await grants.lock(tx, T1, grant().id, owner="me", now=NOW, until=LATER)
        values = {"owner": "me", "tokens": b"t", "expires_at": None, "ends_at": renewed}
        assert await grants.store_tokens(tx, T1, grant().id, **values)
    assert (await tiles(store))[0].expires_at == renewed


async def test_refused_write(store: Store) -> None:
    """A write that came too late changes no count."""
    await put(store, grant(), account())
    async with store.transaction() as tx:
        late = account(status=AccountStatus.DISCONNECTED)
        assert not await accounts.record(tx, late, only_if_grant=grant("s2").id)
        assert not await accounts.record(tx, account("a9", status=AccountStatus.DISCONNECTED))
    assert await tiles(store) == (tile(total=1),)


async def test_other_workspace(store: Store) -> None:
    """Nobody sees another workspace's tiles."""
    await put(store, person(), grant("s2", T2), account("a2", T2, grant_id="s2"))
    assert await tiles(store) == ()


async def test_many_at_once(store: Store) -> None:
    """However many accounts change at the same moment, the tile ends with their true counts."""
    await put(store, grant(), *(account(f"a{number}") for number in range(10)))

    async def change(number: int) -> None:
        async with store.transaction() as tx:
            if number < 10:
                await accounts.record(tx, replace(account(f"a{number}"), status=AccountStatus.WAITING))
                await accounts.record(tx, replace(account(f"a{9 - number}"), status=AccountStatus.WAITING))
            else:
                await accounts.insert(tx, account(f"a{number}"))

    await asyncio.gather(*(change(number) for number in range(20)))
    assert await tiles(store) == (tile(total=20, waiting=10),)


async def test_workspaces_with(store: Store) -> None:
    """The workspaces that have accounts at a provider are found, those that removed theirs are not."""
    await put(store, grant(), account(), grant("s2", T2), account("a2", T2, grant_id="s2"))
    async with store.transaction() as tx:
        assert await integrations.workspaces_with(tx, "shopify") == (T1, T2)
        await accounts.remove(tx, T2, account("a2").id, by=None, at=NOW)
        assert await integrations.workspaces_with(tx, "shopify") == (T1,)
