"""Integrate, Reconnect, New link: an attempt begins; its modal opens before anything else is done."""

from collections.abc import Awaitable

from blocks.connect import loading
from blocks.connect_words import NEW_LINK
from blocks.help import problem_view
from blocks.integration import INTEGRATE, RECONNECT
from bot.errors import UserFacingError
from bot.interactions import Action, ActionCall, used_before
from bot.messenger import DeliveryFailure
from bot.usecases import connect, detail
from store.records import AccountId, AttemptId


async def integrate(call: ActionCall) -> None:
    """Connect a new account of the integration named by the value."""
    who, attempt_id = call.caller, connect.new_attempt_id()
    name = detail.provider_of(who.context, call.value).name
    shown = await call.show(loading(attempt_id, name))
    if not used_before(shown):
        begun = connect.integrate(who.context, who.workspace_id, who.user_id, call.value, attempt_id)
        await _or_say_why(call, shown, begun)


async def reconnect(call: ActionCall) -> None:
    """Repair the account named by the value."""
    who, attempt_id = call.caller, connect.new_attempt_id()
    shown = await call.show(loading(attempt_id, "your account"))
    if not used_before(shown):
        begun = connect.reconnect(
            who.context, who.workspace_id, who.user_id, AccountId(call.value), attempt_id
        )
        await _or_say_why(call, shown, begun)


async def new_link(call: ActionCall) -> None:
    """A new attempt in place of the one named by the value: in the same modal, or in a new one from a message."""
    attempt_id = connect.new_attempt_id()
    first = loading(attempt_id, "your account")
    if call.view is None:
        shown = await call.show(first)
    else:
        shown = await call.turn(first) or call.view.id
    if not used_before(shown):
        await _or_say_why(call, shown, _renew(call, attempt_id))


async def _renew(call: ActionCall, attempt_id: AttemptId) -> None:
    who = call.caller
    old = await connect.own(who.context, who.workspace_id, who.user_id, AttemptId(call.value))
    await connect.new_link(who.context, old, attempt_id)


async def _or_say_why(call: ActionCall, shown: str | DeliveryFailure, begun: Awaitable[None]) -> None:
    """Where the modal could not open, the DM carries the link all the same."""
    try:
        await begun
    except UserFacingError as error:
        if isinstance(shown, DeliveryFailure):
            raise
        view = problem_view(error.what, error.what_to_do)
        await call.caller.context.messenger.update_view(call.caller.workspace_id, view, view_id=shown)


ACTIONS = (
    Action(name=INTEGRATE, run=integrate),
    Action(name=RECONNECT, run=reconnect),
    Action(name=NEW_LINK, run=new_link),
)
