"""A net under the alerts: whatever is disconnected is in one, also what was before this bot told anybody."""

from bot.usecases.alerting import Change, follow
from bot.usecases.context import Context
from store import integrations, untold

_TILES, _ACCOUNTS = 20, 500


async def tell_untold(ctx: Context) -> int:
    """Open alerts about disconnected accounts that are in none; how many there were."""
    async with ctx.store.reading() as tx:
        found = await untold.tiles(tx, _TILES)
    told = 0
    for ws, key in found:
        async with ctx.store.transaction() as tx:
            await integrations.lock(tx, ws, key)
            accounts = await untold.of_tile(tx, ws, key, _ACCOUNTS)
            await follow(ctx, tx, key, [Change(account, account) for account in accounts], actor=None)
        told += len(accounts)
    return told
