"""What connecting and disconnecting say by direct message, and what open views show, from the present state."""

from blocks.disconnect import not_revoked_dm
from blocks.help import ask_dm, waiting_removed_dm
from blocks.parts import Message, View
from blocks.views import AskView
from bot.usecases import detail, disconnect, screens
from bot.usecases.connect import ATTEMPT
from bot.usecases.context import Context
from store import accounts, attempts, outbox, views
from store.database import Tx
from store.records import Account, AccountDetail, AccountId, AttemptId, OutboxMessage, Surface, UserId

ASK = "ask"
WAITING_REMOVED = "waiting_removed"


async def view(ctx: Context, row: OutboxMessage) -> View | None:
    """What a view that somebody has open shows now; None: nothing any more."""
    if row.kind == ATTEMPT:
        facts = await _facts(ctx, row)
        return await screens.view_of(ctx, facts) if facts else None
    if row.kind == disconnect.DISCONNECT:
        return await disconnect.result(ctx, row.workspace_id, AccountId(row.subject))
    async with ctx.store.reading() as tx:
        open_view = await views.get(tx, row.workspace_id, row.recipient)
    if open_view is None:
        return None
    return await detail.show(ctx, row.workspace_id, open_view.user_id, row.subject, page=open_view.page)


async def attempt(ctx: Context, row: OutboxMessage) -> Message | None:
    """How an attempt to connect stands."""
    facts = await _facts(ctx, row)
    return await screens.dm_of(ctx, facts) if facts else None


async def asked(ctx: Context, row: OutboxMessage) -> Message | None:
    """Somebody asks for an integration."""
    asker, key, _day = row.subject.split("/")
    provider = ctx.connectors.get(key)
    return ask_dm(AskView(asker=asker, provider_key=key, provider=provider.name)) if provider else None


async def not_revoked(ctx: Context, row: OutboxMessage) -> Message | None:
    """A sign-in that could not be ended at the provider."""
    found = await _account(ctx, row)
    return not_revoked_dm(disconnect.outcome(ctx, found)) if found else None


async def waiting_removed(ctx: Context, row: OutboxMessage) -> Message | None:
    """An account nobody chose Groups for in time."""
    found = await _account(ctx, row)
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


async def _facts(ctx: Context, row: OutboxMessage) -> screens.Facts | None:
    async with ctx.store.reading() as tx:
        found = await attempts.get(tx, AttemptId(row.subject))
        provider = ctx.connectors.get(found.provider_key) if found else None
        if found is None or provider is None:
            return None
        return await screens.read(tx, screens.as_it_stands(ctx, found), provider)


async def _account(ctx: Context, row: OutboxMessage) -> AccountDetail | None:
    async with ctx.store.reading() as tx:
        return await accounts.get(tx, row.workspace_id, AccountId(row.subject))
