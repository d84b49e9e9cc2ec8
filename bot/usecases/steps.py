"""The attempt's modal as it stands after a step, for the answer to a submit."""

from blocks.parts import View
from bot.usecases import screens
from bot.usecases.connect import gone
from bot.usecases.context import Context
from store import attempts
from store.records import Attempt


async def present_view(ctx: Context, attempt: Attempt) -> View:
    """The modal of an attempt as the store has it now."""
    provider = ctx.connectors.get(attempt.provider_key)
    async with ctx.store.reading() as tx:
        fresh = await attempts.get(tx, attempt.id)
        if fresh is None or provider is None:
            raise gone()
        facts = await screens.read(tx, screens.as_it_stands(ctx, fresh), provider)
    return await screens.view_of(ctx, facts)
