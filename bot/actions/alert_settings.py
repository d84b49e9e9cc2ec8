"""In the alert settings: the channel of a Group, a test message, and the search for a time zone."""

from collections.abc import Mapping, Sequence
from typing import Any

from blocks.alert_settings import (
    ADD_GROUP_CHANNEL,
    EDIT_GROUP_CHANNEL,
    SAVED,
    TEST,
    ZONE_SEARCH,
    opening_settings,
)
from blocks.parts import View
from blocks.zone_choice import zone_options
from bot import policy
from bot.interactions import Action, ActionCall, Options
from bot.usecases import alert_channels, alert_settings, people, zones


async def add(call: ActionCall) -> None:
    """The form that asks for a Group and its channel."""
    await _form(call, None)


async def edit(call: ActionCall) -> None:
    """The form of the Group named by the value."""
    await _form(call, call.value)


async def _form(call: ActionCall, group_id: str | None) -> None:
    who, kept = call.caller, call.view.private_metadata if call.view else ""

    async def make(_view_id: str) -> View:
        return await alert_channels.group_form(
            who.context, who.workspace_id, who.user_id, group_id, kept=kept
        )

    await call.open_then(opening_settings(), make)


async def test(call: ActionCall) -> None:
    """Post to every chosen channel, and say above the form, or under "Saved", which have it."""
    who, kept = call.caller, call.view.private_metadata if call.view else ""
    tested = await alert_channels.test(who.context, who.workspace_id, who.user_id)
    if kept == SAVED:
        view = await alert_settings.saved(who.context, who.workspace_id, who.user_id, tested=tested)
    else:
        view = await alert_settings.form(who.context, who.workspace_id, who.user_id, tested=tested, kept=kept)
    await call.turn(view)


async def search(call: ActionCall, typed: str) -> Sequence[Mapping[str, Any]]:
    """Time zones for what was typed; those with the person's own time first."""
    who = call.caller
    rights = await people.rights_of(who.context, who.workspace_id, who.user_id)
    if not policy.welcome(rights.person):
        return ()
    near = rights.person.tz if rights.person else None
    return zone_options(zones.matching(typed, near=near or "", now=who.context.clock()))


ACTIONS = (
    Action(name=ADD_GROUP_CHANNEL, run=add),
    Action(name=EDIT_GROUP_CHANNEL, run=edit),
    Action(name=TEST, run=test),
)
OPTIONS = Options(name=ZONE_SEARCH, run=search)
