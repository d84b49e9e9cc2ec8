"""Ask an Integrator."""

from blocks.help import asked, asked_sentence
from blocks.integration import ASK
from bot.interactions import Action, ActionCall
from bot.usecases import detail
from bot.usecases.ask import ask_integrators


async def run(call: ActionCall) -> None:
    """Ask for the integration named by the value."""
    who = call.caller
    new = await ask_integrators(who.context, who.workspace_id, who.user_id, call.value)
    name = detail.provider_of(who.context, call.value).name
    if call.view is None:
        await call.reply(asked(name, already=not new))
        return
    sentence = asked_sentence(name, already=not new)
    view = await detail.show(
        who.context,
        who.workspace_id,
        who.user_id,
        call.value,
        notice=sentence,
        level="success" if new else "info",
    )
    await call.turn(view)


ACTION = Action(name=ASK, run=run)
