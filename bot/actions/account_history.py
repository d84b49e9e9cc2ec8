"""Show history: what happened to an account, or to all of an integration."""

from blocks.integration import HISTORY_OF, opening
from blocks.parts import View
from bot.interactions import Action, ActionCall
from bot.usecases import history


async def run(call: ActionCall) -> None:
    """Show what happened to the account named by the value."""
    who = call.caller

    async def make(_view_id: str) -> View:
        return await history.show(who.context, who.workspace_id, who.user_id, call.value)

    await call.open_then(opening("History"), make)


ACTION = Action(name=HISTORY_OF, run=run)
