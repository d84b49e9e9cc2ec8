"""Block Kit reads well in a terminal."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.sandbox.form_state import initial_state, with_ids
from bot.sandbox.reading import plain, read_message, read_view
from tests.sandbox.fake_bot import button, field_block, modal, row, section

Json = dict[str, Any]


def _names(user: str) -> str:
    return {"U1": "Maria Silva"}.get(user, user)


@pytest.mark.parametrize(
    ("mrkdwn", "read"),
    [
        ("*bold* and 2*3*4", "bold and 2*3*4"),
        ("by <@U1>", "by @Maria Silva"),
        ("<https://x.example/a|the guide>", "the guide"),
        ("<https://x.example/a>", "https://x.example/a"),
        ("<!date^1790000000^{date_short}|24 Nov>", "24 Nov"),
        ("&lt;b&gt; &amp;amp;", "<b> &amp;"),
        ("<#C1|general>", "general"),
    ],
)
def test_marks_become_what_they_look_like(mrkdwn: str, read: str) -> None:
    """Nobody reads Slack's angle brackets."""
    assert plain(mrkdwn, _names) == read


def test_no_name_steers_the_terminal() -> None:
    """An escape sequence in somebody's name is only letters."""
    assert plain("a\x1b[31mred\x07", _names) == "a[31mred"


def test_plain_text_is_left_alone() -> None:
    """Nothing acts in plain text."""
    assert plain({"type": "plain_text", "text": "*a* <@U1> &amp;"}, _names) == "*a* <@U1> &amp;"


def _every_block() -> Iterator[Json]:
    options = [{"text": {"type": "plain_text", "text": word}, "value": word} for word in ("One", "Two")]
    yield {"type": "header", "text": {"type": "plain_text", "text": "Heading"}}
    yield section("Words", fields=[{"type": "plain_text", "text": "Field"}])
    yield {"type": "divider"}
    yield {"type": "context", "elements": [{"type": "mrkdwn", "text": "small"}]}
    yield {"type": "alert", "text": {"type": "plain_text", "text": "Careful"}, "level": "warning"}
    yield {"type": "image", "image_url": "https://x/y.png", "alt_text": "a cat"}
    yield row(button("Press"), {"type": "overflow", "action_id": "o", "options": options})
    yield field_block("Name", initial_value="typed")
    boxes = {"type": "checkboxes", "action_id": "c", "options": options, "initial_options": options[:1]}
    yield {**field_block("Boxes", "boxes"), "element": boxes}
    radio = {"type": "radio_buttons", "action_id": "r", "options": options, "initial_option": options[1]}
    yield {**field_block("Radio", "radio"), "element": radio, "optional": True}
    people = {"type": "multi_users_select", "action_id": "p", "initial_users": ["U1"]}
    yield {**field_block("People", "people"), "element": people}
    yield {"type": "rich_text", "elements": []}


def test_every_block_is_read() -> None:
    """A modal shows its words, controls, what is chosen, errors beside fields, and its foot."""
    view = with_ids(modal(*_every_block(), title="All", submit="Save"))
    text = read_view(view, initial_state(view), _names, errors={"name": "Too short"})
    for words in (
        "─ All",
        "── Heading ──",
        "Field",
        "small",
        "⚠ Careful",
        "(picture: a cat)",
        "[Press]",
        "[typed_]",
    ):
        assert words in text
    for words in ("☑ One", "☐ Two", "◉ Two", "Radio (optional)", "[Maria Silva ▾]", "✖ Too short", "[Save]"):
        assert words in text


def test_a_message_without_blocks_is_its_text() -> None:
    """Text alone is read as it is."""
    assert read_message("*hello*", [], {}, _names) == "hello"
