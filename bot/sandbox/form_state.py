"""What stands in the fields of a view or message: first values, and what is kept when a view is replaced. No I/O."""

import secrets
from collections.abc import Iterator
from typing import Any

from bot.sandbox.world import Json

_STATELESS = frozenset({"button", "overflow", "image", "workflow_button"})
_SINGLE = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
_SEVERAL = {
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
}


def with_ids(body: Json) -> Json:
    """The payload with the block and action ids Slack adds where the bot gave none."""
    blocks = [_with_ids(block) for block in body.get("blocks") or []]
    return {**body, "blocks": blocks}


def _with_ids(block: Json) -> Json:
    found = {**block, "block_id": block.get("block_id") or _made_up()}
    if "elements" in found and found["type"] == "actions":
        found["elements"] = [_named(element) for element in found["elements"]]
    for name in ("accessory", "element"):
        if isinstance(found.get(name), dict):
            found[name] = _named(found[name])
    return found


def _named(element: Json) -> Json:
    if element.get("type") == "image":
        return element
    return {**element, "action_id": element.get("action_id") or _made_up()}


def _made_up() -> str:
    """As Slack does, a new one each time: what was typed into a field without a block id is lost when the view turns."""
    return secrets.token_urlsafe(4)


def elements_of(body: Json) -> Iterator[tuple[Json, Json]]:
    """(block, element) for every interactive element, in reading order."""
    for block in body.get("blocks") or []:
        found = [*(block.get("elements") or [])] if block["type"] == "actions" else []
        found += [block[name] for name in ("accessory", "element") if isinstance(block.get(name), dict)]
        for element in found:
            if element.get("type") != "image":
                yield block, element


def initial_state(body: Json) -> Json:
    """`state.values` of something just shown."""
    values: Json = {}
    for block, element in elements_of(body):
        if element["type"] not in _STATELESS:
            values.setdefault(block["block_id"], {})[element["action_id"]] = first_value(element)
    return values


def first_value(element: Json) -> Json:
    """The state of one element nobody has touched."""
    kind = element["type"]
    if kind in _SINGLE:
        key, initial = _SINGLE[kind]
        return {"type": kind, key: element.get(initial)}
    if kind in _SEVERAL:
        key, initial = _SEVERAL[kind]
        return {"type": kind, key: list(element.get(initial) or [])}
    return {"type": kind, "value": element.get("initial_value")}


def value_key(kind: str) -> str:
    """Under which name an element's state keeps its value."""
    return (_SINGLE.get(kind) or _SEVERAL.get(kind) or ("value", ""))[0]


def is_empty(state: Json) -> bool:
    """Whether nothing is chosen or typed."""
    value: Any = state.get(value_key(state["type"]))
    return value is None or value in ([], "")


def kept_state(before: Json, state: Json, after: Json) -> Json:
    """The state of `after` put in place of `before`: fields with the same block and action id and type keep their value."""
    known = {(block["block_id"], element["action_id"]) for block, element in elements_of(before)}
    values = initial_state(after)
    for block, element in elements_of(after):
        place = (block["block_id"], element["action_id"])
        old = state.get(place[0], {}).get(place[1])
        if place in known and old is not None and old["type"] == element["type"]:
            values[place[0]][place[1]] = old
    return values
