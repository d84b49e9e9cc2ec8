"""What Slack refuses in messages and views, the referee refuses, and says where."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks.examples import EXAMPLES
from bot.sandbox.referee import judge_message, judge_options, judge_view
from bot.sandbox.rules_blocks import BLOCKS, MOST_BLOCKS
from bot.sandbox.rules_elements import ELEMENTS, EVERYWHERE
from tests.sandbox.fake_bot import button, field_block, modal, row, section

Json = dict[str, Any]


def _option(text: str = "One", value: str = "1") -> Json:
    return {"text": {"type": "plain_text", "text": text}, "value": value}


def _select(**more: Any) -> Json:
    return {"type": "static_select", "action_id": "pick", "options": [_option()], **more}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


_FIELD_NAMES = st.sampled_from(
    [
        "type",
        "text",
        "blocks",
        "elements",
        "element",
        "accessory",
        "options",
        "option_groups",
        "label",
        "value",
        "title",
        "submit",
        "action_id",
        "block_id",
        "initial_option",
        "initial_options",
        "fields",
        "url",
        "confirm",
        "placeholder",
        "rows",
    ]
)
"""Names Slack knows, so that nonsense gets past the first look."""

MESSAGES: dict[str, tuple[list[Any], str]] = {
    "51 blocks": ([section("x")] * 51, "/blocks"),
    "unknown block": ([{"type": "sparkles"}], "/blocks/0/type"),
    "no object": (["x"], "/blocks/0/type"),
    "a modal's block": ([{"type": "alert", "text": _plain("x")}], "/blocks/0/type"),
    "a modal's element": (
        [{"type": "input", "label": _plain("x"), "element": {"type": "email_text_input", "action_id": "x"}}],
        "/blocks/0/element/type",
    ),
    "text of 3,001": ([section("x" * 3001)], "/blocks/0/text/text"),
    "empty text": ([section("")], "/blocks/0/text/text"),
    "section without text": ([{"type": "section"}], "/blocks/0"),
    "11 fields": ([{"type": "section", "fields": [_plain("x")] * 11}], "/blocks/0/fields"),
    "field of 2,001": ([{"type": "section", "fields": [_plain("x" * 2001)]}], "/blocks/0/fields/0/text"),
    "header of 151": ([{"type": "header", "text": _plain("x" * 151)}], "/blocks/0/text/text"),
    "header in mrkdwn": (
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        "/blocks/0/text/type",
    ),
    "26 buttons": ([row(*[button("x", f"a{n}") for n in range(26)])], "/blocks/0/elements"),
    "no button": ([row()], "/blocks/0/elements"),
    "11 in a context": ([{"type": "context", "elements": [_plain("x")] * 11}], "/blocks/0/elements"),
    "button of 76": ([row(button("x" * 76))], "/blocks/0/elements/0/text/text"),
    "button value of 2,001": ([row(button("x", value="x" * 2001))], "/blocks/0/elements/0/value"),
    "an emoji too many": ([row(button("🙂" * 38))], "/blocks/0/elements/0/text/text"),
    "no link": ([row(button("x", url="guide"))], "/blocks/0/elements/0/url"),
    "button link of 3,001": ([row(button("x", url="https://x/" + "x" * 3000))], "/blocks/0/elements/0/url"),
    "button without text": ([row({"type": "button", "action_id": "x"})], "/blocks/0/elements/0"),
    "button in green": ([row(button("x", style="green"))], "/blocks/0/elements/0/style"),
    "spoken label of 76": (
        [row(button("x", accessibility_label="x" * 76))],
        "/blocks/0/elements/0/accessibility_label",
    ),
    "unknown property": ([row(button("x", colour="red"))], "/blocks/0/elements/0"),
    "emoji in mrkdwn": (
        [{"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": True}}],
        "/blocks/0/text",
    ),
    "action id twice": ([row(button("x", "a"), button("y", "a"))], "/blocks/0/elements/1/action_id"),
    "action id of 256": ([row(button("x", "a" * 256))], "/blocks/0/elements/0/action_id"),
    "block id twice": ([section("x", block_id="b"), section("y", block_id="b")], "/blocks/1/block_id"),
    "block id of 256": ([section("x", block_id="b" * 256)], "/blocks/0/block_id"),
    "text field in a row": (
        [row({"type": "plain_text_input", "action_id": "x"})],
        "/blocks/0/elements/0/type",
    ),
    "101 options": (
        [row(_select(options=[_option("x", str(n)) for n in range(101)]))],
        "/blocks/0/elements/0/options",
    ),
    "no option": ([row(_select(options=[]))], "/blocks/0/elements/0/options"),
    "same value twice": (
        [row(_select(options=[_option(), _option("Two")]))],
        "/blocks/0/elements/0/options/1/value",
    ),
    "option of 76": ([row(_select(options=[_option("x" * 76)]))], "/blocks/0/elements/0/options/0/text/text"),
    "value of 151": (
        [row(_select(options=[_option("x", "v" * 151)]))],
        "/blocks/0/elements/0/options/0/value",
    ),
    "options and groups": (
        [row(_select(option_groups=[{"label": _plain("x"), "options": [_option()]}]))],
        "/blocks/0/elements/0",
    ),
    "placeholder of 151": (
        [row(_select(placeholder=_plain("x" * 151)))],
        "/blocks/0/elements/0/placeholder/text",
    ),
    "first choice unknown": (
        [row(_select(initial_option=_option("Two", "2")))],
        "/blocks/0/elements/0/initial_option",
    ),
    "11 checkboxes": (
        [row({"type": "checkboxes", "action_id": "x", "options": [_option("x", str(n)) for n in range(11)]})],
        "/blocks/0/elements/0/options",
    ),
    "6 in an overflow": (
        [row({"type": "overflow", "action_id": "x", "options": [_option("x", str(n)) for n in range(6)]})],
        "/blocks/0/elements/0/options",
    ),
    "confirm without deny": (
        [row(button("x", confirm={"title": _plain("x"), "text": _plain("x"), "confirm": _plain("x")}))],
        "/blocks/0/elements/0/confirm",
    ),
    "picture without words": ([{"type": "image", "image_url": "https://x/y.png"}], "/blocks/0"),
    "two tables": ([{"type": "table", "rows": [[{}]]}] * 2, "/blocks/1"),
    "markdown of 12,001": (
        [{"type": "markdown", "text": "x" * 6001}, {"type": "markdown", "text": "x" * 6000}],
        "/blocks/1/text",
    ),
    "an inbound block": ([{"type": "file", "external_id": "x", "source": "remote"}], "/blocks/0/type"),
}


@pytest.mark.parametrize(("blocks", "pointer"), MESSAGES.values(), ids=MESSAGES.keys())
def test_a_message_slack_refuses_is_refused(blocks: list[Any], pointer: str) -> None:
    """What would fail in Slack fails here first, and says where."""
    refused = judge_message({"text": "x", "blocks": blocks})
    assert refused is not None
    assert refused.error == "invalid_blocks"
    assert pointer in [problem.pointer for problem in refused.problems]
    assert f"[json-pointer:{pointer}]" in " ".join(refused.messages)


VIEWS: dict[str, tuple[Any, str]] = {
    "title of 25": (modal(section("x"), title="x" * 25), "/view/title/text"),
    "no title": ({"type": "modal", "blocks": [section("x")]}, "/view"),
    "title in mrkdwn": (
        {**modal(section("x")), "title": {"type": "mrkdwn", "text": "x"}},
        "/view/title/type",
    ),
    "101 blocks": (modal(*[section("x")] * 101), "/view/blocks"),
    "no block": (modal(), "/view/blocks"),
    "inputs without submit": (modal(field_block("Name")), "/view/submit"),
    "submit of 25": (modal(section("x"), submit="x" * 25), "/view/submit/text"),
    "metadata of 3,001": (modal(section("x"), private_metadata="x" * 3001), "/view/private_metadata"),
    "callback id of 256": (modal(section("x"), callback_id="x" * 256), "/view/callback_id"),
    "external id of 256": (modal(section("x"), external_id="x" * 256), "/view/external_id"),
    "a home view": ({**modal(section("x")), "type": "home"}, "/view/type"),
    "unknown property": (modal(section("x"), colour="red"), "/view"),
    "a message's block": (modal({"type": "markdown", "text": "x"}), "/view/blocks/0/type"),
    "alert of 201": (modal({"type": "alert", "text": _plain("x" * 201)}), "/view/blocks/0/text/text"),
    "label of 2,001": (modal(field_block("x" * 2001), submit="Go"), "/view/blocks/0/label/text"),
    "longer than allowed": (
        modal(field_block("x", max_length=3, initial_value="four"), submit="Go"),
        "/view/blocks/0/element/initial_value",
    ),
    "two focused": (
        modal(
            field_block("x", "a", focus_on_load=True),
            field_block("y", "b", action_id="other", focus_on_load=True),
            submit="Go",
        ),
        "/view/blocks/1/element/focus_on_load",
    ),
    "button as a field": (
        modal({"type": "input", "label": _plain("x"), "element": button("x")}, submit="Go"),
        "/view/blocks/0/element/type",
    ),
    "text": ("view", "/view"),
}


@pytest.mark.parametrize(("view", "pointer"), VIEWS.values(), ids=VIEWS.keys())
def test_a_view_slack_refuses_is_refused(view: Any, pointer: str) -> None:
    """So do modals."""
    refused = judge_view(view)
    assert refused is not None
    assert refused.error == "invalid_arguments"
    assert pointer in [problem.pointer for problem in refused.problems]


def test_a_view_of_more_than_250_kb_is_refused() -> None:
    """Slack counts the whole view, in bytes."""
    refused = judge_view(modal(*[section("ä" * 3000) for _ in range(50)]))
    assert refused is not None
    assert refused.error == "view_too_large"


GOOD: dict[str, Callable[[], object]] = {
    "50 blocks": lambda: judge_message({"blocks": [section("x" * 3000)] * 50}),
    "100 blocks": lambda: judge_view(modal(*[section("x")] * 100, title="x" * 24)),
    "text alone": lambda: judge_message({"text": "x" * 4000}, longest=4000),
    "every limit": lambda: judge_message(
        {"blocks": [row(button("x" * 75, value="x" * 2000, accessibility_label="x" * 75))]}
    ),
    "a field": lambda: judge_view(modal(field_block("x", max_length=300), submit="x" * 24, close=None)),
    "found nothing": lambda: judge_options({"options": []}),
}


@pytest.mark.parametrize("judged", GOOD.values(), ids=GOOD.keys())
def test_what_slack_takes_is_taken(judged: Callable[[], object]) -> None:
    """Strict is not the same as wrong: everything at its limit passes."""
    assert judged() is None


def test_messages_need_words() -> None:
    """Neither text nor blocks is nothing; text too long for an update is refused."""
    assert getattr(judge_message({"blocks": []}), "error", None) == "no_text"
    assert getattr(judge_message({"text": "x" * 4001}, longest=4000), "error", None) == "msg_too_long"
    assert getattr(judge_message({"text": 7}), "error", None) == "invalid_arguments"


def test_options_found_are_judged() -> None:
    """A search may answer with 100 options, not 101, and not with something else."""
    many = [_option("x", str(number)) for number in range(101)]
    assert judge_options({"options": many[:100]}) is None
    assert judge_options({"options": many}) is not None
    assert judge_options({}) is not None
    assert judge_options([]) is not None


_KINDS = st.sampled_from([*BLOCKS, *ELEMENTS, "modal", "plain_text", "mrkdwn", "sparkles"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | _KINDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_FIELD_NAMES, inner, max_size=6),
    max_leaves=25,
)


@given(_JSON)
def test_nonsense_is_refused_and_not_tripped_over(payload: Any) -> None:
    """Whatever a bot sends, the referee has an answer."""
    judge_view(payload)
    judge_options(payload)
    judge_message({"text": "x", "blocks": payload})
    judge_message({"text": "x", "blocks": [payload]})


def test_everything_the_bot_draws_is_taken() -> None:
    """Every screen, in every state its examples know, is one Slack would show."""
    assert len(EXAMPLES) > 50
    for name, draw in EXAMPLES.items():
        drawn: Any = draw()
        refused = judge_view(drawn) if drawn.get("type") == "modal" else judge_message(drawn, longest=4000)
        assert refused is None, f"{name}: {refused.messages if refused else ''}"


@pytest.mark.shared
def test_our_tables_agree_with_the_published_surfaces(shared_folder: Path) -> None:
    """No block or element is taken on a surface the documentation does not list."""
    published = json.loads((shared_folder / "slack" / "block-surfaces.json").read_text(encoding="utf-8"))
    assert dict(MOST_BLOCKS) == published["max_blocks"]
    for name, block in BLOCKS.items():
        allowed = published["blocks"][name]["docs"]
        assert block.surfaces <= set(allowed), name
    for name, element in ELEMENTS.items():
        assert element.surfaces <= set(published["elements_restricted"].get(name, EVERYWHERE)), name
