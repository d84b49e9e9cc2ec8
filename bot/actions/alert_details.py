"""Show details of an alert: what happened in it, and who was told."""

from blocks.alert_details import opening_details
from blocks.alert_views import Act
from blocks.alerts import DETAILS
from blocks.parts import View
from bot.actions.alert_press import alert_of, answered
from bot.interactions import Action, ActionCall
from bot.usecases import alert_care


async def run(call: ActionCall) -> None:
    """Open the alert named by the value."""
    alert_id = alert_of(call.value)
    await answered(call, Act.OPEN, alert_id, _show(call))


async def _show(call: ActionCall) -> None:
    who, alert_id = call.caller, alert_of(call.value)

    async def make(_view_id: str) -> View:
        return await alert_care.details(who.context, who.workspace_id, who.user_id, alert_id)

    await alert_care.look(who.context, who.workspace_id, who.user_id, alert_id, action=alert_care.DETAILS)
    await call.open_then(opening_details(), make)


ACTION = Action(name=DETAILS, run=run)
