"""Create a Group, edit one, show more of them."""

from blocks.groups import CREATE, EDIT, GROUPS_MORE
from blocks.integration import opening
from blocks.parts import View
from bot.interactions import Action, ActionCall
from bot.usecases import groups
from bot.usecases.values import number, read


async def create(call: ActionCall) -> None:
    """An empty form."""
    await _form(call, None)


async def edit(call: ActionCall) -> None:
    """The form of the Group named by the value."""
    await _form(call, call.value)


async def _form(call: ActionCall, group_id: str | None) -> None:
    who = call.caller

    async def make(_view_id: str) -> View:
        return await groups.form(who.context, who.workspace_id, who.user_id, group_id)

    await call.open_then(opening("Group"), make)


async def more(call: ActionCall) -> None:
    """Another page of the list, in place."""
    who = call.caller
    page = number(read(call.value), "p")
    await call.turn(await groups.listing(who.context, who.workspace_id, who.user_id, page=page))


ACTIONS = (Action(name=CREATE, run=create), Action(name=EDIT, run=edit), Action(name=GROUPS_MORE, run=more))
