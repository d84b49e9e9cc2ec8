"""Open on a tile, and the picker of what is not connected yet: the detail view."""

from blocks.integration import opening
from blocks.listing import OPEN, PICK
from blocks.parts import View
from bot.interactions import Action, ActionCall
from bot.usecases import detail


async def run(call: ActionCall) -> None:
    """Open the integration named by the value."""
    who = call.caller
    name = detail.provider_of(who.context, call.value).name

    async def make(view_id: str) -> View:
        view = await detail.show(who.context, who.workspace_id, who.user_id, call.value)
        await detail.remember_open(
            who.context, who.workspace_id, who.user_id, view_id, kind="detail", subject=call.value
        )
        return view

    await call.open_then(opening(name), make)


ACTIONS = (Action(name=OPEN, run=run), Action(name=PICK, run=run))
