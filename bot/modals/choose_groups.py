"""Save of the Groups modal, at the end of connecting and later."""

from blocks.choosing import CHOOSE_GROUPS, GROUPS_BLOCK, GROUPS_INPUT, GROUPS_LATER
from bot.interactions import Close, Errors, Modal, ModalAnswer, ModalCall, Show
from bot.usecases import access, connect, steps
from store.records import AccountId, AttemptId

_NONE = Errors(fields={GROUPS_BLOCK: "Choose at least one Group."})


async def connecting(call: ModalCall) -> ModalAnswer:
    """The picked accounts are connected for these Groups."""
    who = call.caller
    attempt = await connect.own(who.context, who.workspace_id, who.user_id, AttemptId(call.view.external_id))
    if await access.give(who.context, attempt, call.chosen(GROUPS_BLOCK, GROUPS_INPUT)):
        return _NONE
    return Show(view=await steps.present_view(who.context, attempt))


async def later(call: ModalCall) -> ModalAnswer:
    """The account's Groups are replaced."""
    who = call.caller
    chosen = call.chosen(GROUPS_BLOCK, GROUPS_INPUT)
    account_id = AccountId(call.view.private_metadata)
    if await access.regroup(who.context, who.workspace_id, who.user_id, account_id, chosen):
        return _NONE
    return Close()


MODALS = (Modal(callback_id=CHOOSE_GROUPS, run=connecting), Modal(callback_id=GROUPS_LATER, run=later))
