"""rich_text as HTML: sections, nested lists, quotes, preformatted text and what stands in them.

docs.slack.dev/reference/block-kit/blocks/rich-text-block (read 2026-11).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from markupsafe import Markup, escape

from bot.sandbox.pages import draw_links
from bot.sandbox.pages.draw_emoji import emoji_of
from bot.sandbox.pages.draw_json import DEEPEST, obj, objects, shown, string, whole
from bot.sandbox.pages.draw_macros import macro
from bot.sandbox.pages.draw_reader import Reader
from bot.sandbox.world import Json

_MOST_INDENT = 8
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_STYLES = (
    ("code", Markup('<code class="bk-code">{}</code>')),
    ("highlight", Markup("<mark>{}</mark>")),
    ("strike", Markup("<s>{}</s>")),
    ("underline", Markup("<u>{}</u>")),
    ("italic", Markup("<em>{}</em>")),
    ("bold", Markup("<strong>{}</strong>")),
)
_NOTHING = Markup("")
_BREAK = Markup("<br>")


@dataclass(slots=True, kw_only=True)
class Item:
    """One line of a list and the lists inside it."""

    html: Markup
    lists: list["Listed"] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Listed:
    """A list at one indent. `start`: the number before its first item."""

    indent: int
    ordered: bool
    border: bool
    start: int
    items: list[Item] = field(default_factory=list)


def draw_rich(block: Json, reader: Reader) -> Markup:
    """A rich_text block or the value of a rich_text_input."""
    return _parts(block.get("elements"), reader, 0)


def rich_words(block: Json) -> str:
    """Its bare words, a line to each part."""
    return "\n".join(_words(part, 0) for part in objects(block.get("elements")))


def _words(part: Json, depth: int) -> str:
    if depth > DEEPEST:
        return ""
    between = "\n" if part.get("type") == "rich_text_list" else ""
    inner = between.join(_words(one, depth + 1) for one in objects(part.get("elements")))
    return inner or shown(part.get("text")) or shown(part.get("url"))


def _parts(value: object, reader: Reader, depth: int) -> Markup:
    if depth > DEEPEST:
        return macro("blocks.html", "unknown")("deeper nesting")
    drawn, run = _NOTHING, list[Listed]()
    for part in objects(value):
        if part.get("type") == "rich_text_list":
            _add_list(run, part, reader, depth)
            continue
        drawn += _lists(run) + _part(part, reader, depth)
        run = []
    return drawn + _lists(run)


def _part(part: Json, reader: Reader, depth: int) -> Markup:
    inner = _leaves(part, reader, depth)
    match part.get("type"):
        case "rich_text_section":
            return macro("rich_text.html", "section")(inner)
        case "rich_text_quote":
            return macro("rich_text.html", "quote")(inner)
        case "rich_text_preformatted":
            return macro("rich_text.html", "preformatted")(inner, shown(part.get("language")))
        case kind:
            return macro("blocks.html", "unknown")(shown(kind))


def _add_list(run: list[Listed], part: Json, reader: Reader, depth: int) -> None:
    """Slack sends a nested list as its own element with a higher indent, after the list it belongs in."""
    indent = whole(part.get("indent"), 0, 0, _MOST_INDENT)
    ordered = part.get("style") == "ordered"
    items = [Item(html=_item(one, reader, depth)) for one in objects(part.get("elements"))]
    lists = run
    while lists and lists[-1].indent < indent and lists[-1].items:
        lists = lists[-1].items[-1].lists
    last = lists[-1] if lists else None
    goes_on = last is not None and (last.indent, last.ordered) == (indent, ordered) and "offset" not in part
    if last is not None and goes_on:
        last.items += items
        return
    start = whole(part.get("offset"), 0, 0, 1_000_000) + 1
    border = part.get("border") in (1, True)
    lists.append(Listed(indent=indent, ordered=ordered, border=border, start=start, items=items))


def _item(part: Json, reader: Reader, depth: int) -> Markup:
    if part.get("type") == "rich_text_section":
        return _leaves(part, reader, depth)
    return _parts([part], reader, depth + 1)


def _lists(run: list[Listed]) -> Markup:
    return macro("rich_text.html", "lists")(run) if run else _NOTHING


def _leaves(part: Json, reader: Reader, depth: int) -> Markup:
    drawn = _NOTHING
    for one in objects(part.get("elements")):
        kind = string(one.get("type"))
        if kind.startswith("rich_text_"):
            drawn += _parts([one], reader, depth + 1)
        else:
            leaf = LEAVES.get(kind)
            drawn += _styled(leaf(one, reader), one) if leaf else macro("blocks.html", "unknown_inline")(kind)
    return drawn


def _styled(drawn: Markup, leaf: Json) -> Markup:
    style = obj(leaf.get("style"))
    for name, tag in _STYLES:
        if style.get(name) is True:
            drawn = tag.format(drawn)
    return drawn


def _text(leaf: Json, _reader: Reader) -> Markup:
    return _BREAK.join(escape(line) for line in shown(leaf.get("text")).split("\n"))


def _link(leaf: Json, _reader: Reader) -> Markup:
    url = shown(leaf.get("url"))
    return draw_links.link(url, shown(leaf.get("text")) or url)


def _emoji(leaf: Json, _reader: Reader) -> Markup:
    name = shown(leaf.get("name"))
    tone = leaf.get("skin_tone")
    return escape(emoji_of(f"{name}::skin-tone-{tone}" if tone else name) or f":{name}:")


def _date(leaf: Json, reader: Reader) -> Markup:
    return draw_links.date(
        leaf.get("timestamp"),
        shown(leaf.get("format")),
        reader,
        fallback=shown(leaf.get("fallback")),
        url=shown(leaf.get("url")),
        timezone=shown(leaf.get("timezone")),
    )


def _color(leaf: Json, _reader: Reader) -> Markup:
    value = shown(leaf.get("value"))
    return macro("rich_text.html", "color")(value, value if _HEX.fullmatch(value) else "")


LEAVES: Mapping[str, Callable[[Json, Reader], Markup]] = MappingProxyType(
    {
        "text": _text,
        "link": _link,
        "emoji": _emoji,
        "date": _date,
        "user": lambda leaf, reader: draw_links.person(shown(leaf.get("user_id")), reader),
        "channel": lambda leaf, reader: draw_links.channel(shown(leaf.get("channel_id")), reader),
        "usergroup": lambda leaf, _reader: draw_links.group(shown(leaf.get("usergroup_id"))),
        "team": lambda leaf, _reader: draw_links.group(shown(leaf.get("team_id"))),
        "broadcast": lambda leaf, _reader: draw_links.mention(f"@{shown(leaf.get('range'))}"),
        "color": _color,
    }
)
