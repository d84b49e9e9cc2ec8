"""Text objects: as HTML, and as bare words where HTML cannot stand (names, placeholders, titles)."""

from markupsafe import Markup, escape

from bot.sandbox.pages.draw_emoji import with_emoji
from bot.sandbox.pages.draw_json import encodable, shown
from bot.sandbox.pages.draw_mrkdwn import mrkdwn
from bot.sandbox.pages.draw_reader import Reader
from bot.sandbox.reading import plain
from bot.sandbox.world import Json

_BREAK = Markup("<br>")


def draw_text(text: Json | str | object, reader: Reader) -> Markup:
    """A text object, or a string of mrkdwn; nothing for anything else."""
    if isinstance(text, str):
        return encodable(mrkdwn(shown(text), reader))
    if not isinstance(text, dict):
        return Markup("")
    words = shown(text.get("text"))
    if text.get("type") == "mrkdwn":
        return encodable(mrkdwn(words, reader, verbatim=text.get("verbatim") is True))
    return encodable(_BREAK.join(escape(line) for line in _pictured(words, text).split("\n")))


def words_of(text: Json | object, reader: Reader) -> str:
    """A text object as one piece of plain words; "" for anything else."""
    if not isinstance(text, dict):
        return ""
    words = shown(text.get("text"))
    if text.get("type") == "mrkdwn":
        return plain({"type": "mrkdwn", "text": words}, lambda user: reader.person(user) or user)
    return _pictured(words, text)


def _pictured(words: str, text: Json) -> str:
    """Slack takes `emoji` to be on where it is not given."""
    return words if text.get("emoji") is False else with_emoji(words)
