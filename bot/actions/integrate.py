"""Integrate, Reconnect, New link: an attempt begins; its modal opens before anything else is done."""

from blocks.alert_views import Act
from blocks.alerts import already_over
from blocks.connect import loading
from blocks.connect_words import NEW_LINK
from blocks.help import problem_view
from blocks.integration import INTEGRATE, RECONNECT
from blocks.parts import Message, View
from bot.actions.alert_press import alert_of, answered
from bot.errors import UserFacingError
from bot.interactions import Action, ActionCall, used_before
from bot.usecases import alert_care, connect, detail
from bot.usecases.values import read, word
from store.records import AccountId, AttemptId
from store.watch_records import AlertId


async def integrate(call: ActionCall) -> None:
    """Connect a new account of the integration named by the value."""
    who, attempt_id = call.caller, connect.new_attempt_id()
    name = detail.provider_of(who.context, call.value).name
    if await _opens(call, loading(attempt_id, name)):
        await connect.integrate(who.context, who.workspace_id, who.user_id, call.value, attempt_id)


async def reconnect(call: ActionCall) -> None:
    """Repair the account named by the value; of an alert's button it stands under "i", the alert under "a"."""
    values = read(call.value)
    if "a" in values:
        alert_id = alert_of(call.value)
        repairing = _from_alert(call, AccountId(word(values, "i")), alert_id)
        await answered(call, Act.RECONNECT, alert_id, repairing)
    else:
        await _repair(call, AccountId(call.value))


async def _from_alert(call: ActionCall, account_id: AccountId, alert_id: AlertId) -> Message | None:
    who = call.caller
    told = await alert_care.look(
        who.context, who.workspace_id, who.user_id, alert_id, action=alert_care.RECONNECT
    )
    if told.ended_at is not None:
        return already_over(told)
    await _repair(call, account_id)
    return None


async def _repair(call: ActionCall, account_id: AccountId) -> None:
    who, attempt_id = call.caller, connect.new_attempt_id()
    if await _opens(call, loading(attempt_id, "your account")):
        await connect.reconnect(who.context, who.workspace_id, who.user_id, account_id, attempt_id)


async def _opens(call: ActionCall, view: View) -> bool:
    """Where the modal cannot open, the DM carries the link all the same; False if this very press was handled before."""
    return not used_before(await call.show(view))


async def new_link(call: ActionCall) -> None:
    """A new attempt in place of the one named by the value: in the same modal, or in a new one from a message."""
    attempt_id = connect.new_attempt_id()
    first = loading(attempt_id, "your account")
    if call.view is None:
        if await _opens(call, first):
            await _renew(call, attempt_id)
        return
    await call.turn(first)
    try:
        await _renew(call, attempt_id)
    except UserFacingError as error:
        await call.turn(problem_view(error.what, error.what_to_do))


async def _renew(call: ActionCall, attempt_id: AttemptId) -> None:
    who = call.caller
    old = await connect.own(who.context, who.workspace_id, who.user_id, AttemptId(call.value))
    await connect.new_link(who.context, old, attempt_id)


ACTIONS = (
    Action(name=INTEGRATE, run=integrate),
    Action(name=RECONNECT, run=reconnect),
    Action(name=NEW_LINK, run=new_link),
)
