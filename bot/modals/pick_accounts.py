"""Pick's Next."""

from blocks.choosing import PICK_ACCOUNTS, PICK_BLOCK, PICK_INPUT, PICK_SEARCH
from bot.interactions import Errors, Modal, ModalAnswer, ModalCall, Show
from bot.usecases import connect, sign_in, steps
from store.records import AttemptId


async def run(call: ModalCall) -> ModalAnswer:
    """Take the chosen accounts and turn into Groups."""
    who = call.caller
    attempt = await connect.own(who.context, who.workspace_id, who.user_id, AttemptId(call.view.external_id))
    chosen = call.chosen(PICK_BLOCK, PICK_INPUT) or call.chosen(PICK_BLOCK, PICK_SEARCH)
    if not await sign_in.take(who.context, attempt, chosen):
        return Errors(fields={PICK_BLOCK: "Choose at least one account."})
    return Show(view=await steps.present_view(who.context, attempt))


MODAL = Modal(callback_id=PICK_ACCOUNTS, run=run)
