"""How each kind of message is made, and how one reaches its view, channel, person or mailbox."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from blocks.parts import Message
from bot.messenger import DeliveryFailure, FailureKind, Posted
from bot.usecases import (
    alert_messages,
    channel_loss,
    digests,
    disconnect,
    dms,
    expiry,
    hours,
    mailing,
    reminders,
    watcher,
)
from bot.usecases.alert_facts import ALERT, OUTAGE
from bot.usecases.connect import ATTEMPT
from bot.usecases.context import Context
from bot.usecases.fan_out import ALERT_OVER, NOTHING, fan_out
from store import attempts, outbox
from store.records import AttemptId, OutboxMessage, Surface


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How messages of one kind are made."""

    message: Callable[[Context, OutboxMessage], Awaitable[Message | None]]
    """From the present state; None: nothing to say any more. `row.ts` tells whether it was said before."""
    careful: bool = False
    """Never said twice: a post that may have arrived is not repeated."""
    again: bool = False
    """But for one time, by DM, where nothing else would tell the person."""
    wished: bool = False
    """By DM only to Integrators who want DMs, and not in their quiet hours: as they are when it goes out."""


ROUTES: Mapping[str, Route] = MappingProxyType(
    {
        ATTEMPT: Route(message=dms.attempt),
        dms.ASK: Route(message=dms.asked),
        dms.WAITING_REMOVED: Route(message=dms.waiting_removed),
        disconnect.NOT_REVOKED: Route(message=dms.not_revoked),
        ALERT: Route(message=alert_messages.told, careful=True, wished=True),
        ALERT_OVER: Route(message=alert_messages.over, careful=True, wished=True),
        OUTAGE: Route(message=alert_messages.told, careful=True, wished=True),
        digests.DIGEST: Route(message=digests.message, careful=True, wished=True),
        reminders.REMINDER: Route(message=reminders.message, careful=True, wished=True),
        expiry.EXPIRY: Route(message=expiry.message),
        watcher.WATCHER: Route(message=watcher.message, careful=True, again=True),
        channel_loss.CHANNEL_LOST: Route(message=channel_loss.message, careful=True, again=True),
    }
)


class UnwrittenError(Exception):
    """A post that is there could not be written down. Its lease is left to run out; whoever comes then knows that it may be there."""


def is_careful(row: OutboxMessage) -> bool:
    """Whether a message is never said twice. Mails cannot be taken back either."""
    return row.surface is Surface.MAIL or (row.kind in ROUTES and ROUTES[row.kind].careful)


async def deliver(ctx: Context, row: OutboxMessage) -> DeliveryFailure | None:
    """Deliver one message and write that down; why not, if it was not.

    Raises UnwrittenError, UserFacingError, and whatever breaks; what is written then is up to the caller.
    """
    if is_careful(row) and row.posting_at is not None and row.ts is None:
        return DeliveryFailure(kind=FailureKind.UNKNOWN, error="interrupted")
    match row.surface:
        case Surface.EVERYONE:
            await fan_out(ctx, row)
            return None
        case Surface.VIEW:
            return await _show(ctx, row)
        case Surface.MAIL:
            return await _mail(ctx, row)
        case _:
            return await _say(ctx, row)


async def _show(ctx: Context, row: OutboxMessage) -> DeliveryFailure | None:
    view = await dms.view(ctx, row)
    if view is None:
        return DeliveryFailure(kind=FailureKind.GONE, error="nothing_to_show")
    if row.kind == ATTEMPT:
        failure = await ctx.messenger.update_view(row.workspace_id, view, external_id=row.recipient)
    else:
        failure = await ctx.messenger.update_view(row.workspace_id, view, view_id=row.recipient)
    if failure is None:
        async with ctx.store.transaction() as tx:
            await outbox.sent(tx, row)
    return failure


async def _mail(ctx: Context, row: OutboxMessage) -> DeliveryFailure | None:
    if await _waits(ctx, row) or not await _may_post(ctx, row):
        return None
    failure = await mailing.send(ctx, row)
    if failure is None:
        await _note(ctx, row, None)
    return failure


async def _say(ctx: Context, row: OutboxMessage) -> DeliveryFailure | None:
    route = ROUTES.get(row.kind)
    content = await route.message(ctx, row) if route else None
    if route is None or content is None:
        return DeliveryFailure(kind=FailureKind.GONE, error=NOTHING)
    if row.channel and row.ts:
        failure = await ctx.messenger.update(row.workspace_id, row.channel, row.ts, content)
        if failure is None:
            await _note(ctx, row, None)
        if failure is None or failure.kind is not FailureKind.GONE:
            return failure
        # Somebody deleted it. Said anew if it were said at all now.
        content = await route.message(ctx, replace(row, channel=None, ts=None))
        if content is None:
            return failure
    return await _post(ctx, row, content)


async def _post(ctx: Context, row: OutboxMessage, content: Message) -> DeliveryFailure | None:
    if row.surface is Surface.DM and ROUTES[row.kind].wished:
        unwanted = await hours.unwanted(ctx, row)
        if unwanted is not None:
            return DeliveryFailure(kind=FailureKind.GONE, error=unwanted)
        if await _waits(ctx, row):
            return None
    if is_careful(row) and not await _may_post(ctx, row):
        return None
    posted = await ctx.messenger.post(row.workspace_id, row.recipient, content, thread_ts=row.thread_ts)
    if isinstance(posted, DeliveryFailure):
        return posted
    await _note(ctx, row, posted)
    return None


async def _waits(ctx: Context, row: OutboxMessage) -> bool:
    """Put it off while its reader has quiet hours: they may have begun, or been set, since it was asked for."""
    free_at = await hours.free_now(ctx, row)
    if free_at <= ctx.clock():
        return False
    async with ctx.store.transaction() as tx:
        await outbox.retry(tx, row, due_at=free_at, error=hours.QUIET)
    return True


async def _may_post(ctx: Context, row: OutboxMessage) -> bool:
    """Note that it is about to be posted; False when another has it by now."""
    async with ctx.store.transaction() as tx:
        return await outbox.posting(tx, row, at=ctx.clock())


async def _note(ctx: Context, row: OutboxMessage, posted: Posted | None) -> None:
    try:
        async with ctx.store.transaction() as tx:
            if posted is None:
                if not await outbox.sent(tx, row) and row.ts:
                    await outbox.once_more(tx, row, now=ctx.clock())
                return
            await outbox.sent(tx, row, channel=posted.channel, ts=posted.ts)
            if row.kind == ATTEMPT:
                place = {"channel": posted.channel, "ts": posted.ts}
                await attempts.sent_dm(tx, row.workspace_id, AttemptId(row.subject), **place)
    except Exception as error:
        if is_careful(row):
            raise UnwrittenError from error
        raise
