"""Rich text is drawn as Slack draws it: sections, nested lists, quotes, and what stands in them."""

from datetime import UTC, datetime

import pytest

from bot.sandbox.pages.draw_rich import LEAVES
from tests.sandbox.drawn import Node, drawn
from tests.sandbox.made_blocks import Json, line


def _rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def _list(style: str, indent: int, *lines: str, **more: int) -> Json:
    return {
        "type": "rich_text_list",
        "style": style,
        "indent": indent,
        "elements": [line(one) for one in lines],
        **more,
    }


def test_rich_text() -> None:
    """Sections, quotes and preformatted text keep their words and styles."""
    root = drawn(
        _rich(
            line("loud", bold=True, strike=True),
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said"}]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a\n  b"}]},
        )
    )
    assert root.one("strong").one("s").words == "loud"
    assert root.one("blockquote").words == "said"
    assert root.one("pre").words == "a\n  b"


def test_nested_lists() -> None:
    """A list indented further stands in the item before it, and the outer one goes on after it."""
    root = drawn(
        _rich(
            _list("bullet", 0, "a"),
            _list("ordered", 1, "a1", "a2"),
            _list("bullet", 0, "b"),
            _list("ordered", 0, "c", offset=4),
        )
    )
    outer, other = (
        node for node in root.all() if node.tag in ("ul", "ol") and node.parent and node.parent.tag == "div"
    )
    assert [item.words for item in outer.inside if isinstance(item, Node)] == ["aa1a2", "b"]
    assert [item.words for item in outer.one("ol").all("li")] == ["a1", "a2"]
    assert other.attrs["start"] == "5"


@pytest.mark.parametrize(
    ("leaf", "words"),
    [
        ({"type": "text", "text": "t"}, "t"),
        ({"type": "link", "url": "https://a.example"}, "https://a.example"),
        ({"type": "emoji", "name": "wave", "skin_tone": 2}, "👋🏻"),
        ({"type": "emoji", "name": "none_such"}, ":none_such:"),
        ({"type": "user", "user_id": "U0TOM"}, "@Tom Baker"),
        ({"type": "usergroup", "usergroup_id": "S1"}, "@S1"),
        ({"type": "team", "team_id": "T1"}, "@T1"),
        ({"type": "channel", "channel_id": "C0GENERAL"}, "#general"),
        ({"type": "broadcast", "range": "here"}, "@here"),
        ({"type": "color", "value": "#aabbcc"}, " #aabbcc"),
        (
            {
                "type": "date",
                "timestamp": int(datetime(2026, 11, 24, tzinfo=UTC).timestamp()),
                "format": "{date_pretty}",
            },
            "Today",
        ),
        ({"type": "date", "timestamp": "x", "format": "{time}", "fallback": "later"}, "later"),
        ({"type": "hologram"}, "(cannot draw hologram)"),
    ],
)
def test_rich_text_leaves(leaf: Json, words: str) -> None:
    """What stands in rich text is called by its name."""
    assert drawn(_rich({"type": "rich_text_section", "elements": [leaf]})).words == words
    assert leaf["type"] in LEAVES or leaf["type"] == "hologram"


def test_absurd_nesting() -> None:
    """Lists within lists without end are cut off, not followed."""
    part: Json = line("deep")
    for _ in range(2000):
        part = {"type": "rich_text_list", "style": "bullet", "elements": [part]}
    assert "cannot draw" in drawn(_rich(part)).words
