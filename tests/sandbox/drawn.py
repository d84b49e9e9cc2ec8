"""What was drawn, read back by a real HTML parser; and a reader to draw for."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from bot.sandbox.pages.draw import Reader, draw
from tests.sandbox.made_blocks import Json, input_block

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "circle", "path", "rect"})
READER = Reader(
    person={"U0MARIA": "Maria Silva", "U0TOM": "Tom Baker"}.get,
    channel={"C0GENERAL": "general"}.get,
    tz="Australia/Melbourne",
    now=datetime(2026, 11, 24, 12, 0, tzinfo=UTC),
)
"""Where it is 11 in the evening of November 24."""


@dataclass(slots=True, kw_only=True, eq=False)
class Node:
    """An element with what stands in it."""

    tag: str
    attrs: dict[str, str]
    parent: "Node | None" = None
    inside: "list[Node | str]" = field(default_factory=list)

    def all(self, tag: str = "", **attrs: str) -> "list[Node]":
        """Every element below it of that tag with these attributes (`data_do` means data-do, `class_` one of its classes)."""
        return [node for node in self._below() if node._fits(tag, attrs)]

    def one(self, tag: str = "", **attrs: str) -> "Node":
        """The only one of them."""
        found = self.all(tag, **attrs)
        assert len(found) == 1, (tag, attrs, len(found))
        return found[0]

    @property
    def words(self) -> str:
        """Its text, a line break as one."""
        if self.tag == "br":
            return "\n"
        return "".join(one if isinstance(one, str) else one.words for one in self.inside)

    def _below(self) -> "Iterator[Node]":
        for one in self.inside:
            if isinstance(one, Node):
                yield one
                yield from one._below()

    def _fits(self, tag: str, attrs: dict[str, str]) -> bool:
        if tag and self.tag != tag:
            return False
        wanted = dict(attrs)
        name = wanted.pop("class_", None)
        if name is not None and name not in self.attrs.get("class", "").split():
            return False
        return all(self.attrs.get(key.replace("_", "-")) == value for key, value in wanted.items())


class _Reading(HTMLParser):
    """Refuses tags that are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Node(tag="", attrs={})
        self._open = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, names)
        made = Node(tag=tag, attrs={name: value or "" for name, value in attrs}, parent=self._open)
        self._open.inside.append(made)
        if tag not in _VOID:
            self._open = made

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        assert tag == self._open.tag, f"</{tag}> closes <{self._open.tag}>"
        assert self._open.parent is not None
        self._open = self._open.parent

    def handle_data(self, data: str) -> None:
        self._open.inside.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data!r}")


def parsed(html: str) -> Node:
    """The tree of a piece of HTML, which must be well formed."""
    reading = _Reading()
    reading.feed(html)
    reading.close()
    assert reading._open is reading.root, f"<{reading._open.tag}> is never closed"
    return reading.root


def drawn(*blocks: Any, **more: Any) -> Node:
    """Blocks as drawn for READER: well formed, safe, every id once, every field with one name."""
    root = parsed(draw(blocks, reader=READER, prefix="p", **more))
    check_safe(root)
    check_ids(root)
    check_labels(root)
    return root


def drawn_field(element: Json, value: Json | None = None, **more: Any) -> Node:
    """An element as drawn in an input block; `value`: what the workspace keeps of it."""
    state = {"b": {"a": {"type": element["type"], **value}}} if value is not None else None
    return drawn(input_block(element), state=state, **more)


def check_safe(root: Node) -> None:
    """Nothing that runs, styles, loads, or leads where a browser must not go."""
    for node in root.all():
        assert node.tag not in {"script", "style", "iframe", "img", "object", "embed", "link", "base", "form"}
        assert not [
            name for name in node.attrs if name.startswith("on") or name in ("style", "src", "srcdoc")
        ]
        if node.tag == "a":
            assert node.attrs["href"].lower().startswith(("http://", "https://", "mailto:")), node.attrs
            assert (node.attrs["target"], node.attrs["rel"]) == ("_blank", "noopener noreferrer")


def check_ids(root: Node) -> None:
    """Every id once, and whatever refers to one finds it."""
    ids = [node.attrs["id"] for node in root.all() if "id" in node.attrs]
    assert len(ids) == len(set(ids)), ids
    assert all(found and not found.split()[1:] for found in ids)
    for node in root.all():
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            assert set(node.attrs.get(name, "").split()) <= set(ids), (node.tag, name, node.attrs)


def check_labels(root: Node) -> None:
    """Each field and group of boxes has exactly one name."""
    for node in root.all():
        if node.tag in ("input", "textarea", "fieldset"):
            assert len(list(_names(root, node))) == 1, node.attrs


def _names(root: Node, node: Node) -> Iterator[str]:
    if "aria-label" in node.attrs:
        yield node.attrs["aria-label"]
    if "aria-labelledby" in node.attrs:
        yield node.attrs["aria-labelledby"]
    if "id" in node.attrs:
        yield from (label.words for label in root.all("label", **{"for": node.attrs["id"]}))
    if node.tag == "fieldset":
        yield from (one.words for one in node.inside if isinstance(one, Node) and one.tag == "legend")
    if node.parent is not None and node.parent.tag == "label":
        yield node.parent.words
