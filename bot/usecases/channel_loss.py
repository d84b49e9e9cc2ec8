"""An Integrator channel nobody can post to any more: what is open goes elsewhere, and who chose it is told."""

from blocks.notice_views import ChannelLostView
from blocks.notices import channel_lost
from blocks.parts import Message
from bot.usecases import alerting
from bot.usecases.channel_proof import problem_of
from bot.usecases.context import Context
from store import alert_settings, groups, outbox
from store.database import Tx
from store.records import OutboxMessage, Surface, WorkspaceId
from store.watch_records import AlertChannel, ChannelState

CHANNEL_LOST = "channel_lost"
"""Kind of the outbox; the subject is the channel's id and since when it was chosen, "C…/<unix seconds>"."""


async def lost(ctx: Context, tx: Tx, ws: WorkspaceId, channel_id: str, error: str) -> bool:
    """Note that posts to a channel fail for good with `error`; False when that was known. Open alerts are told anew, past it."""
    gone = await alert_settings.lose_channel(tx, ws, channel_id, error=error)
    for one in gone:
        await outbox.ask(
            tx,
            ws=ws,
            kind=CHANNEL_LOST,
            subject=_subject(one),
            surface=Surface.DM,
            recipient=one.set_by,
            now=ctx.clock(),
        )
    if gone:
        await alerting.tell_open(ctx, tx, ws)
    return bool(gone)


async def message(ctx: Context, row: OutboxMessage) -> Message | None:
    """To who chose it; None once another channel was chosen in its place."""
    ws = row.workspace_id
    async with ctx.store.reading() as tx:
        mine = [one for one in await alert_settings.channels(tx, ws) if _is_meant(one, row)]
        if not mine:
            return None
        named = {group.id: group.name for group in await groups.all(tx, ws)}
        instead = await alert_settings.channels_for(tx, ws, [one.group_id for one in mine if one.group_id])
    names = [named.get(one.group_id, "") for one in mine if one.group_id]
    return channel_lost(
        ChannelLostView(
            channel_id=mine[0].channel_id,
            problem=problem_of(mine[0].error),
            group=" and ".join(filter(None, names)) or None,
            instead=instead[0].channel_id if instead else None,
        )
    )


def _subject(one: AlertChannel) -> str:
    """A channel chosen anew and lost again is news."""
    return f"{one.channel_id}/{int(one.set_at.timestamp())}"


def _is_meant(one: AlertChannel, row: OutboxMessage) -> bool:
    is_lost = one.state is ChannelState.LOST and one.set_by == row.recipient
    return is_lost and _subject(one) == row.subject
