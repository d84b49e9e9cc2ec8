"""Buttons that lead to the browser: Slack sends the press as well, and wants it acknowledged."""

from blocks.connect_words import CONTINUE
from blocks.integration import GUIDE
from bot.interactions import Action, ActionCall
from bot.usecases import connect, screens
from store.records import AttemptId


async def link(call: ActionCall) -> None:
    """The browser opened. A message that still offers an old link is made true: nobody else may know where it stands."""
    if call.view is not None or not call.value:
        return
    who = call.caller
    attempt = await connect.own(who.context, who.workspace_id, who.user_id, AttemptId(call.value))
    present = await screens.present_dm(who.context, attempt)
    if present is not None:
        await call.reply(present, replace=True)


async def guide(_call: ActionCall) -> None:
    """Nothing to do: the browser opened."""


ACTIONS = (Action(name=CONTINUE, run=link), Action(name=GUIDE, run=guide))
