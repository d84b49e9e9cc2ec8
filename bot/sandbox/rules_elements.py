"""Every interactive element: its fields, its limits, and where it may stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from bot.sandbox.rules import (
    Check,
    Ruling,
    Shape,
    Surface,
    anything,
    boolean,
    check_shape,
    focus,
    items,
    number,
    one_of,
    shaped,
    string,
    text,
    unique,
    url,
)
from bot.sandbox.rules_choices import CONFIRM, GROUPS, chosen_exist, one_list, option, options

EVERYWHERE: frozenset[Surface] = frozenset({"message", "modal", "home"})
_MODAL: frozenset[Surface] = frozenset({"modal"})
_MESSAGE: frozenset[Surface] = frozenset({"message"})
_ROW = frozenset({"actions", "section"})
_FIELD = frozenset({"input"})
_ANY_PLACE = _ROW | _FIELD


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """What an element is made of and in which blocks and on which surfaces it may stand."""

    shape: Shape
    places: frozenset[str]
    surfaces: frozenset[Surface] = EVERYWHERE


_BASIC: Mapping[str, Check] = {"type": anything, "action_id": unique("action_ids")}
_INPUT: Mapping[str, Check] = {**_BASIC, "focus_on_load": focus, "placeholder": text(150, plain=True)}
_SELECT: Mapping[str, Check] = {**_INPUT, "confirm": CONFIRM}
_MANY: Mapping[str, Check] = {**_SELECT, "max_selected_items": number(1, 1000)}
_IDS = items(string(255), 0, 1000)


def _lengths(ruling: Ruling, pointer: str, value: Any) -> None:
    least, most = value.get("min_length"), value.get("max_length")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        ruling.refuse(f"{pointer}/min_length", "must not be more than max_length")
    first = value.get("initial_value")
    if isinstance(most, int) and isinstance(first, str) and len(first) > most:
        ruling.refuse(f"{pointer}/initial_value", f"must be less than {most + 1} characters")


def _image_source(ruling: Ruling, pointer: str, value: Any) -> None:
    if ("image_url" in value) == ("slack_file" in value):
        ruling.refuse(pointer, "exactly one of image_url and slack_file is required")


_FILTER = shaped(
    Shape(
        fields={
            "include": items(one_of("im", "mpim", "private", "public"), 1, 4),
            "exclude_external_shared_channels": boolean,
            "exclude_bot_users": boolean,
        }
    )
)
_BUTTON = Shape(
    fields={
        **_BASIC,
        "text": text(75, plain=True),
        "url": url,
        "value": string(2000),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
        "agent_prompt": string(4000),
        "agent_prompt_display": string(4000),
        "visible_to_user_ids": items(string(255), 1, 10),
    },
    required=frozenset({"text"}),
)
IMAGE = Shape(
    fields={"type": anything, "image_url": url, "slack_file": anything, "alt_text": string(2000)},
    required=frozenset({"alt_text"}),
    also=_image_source,
)


def _select(name: str, initial: str, first: Check, **more: Check) -> dict[str, Element]:
    """The single select of a kind and its multi twin."""
    single = {**_SELECT, initial: first, **more}
    several = {**_MANY, f"{initial}s": items(first, 1, 1000), **more}
    if "default_to_current_conversation" not in more:
        several.pop("response_url_enabled", None)
    return {
        name: Element(shape=Shape(fields=single), places=_ANY_PLACE),
        f"multi_{name}": Element(shape=Shape(fields=several), places=_ANY_PLACE),
    }


def _static(*, several: bool) -> Element:
    fields = {**(_MANY if several else _SELECT), "options": options(1, 100), "option_groups": GROUPS}
    if several:
        fields["initial_options"] = items(option(), 1, 100)
    else:
        fields["initial_option"] = option()
    return Element(shape=Shape(fields=fields, also=one_list()), places=_ANY_PLACE)


def _external(*, several: bool) -> Element:
    fields = {**(_MANY if several else _SELECT), "min_query_length": number(0, 1000)}
    if several:
        fields["initial_options"] = items(option(), 1, 100)
    else:
        fields["initial_option"] = option()
    return Element(shape=Shape(fields=fields), places=_ANY_PLACE)


def _choices(*, several: bool) -> Element:
    one = option(mrkdwn=True)
    fields = {**_BASIC, "focus_on_load": focus, "confirm": CONFIRM, "options": options(1, 10, one)}
    if several:
        fields["initial_options"] = items(one, 1, 10)
    else:
        fields["initial_option"] = one
    shape = Shape(fields=fields, required=frozenset({"options"}), also=chosen_exist)
    return Element(shape=shape, places=_ANY_PLACE)


def _picker(initial: str, **more: Check) -> Element:
    fields = {**_SELECT, initial: string(32), **more}
    return Element(shape=Shape(fields=fields), places=_ANY_PLACE)


def _typed(surfaces: frozenset[Surface], **more: Check) -> Element:
    fields = {**_INPUT, "dispatch_action_config": anything, **more}
    return Element(shape=Shape(fields=fields, also=_lengths), places=_FIELD, surfaces=surfaces)


ELEMENTS: Mapping[str, Element] = MappingProxyType(
    {
        "button": Element(shape=_BUTTON, places=_ROW),
        "image": Element(shape=IMAGE, places=frozenset({"section", "context"})),
        "overflow": Element(
            shape=Shape(
                fields={**_BASIC, "options": options(1, 5, option(link=True)), "confirm": CONFIRM},
                required=frozenset({"options"}),
            ),
            places=_ROW,
        ),
        "static_select": _static(several=False),
        "multi_static_select": _static(several=True),
        "external_select": _external(several=False),
        "multi_external_select": _external(several=True),
        **_select("users_select", "initial_user", string(255)),
        **_select(
            "conversations_select",
            "initial_conversation",
            string(255),
            default_to_current_conversation=boolean,
            response_url_enabled=boolean,
            filter=_FILTER,
        ),
        **_select("channels_select", "initial_channel", string(255), response_url_enabled=boolean),
        "checkboxes": _choices(several=True),
        "radio_buttons": _choices(several=False),
        "datepicker": _picker("initial_date"),
        "timepicker": _picker("initial_time", timezone=string(255)),
        "datetimepicker": Element(
            shape=Shape(
                fields={**_BASIC, "focus_on_load": focus, "confirm": CONFIRM, "initial_date_time": anything}
            ),
            places=frozenset({"actions", "input"}),
            surfaces=frozenset({"message", "modal"}),
        ),
        "plain_text_input": _typed(
            EVERYWHERE,
            initial_value=string(3000, 0),
            multiline=boolean,
            min_length=number(0, 3000),
            max_length=number(1, 3000),
        ),
        "rich_text_input": _typed(
            frozenset({"modal", "home"}),
            initial_value=anything,
            min_lines=number(1, 100),
            max_lines=number(1, 100),
        ),
        "email_text_input": _typed(_MODAL, initial_value=string(3000, 0)),
        "url_text_input": _typed(_MODAL, initial_value=string(3000, 0)),
        "number_input": Element(
            shape=Shape(
                fields={
                    **_INPUT,
                    "dispatch_action_config": anything,
                    "is_decimal_allowed": boolean,
                    "initial_value": string(255),
                    "min_value": string(255),
                    "max_value": string(255),
                },
                required=frozenset({"is_decimal_allowed"}),
            ),
            places=_FIELD,
            surfaces=_MODAL,
        ),
        "file_input": Element(
            shape=Shape(fields={**_BASIC, "filetypes": _IDS, "max_files": number(1, 10)}),
            places=_FIELD,
            surfaces=_MODAL,
        ),
        "workflow_button": Element(
            shape=Shape(
                fields={
                    **_BASIC,
                    "text": text(75, plain=True),
                    "workflow": anything,
                    "style": one_of("primary", "danger"),
                    "accessibility_label": string(75),
                },
                required=frozenset({"text", "workflow"}),
            ),
            places=_ROW,
            surfaces=_MESSAGE,
        ),
    }
)


def element(place: str) -> Check:
    """Any element that may stand in the block `place` on the payload's surface."""

    def check(ruling: Ruling, pointer: str, value: Any) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        known = ELEMENTS.get(kind) if isinstance(kind, str) else None
        if known is None or place not in known.places or ruling.surface not in known.surfaces:
            ruling.refuse(f"{pointer}/type", f"unsupported type: {kind}")
            return
        check_shape(ruling, pointer, value, known.shape)
        if place != "input" and value.get("response_url_enabled"):
            ruling.refuse(f"{pointer}/response_url_enabled", "only allowed in an input block")

    return check
