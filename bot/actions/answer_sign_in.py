"""Yes or No to "Did you just sign in as …?", and Carry on from the DM."""

from blocks.connect import loading
from blocks.connect_dms import CARRY_ON
from blocks.connect_words import NO, YES
from bot.errors import UserFacingError
from bot.interactions import Action, ActionCall, used_before
from bot.messenger import DeliveryFailure
from bot.usecases import connect, sign_in
from store.records import AttemptId

_LONGEST_ID = 200
"""An attempt's id becomes the external_id of its modal, which takes 255 characters."""


async def yes(call: ActionCall) -> None:
    """The sign-in was mine."""
    await _answer(call, mine=True)


async def no(call: ActionCall) -> None:
    """It was not: throw it away."""
    await _answer(call, mine=False)


async def _answer(call: ActionCall, *, mine: bool) -> None:
    who = call.caller
    attempt = await connect.own(who.context, who.workspace_id, who.user_id, AttemptId(call.value))
    await sign_in.confirm(who.context, attempt, mine=mine)


async def carry_on(call: ActionCall) -> None:
    """Open the attempt's modal again where it was closed."""
    who = call.caller
    if not 0 < len(call.value) < _LONGEST_ID:
        raise connect.not_yours()
    shown = await call.show(loading(AttemptId(call.value), "your account"))
    if used_before(shown):
        return
    if isinstance(shown, DeliveryFailure):
        raise UserFacingError(
            "That window is open already, or Slack was too slow.", "Look for it, or press the button again."
        )
    attempt = await connect.own(who.context, who.workspace_id, who.user_id, AttemptId(call.value))
    await connect.show_again(who.context, attempt)


ACTIONS = (Action(name=YES, run=yes), Action(name=NO, run=no), Action(name=CARRY_ON, run=carry_on))
