"""An element where it stands: its ids, its name for a screen reader, and what is chosen or typed in it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from bot.sandbox.form_state import value_key
from bot.sandbox.pages.draw_json import obj, string
from bot.sandbox.pages.draw_reader import Reader
from bot.sandbox.pages.draw_text import words_of
from bot.sandbox.world import Json

_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9_]+")


@dataclass(slots=True, kw_only=True)
class Ids:
    """Ids that occur once in a drawing. They follow the bot's own names, so that a page drawn anew keeps its focus."""

    prefix: str
    _taken: set[str] = field(default_factory=set)

    def take(self, name: str, *, under: str = "") -> str:
        """An id made of a name, below another id or the prefix; numbered where it is taken already.

        A name holds no "--": what we append to an id ("--hint") meets no other id.
        """
        wanted = f"{under or _slug(self.prefix)}-{_slug(name)}"
        found, number = wanted, 1
        while found in self._taken:
            number += 1
            found = f"{wanted}--{number}"
        self._taken.add(found)
        return found


def _slug(name: str) -> str:
    return _NOT_IN_IDS.sub("-", name).strip("-") or "x"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is needed throughout one drawing. `errors`: block id -> words."""

    reader: Reader
    ids: Ids
    state: Json
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """An element as it is to be drawn. `legend`: its label, where it must stand inside (a group of boxes)."""

    element: Json
    kind: str
    id: str
    value: Any
    reader: Reader
    name: str
    """What a screen reader calls it."""
    place: str
    """The type of its block."""
    labelled_by: str = ""
    described_by: str = ""
    legend: Markup | None = None
    is_wrong: bool = False
    dispatch: str = ""

    @property
    def action(self) -> str:
        """The bot's name for it."""
        return string(self.element.get("action_id"))

    @property
    def naming(self) -> Markup:
        """The attribute that names it; none where a `<label>` does."""
        if self.place == "input":
            return Markup("")
        if self.labelled_by:
            return Markup(' aria-labelledby="{}"').format(self.labelled_by)
        return Markup(' aria-label="{}"').format(self.name)

    @property
    def describing(self) -> Markup:
        """The attribute that ties hint and error to it."""
        if not self.described_by:
            return Markup("")
        return Markup(' aria-describedby="{}"').format(self.described_by)


def control(sheet: Sheet, block: Json, element: Json, block_id: str, *, labelled_by: str = "") -> Control:
    """An element of an actions block or beside a section. A placeholder names it before the words beside it do."""
    kind, action = string(element.get("type")), string(element.get("action_id"))
    placeholder = words_of(element.get("placeholder"), sheet.reader)
    return Control(
        element=element,
        kind=kind,
        id=sheet.ids.take(action or "element", under=block_id),
        value=value_in(sheet, block, element),
        reader=sheet.reader,
        name=placeholder or kind.removeprefix("multi_").replace("_", " "),
        place=string(block.get("type")),
        labelled_by="" if placeholder else labelled_by,
    )


def value_in(sheet: Sheet, block: Json, element: Json) -> Any:
    """What is chosen or typed: from the state, or what the bot began with where nobody has touched it."""
    key = value_key(string(element.get("type")))
    stored = obj(sheet.state.get(string(block.get("block_id")))).get(string(element.get("action_id")))
    if isinstance(stored, dict) and key in stored:
        return stored[key]
    return element.get(key.replace("selected", "initial") if key != "value" else "initial_value")
