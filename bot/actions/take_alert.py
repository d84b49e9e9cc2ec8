"""I'm on it, Take over, Keep it."""

from blocks.alert_views import Act
from blocks.alerts import TAKE
from bot.actions.alert_press import alert_of, answered
from bot.interactions import Action, ActionCall
from bot.usecases import alert_care
from bot.usecases.values import read, word
from store.records import UserId


async def run(call: ActionCall) -> None:
    """Take the alert named by the value; under "o" it names from whom."""
    who, alert_id = call.caller, alert_of(call.value)
    over = word(read(call.value), "o")
    taking = alert_care.take(
        who.context, who.workspace_id, who.user_id, alert_id, over=UserId(over) if over else None
    )
    await answered(call, Act.TAKE, alert_id, taking)


ACTION = Action(name=TAKE, run=run)
