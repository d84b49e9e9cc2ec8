"""What providers tell by themselves: where they were asked to, and that nothing is taken in twice."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from store import notices
from store.database import Store
from store.watch_records import Hook, HookId
from tests.store.made import LATER, NOW, T1, T2, grant, put

HOOK = Hook(id=HookId("h1"), workspace_id=T1, provider_key="shopify", grant_id=grant().id, due_at=NOW)


async def test_hooks(store: Store) -> None:
    """A subscription is found by the key in its URL and by its sign-in, until it is forgotten."""
    await put(store, grant())
    async with store.transaction() as tx:
        await notices.add(tx, replace(HOOK, id=HookId("h2")))
        await notices.add(tx, HOOK)
        await notices.add(tx, HOOK)
        assert await notices.get(tx, HOOK.id) == HOOK
        assert await notices.registered(tx, T1, HOOK.id, at=NOW, due_at=LATER, remote_id="r1")
        assert await notices.registered(tx, T1, HOOK.id, at=LATER, due_at=LATER, remote_id=None)
        assert [hook.id for hook in await notices.of_grant(tx, T1, grant().id)] == ["h1", "h2"]
        assert await notices.get(tx, HOOK.id) == replace(
            HOOK, registered_at=LATER, due_at=LATER, remote_id="r1"
        )
        assert not await notices.remove(tx, T2, HOOK.id)
        assert await notices.remove(tx, T1, HOOK.id)
        assert not await notices.remove(tx, T1, HOOK.id)
        assert not await notices.registered(tx, T1, HOOK.id, at=LATER, due_at=LATER, remote_id=None)
        assert not await notices.put_off(tx, T1, HOOK.id, due_at=LATER)
        assert await notices.get(tx, HOOK.id) is None


async def test_a_subscription_is_looked_after_by_one(store: Store) -> None:
    """Two bots that look in one moment never ask for the same one; whoever fails leaves it due again."""
    await put(store, grant())
    async with store.transaction() as tx:
        await notices.add(tx, HOOK)
    async with store.transaction() as tx:
        (claimed,) = await notices.claim(tx, now=NOW, until=LATER, limit=5)
        assert claimed == replace(HOOK, due_at=LATER, tries=1)
    async with store.transaction() as tx:
        assert await notices.claim(tx, now=NOW, until=LATER, limit=5) == ()
        assert [hook.tries for hook in await notices.claim(tx, now=LATER, until=LATER, limit=5)] == [2]
        assert await notices.put_off(tx, T1, HOOK.id, due_at=LATER + timedelta(hours=1))
        assert await notices.claim(tx, now=LATER, until=LATER, limit=5) == ()


async def test_told_twice(store: Store) -> None:
    """A notice that a provider sends again, even at the same moment, is taken in once."""

    async def arrive() -> bool:
        async with store.transaction() as tx:
            return await notices.first_seen(tx, "shopify", "n1", at=NOW)

    first = await asyncio.gather(*(arrive() for _ in range(5)))
    assert first.count(True) == 1
    async with store.transaction() as tx:
        assert await notices.first_seen(tx, "meta", "n1", at=NOW)


async def test_purge(store: Store) -> None:
    """Old notices are forgotten a few at a time."""
    async with store.transaction() as tx:
        for number in range(3):
            await notices.first_seen(tx, "shopify", f"n{number}", at=NOW + timedelta(seconds=number))
        assert await notices.purge(tx, before=NOW, limit=9) == 0
        assert await notices.purge(tx, before=LATER, limit=2) == 2
        assert not await notices.first_seen(tx, "shopify", "n2", at=LATER)
        assert await notices.first_seen(tx, "shopify", "n0", at=LATER)
