"""Small constructors of Block Kit's pieces, as plain dicts cut to Slack's limits (docs.slack.dev/reference/block-kit, read 2026-11)."""

import json
from collections.abc import Sequence
from typing import Any, Literal, NotRequired, TypedDict

from blocks.text import NAMELESS, shorten, shorten_mrkdwn

Json = dict[str, Any]
Style = Literal["primary", "danger"]
TEXT_LIMIT = 3900
"""Of a message's `text`: chat.update refuses more than 4,000."""


class Message(TypedDict):
    """What chat.postMessage, chat.update and response_url take; `text` is what notifications and screen readers read."""

    text: str
    blocks: list[Json]


class View(TypedDict):
    """What views.open, views.push and views.update take."""

    type: Literal["modal"]
    callback_id: str
    title: Json
    blocks: list[Json]
    close: Json
    submit: NotRequired[Json]
    private_metadata: NotRequired[str]
    external_id: NotRequired[str]


def message(text: str, blocks: list[Json]) -> Message:
    """A message; `text` is mrkdwn and holds the essentials."""
    return {"text": shorten_mrkdwn(text, TEXT_LIMIT), "blocks": blocks}


def modal(
    title: str,
    callback_id: str,
    blocks: list[Json],
    *,
    submit: str | None = None,
    close: str = "Close",
    metadata: str = "",
    external_id: str = "",
) -> View:
    """A modal; `title` is plain text and cut to 24 characters."""
    view: View = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, 24),
        "blocks": blocks,
        "close": plain(close, 24),
    }
    if submit is not None:
        view["submit"] = plain(submit, 24)
    if metadata:
        view["private_metadata"] = metadata
    if external_id:
        view["external_id"] = external_id
    return view


def metadata(**values: str | int | bool | None) -> str:
    """JSON for private_metadata or a button's value; long words are cut so that it stays under 2,000 characters."""
    cut = {key: shorten(value, 250) if isinstance(value, str) else value for key, value in values.items()}
    return json.dumps(cut, ensure_ascii=False, separators=(",", ":"))


def plain(text: str, limit: int) -> Json:
    """A plain_text object. Takes text as it is: nothing acts in it, and with `emoji` off ":red_circle:" stays words."""
    return {"type": "plain_text", "text": shorten(text, limit) or NAMELESS, "emoji": False}


def mrkdwn(text: str, limit: int = 3000) -> Json:
    """A mrkdwn object; `verbatim` keeps Slack from making links of bare addresses and channel names."""
    return {"type": "mrkdwn", "text": shorten_mrkdwn(text, limit), "verbatim": True}


def section(text: str, accessory: Json | None = None) -> Json:
    """One paragraph of mrkdwn, with a control beside it or not."""
    if accessory is None:
        return {"type": "section", "text": mrkdwn(text)}
    return {"type": "section", "text": mrkdwn(text), "accessory": accessory}


def if_it_stays() -> Json:
    """Under whatever turns by itself: true also for a view whose bot stopped before it could."""
    return context("If this stays for more than a minute, close it and try again.")


def context(text: str) -> Json:
    """Secondary facts, small."""
    return {"type": "context", "elements": [mrkdwn(text)]}


def header(text: str) -> Json:
    """A heading."""
    return {"type": "header", "text": plain(text, 150)}


def divider() -> Json:
    """A line."""
    return {"type": "divider"}


def notice(text: str, level: str = "info") -> Json:
    """What just happened, in a modal (no other surface takes an alert); longer than 200 characters it reads better as a paragraph."""
    if len(text) > 200:
        return section(text)
    return {"type": "alert", "text": mrkdwn(text), "level": level}


def actions(*elements: Json) -> Json:
    """A row of buttons."""
    return {"type": "actions", "elements": list(elements)}


def button(
    text: str,
    action: str,
    *,
    value: str | None = None,
    url: str | None = None,
    style: Style | None = None,
    label: str | None = None,
) -> Json:
    """A button; `label` is what a screen reader says where the same text repeats."""
    drawn: Json = {"type": "button", "text": plain(text, 75), "action_id": action}
    if value is not None:
        drawn["value"] = value
    if url is not None:
        drawn["url"] = url
    if style is not None:
        drawn["style"] = style
    if label is not None:
        drawn["accessibility_label"] = shorten(label, 75)
    return drawn


def option(text: str, value: str, description: str = "") -> Json:
    """One choice of a select or checkboxes."""
    drawn: Json = {"text": plain(text, 75), "value": value}
    if description:
        drawn["description"] = plain(description, 75)
    return drawn


def option_group(label: str, options: Sequence[Json]) -> Json:
    """Up to 100 choices under a label."""
    return {"label": plain(label, 75), "options": list(options)}


def input_block(block: str, label: str, element: Json, *, hint: str = "", optional: bool = False) -> Json:
    """A field with its label; Slack shows an error beside it by `block`."""
    drawn: Json = {"type": "input", "block_id": block, "label": plain(label, 2000), "element": element}
    if hint:
        drawn["hint"] = plain(hint, 2000)
    if optional:
        drawn["optional"] = True
    return drawn
