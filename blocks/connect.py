"""Connecting, from the address to the outcome: the modal that turns by itself. Its DMs are in connect_dms.py, the choosing in choosing.py.

All of it is reached under this module's name.
"""

from collections.abc import Iterator

from blocks.choosing import (
    CHOOSE_GROUPS,
    GROUPS_BLOCK,
    GROUPS_INPUT,
    GROUPS_LATER,
    PICK_ACCOUNTS,
    PICK_BLOCK,
    PICK_INPUT,
    PICK_SEARCH,
    choose_groups,
    pick,
    pick_options,
    pick_value,
)
from blocks.connect_dms import CARRY_ON, choosing_dm, confirm_dm, continue_dm, done_dm, failed_dm
from blocks.connect_words import (
    CONTINUE,
    NEW_LINK,
    NO,
    YES,
    answer_buttons,
    asks_to_confirm,
    continue_button,
    good_end,
    groups_and_rest,
    new_link_button,
    number_words,
    who_can_use,
)
from blocks.failures import what_happened, what_next
from blocks.parts import Json, View, actions, context, if_it_stays, input_block, modal, notice, section
from blocks.text import clock, name, names, plain_name, shorten, typed
from blocks.views import AddressView, ConfirmView, ContinueView, DoneView, FailedView, Permission

__all__ = [
    "ADDRESS",
    "ADDRESS_BLOCK",
    "ADDRESS_INPUT",
    "CARRY_ON",
    "CHOOSE_GROUPS",
    "CONNECT",
    "CONTINUE",
    "GROUPS_BLOCK",
    "GROUPS_INPUT",
    "GROUPS_LATER",
    "NEW_LINK",
    "NO",
    "PICK_ACCOUNTS",
    "PICK_BLOCK",
    "PICK_INPUT",
    "PICK_SEARCH",
    "YES",
    "address",
    "choose_groups",
    "choosing_dm",
    "confirm",
    "confirm_dm",
    "continue_",
    "continue_dm",
    "done",
    "done_dm",
    "failed",
    "failed_dm",
    "loading",
    "pick",
    "pick_options",
    "pick_value",
    "working",
]

CONNECT = "connect"
ADDRESS = "connect.address"
ADDRESS_BLOCK = "address"
ADDRESS_INPUT = "address.input"


def loading(attempt_id: str, provider: str) -> View:
    """Shown at once, while the link is made."""
    return _turning(
        attempt_id,
        "Connect",
        provider,
        [section(f"Getting your link to {name(provider)} ready …"), if_it_stays()],
    )


def working(provider: str, attempt_id: str = "") -> View:
    """Shown at once after a submit; turns by itself. Give the attempt's id where the view is to be found by it again."""
    return _turning(
        attempt_id,
        "Connect",
        provider,
        [section("Working on it. This updates by itself in a moment."), if_it_stays()],
    )


def address(view: AddressView) -> View:
    """Asks for the shop address, subdomain or region the provider needs."""
    field: Json = {
        "type": "plain_text_input",
        "action_id": ADDRESS_INPUT,
        "placeholder": {"type": "plain_text", "text": shorten(plain_name(view.example), 150)},
        "max_length": 300,
        "focus_on_load": True,
    }
    if started := typed(view.typed or "", 300):
        field["initial_value"] = started
    where = f"{plain_name(view.where, 200)} " if view.where else ""
    hint = f"{where}For example {plain_name(view.example)}"
    blocks = [input_block(ADDRESS_BLOCK, plain_name(view.label), field, hint=hint)]
    return modal(
        _title("Connect", view.provider),
        ADDRESS,
        blocks,
        submit="Continue",
        close="Cancel",
        metadata=view.attempt_id,
        external_id=view.attempt_id,
    )


def continue_(view: ContinueView) -> View:
    """The link, what is asked for there and why."""
    blocks = [section(_what_happens(view)), actions(continue_button(view)), *_asked_there(view)]
    blocks.append(
        context(
            f"Leave this window open: it updates by itself. The link works until {clock(view.expires_at)}."
        )
    )
    return _turning(view.attempt_id, "Reconnect" if view.reconnect else "Connect", view.provider, blocks)


def _what_happens(view: ContinueView) -> str:
    provider = name(view.provider)
    where = f" ({name(view.address)})" if view.address else ""
    lines = [f"Next you sign in at {provider}{where} in your browser, then you come back here."]
    if view.reconnect:
        lines.append(
            f"Sign in as *{name(view.reconnect)}*. {name(view.switch_hint, 300) if view.switch_hint else ''}".rstrip()
        )
    if view.role_needed:
        lines.append(f"Who can sign in there: {name(view.role_needed, 150)}.")
    lines.append(number_words(view.number))
    return "\n".join(lines)


def _asked_there(view: ContinueView) -> Iterator[Json]:
    if view.permissions:
        yield section(
            f"*{name(view.provider)} will ask you to allow*\n"
            + "\n".join(map(_permission, view.permissions[:20]))
        )


def _permission(permission: Permission) -> str:
    return f"• {name(permission.reason.rstrip('.'), 150)}{'' if permission.required else ' (you may leave this out)'}"


def confirm(view: ConfirmView) -> View:
    """Ask "Did you just sign in as @acme?", before anything else happens with it."""
    blocks = [section(asks_to_confirm(view)), actions(*answer_buttons(view))]
    return _turning(view.attempt_id, "Connect", view.provider, blocks)


def done(view: DoneView) -> View:
    """The good end."""
    headline = f"{'Reconnected' if view.reconnected else 'Connected'}. {who_can_use(view)}"
    account = f"{good_end(view)} {names(view.accounts) or 'Your account'} at {name(view.provider)}"
    blocks = [notice(headline, "success"), section("\n".join([account, *groups_and_rest(view)]))]
    return _turning(view.attempt_id, "Reconnect" if view.reconnected else "Connect", view.provider, blocks)


def failed(view: FailedView) -> View:
    """The other end: what happened and what to do next."""
    blocks = [notice(what_happened(view), "warning"), section(what_next(view))]
    if view.may_retry:
        blocks.append(actions(new_link_button(view)))
    return _turning(view.attempt_id, "Reconnect" if view.needed else "Connect", view.provider, blocks)


def _turning(attempt_id: str, verb: str, provider: str, blocks: list[Json]) -> View:
    """The one modal of an attempt: found again by its external id while it turns."""
    return modal(_title(verb, provider), CONNECT, blocks, metadata=attempt_id, external_id=attempt_id)


def _title(verb: str, provider: str) -> str:
    return f"{verb} {plain_name(provider, 23 - len(verb))}"
