"""Delivering the outbox: each message is made from the present state at the moment it goes out."""

import asyncio
import logging
from datetime import timedelta

from blocks.disconnect import not_revoked_dm
from blocks.help import ask_dm, waiting_removed_dm
from blocks.parts import Message, View
from blocks.views import AskView
from bot.errors import UserFacingError
from bot.messenger import DeliveryFailure, FailureKind, Posted
from bot.usecases import detail, disconnect, screens
from bot.usecases.connect import ATTEMPT
from bot.usecases.context import Context
from store import accounts, attempts, outbox, views
from store.database import Tx
from store.records import Account, AccountId, AttemptId, OutboxMessage, Surface, UserId

ASK = "ask"
WAITING_REMOVED = "waiting_removed"
_BATCH = 20
_LEASE = timedelta(seconds=60)
_MOST_TRIES = 12
log = logging.getLogger(__name__)


async def deliver(ctx: Context) -> int:
    """Deliver what is due; how many messages were handled. A crash leaves them due again when their lease ends."""
    handled = 0
    while True:
        now = ctx.clock()
        async with ctx.store.transaction() as tx:
            due = await outbox.claim(tx, owner=ctx.worker, now=now, until=now + _LEASE, limit=_BATCH)
        await asyncio.gather(*(_deliver(ctx, message) for message in due))
        handled += len(due)
        if len(due) < _BATCH:
            return handled


async def _deliver(ctx: Context, message: OutboxMessage) -> None:
    try:
        failure = await (_update_view if message.surface is Surface.VIEW else _send_dm)(ctx, message)
    except UserFacingError as error:
        failure = DeliveryFailure(kind=FailureKind.GONE, error=type(error).__name__)
    except Exception as error:
        log.exception("outbox message %s of kind %s broke", message.id, message.kind)
        failure = DeliveryFailure(kind=FailureKind.RETRY, error=type(error).__name__)
    if failure is not None:
        async with ctx.store.transaction() as tx:
            await _put_back(ctx, tx, message, failure)


async def _put_back(ctx: Context, tx: Tx, message: OutboxMessage, failure: DeliveryFailure) -> None:
    if failure.kind in (FailureKind.RETRY, FailureKind.REVOKED) and message.tries < _MOST_TRIES:
        wait = failure.retry_after or min(2.0**message.tries, 300.0)
        await outbox.retry(tx, message, due_at=ctx.clock() + timedelta(seconds=wait), error=failure.error)
        return
    if message.surface is Surface.VIEW:
        await views.closed(tx, message.workspace_id, message.recipient)
    await outbox.dead(tx, message, error=failure.error)


async def _update_view(ctx: Context, message: OutboxMessage) -> DeliveryFailure | None:
    view = await _view(ctx, message)
    if view is None:
        failure: DeliveryFailure | None = DeliveryFailure(kind=FailureKind.GONE, error="nothing_to_show")
    elif message.kind == ATTEMPT:
        failure = await ctx.messenger.update_view(message.workspace_id, view, external_id=message.recipient)
    else:
        failure = await ctx.messenger.update_view(message.workspace_id, view, view_id=message.recipient)
    if failure is None:
        async with ctx.store.transaction() as tx:
            await outbox.sent(tx, message)
    return failure


async def _view(ctx: Context, message: OutboxMessage) -> View | None:
    if message.kind == ATTEMPT:
        facts = await _facts(ctx, message)
        return await screens.view_of(ctx, facts) if facts else None
    if message.kind == disconnect.DISCONNECT:
        return await disconnect.result(ctx, message.workspace_id, AccountId(message.subject))
    async with ctx.store.reading() as tx:
        open_view = await views.get(tx, message.workspace_id, message.recipient)
    if open_view is None:
        return None
    return await detail.show(
        ctx, message.workspace_id, open_view.user_id, message.subject, page=open_view.page
    )


async def _facts(ctx: Context, message: OutboxMessage) -> screens.Facts | None:
    async with ctx.store.reading() as tx:
        attempt = await attempts.get(tx, AttemptId(message.subject))
        provider = ctx.connectors.get(attempt.provider_key) if attempt else None
        if attempt is None or provider is None:
            return None
        return await screens.read(tx, screens.as_it_stands(ctx, attempt), provider)


async def _send_dm(ctx: Context, message: OutboxMessage) -> DeliveryFailure | None:
    content = await _dm(ctx, message)
    if content is None:
        return DeliveryFailure(kind=FailureKind.GONE, error="nothing_to_say")
    posted = await _edit(ctx, message, content) or await ctx.messenger.post(
        message.workspace_id, message.recipient, content
    )
    if isinstance(posted, DeliveryFailure):
        return posted
    await _sent(ctx, message, posted)
    return None


async def _edit(ctx: Context, message: OutboxMessage, content: Message) -> Posted | DeliveryFailure | None:
    """Edit the message sent before; None where there is none to edit (any more)."""
    if not message.channel or not message.ts:
        return None
    failure = await ctx.messenger.update(message.workspace_id, message.channel, message.ts, content)
    if failure is None:
        return Posted(channel=message.channel, ts=message.ts)
    return None if failure.kind is FailureKind.GONE else failure


async def _sent(ctx: Context, message: OutboxMessage, posted: Posted) -> None:
    async with ctx.store.transaction() as tx:
        await outbox.sent(tx, message, channel=posted.channel, ts=posted.ts)
        if message.kind == ATTEMPT:
            await attempts.sent_dm(
                tx, message.workspace_id, AttemptId(message.subject), channel=posted.channel, ts=posted.ts
            )


async def _dm(ctx: Context, message: OutboxMessage) -> Message | None:
    if message.kind == ATTEMPT:
        facts = await _facts(ctx, message)
        return await screens.dm_of(ctx, facts) if facts else None
    if message.kind == ASK:
        asker, key, _day = message.subject.split("/")
        provider = ctx.connectors.get(key)
        return ask_dm(AskView(asker=asker, provider_key=key, provider=provider.name)) if provider else None
    async with ctx.store.reading() as tx:
        found = await accounts.get(tx, message.workspace_id, AccountId(message.subject))
    if message.kind == disconnect.NOT_REVOKED:
        return not_revoked_dm(disconnect.outcome(ctx, found)) if found else None
    provider = ctx.connectors.get(found.account.provider_key) if found else None
    return waiting_removed_dm(provider.name, found.account.name) if found and provider else None


async def tell_waiting_removed(ctx: Context, tx: Tx, account: Account, signed_in_by: UserId) -> None:
    """Tell who signed in that their account was removed: nobody chose its Groups in time."""
    await outbox.ask(
        tx,
        ws=account.workspace_id,
        kind=WAITING_REMOVED,
        subject=account.id,
        surface=Surface.DM,
        recipient=signed_in_by,
        now=ctx.clock(),
    )
