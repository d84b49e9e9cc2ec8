"""Save of the Group form."""

from blocks.groups import (
    GROUP_FORM,
    INTEGRATORS,
    ME,
    ME_BLOCK,
    ME_INPUT,
    NAME_BLOCK,
    NAME_INPUT,
    PEOPLE_BLOCK,
    PEOPLE_INPUT,
    PERMISSION_BLOCK,
    PERMISSION_INPUT,
    saved,
)
from bot.insisting import insisted
from bot.interactions import Close, Errors, Modal, ModalAnswer, ModalCall, Show
from bot.usecases import groups
from bot.usecases.values import read, word
from store.records import Group


async def run(call: ModalCall) -> ModalAnswer:
    """Create or change the Group; the list below is shown anew."""
    who = call.caller
    group_id = word(read(call.view.private_metadata), "g") or None
    members = call.chosen(PEOPLE_BLOCK, PEOPLE_INPUT)
    add_me = ME in call.chosen(ME_BLOCK, ME_INPUT)
    outcome = await groups.save(
        who.context,
        who.workspace_id,
        who.user_id,
        group_id=group_id,
        view_id=call.view.id,
        name=call.text(NAME_BLOCK, NAME_INPUT),
        integrators=INTEGRATORS in call.chosen(PERMISSION_BLOCK, PERMISSION_INPUT),
        members=members,
        add_me=add_me,
    )
    if isinstance(outcome, groups.Rejected):
        return Errors(fields=outcome.fields)
    return await _after(call, outcome, created=group_id is None)


async def _after(call: ModalCall, group: Group, *, created: bool) -> ModalAnswer:
    who = call.caller
    people = await groups.people_in(who.context, who.workspace_id, group.id)
    if not call.view.previous_id:
        return Show(view=saved(group.name, people, created=created))
    notice = f"{group.name} is {'created' if created else 'saved'}."
    below = await groups.listing(who.context, who.workspace_id, who.user_id, notice=notice)
    turn = who.context.messenger.update_view
    await insisted(lambda: turn(who.workspace_id, below, view_id=call.view.previous_id))
    return Close()


MODAL = Modal(callback_id=GROUP_FORM, run=run)
