"""Disconnect, confirmed."""

from blocks.disconnect import DISCONNECT_CONFIRM
from bot.interactions import Modal, ModalAnswer, ModalCall, Show
from bot.usecases.disconnect import disconnect
from store.records import AccountId


async def run(call: ModalCall) -> ModalAnswer:
    """Remove the account; the view turns into how its sign-in ends at the provider."""
    who = call.caller
    account_id = AccountId(call.view.private_metadata)
    return Show(view=await disconnect(who.context, who.workspace_id, who.user_id, account_id, call.view.id))


MODAL = Modal(callback_id=DISCONNECT_CONFIRM, run=run)
