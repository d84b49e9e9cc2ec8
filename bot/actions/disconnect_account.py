"""Disconnect: first a view that says who loses access."""

from blocks.integration import DISCONNECT, opening
from blocks.parts import View
from bot.interactions import Action, ActionCall
from bot.usecases import disconnect
from store.records import AccountId


async def run(call: ActionCall) -> None:
    """Ask about the account named by the value."""
    who = call.caller

    async def make(_view_id: str) -> View:
        return await disconnect.ask(who.context, who.workspace_id, who.user_id, AccountId(call.value))

    await call.open_then(opening("Disconnect"), make)


ACTION = Action(name=DISCONNECT, run=run)
