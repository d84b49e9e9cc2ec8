"""mrkdwn as HTML, as Slack draws it (docs.slack.dev/messaging/formatting-message-text, read 2026-11). Every word is escaped."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup, escape

from bot.sandbox.pages import draw_links
from bot.sandbox.pages.draw_emoji import SHORTCODE, emoji_of, with_emoji
from bot.sandbox.pages.draw_reader import Reader

_PRE = re.compile(r"```(.+?)```", re.DOTALL)
_QUOTED = re.compile(r"(?:>|&gt;) ?")
_QUOTED_REST = re.compile(r"^(?:>|&gt;){3} ?", re.MULTILINE)
_SPECIAL = re.compile(r"<([^<>\n]+)>")
_ENTITY = re.compile(r"&(lt|gt|amp);")
_MEANT = {"lt": "<", "gt": ">", "amp": "&"}
_ATOM = re.compile(
    rf"(?P<code>`[^`\n]+`)|(?P<special><[^<>\n]+>)|(?P<emoji>{SHORTCODE})"
    r"|(?P<url>https?://[^\s<>|`\"]+)|(?P<mark>[*_~])|(?P<new>\n)"
)
_TRAILING = ".,;:!?)]}'*_~"
_TAGS = {
    "*": Markup("<strong>{}</strong>"),
    "_": Markup("<em>{}</em>"),
    "~": Markup("<s>{}</s>"),
}
_CODE = Markup('<code class="bk-code">{}</code>')
_BLOCK = Markup('<pre class="bk-pre"><code>{}</code></pre>')
_QUOTE = Markup('<blockquote class="bk-quote">{}</blockquote>')
_BREAK = Markup("<br>")
_NOTHING = Markup("")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A part of a line: finished HTML, or a format mark that may begin or end something."""

    html: Markup
    mark: str = ""
    opens: bool = False
    closes: bool = False


def mrkdwn(words: str, reader: Reader, *, verbatim: bool = False) -> Markup:
    """`verbatim`: bare addresses stay words."""
    drawn = _NOTHING
    for number, part in enumerate(_PRE.split(words)):
        if number % 2:
            drawn += _BLOCK.format(_resolved(part.strip("\n"), reader))
        else:
            drawn += _lines(_beside_pre(part, words, first=number == 0), reader, verbatim=verbatim)
    return drawn


def _beside_pre(part: str, words: str, *, first: bool) -> str:
    """A preformatted block stands on lines of its own: the breaks around it are not drawn twice."""
    after = part if first else part.removeprefix("\n")
    return after if words.endswith(part) else after.removesuffix("\n")


def _lines(part: str, reader: Reader, *, verbatim: bool) -> Markup:
    rest = _QUOTED_REST.search(part)
    if rest:
        before = _lines(part[: rest.start()].removesuffix("\n"), reader, verbatim=verbatim)
        return before + _QUOTE.format(_inline(part[rest.end() :], reader, verbatim=verbatim))
    drawn = _NOTHING
    for is_quote, lines in groupby(part.split("\n"), key=lambda line: bool(_QUOTED.match(line))):
        if is_quote:
            quoted = "\n".join(_QUOTED.sub("", line, count=1) for line in lines)
            drawn += _QUOTE.format(_inline(quoted, reader, verbatim=verbatim))
        else:
            drawn += _inline("\n".join(lines), reader, verbatim=verbatim)
    return drawn


def _inline(words: str, reader: Reader, *, verbatim: bool) -> Markup:
    pieces = list(_pieces(words, reader, verbatim=verbatim))
    return _formatted(pieces, _ends(pieces), 0, len(pieces), "")


def _pieces(words: str, reader: Reader, *, verbatim: bool) -> Iterator[_Piece]:
    at = 0
    while found := _ATOM.search(words, at):
        if found.start() > at:
            yield _Piece(html=_plain(words[at : found.start()]))
        piece, at = _piece(found, words, reader, verbatim=verbatim)
        yield piece
    if at < len(words):
        yield _Piece(html=_plain(words[at:]))


def _piece(found: re.Match[str], words: str, reader: Reader, *, verbatim: bool) -> tuple[_Piece, int]:
    """The piece, and where the next one begins."""
    whole = found.group()
    match found.lastgroup:
        case "code":
            return _Piece(html=_CODE.format(_resolved(whole[1:-1], reader))), found.end()
        case "special":
            return _Piece(html=_special(whole[1:-1], reader)), found.end()
        case "emoji":
            picture = emoji_of(whole[1:-1])
            # The last colon of an unknown name may begin another one.
            return _Piece(html=escape(picture or whole[:-1])), found.end() - (picture is None)
        case "url":
            address = whole if verbatim else whole.rstrip(_TRAILING)
            drawn = _plain(address) if verbatim else draw_links.link(_meant(address), _meant(address))
            return _Piece(html=drawn), found.start() + len(address)
        case "mark":
            return _mark(whole, words, found.start()), found.end()
        case _:
            return _Piece(html=_BREAK), found.end()


def _mark(mark: str, words: str, at: int) -> _Piece:
    before, after = words[at - 1 : at] if at else "", words[at + 1 : at + 2]
    opens = not before.isalnum() and before != mark and after.strip() != "" and after != mark
    closes = not after.isalnum() and after != mark and before.strip() != "" and before != mark
    return _Piece(html=escape(mark), mark=mark, opens=opens, closes=closes)


def _ends(pieces: list[_Piece]) -> dict[int, int]:
    """For each mark the next place on its line where such a mark may end something."""
    ends: dict[int, int] = {}
    latest: dict[str, int] = {}
    for index in range(len(pieces) - 1, -1, -1):
        piece = pieces[index]
        if piece.html is _BREAK:
            latest.clear()
        elif piece.mark:
            if piece.mark in latest:
                ends[index] = latest[piece.mark]
            if piece.closes:
                latest[piece.mark] = index
    return ends


def _formatted(pieces: list[_Piece], ends: dict[int, int], start: int, stop: int, inside: str) -> Markup:
    drawn, index = [], start
    while index < stop:
        piece = pieces[index]
        end = ends.get(index, stop) if piece.opens and piece.mark not in inside else stop
        if end < stop:
            inner = _formatted(pieces, ends, index + 1, end, inside + piece.mark)
            drawn.append(_TAGS[piece.mark].format(inner))
            index = end + 1
        else:
            drawn.append(piece.html)
            index += 1
    return _NOTHING.join(drawn)


def _resolved(words: str, reader: Reader) -> Markup:
    """Code: nothing is formatted in it, but what stands in <> is still what it means."""
    parts = _SPECIAL.split(words)
    drawn = (
        _special(part, reader) if number % 2 else escape(_meant(part)) for number, part in enumerate(parts)
    )
    return _NOTHING.join(drawn)


def _special(inside: str, reader: Reader) -> Markup:
    """What stands between < and >: a mention, a date, a link."""
    target, _, label = inside.partition("|")
    label = _meant(label)
    kind, name = target[:1], _meant(target[1:])
    match kind:
        case "@":
            return draw_links.person(name, reader, label)
        case "#":
            return draw_links.channel(name, reader, label)
        case "!":
            return _command(name, label, reader)
        case _:
            address = _meant(target)
            if draw_links.safe(address):
                return draw_links.link(address, with_emoji(label) or address.removeprefix("mailto:"))
            return escape(with_emoji(label) or f"<{address}>")


def _command(name: str, label: str, reader: Reader) -> Markup:
    if name.startswith("date^"):
        _, seconds, form, url, *_ = [*name.split("^", 3), "", "", ""]
        return draw_links.date(seconds, form, reader, fallback=label, url=url)
    if name.startswith("subteam^"):
        return draw_links.group(name.removeprefix("subteam^"), label)
    if name in ("here", "channel", "everyone"):
        return draw_links.mention(f"@{name}")
    return escape(label or f"<{name}>")


def _plain(words: str) -> Markup:
    return escape(_meant(words))


def _meant(words: str) -> str:
    return _ENTITY.sub(lambda found: _MEANT[found[1]], words)
