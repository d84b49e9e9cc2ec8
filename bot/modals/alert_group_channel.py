"""Save of the channel of one Group."""

from blocks.alert_channels import CHANNEL_BLOCK, CHANNEL_INPUT, GROUP_BLOCK, GROUP_CHANNEL, GROUP_INPUT
from bot.insisting import insisted
from bot.interactions import Close, Errors, Modal, ModalAnswer, ModalCall, Show
from bot.usecases import alert_channels, alert_settings
from bot.usecases.groups import Rejected
from bot.usecases.values import read, word


async def run(call: ModalCall) -> ModalAnswer:
    """Choose it, or have none any more; the settings below show it."""
    who, known = call.caller, read(call.view.private_metadata)
    changed = word(known, "g")
    channel_id = call.conversation(CHANNEL_BLOCK, CHANNEL_INPUT)
    outcome = await alert_channels.save_group(
        who.context,
        who.workspace_id,
        who.user_id,
        group_id=changed or next(iter(call.chosen(GROUP_BLOCK, GROUP_INPUT)), ""),
        channel_id=channel_id,
        may_remove=bool(changed),
    )
    if isinstance(outcome, Rejected):
        return Errors(fields=outcome.fields)
    return await _after(call, outcome, removed=not channel_id, kept=word(known, "k"))


async def _after(call: ModalCall, group: str, *, removed: bool, kept: str) -> ModalAnswer:
    who = call.caller
    if not call.view.previous_id:
        return Show(view=await alert_settings.saved(who.context, who.workspace_id, who.user_id))
    notice = f"{group} has {'no channel of its own any more' if removed else 'its own channel now'}."
    below = await alert_settings.form(who.context, who.workspace_id, who.user_id, notice=notice, kept=kept)
    turn = who.context.messenger.update_view
    await insisted(lambda: turn(who.workspace_id, below, view_id=call.view.previous_id))
    return Close()


MODAL = Modal(callback_id=GROUP_CHANNEL, run=run)
