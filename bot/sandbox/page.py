"""A web page as a person uses it: its words, links and forms, read from HTML. Pure."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_SILENT = frozenset({"style", "script", "head", "title"})
_BREAKS = frozenset(
    [
        "p",
        "h1",
        "h2",
        "h3",
        "li",
        "dt",
        "dd",
        "div",
        "fieldset",
        "legend",
        "form",
        "br",
        "label",
        "main",
        "section",
        "button",
    ]
)


@dataclass(slots=True, kw_only=True)
class Box:
    """A radio button or checkbox with the words beside it."""

    name: str
    value: str
    kind: str
    ticked: bool
    words: str = ""


@dataclass(slots=True, kw_only=True)
class Button:
    """A button that sends its form."""

    name: str
    value: str
    words: str = ""


@dataclass(slots=True, kw_only=True)
class Form:
    """A form: where it goes, its typed and hidden fields, boxes and buttons."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    boxes: list[Box] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Page:
    """What the browser shows."""

    url: str
    status: int
    headers: dict[str, str]
    html: str
    title: str = ""
    text: str = ""
    forms: list[Form] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    """(words, address)."""

    def __contains__(self, words: str) -> bool:
        return words in self.text


class _Reader(HTMLParser):
    """Walks the HTML once and fills a page."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._words: list[str] = []
        self._open: list[str] = []
        self._listening: list[Box | Button] = []
        self._link: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag opens."""
        given = {name: value or "" for name, value in attrs}
        if tag not in {"input", "meta", "link", "br", "img", "hr"}:
            self._open.append(tag)
        if tag in _BREAKS:
            self._words.append("\n")
        match tag:
            case "form":
                self._page.forms.append(
                    Form(action=given.get("action", ""), method=given.get("method", "get").lower())
                )
            case "input":
                self._input(given)
            case "button" if self._page.forms:
                button = Button(name=given.get("name", ""), value=given.get("value", ""))
                self._page.forms[-1].buttons.append(button)
                self._words.append("[")
                self._listening = [button]
            case "a":
                self._link = [given.get("href", ""), ""]

    def _input(self, given: dict[str, str]) -> None:
        if not self._page.forms:
            return
        form, kind, name = self._page.forms[-1], given.get("type", "text"), given.get("name", "")
        if kind in {"radio", "checkbox"}:
            box = Box(name=name, value=given.get("value", "on"), kind=kind, ticked="checked" in given)
            form.boxes.append(box)
            self._words.append("☑ " if box.ticked else "☐ ")
            self._listening = [box]
        elif kind == "submit":
            form.buttons.append(Button(name=name, value=given.get("value", ""), words=given.get("value", "")))
        elif name:
            form.fields[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """A tag closes."""
        if tag in self._open:
            while self._open and self._open.pop() != tag:
                pass
        if tag in {"label", "button"}:
            if tag == "button" and self._listening:
                self._words.append("]")
            self._listening = []
        if tag == "a" and self._link is not None:
            self._page.links.append((self._link[1].strip(), self._link[0]))
            self._link = None
        if tag in _BREAKS:
            self._words.append("\n")

    def handle_data(self, data: str) -> None:
        """Words."""
        if "title" in self._open:
            self._page.title += data
        if _SILENT & set(self._open):
            return
        self._words.append(data)
        for one in self._listening:
            one.words = f"{one.words}{data}".strip()
        if self._link is not None:
            self._link[1] += data

    def text(self) -> str:
        """All words, a line each."""
        lines = (" ".join(line.split()) for line in "".join(self._words).split("\n"))
        return "\n".join(line for line in lines if line)


def read_page(url: str, status: int, headers: dict[str, str], html: str) -> Page:
    """The page behind an answer."""
    page = Page(url=url, status=status, headers=headers, html=html)
    reader = _Reader(page)
    reader.feed(html)
    reader.close()
    page.text = reader.text()
    return page
