"""Every block the referee lets through is drawn, and one it would refuse does not break the page."""

from typing import Any

import pytest

from blocks.examples import EXAMPLES
from bot.sandbox.pages.draw import BLOCKS
from bot.sandbox.rules_blocks import BLOCKS as KNOWN_BLOCKS
from tests.sandbox.drawn import drawn
from tests.sandbox.made_blocks import line, mrkdwn, plain

URL = "https://pictures.example/a.png"


def test_every_block_is_drawn() -> None:
    """A block that may be sent cannot be forgotten here."""
    assert set(BLOCKS) == set(KNOWN_BLOCKS)


@pytest.mark.parametrize("kind", ["card", "plan", "", "section "])
def test_unknown_blocks(kind: str) -> None:
    """A block that is not modelled is named instead of drawn."""
    root = drawn({"type": kind}, {"type": "context", "elements": [{"type": kind}]})
    assert all("cannot draw" in node.words and kind in node.words for node in root.all(class_="bk-cannot"))
    assert len(root.all(class_="bk-cannot")) == 2


def test_section() -> None:
    """A section shows its text, its fields and what stands beside it."""
    accessory = {"type": "button", "text": plain("Open"), "action_id": "open"}
    root = drawn(
        {
            "type": "section",
            "block_id": "b",
            "text": mrkdwn("*T*"),
            "fields": [plain("f1"), plain("f2")],
            "accessory": accessory,
        }
    )
    assert root.one(class_="bk-section").attrs["data-block"] == "b"
    assert [node.words for node in root.one(class_="bk-fields").all(class_="bk-text")] == ["f1", "f2"]
    assert root.one(class_="bk-accessory").one("button").words == "Open"


@pytest.mark.parametrize(
    ("level", "tag"), [(None, "h3"), (1, "h3"), (2, "h4"), (4, "h6"), (99, "h6"), ("x", "h3")]
)
def test_header(level: object, tag: str) -> None:
    """A header is a heading of its level, below the page's own."""
    block = {"type": "header", "text": plain("Words"), **({} if level is None else {"level": level})}
    assert drawn(block).one(tag).words == "Words"


def test_pictures_are_never_loaded() -> None:
    """A picture is its words and the name of where it lies: no request leaves."""
    image = {"type": "image", "image_url": URL, "alt_text": "A chart"}
    root = drawn(
        {**image, "title": plain("Orders")},
        {"type": "context", "elements": [image]},
        {"type": "section", "text": plain("x"), "accessory": image},
        {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "Kept in Slack"},
    )
    assert root.one("figcaption").words == "Orders"
    assert root.words.count("A chart") == 3
    assert "pictures.example" in root.words
    assert "a file in Slack" in root.words


def test_video() -> None:
    """A video is its title, its makers and what it is about."""
    block = {
        "type": "video",
        "title": plain("How"),
        "title_url": "https://v.example",
        "video_url": URL,
        "alt_text": "Desk",
    }
    root = drawn({**block, "author_name": "Ann", "provider_name": "Tube", "description": plain("Short")})
    assert root.one("a").words == "How"
    assert all(words in root.words for words in ("Ann · Tube", "Short", "Desk", "pictures.example"))
    assert drawn({**block, "title_url": "javascript:x"}).all("a") == []


@pytest.mark.parametrize("level", ["default", "info", "warning", "error", "success", "nonsense"])
def test_alert(level: str) -> None:
    """An alert says how grave it is also to those who do not see its colour."""
    root = drawn({"type": "alert", "text": mrkdwn("*Mind* this"), "level": level})
    notice = root.one(class_="bk-notice")
    assert notice.one(class_="bk-unseen").words.strip() in {"Note:", "Warning:", "Error:", "Done:"}
    assert notice.attrs["role"] == ("alert" if level == "error" else "status")


def test_table() -> None:
    """A table has a header row, its columns' alignment and cells of every kind."""
    rows = [
        [{"type": "raw_text", "text": "Name"}, {"type": "raw_text", "text": "Orders"}],
        [
            {"type": "rich_text", "elements": [line("acme", bold=True)]},
            {"type": "raw_number", "value": 12345},
        ],
    ]
    settings_ = [{"is_wrapped": True}, {"align": "right"}]
    root = drawn({"type": "table", "rows": rows, "column_settings": settings_})
    assert [node.words for node in root.all("th")] == ["Name", "Orders"]
    assert root.one("td", class_="is-wrapped").one("strong").words == "acme"
    assert root.one("td", class_="is-right").words == "12,345"


def test_ids_follow_the_bots_names() -> None:
    """A page drawn anew keeps its focus, and two blocks of one name still differ."""
    block = {
        "type": "section",
        "block_id": "a",
        "text": plain("x"),
        "accessory": {"type": "button", "text": plain("b"), "action_id": "go"},
    }
    before, after = drawn(block), drawn({"type": "divider"}, block)
    assert before.one("button").attrs["id"] == after.one("button").attrs["id"] == "p-a-go"
    drawn(
        block,
        block,
        {**block, "block_id": "a--text"},
        {**block, "block_id": "-a-"},
        {"type": "divider", "block_id": "a-go"},
    )


@pytest.mark.parametrize("title", EXAMPLES)
def test_everything_the_bot_sends(title: str) -> None:
    """Every screen of ours is drawn whole: nothing is left out, every field has one label, every id is there once."""
    sent: Any = EXAMPLES[title]()
    root = drawn(*sent["blocks"])
    assert root.all(class_="bk-cannot") == []
    assert len(root.all(class_="bk")) == len(sent["blocks"])
