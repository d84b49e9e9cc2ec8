"""Named queries on the health of providers, which all workspaces share."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from store.database import Tx
from store.rows import columns_of, insert_new, upsert, values_of
from store.watch_records import ProviderHealth
from store.watch_tables import provider_health

_HEALTH = columns_of(ProviderHealth, provider_health)


async def read(tx: Tx, provider_key: str) -> ProviderHealth | None:
    """What is known of a provider; None when it was never asked."""
    return await _one(tx, _of(provider_key))


async def lock(tx: Tx, provider_key: str, now: datetime) -> ProviderHealth:
    """Read it so that nobody else changes it before this transaction ends; fine since `now` when it was never asked."""
    fresh = ProviderHealth(provider_key=provider_key, bucket_at=now, since=now)
    await tx.conn.execute(insert_new(provider_health, values_of(fresh), keys=["provider_key"]))
    return await _one(tx, _of(provider_key).with_for_update()) or fresh


async def save(tx: Tx, health: ProviderHealth) -> None:
    """Insert or overwrite; whoever read it took the `lock`."""
    await tx.conn.execute(upsert(provider_health, values_of(health), keys=["provider_key"]))


def _of(provider_key: str) -> Select[Any]:
    return select(*_HEALTH).where(provider_health.c.provider_key == provider_key)


async def _one(tx: Tx, query: Select[Any]) -> ProviderHealth | None:
    row = (await tx.conn.execute(query)).mappings().one_or_none()
    return None if row is None else ProviderHealth(**row)
