"""Having a sign-in watched from now on."""

import secrets

from bot import watching
from bot.usecases.context import Context
from store import checks, notices
from store.database import Tx
from store.records import Grant
from store.watch_records import Hook, HookId


async def watch_from_now(ctx: Context, tx: Tx, grant: Grant) -> None:
    """Plan the next check of a sign-in that was just seen well; whatever check is under way counts no more.

    Where its provider tells by itself, it is to be asked to: the caller kicks "subscribe" after the commit.
    """
    provider = ctx.connectors.get(grant.provider_key)
    if provider is None:
        return
    at = watching.first_check(provider, ctx.clock(), luck=ctx.luck())
    await checks.plan(tx, grant.workspace_id, grant.id, grant.provider_key, at=at)
    if provider.notices is not None and provider.notices.subscribe is not None:
        await _expect_notices(ctx, tx, grant)


async def _expect_notices(ctx: Context, tx: Tx, grant: Grant) -> None:
    if await notices.of_grant(tx, grant.workspace_id, grant.id):
        return
    await notices.add(
        tx,
        Hook(
            id=HookId(secrets.token_urlsafe(32)),
            workspace_id=grant.workspace_id,
            provider_key=grant.provider_key,
            grant_id=grant.id,
            due_at=ctx.clock(),
        ),
    )
