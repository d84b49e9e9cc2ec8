"""The health of providers, which every bot adds to."""

import asyncio
from dataclasses import replace

from store import provider_health
from store.database import Store
from store.watch_records import ProviderHealth, Weather
from tests.store.made import LATER, NOW


async def test_comes_back_whole(store: Store) -> None:
    """What was seen of a provider comes back as it was written; of one never asked nothing is known."""
    health = ProviderHealth(
        provider_key="meta",
        bucket_at=NOW,
        seen=9,
        refused=8,
        unreachable=7,
        before_seen=6,
        before_refused=5,
        before_unreachable=4,
        weather=Weather.WAVE,
        since=NOW,
        until=LATER,
    )
    async with store.transaction() as tx:
        assert await provider_health.read(tx, "meta") is None
        await provider_health.save(tx, health)
        assert await provider_health.read(tx, "meta") == health
        assert await provider_health.lock(tx, "meta", LATER) == health
        fresh = ProviderHealth(provider_key="x", bucket_at=NOW, since=NOW)
        assert await provider_health.lock(tx, "x", NOW) == fresh
        assert await provider_health.read(tx, "x") == fresh


async def test_two_at_once(store: Store) -> None:
    """What several bots see at the same moment is all counted, from the very first."""

    async def add() -> None:
        async with store.transaction() as tx:
            health = await provider_health.lock(tx, "meta", NOW)
            await asyncio.sleep(0.005)
            await provider_health.save(tx, replace(health, seen=health.seen + 1))

    await asyncio.gather(*(add() for _ in range(8)))
    async with store.reading() as tx:
        health = await provider_health.read(tx, "meta")
    assert health is not None
    assert health.seen == 8
