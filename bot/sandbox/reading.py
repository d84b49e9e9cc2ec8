"""Block Kit as plain text, as a person at a terminal reads it. Pure."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from bot.sandbox.world import Json

Names = Callable[[str], str]
"""User id -> the name on screen."""

_SPECIAL = re.compile(r"<([^<>\n]*)>")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_BOLD = re.compile(r"(?<![\w*])\*(\S(?:[^*\n]*\S)?)\*(?![\w*])")
_MARKS = {"error": "✖", "warning": "⚠", "success": "✔", "info": "ℹ", "default": "•"}


def plain(text: object, names: Names) -> str:
    """A text object or a string of mrkdwn as it looks on screen, without characters that would steer a terminal."""
    if isinstance(text, dict):
        words = _CONTROL.sub("", str(text.get("text", "")))
        return words if text.get("type") == "plain_text" else _mrkdwn(words, names)
    return _mrkdwn(_CONTROL.sub("", str(text)), names)


def _mrkdwn(words: str, names: Names) -> str:
    shown = _SPECIAL.sub(lambda found: _special(found.group(1), names), words)
    shown = _BOLD.sub(r"\1", shown)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _special(inside: str, names: Names) -> str:
    """What stands between < and >: a mention, a date, a link."""
    target, bar, label = inside.partition("|")
    if target.startswith("@"):
        return f"@{names(target[1:])}"
    if target.startswith("!date"):
        return inside.rpartition("|")[2] if bar else target
    if target.startswith(("#", "!")):
        return label or target
    return label or target


def read_view(body: Json, state: Json, names: Names, *, errors: dict[str, str] | None = None) -> str:
    """A modal: title, blocks, and its buttons at the foot."""
    lines = [f"┌─ {plain(body['title'], names)}"]
    for block in body["blocks"]:
        lines += [f"│ {line}" for line in _lines(block, state, names)]
        wrong = (errors or {}).get(block.get("block_id", ""))
        if wrong:
            lines.append(f"│   ✖ {wrong}")
    foot = [f"[{plain(body[name], names)}]" for name in ("close", "submit") if body.get(name)]
    lines.append(f"└─ {' '.join(foot)}".rstrip())
    return "\n".join(lines)


def read_message(text: str, blocks: list[Json], state: Json, names: Names) -> str:
    """A message: its blocks, or its text when it has none."""
    if not blocks:
        return plain(text, names)
    return "\n".join(line for block in blocks for line in _lines(block, state, names))


def _lines(block: Json, state: Json, names: Names) -> list[str]:
    return [line for part in _parts(block, state, names) for line in part.split("\n")]


def _parts(block: Json, state: Json, names: Names) -> Iterator[str]:
    values = state.get(block.get("block_id", ""), {})
    match block["type"]:
        case "header":
            yield f"── {plain(block['text'], names)} ──"
        case "section":
            yield from _section(block, values, names)
        case "context":
            shown = (element.get("alt_text") or plain(element, names) for element in block["elements"])
            yield f"  {' '.join(shown)}"
        case "actions":
            yield " ".join(_control(element, values, names) for element in block["elements"])
        case "divider":
            yield "─" * 40
        case "alert":
            yield f"{_MARKS.get(block.get('level', 'default'), '•')} {plain(block['text'], names)}"
        case "image":
            yield f"(picture: {block['alt_text']})"
        case "input":
            yield from _input(block, values, names)
        case other:
            yield f"({other})"


def _section(block: Json, values: Json, names: Names) -> Iterator[str]:
    if "text" in block:
        yield plain(block["text"], names)
    for field in block.get("fields", []):
        yield plain(field, names)
    if "accessory" in block:
        yield _control(block["accessory"], values, names)


def _input(block: Json, values: Json, names: Names) -> Iterator[str]:
    optional = " (optional)" if block.get("optional") else ""
    yield f"{plain(block['label'], names)}{optional}"
    yield f"  {_control(block['element'], values, names)}"
    if "hint" in block:
        yield f"  {plain(block['hint'], names)}"


def _control(element: Json, values: Json, names: Names) -> str:
    kind = element["type"]
    state = values.get(element.get("action_id", ""), {})
    if kind == "button":
        return f"[{plain(element['text'], names)}]"
    if kind in {"checkboxes", "radio_buttons"}:
        return _boxes(element, state, names)
    if kind == "image":
        return f"(picture: {element['alt_text']})"
    if kind == "plain_text_input":
        hint = _placeholder(element, names)
        return f"[{state['value']}_]" if state.get("value") else f"[_] {hint}".rstrip()
    chosen = ", ".join(_chosen(state, names))
    return f"[{chosen or _placeholder(element, names)} ▾]"


def _boxes(element: Json, state: Json, names: Names) -> str:
    picked = [*(state.get("selected_options") or []), state.get("selected_option")]
    values = {option["value"] for option in picked if option}
    on, off = ("◉", "○") if element["type"] == "radio_buttons" else ("☑", "☐")
    lines = []
    for option in element["options"]:
        more = f" ({plain(option['description'], names)})" if "description" in option else ""
        lines.append(f"{on if option['value'] in values else off} {plain(option['text'], names)}{more}")
    return "\n  ".join(lines)


def _chosen(state: Json, names: Names) -> Iterator[str]:
    for option in [state.get("selected_option"), *(state.get("selected_options") or [])]:
        if option:
            yield plain(option["text"], names)
    single: list[Any] = [
        state.get(f"selected_{kind}") for kind in ("user", "conversation", "channel", "date", "time")
    ]
    many: list[Any] = [state.get(f"selected_{kind}") for kind in ("users", "conversations", "channels")]
    for value in [*single, *(inner for listed in many if listed for inner in listed)]:
        if value:
            yield names(str(value))


def _placeholder(element: Json, names: Names) -> str:
    return plain(element["placeholder"], names) if "placeholder" in element else ""
