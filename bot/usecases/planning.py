"""Having a sign-in watched from now on."""

from bot import watching
from bot.usecases.context import Context
from store import checks
from store.database import Tx
from store.records import Grant


async def watch_from_now(ctx: Context, tx: Tx, grant: Grant) -> None:
    """Plan the next check of a sign-in that was just seen well; whatever check is under way counts no more."""
    provider = ctx.connectors.get(grant.provider_key)
    if provider is None:
        return
    at = watching.first_check(provider, ctx.clock(), luck=ctx.luck())
    await checks.plan(tx, grant.workspace_id, grant.id, grant.provider_key, at=at)
