"""Groups of an account: choose them anew."""

from blocks.integration import GROUPS, opening
from blocks.parts import View
from bot.interactions import Action, ActionCall
from bot.usecases.access import groups_view
from store.records import AccountId


async def run(call: ActionCall) -> None:
    """Open the Groups of the account named by the value."""
    who = call.caller

    async def make(_view_id: str) -> View:
        return await groups_view(who.context, who.workspace_id, who.user_id, AccountId(call.value))

    await call.open_then(opening("Groups"), make)


ACTION = Action(name=GROUPS, run=run)
