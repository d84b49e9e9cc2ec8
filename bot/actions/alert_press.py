"""What the presses on an alert's messages have in common: whose they are not is told kindly, and only to them."""

from collections.abc import Awaitable

from blocks import alerts
from blocks.alert_views import Act, RefusalView
from blocks.parts import Message
from bot.insisting import insisted
from bot.interactions import ActionCall
from bot.usecases import alert_care
from bot.usecases.people import NotAllowed
from bot.usecases.values import read, word
from store.watch_records import AlertId

_LONGEST = 64


def alert_of(value: str) -> AlertId:
    """The alert a control stands under: by itself, or under "a"; "", which is nobody's, for what cannot be an id."""
    named = word(read(value), "a") or value
    return AlertId(named if len(named) <= _LONGEST and named.isascii() and named.isalnum() else "")


async def answered(call: ActionCall, act: Act, alert_id: AlertId, work: Awaitable[Message | None]) -> None:
    """Do it, and say what only the person who pressed reads: what came of it, or that only Integrators can."""
    who = call.caller
    try:
        said = await work
    except NotAllowed:
        refused = await alert_care.refusal(who.context, who.workspace_id, alert_id, act)
        if refused is None:
            raise
        await _refuse(call, refused)
        return
    if said is not None:
        await call.reply(said)


async def _refuse(call: ActionCall, refused: RefusalView) -> None:
    who, view = call.caller, alerts.refusal_view(refused)
    opened, turn = who.context.messenger.opened_by(who.trigger_id), who.context.messenger.update_view
    if opened:
        await insisted(lambda: turn(who.workspace_id, view, view_id=opened))
    elif call.view is not None:
        await call.show(view)
    elif refused.alert.ended_at is not None:
        await call.reply(alerts.already_over(refused.alert))
    else:
        await call.reply(alerts.refusal(refused))
