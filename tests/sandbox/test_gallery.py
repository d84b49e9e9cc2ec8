"""The gallery shows everything the bot sends, in every state, and nothing in it does anything."""

from typing import Any

import pytest

from blocks.examples import EXAMPLES
from bot.sandbox.pages.gallery import GalleryView, gallery_family, gallery_index
from bot.sandbox.pages.templating import environment
from tests.sandbox.drawn import Node, check_ids, check_labels, parsed
from tests.sandbox.made_blocks import Json

FAMILIES = tuple(link.url.rpartition("/")[2] for link in gallery_index(EXAMPLES)["gallery"].families)


def _view(data: dict[str, Any]) -> GalleryView:
    view: GalleryView = data["gallery"]
    return view


def _page(data: dict[str, Any]) -> Node:
    html = environment().get_template("gallery.html").render(**data)
    return parsed(html.removeprefix("<!doctype html>").strip())


def _message(text: str) -> Json:
    return {"text": text, "blocks": []}


MADE = {
    "tile, empty (plain)": lambda: _message("one"),
    "tile, empty (longest)": lambda: _message("two"),
    "tile, many (of them) (plain)": lambda: _message("three"),
    "tile (hostile)": lambda: _message("four"),
    "tile, (empty) (plain)": lambda: _message("six"),
    "other": lambda: _message("five"),
}


def test_index() -> None:
    """The index names each family once, with how many states it has."""
    view = _view(gallery_index(MADE))
    assert [(link.name, link.url, link.states) for link in view.families] == [
        ("Tile", "/gallery/tile", 4),
        ("Other", "/gallery/other", 1),
    ]
    assert len(_page(gallery_index(MADE)).one("ul", class_="gallery-index").all("a")) == 2


def test_kinds() -> None:
    """One page shows one kind of names, and the others are one press away."""
    page = _view(gallery_family(MADE, "tile", "longest")).page
    assert page is not None
    assert [(kind.url, kind.is_here) for kind in page.kinds] == [
        ("/gallery/tile?kind=plain", False),
        ("/gallery/tile?kind=longest", True),
        ("/gallery/tile?kind=hostile", False),
    ]
    assert [card.body for card in page.cards] == ["two"]


def test_states() -> None:
    """Each state has a card that can be linked to."""
    page = _view(gallery_family(MADE, "tile")).page
    assert page is not None
    assert [(card.name, card.anchor) for card in page.cards] == [
        ("Empty", "state-empty"),
        ("Many (of them)", "state-many-of-them"),
        ("(empty)", "state-empty--2"),
    ]


def test_unknown() -> None:
    """A family there is not is said to be none; a kind there is not shows the first."""
    with pytest.raises(LookupError):
        gallery_family(MADE, "nothing")
    page = _view(gallery_family(MADE, "tile", "<script>")).page
    assert page is not None
    assert page.kinds[0].is_here


def test_no_examples() -> None:
    """Without examples the page says so."""
    assert "no examples" in _page(gallery_index({})).one("main").words


def test_modal() -> None:
    """A modal stands in its frame: title, close and submit."""
    view = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Title"},
        "blocks": [{"type": "divider"}],
    }
    view |= {"submit": {"type": "plain_text", "text": "Save it"}}
    frame = _page(gallery_family({"a": lambda: view}, "a")).one(class_="frame")
    assert frame.one(class_="frame-head").one("b").words == "Title"
    assert [one.words for one in frame.one(class_="frame-foot").all("span")] == ["Close", "Save it"]


def test_nothing_is_missing() -> None:
    """Every example has its card."""
    cards = 0
    for family in FAMILIES:
        first = _view(gallery_family(EXAMPLES, family)).page
        assert first is not None
        for kind in first.kinds:
            page = _view(gallery_family(EXAMPLES, family, kind.url.partition("=")[2].replace("+", " "))).page
            assert page is not None
            assert kind.name in [one.name for one in page.kinds if one.is_here]
            cards += len(page.cards)
    assert cards == len(EXAMPLES)


@pytest.mark.parametrize("family", FAMILIES)
def test_pages(family: str) -> None:
    """A page is well formed, its ids are unique, its fields have labels, and what acts in it is inert."""
    root = _page(gallery_family(EXAMPLES, family, "hostile"))
    check_ids(root)
    check_labels(root)
    assert not [node for node in root.all() if "style" in node.attrs or node.tag in ("script", "style")]
    for node in root.all():
        assert "data-do" not in node.attrs or _is_inert(node)
    for link in root.all("a", aria_current="page"):
        assert link.attrs["href"].startswith("/gallery")


def _is_inert(node: Node) -> bool:
    return "inert" in node.attrs or (node.parent is not None and _is_inert(node.parent))
