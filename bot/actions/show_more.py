"""Show more: the next page of the listing or of an integration's accounts."""

from blocks.integration import DETAIL_MORE
from blocks.listing import MORE
from bot.interactions import Action, ActionCall
from bot.usecases import detail
from bot.usecases.integrations import listing
from bot.usecases.values import number, read, word


async def more_tiles(call: ActionCall) -> None:
    """The listing's other page, in place."""
    who, value = call.caller, read(call.value)
    message = await listing(who.context, who.workspace_id, who.user_id, word(value, "w"), number(value, "p"))
    await call.reply(message, replace=True)


async def more_accounts(call: ActionCall) -> None:
    """The detail view's other page, in place."""
    who, value = call.caller, read(call.value)
    key, page = word(value, "k"), number(value, "p")
    view = await detail.show(who.context, who.workspace_id, who.user_id, key, page=page)
    if call.view is not None:
        await detail.remember_open(
            who.context, who.workspace_id, who.user_id, call.view.id, kind="detail", subject=key, page=page
        )
    await call.turn(view)


ACTIONS = (Action(name=MORE, run=more_tiles), Action(name=DETAIL_MORE, run=more_accounts))
