"""Buttons that lead to the browser: Slack sends the press as well, and wants it acknowledged."""

from blocks.connect_words import CONTINUE
from blocks.integration import GUIDE
from bot.interactions import Action, ActionCall


async def run(_call: ActionCall) -> None:
    """Nothing to do: the browser opened."""


ACTIONS = (Action(name=CONTINUE, run=run), Action(name=GUIDE, run=run))
