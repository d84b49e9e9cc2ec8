"""The second judge itself: it refuses what Slack refuses."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.judge import judge_message, judge_view
from tests.judge_table import ALL, BLOCKS, ELEMENTS, MOST_BLOCKS

Json = dict[str, Any]


def plain(text: str) -> Json:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def section(text: str, **more: Any) -> Json:
    """A section."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(**more: Any) -> Json:
    """A button."""
    return {"type": "button", "text": plain("Open Shopify"), "action_id": "open", **more}


def option(value: str = "v", text: str = "Text") -> Json:
    """An option."""
    return {"text": plain(text), "value": value}


def select(**more: Any) -> Json:
    """A static select."""
    return {"type": "static_select", "action_id": "pick", **more}


def field(element: Json, **more: Any) -> Json:
    """An input block."""
    return {"type": "input", "block_id": "b", "label": plain("Name"), "element": element, **more}


def message(*blocks: Json, text: str = "Text") -> Json:
    """A message."""
    return {"text": text, "blocks": list(blocks)}


def modal(*blocks: Json, **more: Any) -> Json:
    """A modal."""
    return {"type": "modal", "title": plain("Title"), "submit": plain("Save"), "blocks": list(blocks), **more}


TYPED = {"type": "plain_text_input", "action_id": "typed"}

REFUSED_MESSAGES = {
    "51 blocks": (
        message(*[section("x")] * 51),
        "invalid_blocks: no more than 50 items allowed [json-pointer:/blocks]",
    ),
    "text too long": (message(section("x" * 3001)), "3001 characters [json-pointer:/blocks/0/text/text]"),
    "empty text": (message(section("")), "more than 0 characters"),
    "16-bit units count": (message(section("😀" * 1501)), "3001 characters"),
    "empty section": (message({"type": "section"}), "at least one of text, fields"),
    "11 fields": (message({"type": "section", "fields": [plain("x")] * 11}), "no more than 10 items"),
    "long field": (message({"type": "section", "fields": [plain("x" * 2001)]}), "2001 characters"),
    "mrkdwn header": (
        message({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}),
        "must be plain_text",
    ),
    "long header": (message({"type": "header", "text": plain("x" * 151)}), "151 characters"),
    "11 in context": (message({"type": "context", "elements": [plain("x")] * 11}), "no more than 10 items"),
    "26 buttons": (
        message({"type": "actions", "elements": [button(action_id=str(n)) for n in range(26)]}),
        "no more than 25 items",
    ),
    "no buttons": (message({"type": "actions", "elements": []}), "at least 1 items"),
    "typing in actions": (
        message({"type": "actions", "elements": [TYPED]}),
        "unsupported type: plain_text_input",
    ),
    "long button": (message(section("x", accessory=button(text=plain("x" * 76)))), "76 characters"),
    "long button value": (message(section("x", accessory=button(value="x" * 2001))), "2001 characters"),
    "no button text": (message(section("x", accessory={"type": "button"})), "missing required field: text"),
    "button style": (message(section("x", accessory=button(style="big"))), "must be primary or danger"),
    "script address": (message(section("x", accessory=button(url="javascript:alert(1)"))), "valid URL"),
    "long action_id": (message(section("x", accessory=button(action_id="x" * 256))), "256 characters"),
    "same action_id": (message(*[section("x", accessory=button())] * 2), "action_id already exists: open"),
    "same block_id": (message(*[section("x", block_id="a")] * 2), "block_id already exists: a"),
    "long block_id": (message(section("x", block_id="x" * 256)), "256 characters"),
    "unknown block": (message({"type": "banner"}), "unsupported type: banner"),
    "unknown field": (message(section("x", colour="red")), "invalid additional property: colour"),
    "emoji in mrkdwn": (
        message({"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}}),
        "invalid additional property: emoji",
    ),
    "alert outside a modal": (
        message({"type": "alert", "text": plain("x")}),
        "unsupported type: alert in a message",
    ),
    "a file sent": (message({"type": "file"}), "unsupported type: file"),
    "image without words": (message({"type": "image", "image_url": "https://a.example/x.png"}), "alt_text"),
    "two tables": (message(*[{"type": "table", "rows": [[plain("x")]]}] * 2), "only_one_table_allowed"),
    "markdown together": (message(*[{"type": "markdown", "text": "x" * 6001}] * 2), "together"),
    "option value 151": (
        message(section("x", accessory=select(options=[option("x" * 151)]))),
        "151 characters",
    ),
    "option text 76": (
        message(section("x", accessory=select(options=[option("v", "x" * 76)]))),
        "76 characters",
    ),
    "empty option value": (
        message(section("x", accessory=select(options=[option("")]))),
        "more than 0 characters",
    ),
    "101 options": (
        message(section("x", accessory=select(options=[option(str(n)) for n in range(101)]))),
        "no more than 100 items",
    ),
    "no options": (message(section("x", accessory=select())), "exactly one of options, option_groups"),
    "empty group": (
        message(section("x", accessory=select(option_groups=[{"label": plain("x"), "options": []}]))),
        "at least 1 items",
    ),
    "initial option": (
        message(section("x", accessory=select(options=[option("a")], initial_option=option("b")))),
        "initial option is not one of the options",
    ),
    "11 checkboxes": (
        message(
            section("x", accessory={"type": "checkboxes", "options": [option(str(n)) for n in range(11)]})
        ),
        "no more than 10 items",
    ),
    "confirm text": (
        message(
            section(
                "x",
                accessory=button(
                    confirm=dict.fromkeys(("title", "text", "confirm", "deny"), plain("x" * 31))
                ),
            )
        ),
        "31 characters",
    ),
    "nothing said": ({"text": "", "blocks": []}, "no_text"),
    "long message text": (message(section("x"), text="x" * 4001), "msg_too_long"),
    "email field": (
        message(field({"type": "email_text_input"})),
        "unsupported type: email_text_input in a message",
    ),
}

REFUSED_VIEWS = {
    "101 blocks": (
        modal(*[section("x")] * 101),
        "no more than 100 items allowed [json-pointer:/view/blocks]",
    ),
    "no blocks": (modal(), "at least 1 items"),
    "25-character title": (
        modal(section("x"), title=plain("x" * 25)),
        "25 characters [json-pointer:/view/title/text]",
    ),
    "no title": ({"type": "modal", "blocks": [section("x")]}, "missing required field: title"),
    "long submit": (modal(section("x"), submit=plain("x" * 25)), "25 characters"),
    "long close": (modal(section("x"), close=plain("x" * 25)), "25 characters"),
    "input without submit": (
        {"type": "modal", "title": plain("x"), "blocks": [field(TYPED)]},
        "missing required field: submit",
    ),
    "long metadata": (modal(section("x"), private_metadata="x" * 3001), "3001 characters"),
    "long callback": (modal(section("x"), callback_id="x" * 256), "256 characters"),
    "long external id": (modal(section("x"), external_id="x" * 256), "256 characters"),
    "markdown in a modal": (
        modal({"type": "markdown", "text": "x"}),
        "unsupported type: markdown in a modal",
    ),
    "alert level": (modal({"type": "alert", "text": plain("x"), "level": "loud"}), "must be default or info"),
    "button in an input": (modal(field(button())), "unsupported type: button"),
    "two focused": (
        modal(field(TYPED | {"focus_on_load": True}), field({"type": "users_select", "focus_on_load": True})),
        "focus",
    ),
    "no label": (modal({"type": "input", "element": TYPED}), "missing required field: label"),
    "placeholder": (modal(field(TYPED | {"placeholder": plain("x" * 151)})), "151 characters"),
    "unknown field": (modal(section("x"), colour="red"), "invalid additional property: colour"),
    "too large": (
        modal(*[section("x" * 3000, block_id=str(n)) for n in range(90)]),
        "view_too_large",
    ),
    "no such surface": ({"type": "sheet"}, "unsupported type: sheet"),
    "home has no title": (
        {"type": "home", "title": plain("x"), "blocks": [section("x")]},
        "additional property: title",
    ),
    "not a dict": (modal(section("x", accessory=None)), "unsupported type"),
}


@pytest.mark.parametrize("case", REFUSED_MESSAGES)
def test_messages_slack_refuses_are_refused(case: str) -> None:
    """A message that Slack would not take is found before anybody waits for it."""
    payload, expected = REFUSED_MESSAGES[case]
    assert any(expected in problem for problem in judge_message(payload)), judge_message(payload)


@pytest.mark.parametrize("case", REFUSED_VIEWS)
def test_views_slack_refuses_are_refused(case: str) -> None:
    """A modal that Slack would not open is found before anybody waits for it."""
    payload, expected = REFUSED_VIEWS[case]
    assert any(expected in problem for problem in judge_view(payload)), judge_view(payload)


def test_ordinary_payloads_pass() -> None:
    """What Slack takes is not held back."""
    buttons = {"type": "actions", "elements": [button(value="x", url="https://a.example", style="primary")]}
    assert judge_message(message(section("x"), buttons, {"type": "divider"})) == []
    assert judge_view(modal(field(TYPED), field(select(options=[option()]), block_id="c"))) == []
    assert judge_view({"type": "home", "blocks": [section("x")]}) == []


@pytest.mark.shared
def test_the_table_agrees_with_the_published_surfaces(shared_folder: Path) -> None:
    """Where the published list is at hand, the table says the same about every block."""
    published = json.loads((shared_folder / "slack" / "block-surfaces.json").read_text(encoding="utf-8"))
    listed = {
        kind: set(entry["docs"]) for kind, entry in published["blocks"].items() if entry["docs"] is not None
    }
    assert {kind: set(BLOCKS[kind].surfaces) for kind in listed} == listed
    assert BLOCKS.keys() == published["blocks"].keys()
    assert published["max_blocks"] == MOST_BLOCKS
    restricted = {kind: set(surfaces) for kind, surfaces in published["elements_restricted"].items()}
    assert {
        kind: set(known.surfaces) for kind, known in ELEMENTS.items() if known.surfaces != ALL
    } == restricted
