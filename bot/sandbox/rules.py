"""How a rule of Block Kit is written down and applied: small checks that report a JSON pointer. Knows no particular block.

The limits are those of docs.slack.dev/reference/block-kit (read 2026-11), written down by hand: no library is asked.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Surface = Literal["message", "modal", "home"]
Check = Callable[["Ruling", str, Any], None]
"""(where to report, JSON pointer, value)."""


_URL = re.compile(r"https?://[^\s/?#]+[^\s]*|(?:slack|mailto|tel):[^\s]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing Slack refuses: where (JSON pointer) and why, in Slack's manner."""

    pointer: str
    words: str

    def __str__(self) -> str:
        return f"[ERROR] {self.words} [json-pointer:{self.pointer}]"


@dataclass(slots=True, kw_only=True)
class Ruling:
    """What was found in one payload so far, and what must be unique or summed over all of it."""

    surface: Surface
    problems: list[Problem] = field(default_factory=list)
    block_ids: set[str] = field(default_factory=set)
    action_ids: set[str] = field(default_factory=set)
    focused: int = 0
    markdown: int = 0
    tables: int = 0

    def refuse(self, pointer: str, words: str) -> None:
        """Report."""
        self.problems.append(Problem(pointer=pointer, words=words))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """An object's fields with their checks; every other field is refused, as Slack does."""

    fields: Mapping[str, Check]
    required: frozenset[str] = frozenset()
    also: Check | None = None


def check_shape(ruling: Ruling, pointer: str, value: Any, shape: Shape) -> None:
    """Apply a shape."""
    if not isinstance(value, dict):
        ruling.refuse(pointer, "must be an object")
        return
    for name in sorted(shape.required - set(value)):
        ruling.refuse(pointer, f"missing required field: {name}")
    for name, inner in value.items():
        check = shape.fields.get(name)
        if check is None:
            ruling.refuse(pointer, f"invalid additional property: {name}")
        else:
            check(ruling, f"{pointer}/{name}", inner)
    if shape.also is not None:
        shape.also(ruling, pointer, value)


def size(words: str) -> int:
    """Characters as a browser counts them (UTF-16): most emoji are two. Slack does not say how it counts; this is the sparest."""
    return len(words) if words.isascii() else len(words.encode("utf-16-le", "surrogatepass")) // 2


def string(maximum: int, minimum: int = 1) -> Check:
    """A string of `minimum` to `maximum` characters."""

    def check(ruling: Ruling, pointer: str, value: Any) -> None:
        if not isinstance(value, str):
            ruling.refuse(pointer, "must be a string")
        elif size(value) > maximum:
            ruling.refuse(pointer, f"must be less than {maximum + 1} characters")
        elif len(value) < minimum:
            ruling.refuse(pointer, f"must be more than {minimum - 1} characters")

    return check


def one_of(*allowed: str) -> Check:
    """One of a few words."""

    def check(ruling: Ruling, pointer: str, value: Any) -> None:
        if value not in allowed:
            ruling.refuse(pointer, f"must be one of: {', '.join(allowed)}")

    return check


def number(lowest: int, highest: int) -> Check:
    """A whole number in a range."""

    def check(ruling: Ruling, pointer: str, value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            ruling.refuse(pointer, "must be an integer")
        elif not lowest <= value <= highest:
            ruling.refuse(pointer, f"must be between {lowest} and {highest}")

    return check


def boolean(ruling: Ruling, pointer: str, value: Any) -> None:
    """True or false."""
    if not isinstance(value, bool):
        ruling.refuse(pointer, "must be a boolean")


def focus(ruling: Ruling, pointer: str, value: Any) -> None:
    """`focus_on_load`: one element of a payload at most."""
    boolean(ruling, pointer, value)
    if value is True:
        ruling.focused += 1
        if ruling.focused > 1:
            ruling.refuse(pointer, "only one element may have focus_on_load")


def url(ruling: Ruling, pointer: str, value: Any) -> None:
    """A link: a scheme and at most 3,000 characters."""
    string(3000)(ruling, pointer, value)
    if isinstance(value, str) and not _URL.fullmatch(value):
        ruling.refuse(pointer, "invalid url")


def anything(_ruling: Ruling, _pointer: str, _value: Any) -> None:
    """Not looked into."""


def items(check: Check, lowest: int, highest: int) -> Check:
    """A list of `lowest` to `highest` values, each checked."""

    def check_all(ruling: Ruling, pointer: str, value: Any) -> None:
        if not isinstance(value, list):
            ruling.refuse(pointer, "must be an array")
            return
        if len(value) > highest:
            ruling.refuse(pointer, f"no more than {highest} items allowed")
        if len(value) < lowest:
            ruling.refuse(pointer, f"no fewer than {lowest} items allowed")
        for index, inner in enumerate(value):
            check(ruling, f"{pointer}/{index}", inner)

    return check_all


def shaped(shape: Shape) -> Check:
    """An object of that shape."""

    def check(ruling: Ruling, pointer: str, value: Any) -> None:
        check_shape(ruling, pointer, value, shape)

    return check


def unique(seen: str) -> Check:
    """A name of up to 255 characters that occurs once in the payload; `seen` is the ruling's set of them."""

    def check(ruling: Ruling, pointer: str, value: Any) -> None:
        string(255)(ruling, pointer, value)
        if not isinstance(value, str):
            return
        known: set[str] = getattr(ruling, seen)
        if value in known:
            ruling.refuse(pointer, f"`{seen.removesuffix('s')}` `{value}` already exists")
        known.add(value)

    return check


def text(limit: int, *, plain: bool = False, minimum: int = 1) -> Check:
    """A text object; `plain` where Slack takes no mrkdwn."""

    def check(ruling: Ruling, pointer: str, value: Any) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if kind not in (("plain_text",) if plain else ("plain_text", "mrkdwn")):
            ruling.refuse(
                f"{pointer}/type", "must be plain_text" if plain else "must be plain_text or mrkdwn"
            )
            return
        flag = "emoji" if kind == "plain_text" else "verbatim"
        fields: dict[str, Check] = {"type": anything, "text": string(limit, minimum), flag: boolean}
        check_shape(ruling, pointer, value, Shape(fields=fields, required=frozenset({"text"})))

    return check
