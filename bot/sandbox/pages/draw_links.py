"""The small things that stand between words: links, mentions and dates. Nothing here becomes a link but http, https and mailto."""

import re
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from bot.sandbox.pages.draw_dates import date_words, iso
from bot.sandbox.pages.draw_reader import Reader

_SAFE = re.compile(r"(?:https?://[^\s/?#\x00-\x20]|mailto:[^\s\x00-\x20])[^\s\x00-\x20]*", re.IGNORECASE)
_LINK = Markup('<a class="bk-link" href="{}" target="_blank" rel="noopener noreferrer">{}</a>')
_MENTION = Markup('<span class="bk-mention">{}</span>')
_TIME = Markup('<time datetime="{}">{}</time>')


def safe(url: str) -> bool:
    """Whether a browser may be sent there."""
    return _SAFE.fullmatch(url) is not None


def host(url: str) -> str:
    """The host of a link, to name where it leads; "" if it has none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def link(url: str, inner: Markup | str) -> Markup:
    """A link, or just its words where it leads somewhere a browser must not follow."""
    return _LINK.format(url, inner) if safe(url) else escape(inner)


def mention(words: str) -> Markup:
    """A person, channel, group or broadcast."""
    return _MENTION.format(words)


def person(user_id: str, reader: Reader, label: str = "") -> Markup:
    """@Name of someone."""
    return mention(f"@{reader.person(user_id) or label.removeprefix('@') or user_id}")


def channel(channel_id: str, reader: Reader, label: str = "") -> Markup:
    """#name of a channel."""
    return mention(f"#{reader.channel(channel_id) or label.removeprefix('#') or channel_id}")


def group(group_id: str, label: str = "") -> Markup:
    """@name of a user group."""
    return mention(f"@{label.removeprefix('@') or group_id or 'group'}")


def date(
    seconds: object, form: str, reader: Reader, *, fallback: str = "", url: str = "", timezone: str = ""
) -> Markup:
    """A moment in the reader's zone; the fallback if it cannot be written so."""
    words = date_words(seconds, form, reader, timezone)
    if words is None:
        return escape(fallback)
    drawn = _TIME.format(iso(seconds, reader), words)
    return link(url, drawn) if url else drawn
