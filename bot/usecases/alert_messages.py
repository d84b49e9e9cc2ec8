"""What an alert says in a channel or DM, from the present state; None where there is nothing to say (any more)."""

from blocks import alerts
from blocks.parts import Message
from bot.usecases import alert_facts
from bot.usecases.context import Context
from store.records import OutboxMessage, Surface, UserId
from store.watch_records import AlertId, AlertKind


async def told(ctx: Context, row: OutboxMessage) -> Message | None:
    """The alert or outage itself. One that was over before it was told is not told at all."""
    facts = await _facts(ctx, row)
    if facts is None or (facts.alert.resolved_at is not None and not row.ts):
        return None
    if facts.alert.kind is AlertKind.OUTAGE:
        return alerts.outage(alert_facts.outage_view(facts))
    return alerts.alert(alert_facts.view(facts, now=ctx.clock(), reader=_reader(row)))


async def over(ctx: Context, row: OutboxMessage) -> Message | None:
    """The line that says it is over: in its thread, or by itself where nobody knows whether there is one."""
    facts = await _facts(ctx, row)
    if facts is None or facts.alert.resolved_at is None:
        return None
    if facts.alert.kind is AlertKind.OUTAGE:
        return alerts.outage_over(alert_facts.outage_view(facts))
    return alerts.repaired_line(alert_facts.view(facts, now=ctx.clock(), reader=_reader(row)))


async def _facts(ctx: Context, row: OutboxMessage) -> alert_facts.Facts | None:
    async with ctx.store.reading() as tx:
        return await alert_facts.read(ctx, tx, row.workspace_id, AlertId(row.subject))


def _reader(row: OutboxMessage) -> UserId | None:
    return UserId(row.recipient) if row.surface is Surface.DM else None
