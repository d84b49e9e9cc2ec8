"""Numbers over all workspaces, for whoever runs the bot: how much waits, and how it goes. Names nobody."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select

from store.database import Tx
from store.records import OutboxState, Surface
from store.tables import integrations, outbox
from store.troubles import Waiting
from store.watch_records import AlertKind, TroubleKind, Weather
from store.watch_tables import ALERT_OPEN, alerts, checks, provider_health, troubles


async def due_checks(tx: Tx, now: datetime) -> Mapping[str, Waiting]:
    """Checks that are due, by provider; a provider without any is missing."""
    # The index begins with the provider.
    known = select(integrations.c.provider_key)
    query = (
        select(checks.c.provider_key, func.count(), func.min(checks.c.next_at))
        .where(checks.c.provider_key.in_(known), checks.c.next_at <= now)
        .group_by(checks.c.provider_key)
    )
    return {key: Waiting(number, oldest) for key, number, oldest in await tx.conn.execute(query)}


async def messages(tx: Tx) -> Mapping[tuple[Surface, OutboxState], int]:
    """Messages of the last 30 days, by where they go and what became of them."""
    query = select(outbox.c.surface, outbox.c.state, func.count()).group_by(outbox.c.surface, outbox.c.state)
    return {(surface, state): count for surface, state, count in await tx.conn.execute(query)}


async def open_alerts(tx: Tx) -> Mapping[AlertKind, int]:
    """Open alerts by kind."""
    query = select(alerts.c.kind, func.count()).where(ALERT_OPEN).group_by(alerts.c.kind)
    return {kind: int(count) for kind, count in await tx.conn.execute(query)}


async def open_troubles(tx: Tx) -> Mapping[TroubleKind, int]:
    """Trouble with the watching itself that lasts, by kind."""
    query = select(troubles.c.kind, func.count()).where(troubles.c.ended_at.is_(None))
    return {kind: int(count) for kind, count in await tx.conn.execute(query.group_by(troubles.c.kind))}


async def weather(tx: Tx) -> Mapping[str, Weather]:
    """How each provider is doing."""
    rows = await tx.conn.execute(select(provider_health.c.provider_key, provider_health.c.weather))
    return {str(key): seen for key, seen in rows}
