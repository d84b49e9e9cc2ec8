"""Snooze, which always has an end."""

from blocks.alert_views import Act
from blocks.alerts import SNOOZE
from bot.actions.alert_press import alert_of, answered
from bot.interactions import Action, ActionCall
from bot.usecases import alert_care
from bot.usecases.values import number, read


async def run(call: ActionCall) -> None:
    """Snooze the alert under "a" for the hours under "h"."""
    who, alert_id = call.caller, alert_of(call.value)
    hours = number(read(call.value), "h")
    snoozing = alert_care.snooze(who.context, who.workspace_id, who.user_id, alert_id, hours)
    await answered(call, Act.SNOOZE, alert_id, snoozing)


ACTION = Action(name=SNOOZE, run=run)
