"""Open on a tile, and the picker of what is not connected yet: the detail view."""

from blocks.alert_views import Act
from blocks.integration import opening
from blocks.listing import OPEN, PICK
from blocks.parts import View
from bot.actions.alert_press import alert_of, answered
from bot.interactions import Action, ActionCall
from bot.usecases import alert_care, detail
from bot.usecases.values import read, word
from store.watch_records import AlertId


async def run(call: ActionCall) -> None:
    """Open the integration named by the value; of an alert's button it stands under "k", the alert under "a"."""
    values = read(call.value)
    if "a" in values:
        alert_id = alert_of(call.value)
        await answered(call, Act.OPEN, alert_id, _from_alert(call, word(values, "k"), alert_id))
    else:
        await _open(call, call.value)


async def _from_alert(call: ActionCall, key: str, alert_id: AlertId) -> None:
    """Also where it is over by now: what is there is worth seeing."""
    who = call.caller
    await alert_care.look(who.context, who.workspace_id, who.user_id, alert_id, action=alert_care.OPEN)
    await _open(call, key)


async def _open(call: ActionCall, key: str) -> None:
    who = call.caller
    name = detail.provider_of(who.context, key).name

    async def make(view_id: str) -> View:
        view = await detail.show(who.context, who.workspace_id, who.user_id, key)
        await detail.remember_open(
            who.context, who.workspace_id, who.user_id, view_id, kind="detail", subject=key
        )
        return view

    await call.open_then(opening(name), make)


ACTIONS = (Action(name=OPEN, run=run), Action(name=PICK, run=run))
