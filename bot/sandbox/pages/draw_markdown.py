"""The markdown block: standard Markdown as HTML by markdown-it-py, without raw HTML, pictures or inline styles."""

from collections.abc import MutableMapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup, escape

from bot.sandbox.pages.draw_emoji import with_emoji
from bot.sandbox.pages.draw_links import host, safe

_CLASSES = {
    "code_inline": "bk-code",
    "blockquote_open": "bk-quote",
    "table_open": "bk-table",
    "bullet_list_open": "bk-list",
    "ordered_list_open": "bk-list",
    "hr": "bk-rule",
}
_DEEPEST = 20
_SHIFT = 2
"""The page's own headings are h1 and h2."""


def markdown(words: str) -> Markup:
    """Everything is escaped; only http, https and mailto become links; a picture is its words and where it lies."""
    reading = _reading()
    tokens = reading.parse(words)
    for token in tokens:
        _dress(token)
    return Markup(reading.renderer.render(tokens, reading.options, {}))  # noqa: S704 - markdown-it escapes, html is off


def _reading() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": _DEEPEST})
    made.enable(["table", "strikethrough"])
    made.add_render_rule("text", _text)
    made.add_render_rule("image", _image)
    made.validateLink = safe  # type: ignore[method-assign]  # the hook the library names for it
    return made


def _dress(token: Token) -> None:
    """Classes of ours, alignment as a class, links that open elsewhere, headings below the page's own."""
    if token.type in _CLASSES:
        token.attrJoin("class", _CLASSES[token.type])
    if token.type in ("heading_open", "heading_close"):
        token.tag = f"h{min(6, int(token.tag[1]) + _SHIFT)}"
    if token.type == "link_open":
        token.attrJoin("class", "bk-link")
        token.attrSet("target", "_blank")
        token.attrSet("rel", "noopener noreferrer")
    style = token.attrs.pop("style", None)
    if isinstance(style, str):
        token.attrJoin("class", f"is-{style.removeprefix('text-align:')}")
    for child in token.children or []:
        _dress(child)


def _text(
    _self: RendererHTML,
    tokens: Sequence[Token],
    at: int,
    _options: OptionsDict,
    _env: MutableMapping[str, Any],
) -> str:
    return str(escape(with_emoji(tokens[at].content)))


def _image(
    _self: RendererHTML,
    tokens: Sequence[Token],
    at: int,
    _options: OptionsDict,
    _env: MutableMapping[str, Any],
) -> str:
    source = str(tokens[at].attrs.get("src", ""))
    words = tokens[at].content or "Picture"
    return str(
        Markup('<span class="bk-picture-words">{} <small>{}</small></span>').format(words, host(source))
    )
