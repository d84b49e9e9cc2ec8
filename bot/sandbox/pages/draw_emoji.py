""":tada: as a picture. Slack's short names are those of emoji-data; the library knows nearly all of them."""

import re
from types import MappingProxyType

import emoji

# Names of Slack's that the library's aliases lack (github.com/iamcal/emoji-data, read 2026-11).
_COLOURS = ("🟠orange", "🟡yellow", "🟢green", "🟣purple", "🟤brown")
_SQUARES = ("🟥red", "🟧orange", "🟨yellow", "🟩green", "🟦blue", "🟪purple", "🟫brown")
_ALSO = MappingProxyType(
    {f"large_{one[1:]}_circle": one[0] for one in _COLOURS}
    | {f"large_{one[1:]}_square": one[0] for one in _SQUARES}
    | {"simple_smile": "🙂", "thumbsup_all": "👍", "slack_call": "📞"}
)
_FLAG = re.compile(r"flag-([a-z]{2})")
_TONE = re.compile(r"(?P<name>[a-z0-9_+'-]+)(?:::skin-tone-(?P<tone>[2-6]))?")
SHORTCODE = r":[a-z0-9_+'-]+:(?::skin-tone-[2-6]:)?"
"""What may be an emoji in running text."""
_SHORTCODE = re.compile(SHORTCODE)


def emoji_of(name: str) -> str | None:
    """The emoji of a short name such as "tada" or "wave::skin-tone-2", None for one unknown here."""
    fits = _TONE.fullmatch(name)
    if fits is None:
        return None
    found = _ALSO.get(fits["name"]) or _flag(fits["name"]) or _known(fits["name"])
    return f"{found}{chr(0x1F3F9 + int(fits['tone']))}" if found and fits["tone"] else found


def with_emoji(words: str) -> str:
    """Text with its short names replaced; the unknown ones stay as they are."""
    return _SHORTCODE.sub(lambda found: emoji_of(found.group()[1:-1]) or found.group(), words)


def _known(name: str) -> str | None:
    written = f":{name}:"
    found = emoji.emojize(written, language="alias")
    return found if found != written else None


def _flag(name: str) -> str | None:
    fits = _FLAG.fullmatch(name)
    return "".join(chr(0x1F1E6 + ord(letter) - ord("a")) for letter in fits[1]) if fits else None
