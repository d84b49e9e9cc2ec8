"""Every example of what the bot sends, side by side: each family a page, each state a card. Pure; controls do nothing here."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from bot.sandbox.pages.draw import Reader, draw, draw_text
from bot.sandbox.pages.draw_field import Ids
from bot.sandbox.pages.draw_json import objects
from bot.sandbox.pages.draw_text import words_of
from bot.sandbox.world import cast

Examples = Mapping[str, Callable[[], Mapping[str, object]]]
"""Title such as "listing, empty (longest)" -> what would be sent: family, state, and the kind of names in it."""

_KIND = re.compile(r"\s*\(([^()]*)\)$")
_NOT_IN_ANCHORS = re.compile(r"[^a-z0-9]+")
ANY = "any"
"""The kind of names of an example that does not say."""
_SAID = {"plain": "Ordinary names"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyLink:
    """A family in the index and in the navigation. `states`: how many, whatever the names."""

    name: str
    url: str
    states: int
    is_here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KindLink:
    """The same page with other names in it."""

    name: str
    url: str
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One example. `surface`: "message" or "modal"; a modal has a title and the words of its buttons."""

    name: str
    anchor: str
    surface: str
    body: Markup
    title: str = ""
    submit: str = ""
    close: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyPage:
    """Every state of a family with one kind of names."""

    name: str
    kinds: tuple[KindLink, ...]
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryView:
    """What templates/gallery.html shows: the index, or with `page` one family."""

    families: tuple[FamilyLink, ...]
    examples: int
    page: FamilyPage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Title:
    family: str
    state: str
    kind: str


def gallery_index(gallery: Examples) -> dict[str, Any]:
    """The families with their counts, as `gallery` for the template."""
    return {"gallery": GalleryView(families=_families(gallery, None, ""), examples=len(gallery))}


def gallery_family(
    gallery: Examples, family: str, kind: str = "", *, reader: Reader | None = None
) -> dict[str, Any]:
    """A family by the last part of its address, as `gallery` for the template; an unknown kind is the first there is.

    Raises LookupError for a family there is not.
    """
    titles = {title: _title(title) for title in gallery}
    mine = {title: read for title, read in titles.items() if _anchor(read.family) == family}
    if not mine:
        raise LookupError(f"no example's title begins with {family!r}")
    kinds = list(dict.fromkeys(read.kind for read in mine.values()))
    here = kind if kind in kinds else kinds[0]
    name = next(iter(mine.values())).family
    ids = Ids(prefix="state")
    cards = (
        _card(ids.take(read.state or read.family), read, gallery[title](), reader or _someone())
        for title, read in mine.items()
        if read.kind == here
    )
    page = FamilyPage(
        name=_capital(name),
        kinds=tuple(_kinds(family, kinds, here)),
        cards=tuple(cards),
    )
    view = GalleryView(families=_families(gallery, name, here), examples=len(gallery), page=page)
    return {"gallery": view}


def _title(title: str) -> _Title:
    found = _KIND.search(title)
    rest = title[: found.start()] if found else title
    family, _, state = rest.partition(",")
    # A parenthesis inside the title belongs to the state.
    family, bracket, more = family.partition("(")
    state = f"{bracket}{more}{state}".strip()
    return _Title(family=family.strip(), state=state, kind=found[1] if found else ANY)


def _families(gallery: Examples, here: str | None, kind: str) -> tuple[FamilyLink, ...]:
    states: dict[str, set[str]] = {}
    for title in gallery:
        read = _title(title)
        states.setdefault(read.family, set()).add(read.state)
    query = f"?{urlencode({'kind': kind})}" if kind and kind != ANY else ""
    return tuple(
        FamilyLink(
            name=_capital(family),
            url=f"/gallery/{_anchor(family)}{query}",
            states=len(found),
            is_here=family == here,
        )
        for family, found in states.items()
    )


def _kinds(family: str, kinds: list[str], here: str) -> Iterator[KindLink]:
    for kind in kinds if len(kinds) > 1 else []:
        yield KindLink(
            name=_SAID.get(kind, _capital(kind)),
            url=f"/gallery/{family}?{urlencode({'kind': kind})}",
            is_here=kind == here,
        )


def _card(anchor: str, read: _Title, sent: Mapping[str, object], reader: Reader) -> Card:
    says = any(letter.isalpha() for letter in read.state)
    blocks = objects(sent.get("blocks"))
    drawn = draw(blocks, reader=reader, prefix=f"in-{anchor}")
    is_modal = sent.get("type") == "modal"
    return Card(
        name=_capital(read.state if says else f"{read.family} {read.state}".strip()),
        anchor=anchor,
        surface="modal" if is_modal else "message",
        body=drawn if blocks or is_modal else draw_text(sent.get("text"), reader),
        title=words_of(sent.get("title"), reader),
        submit=words_of(sent.get("submit"), reader),
        close=words_of(sent.get("close"), reader) or "Close",
    )


def _someone() -> Reader:
    """A reader for whom nothing moves: the examples are drawn alike every day."""
    names = {human.id: human.real_name for human in cast()}
    return Reader(
        person=names.get,
        channel={"C0GENERAL": "general"}.get,
        tz="Australia/Melbourne",
        now=datetime(2026, 11, 24, 12, 0, tzinfo=UTC),
    )


def _anchor(name: str) -> str:
    return _NOT_IN_ANCHORS.sub("-", name.lower()).strip("-") or "other"


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
