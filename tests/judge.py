"""The second judge of Slack's limits and surfaces: reads tests/judge_table.py, shares no code with what it judges.

A problem reads as Slack says it: "invalid_blocks: must be less than 76 characters [json-pointer:/blocks/0/accessory/text/text]".
"""

import json
from collections.abc import Iterator
from typing import Any

from tests.judge_table import (
    BLOCKS,
    COMPOSITIONS,
    ELEMENTS,
    HOME_FIELDS,
    MODAL_FIELDS,
    MOST_BLOCKS,
    MOST_MARKDOWN,
    MOST_MESSAGE_TEXT,
    MOST_VIEW_BYTES,
    F,
    Kind,
)

Found = Iterator[tuple[str, str]]
"""Pointer and what is wrong there."""


def judge_message(payload: dict[str, Any]) -> list[str]:
    """Problems of what chat.postMessage, chat.update or a response_url would be sent; [] if Slack would take it."""
    problems = []
    text = payload.get("text") or ""
    blocks = payload.get("blocks") or []
    if not text and not blocks:
        problems.append("no_text: neither text nor blocks [json-pointer:/text]")
    if _length(text) > MOST_MESSAGE_TEXT:
        problems.append(f"msg_too_long: more than {MOST_MESSAGE_TEXT} characters [json-pointer:/text]")
    found = [*_blocks(blocks, "/blocks", "message"), *_across(blocks, "/blocks")]
    return problems + [_said("invalid_blocks", pointer, what) for pointer, what in found]


def judge_view(view: dict[str, Any]) -> list[str]:
    """Problems of what views.open, views.push, views.update or views.publish would be sent; [] if Slack would take it."""
    surface = view.get("type")
    if surface not in {"modal", "home"}:
        return [_said("invalid_arguments", "/view/type", f"unsupported type: {surface}")]
    blocks = view.get("blocks") or []
    rest = {key: value for key, value in view.items() if key != "blocks"}
    found = list(_fields(MODAL_FIELDS if surface == "modal" else HOME_FIELDS, rest, "/view", surface))
    if not blocks:
        found.append(("/view/blocks", "must have at least 1 items"))
    if surface == "modal" and "submit" not in view and any(_type(block) == "input" for block in blocks):
        found.append(("/view/submit", "missing required field: submit, as there is an input block"))
    found += [*_blocks(blocks, "/view/blocks", surface), *_across(blocks, "/view/blocks")]
    problems = [_said("invalid_arguments", pointer, what) for pointer, what in found]
    if len(json.dumps(view, ensure_ascii=False).encode("utf-8", "surrogatepass")) > MOST_VIEW_BYTES:
        problems.append(_said("view_too_large", "/view", f"more than {MOST_VIEW_BYTES} bytes"))
    return problems


def _said(error: str, pointer: str, what: str) -> str:
    return f"{error}: {what} [json-pointer:{pointer}]"


def _length(text: str) -> int:
    """UTF-16 units, the stricter count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _type(value: object) -> str:
    return str(value.get("type")) if isinstance(value, dict) else ""


def _blocks(blocks: list[Any], pointer: str, surface: str) -> Found:
    if len(blocks) > MOST_BLOCKS[surface]:
        yield pointer, f"no more than {MOST_BLOCKS[surface]} items allowed"
    for index, block in enumerate(blocks):
        yield from _block(block, f"{pointer}/{index}", surface, tuple(BLOCKS))


def _block(block: Any, pointer: str, surface: str, allowed: tuple[str, ...]) -> Found:
    kind = BLOCKS.get(_type(block))
    if kind is None or _type(block) not in allowed:
        yield f"{pointer}/type", f"unsupported type: {_type(block)}"
        return
    if surface not in kind.surfaces or not kind.sendable:
        yield f"{pointer}/type", f"unsupported type: {_type(block)} in a {surface}"
    rest = {key: value for key, value in block.items() if key != "block_id"}
    if "block_id" in block:
        yield from _sized(block["block_id"], F("string", most=255), f"{pointer}/block_id")
    yield from _fields(kind, rest, pointer, surface)


def _fields(kind: Kind, value: dict[str, Any], pointer: str, surface: str) -> Found:
    """Each field by its rule, unknown and missing ones, and fields that depend on one another."""
    if kind.fields is None:
        return
    for name in value.keys() - kind.fields.keys() - {"type"}:
        yield pointer, f"invalid additional property: {name}"
    for name, rule in kind.fields.items():
        if name in value:
            yield from _field(rule, value[name], f"{pointer}/{name}", surface)
        elif rule.required:
            yield pointer, f"missing required field: {name}"
    if kind.exactly_one and sum(name in value for name in kind.exactly_one) != 1:
        yield pointer, f"must have exactly one of {', '.join(kind.exactly_one)}"
    if kind.at_least_one and not any(name in value for name in kind.at_least_one):
        yield pointer, f"must have at least one of {', '.join(kind.at_least_one)}"
    yield from _initial(value, pointer)


def _initial(value: dict[str, Any], pointer: str) -> Found:
    """What is chosen at first must be one of the options, exactly as written there."""
    groups = value.get("option_groups") or []
    options = [
        *(value.get("options") or []),
        *(option for group in groups for option in group.get("options", [])),
    ]
    chosen = [
        *value.get("initial_options", []),
        *([value["initial_option"]] if "initial_option" in value else []),
    ]
    for option in chosen if options else []:
        if option not in options:
            yield pointer, f"initial option is not one of the options: {option.get('value')}"


def _field(rule: F, value: Any, pointer: str, surface: str) -> Found:
    match rule.kind:
        case "any":
            return
        case "bool" | "int" | "enum":
            yield from _scalar(rule, value, pointer)
        case "string" | "url":
            yield from _sized(value, rule, pointer)
        case "plain" | "text":
            yield from _text(rule, value, pointer, surface)
        case "element":
            yield from _element(rule, value, pointer, surface)
        case "object":
            yield from _object(rule, value, pointer, surface)
        case _:
            yield from _items(rule, value, pointer, surface)


def _scalar(rule: F, value: Any, pointer: str) -> Found:
    match rule.kind:
        case "bool":
            fits = isinstance(value, bool)
        case "int":
            fits = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        case _:
            fits = value in rule.of
    if not fits:
        yield pointer, f"must be {' or '.join(rule.of) or rule.kind}: {value!r}"


def _sized(value: Any, rule: F, pointer: str) -> Found:
    if not isinstance(value, str):
        yield pointer, "must be a string"
    elif _length(value) > rule.most:
        yield pointer, f"must be less than {rule.most + 1} characters"
    elif len(value) < rule.least:
        yield pointer, f"must be more than {rule.least - 1} characters"
    elif rule.kind == "url" and not value.startswith(("https://", "http://")):
        yield pointer, "must be a valid URL"


def _text(rule: F, value: Any, pointer: str, surface: str) -> Found:
    allowed = ("plain_text",) if rule.kind == "plain" else ("plain_text", "mrkdwn")
    if _type(value) not in allowed:
        yield f"{pointer}/type", f"must be {' or '.join(allowed)}"
        return
    rest = {key: part for key, part in value.items() if key != "text"}
    yield from _sized(value.get("text", ""), F("string", most=rule.most), f"{pointer}/text")
    yield from _fields(ELEMENTS[_type(value)], rest | {"text": "judged above"}, pointer, surface)


def _element(rule: F, value: Any, pointer: str, surface: str) -> Found:
    kind = ELEMENTS.get(_type(value))
    if kind is None or _type(value) not in rule.of:
        yield f"{pointer}/type", f"unsupported type: {_type(value)}"
        return
    if surface not in kind.surfaces:
        yield f"{pointer}/type", f"unsupported type: {_type(value)} in a {surface}"
    yield from _fields(kind, value, pointer, surface)


def _object(rule: F, value: Any, pointer: str, surface: str) -> Found:
    if not isinstance(value, dict):
        yield pointer, "must be an object"
        return
    yield from _fields(COMPOSITIONS[rule.of[0]], value, pointer, surface)


def _items(rule: F, value: Any, pointer: str, surface: str) -> Found:
    """A list: its length, then each of its items."""
    if not isinstance(value, list):
        yield pointer, "must be a list"
        return
    if len(value) > rule.most:
        yield pointer, f"no more than {rule.most} items allowed"
    if len(value) < rule.least:
        yield pointer, f"must have at least {rule.least} items"
    for index, item in enumerate(value):
        yield from _item(rule, item, f"{pointer}/{index}", surface)


def _item(rule: F, item: Any, pointer: str, surface: str) -> Found:
    match rule.kind:
        case "objects":
            yield from _object(rule, item, pointer, surface)
        case "elements":
            yield from _element(rule, item, pointer, surface)
        case "blocks":
            yield from _block(item, pointer, surface, rule.of)
        case "texts":
            yield from _text(F("text", most=2000), item, pointer, surface)
        case _:
            yield from _sized(item, F("string"), pointer)


def _across(blocks: list[Any], pointer: str) -> Found:
    """What is judged over the whole payload: ids, one focus, one table, the sum of markdown."""
    seen: dict[str, set[str]] = {"block_id": set(), "action_id": set()}
    focused = 0
    for where, part in _parts(blocks, pointer):
        for key, values in seen.items():
            if part.get(key) in values:
                yield f"{where}/{key}", f"{key} already exists: {part[key]}"
            if isinstance(part.get(key), str):
                values.add(part[key])
        focused += part.get("focus_on_load") is True
    if focused > 1:
        yield pointer, "only one element may have focus_on_load"
    if sum(_type(block) == "table" for block in blocks) > 1:
        yield pointer, "only_one_table_allowed"
    if sum(_length(str(block.get("text"))) for block in blocks if _type(block) == "markdown") > MOST_MARKDOWN:
        yield pointer, f"markdown blocks have more than {MOST_MARKDOWN} characters together"


def _parts(value: Any, pointer: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object inside, with its pointer."""
    if isinstance(value, dict):
        yield pointer, value
        for key, part in value.items():
            yield from _parts(part, f"{pointer}/{key}")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _parts(part, f"{pointer}/{index}")
