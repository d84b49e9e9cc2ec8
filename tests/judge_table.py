"""What Slack accepts, as one table: blocks, elements, composition objects, surfaces. Data only; tests/judge.py reads it.

Written in our own words from docs.slack.dev/reference/block-kit (blocks, block-elements, composition-objects),
/reference/views and /surfaces/modals, as they stood on 2026-11-24. Nothing here comes from the code that draws the blocks.
A block with `fields` None is judged by its surface and ids only.
"""

from typing import NamedTuple

DATED = "2026-11-24"
ALL = frozenset({"message", "modal", "home"})
MESSAGE = frozenset({"message"})
MODAL = frozenset({"modal"})
MESSAGE_HOME = frozenset({"message", "home"})
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MOST_VIEW_BYTES = 250_000
MOST_MESSAGE_TEXT = 4_000  # chat.update answers msg_too_long above; chat.postMessage cuts only above 40,000
MOST_MARKDOWN = 12_000  # summed over the payload


class F(NamedTuple):
    """One field. `least` and `most` are characters of text or items of a list."""

    kind: str
    required: bool = False
    least: int = 1
    most: int = 3000
    of: tuple[str, ...] = ()


class Kind(NamedTuple):
    """One type: where it may stand, its fields, which fields exclude and which need one another."""

    fields: dict[str, F] | None
    surfaces: frozenset[str] = ALL
    exactly_one: tuple[str, ...] = ()
    at_least_one: tuple[str, ...] = ()
    sendable: bool = True


BOOL, INT, ANY = F("bool"), F("int"), F("any")
URL = F("url")
ID = F("string", most=255)
CONFIRM = F("object", of=("confirm",))
PLACEHOLDER = F("plain", most=150)
COMMON = {"action_id": ID, "confirm": CONFIRM, "focus_on_load": BOOL}

SELECTS = ("static_select", "external_select", "users_select", "conversations_select", "channels_select")
MULTIS = tuple(f"multi_{kind}" for kind in SELECTS)
DATES = ("datepicker", "timepicker")
CHOICES = ("checkboxes", "radio_buttons")
ACCESSORIES = ("button", "image", "overflow", "workflow_button", *SELECTS, *MULTIS, *DATES, *CHOICES)
IN_ACTIONS = (
    "button",
    "overflow",
    "workflow_button",
    "datetimepicker",
    "rich_text_input",
    *SELECTS,
    *MULTIS,
    *DATES,
    *CHOICES,
)
IN_INPUT = (
    "plain_text_input", "rich_text_input", "email_text_input", "url_text_input", "number_input", "file_input",
    "datetimepicker", *SELECTS, *MULTIS, *DATES, *CHOICES,
)  # fmt: skip
IN_CONTAINER = (
    "actions",
    "context",
    "divider",
    "file",
    "header",
    "image",
    "input",
    "rich_text",
    "section",
    "table",
    "video",
)

BLOCKS: dict[str, Kind] = {
    "section": Kind(
        {
            "text": F("text"),
            "fields": F("texts", most=10),
            "accessory": F("element", of=ACCESSORIES),
            "expand": BOOL,
        },
        at_least_one=("text", "fields"),
    ),
    "actions": Kind({"elements": F("elements", required=True, most=25, of=IN_ACTIONS)}),
    "context": Kind(
        {"elements": F("elements", required=True, most=10, of=("image", "plain_text", "mrkdwn"))}
    ),
    "divider": Kind({}),
    "header": Kind({"text": F("plain", required=True, most=150), "level": INT}),
    "image": Kind(
        {
            "image_url": URL,
            "slack_file": ANY,
            "alt_text": F("string", required=True, most=2000),
            "title": F("plain", most=2000),
        },
        exactly_one=("image_url", "slack_file"),
    ),
    "input": Kind(
        {
            "label": F("plain", required=True, most=2000),
            "element": F("element", required=True, of=IN_INPUT),
            "hint": F("plain", most=2000),
            "dispatch_action": BOOL,
            "optional": BOOL,
        }
    ),
    "alert": Kind(
        {
            "text": F("text", required=True),
            "level": F("enum", of=("default", "info", "warning", "error", "success")),
        },
        surfaces=MODAL,
    ),
    "markdown": Kind({"text": F("string", required=True, most=MOST_MARKDOWN)}, surfaces=MESSAGE),
    "rich_text": Kind({"elements": F("any", required=True)}),
    "video": Kind(
        {
            "alt_text": F("string", required=True),
            "title": F("plain", required=True, most=199),
            "video_url": F("url", required=True),
            "thumbnail_url": F("url", required=True),
            "title_url": URL,
            "author_name": F("string", most=49),
            "description": F("plain"),
            "provider_name": F("string"),
            "provider_icon_url": URL,
        }
    ),
    "card": Kind(
        {
            "title": F("text", most=150),
            "subtitle": F("text", most=150),
            "body": F("text", most=200),
            "hero_image": ANY,
            "icon": ANY,
            "actions": F("elements", most=2, of=("button",)),
        },
        at_least_one=("hero_image", "title", "actions", "body"),
    ),
    "carousel": Kind({"elements": F("blocks", required=True, most=10, of=("card",))}, surfaces=MESSAGE_HOME),
    "container": Kind(
        {
            "title": F("text", most=150),
            "rich_text_title": ANY,
            "subtitle": F("text", most=150),
            "child_blocks": F("blocks", required=True, most=10, of=IN_CONTAINER),
            "width": F("enum", of=("narrow", "standard", "wide", "full")),
            "is_collapsible": BOOL,
            "default_collapsed": BOOL,
            "has_header_divider": BOOL,
        },
        surfaces=MESSAGE_HOME,
        exactly_one=("title", "rich_text_title"),
    ),
    "table": Kind({"rows": F("any", required=True), "column_settings": ANY}, surfaces=MESSAGE_HOME),
    "context_actions": Kind(
        {"elements": F("elements", required=True, most=5, of=("feedback_buttons", "icon_button"))},
        surfaces=MESSAGE,
    ),
    "task_card": Kind(None, surfaces=MESSAGE),
    "plan": Kind(None, surfaces=MESSAGE),
    "data_table": Kind(None, surfaces=MESSAGE_HOME),
    "data_visualization": Kind(None, surfaces=MESSAGE_HOME),
    "file": Kind(None, surfaces=MESSAGE, sendable=False),  # shown in what others send; an app cannot send one
    "call": Kind(None, surfaces=MESSAGE),
    # Its surfaces are not published (2026-11): refused everywhere until they are.
    "auth_provider": Kind(None, surfaces=frozenset()),
}

_OPTIONS = {
    "options": F("objects", most=100, of=("option",)),
    "option_groups": F("objects", most=100, of=("option_group",)),
}
_DISPATCH = {
    "dispatch_action_config": ANY,
    "focus_on_load": BOOL,
    "action_id": ID,
    "placeholder": PLACEHOLDER,
}


def _select(extra: dict[str, F], *, static: bool = False) -> Kind:
    return Kind(
        COMMON | {"placeholder": PLACEHOLDER} | extra,
        exactly_one=("options", "option_groups") if static else (),
    )


_MULTI = {"max_selected_items": INT}
_INITIAL_OPTION = {"initial_option": F("object", of=("option",))}
_INITIAL_OPTIONS = {"initial_options": F("objects", of=("option",))}
_QUERY = {"min_query_length": INT}
_FILTER = {"default_to_current_conversation": BOOL, "filter": ANY}
_URL_RESPONSE = {"response_url_enabled": BOOL}

ELEMENTS: dict[str, Kind] = {
    "plain_text": Kind({"text": F("string", required=True), "emoji": BOOL}),
    "mrkdwn": Kind({"text": F("string", required=True), "verbatim": BOOL}),
    "button": Kind(
        {
            "text": F("plain", required=True, most=75),
            "action_id": ID,
            "url": URL,
            "value": F("string", most=2000),
            "style": F("enum", of=("primary", "danger")),
            "confirm": CONFIRM,
            "accessibility_label": F("string", most=75),
        }
    ),
    "image": Kind(
        {"image_url": URL, "slack_file": ANY, "alt_text": F("string", required=True, most=2000)},
        exactly_one=("image_url", "slack_file"),
    ),
    "overflow": Kind(
        {
            "action_id": ID,
            "confirm": CONFIRM,
            "options": F("objects", required=True, most=5, of=("linked_option",)),
        }
    ),
    "checkboxes": Kind(
        COMMON
        | {
            "options": F("objects", required=True, most=10, of=("rich_option",)),
            "initial_options": F("objects", most=10, of=("rich_option",)),
        }
    ),
    "radio_buttons": Kind(
        COMMON
        | {
            "options": F("objects", required=True, most=10, of=("rich_option",)),
            "initial_option": F("object", of=("rich_option",)),
        }
    ),
    "static_select": _select(_OPTIONS | _INITIAL_OPTION, static=True),
    "multi_static_select": _select(_OPTIONS | _INITIAL_OPTIONS | _MULTI, static=True),
    "external_select": _select(_QUERY | _INITIAL_OPTION),
    "multi_external_select": _select(_QUERY | _INITIAL_OPTIONS | _MULTI),
    "users_select": _select({"initial_user": F("string")}),
    "multi_users_select": _select({"initial_users": F("strings", most=100_000)} | _MULTI),
    "conversations_select": _select({"initial_conversation": F("string")} | _FILTER | _URL_RESPONSE),
    "multi_conversations_select": _select(
        {"initial_conversations": F("strings", most=100_000)} | _FILTER | _MULTI
    ),
    "channels_select": _select({"initial_channel": F("string")} | _URL_RESPONSE),
    "multi_channels_select": _select({"initial_channels": F("strings", most=100_000)} | _MULTI),
    "datepicker": _select({"initial_date": F("string")}),
    "timepicker": _select({"initial_time": F("string"), "timezone": F("string")}),
    "datetimepicker": Kind(COMMON | {"initial_date_time": INT}, surfaces=frozenset({"message", "modal"})),
    "plain_text_input": Kind(
        _DISPATCH
        | {
            "initial_value": F("string", least=0),
            "multiline": BOOL,
            "min_length": F("int", least=0),
            "max_length": INT,
        }
    ),
    "rich_text_input": Kind(
        _DISPATCH | {"initial_value": ANY, "min_lines": INT, "max_lines": INT},
        surfaces=frozenset({"modal", "home"}),
    ),
    "email_text_input": Kind(_DISPATCH | {"initial_value": F("string", least=0)}, surfaces=MODAL),
    "url_text_input": Kind(_DISPATCH | {"initial_value": F("string", least=0)}, surfaces=MODAL),
    "number_input": Kind(
        _DISPATCH
        | {
            "is_decimal_allowed": F("bool", required=True),
            "initial_value": F("string"),
            "min_value": F("string"),
            "max_value": F("string"),
        },
        surfaces=MODAL,
    ),
    "file_input": Kind({"action_id": ID, "filetypes": ANY, "max_files": F("int", most=10)}, surfaces=MODAL),
    "workflow_button": Kind(None, surfaces=MESSAGE),
    "feedback_buttons": Kind(None, surfaces=MESSAGE),
    "icon_button": Kind(None, surfaces=MESSAGE),
}

_OPTION = {
    "text": F("plain", required=True, most=75),
    "value": F("string", required=True, most=150),
    "description": F("plain", most=75),
}
COMPOSITIONS: dict[str, Kind] = {
    "option": Kind(_OPTION),
    "linked_option": Kind(_OPTION | {"url": URL}),
    "rich_option": Kind(
        _OPTION | {"text": F("text", required=True, most=75), "description": F("text", most=75)}
    ),
    "option_group": Kind(
        {
            "label": F("plain", required=True, most=75),
            "options": F("objects", required=True, most=100, of=("option",)),
        }
    ),
    "confirm": Kind(
        {
            "title": F("plain", required=True, most=100),
            "text": F("text", required=True, most=300),
            "confirm": F("plain", required=True, most=30),
            "deny": F("plain", required=True, most=30),
            "style": F("enum", of=("primary", "danger")),
        }
    ),
}

MODAL_FIELDS = Kind(
    {
        "title": F("plain", required=True, most=24),
        "submit": F("plain", most=24),
        "close": F("plain", most=24),
        "callback_id": F("string", most=255),
        "external_id": F("string", least=0, most=255),
        "private_metadata": F("string", least=0, most=3000),
        "clear_on_close": BOOL,
        "notify_on_close": BOOL,
        "submit_disabled": BOOL,
    }
)
HOME_FIELDS = Kind(
    {
        "callback_id": F("string", most=255),
        "external_id": F("string", least=0, most=255),
        "private_metadata": F("string", least=0, most=3000),
    }
)
