"""Small pieces of Block Kit as a bot would write them."""

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    """Plain text."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    """Formatted text."""
    return {"type": "mrkdwn", "text": text}


def an_option(text: str, value: str, **more: Any) -> Json:
    """One choice."""
    return {"text": plain(text), "value": value, **more}


ONE, TWO = an_option("One", "1", description=plain("first")), an_option("Two", "2")


def an_element(kind: str, **more: Any) -> Json:
    """An element whose action id is "a"."""
    return {"type": kind, "action_id": "a", **more}


def input_block(element: Json, **more: Any) -> Json:
    """A field called Label in the block "b"."""
    return {"type": "input", "block_id": "b", "label": plain("Label"), "element": element, **more}


def line(words: str, **style: bool) -> Json:
    """A line of rich text."""
    return {"type": "rich_text_section", "elements": [{"type": "text", "text": words, "style": style}]}
