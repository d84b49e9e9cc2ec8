"""Hand it back."""

from blocks.alert_views import Act
from blocks.alerts import LET_GO
from bot.actions.alert_press import alert_of, answered
from bot.interactions import Action, ActionCall
from bot.usecases import alert_care


async def run(call: ActionCall) -> None:
    """Hand back the alert named by the value."""
    who, alert_id = call.caller, alert_of(call.value)
    handing = alert_care.let_go(who.context, who.workspace_id, who.user_id, alert_id)
    await answered(call, Act.TAKE, alert_id, handing)


ACTION = Action(name=LET_GO, run=run)
