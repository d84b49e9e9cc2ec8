"""What Slack tells of the places where people are told: channels archived, deleted, left or with another id, and the bot taken out.

Slack may bring an event late, twice or out of order (docs.slack.dev/apis/events-api, read 2026-11). So each is only the
reason to look: Slack is asked how things are now, and doing the same again changes nothing.
"""

import logging

from bot.insisting import insisted
from bot.messenger import ChannelInfo
from bot.usecases import channel_loss
from bot.usecases.context import Context
from store import alert_settings, moved_channels, workspaces
from store.records import WorkspaceId
from store.watch_records import ChannelState

log = logging.getLogger(__name__)


async def channel_closed(ctx: Context, ws: WorkspaceId, channel_id: str, *, error: str) -> None:
    """A channel was archived, deleted or left: if alerts go there it is lost, as if a post had failed with `error`."""
    async with ctx.store.reading() as tx:
        chosen = await alert_settings.channels(tx, ws)
    if not any(one.channel_id == channel_id and one.state is ChannelState.OK for one in chosen):
        return
    now = await ctx.messenger.channel(ws, channel_id)
    if isinstance(now, ChannelInfo) and now.is_member and not now.is_archived:
        return
    async with ctx.store.transaction() as tx:
        await channel_loss.lost(ctx, tx, ws, channel_id, error)
    ctx.kick("deliver")


async def channel_moved(ctx: Context, ws: WorkspaceId, old: str, new: str) -> None:
    """A channel has another id: alerts go there, and what was said there is still found."""
    async with ctx.store.transaction() as tx:
        was_chosen = await moved_channels.move(tx, ws, old, new)
    if was_chosen:
        log.info("an Integrator channel of workspace %s has another id", ws)


async def taken_out(ctx: Context, ws: WorkspaceId) -> bool:
    """The bot's access to a workspace ended, Slack says: whether it did. It counts as gone until a start with a valid token.

    Where Slack gives no answer, its event is believed.
    """
    failure = await insisted(lambda: ctx.messenger.alive(ws))
    if failure is None:
        log.info("Slack told of the end of our access to workspace %s, which goes on", ws)
        return False
    async with ctx.store.transaction() as tx:
        newly = await workspaces.gone(tx, ws, ctx.clock())
    if newly:
        log.critical(
            "the bot was taken out of workspace %s (%s): nothing is said in Slack any more, e-mails still go;"
            " install it again, set its new SLACK_BOT_TOKEN and start the bot",
            ws,
            failure.error,
        )
    return True
