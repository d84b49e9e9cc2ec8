"""Finding what a person means: the button with these words, the field under that label, the option called so. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.sandbox.form_state import elements_of
from bot.sandbox.reading import Names, plain
from bot.sandbox.world import Json, walk_json

_BEGINS = frozenset({"section", "header", "divider", "input", "alert"})
"""Blocks that begin something new."""


class CannotDo(LookupError):
    """A person cannot do that on this screen: there is no such button, field or option. Shows the screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An element with the block it stands in."""

    block: Json
    element: Json


def find_button(body: Json, label: str, names: Names, *, near: str | None = None) -> Found | None:
    """The button that says `label` (or says so to a screen reader); `near`: words of its block, or of the paragraph it follows.

    Raises CannotDo where two fit and `near` does not tell them apart.
    """
    blocks = body.get("blocks") or []
    for part in [blocks] if near is None else _parts(blocks, near, names):
        listed = (Found(block=block, element=element) for block, element in elements_of({"blocks": part}))
        fits = [found for found in listed if _says(found.element, label, names)]
        exact = [found for found in fits if found.element.get("accessibility_label") == label] or fits
        if len(exact) > 1 and near is None:
            raise CannotDo(f"{len(exact)} buttons say {label!r} here; say which one with near=")
        if exact:
            return exact[0]
    return None


def _parts(blocks: list[Json], near: str, names: Names) -> Iterator[list[Json]]:
    """Each block with those words and what belongs to it: everything up to the next paragraph, heading or line."""
    for start, block in enumerate(blocks):
        if near in words_of(block, names):
            ends = (index for index in range(start + 1, len(blocks)) if blocks[index]["type"] in _BEGINS)
            yield blocks[start : next(ends, len(blocks))]


def find_field(body: Json, label: str, names: Names) -> Found | None:
    """The field or select under `label`: an input's label, a placeholder, or the words beside a select."""
    listed = [Found(block=block, element=element) for block, element in elements_of(body)]
    fields = [found for found in listed if found.element["type"] != "button"]
    for test in (_labelled, _placed, _beside):
        for found in fields:
            if test(found, label, names):
                return found
    return None


def pick_option(listed: list[Any], words: str, names: Names) -> Json | None:
    """An option of a list by its value or its words; words may be the beginning if only one fits."""
    fits = [option for option in listed if option["value"] == words]
    fits += [option for option in listed if plain(option["text"], names) == words]
    if fits:
        return dict(fits[0])
    begun = [option for option in listed if plain(option["text"], names).startswith(words)]
    return dict(begun[0]) if len(begun) == 1 else None


def words_of(block: Json, names: Names) -> str:
    """Every word a block shows."""
    texts = (
        inner
        for inner in walk_json(block)
        if inner.get("type") in {"plain_text", "mrkdwn"} and "text" in inner
    )
    return "\n".join(plain(dict(text), names) for text in texts)


def _says(element: Json, label: str, names: Names) -> bool:
    if element["type"] != "button":
        return False
    return label in (plain(element["text"], names), element.get("accessibility_label"))


def _labelled(found: Found, label: str, names: Names) -> bool:
    return "label" in found.block and plain(found.block["label"], names) == label


def _placed(found: Found, label: str, names: Names) -> bool:
    return "placeholder" in found.element and plain(found.element["placeholder"], names) == label


def _beside(found: Found, label: str, names: Names) -> bool:
    return label in words_of(found.block, names)
