"""The Address modal's Continue."""

from blocks.connect import ADDRESS, ADDRESS_BLOCK, ADDRESS_INPUT
from bot.interactions import Errors, Modal, ModalAnswer, ModalCall, Show
from bot.usecases import connect, detail, steps
from connectors.provider import BadAddress
from store.records import AttemptId


async def run(call: ModalCall) -> ModalAnswer:
    """Check what was typed and turn into Continue."""
    who = call.caller
    attempt = await connect.own(who.context, who.workspace_id, who.user_id, AttemptId(call.view.external_id))
    field = detail.provider_of(who.context, attempt.provider_key).address
    if field is not None:
        try:
            parsed = field.parse(call.text(ADDRESS_BLOCK, ADDRESS_INPUT))
        except BadAddress as error:
            return Errors(fields={ADDRESS_BLOCK: str(error)})
        attempt = await connect.set_address(who.context, attempt, parsed)
    return Show(view=await steps.present_view(who.context, attempt))


MODAL = Modal(callback_id=ADDRESS, run=run)
