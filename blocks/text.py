"""Turning other people's words into text that cannot act: escaping, shortening, dates and counts. Knows no block.

Lengths are counted in UTF-16 units, the stricter of the ways Slack's clients count.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime

_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Direction marks and overrides, zero-width spaces, soft hyphen, fillers, tags and lone surrogates: they hide or reorder text.
# Joiners (U+200C, U+200D) stay: Persian and emoji need them.
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
# What mrkdwn acts on (docs.slack.dev/messaging/formatting-message-text, read 2026-11): & < >, the format marks, :emoji:, bare
# addresses and broadcast words. An underscore between letters does nothing there, so "my_shop" stays as it is.
_ACTS = re.compile(
    r"[&<>*~`]|(?<![^\W_])_|_(?![^\W_])|:(?=[\w+'-]+:)|(?<=:)//|@(?=(?:channel|here|everyone)\b)",
    re.IGNORECASE,
)
_HARMLESS = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "*": "\u2217",
    "~": "\u223c",
    "`": "\u2035",
    "_": "\uff3f",
    ":": "\u2236",
    "//": "\u2060//",
    "@": "@\u2060",
}
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
NAMELESS = "(no name)"
NAME_LENGTH = 80
"""Characters of a name inside a sentence; longer ones end with an ellipsis."""


def size(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def shorten(text: str, limit: int) -> str:
    """Plain text of at most `limit` units, ending with an ellipsis if something was left out."""
    if len(text) * 2 <= limit or size(text) <= limit:
        return text
    cut = text.encode("utf-16-le", "surrogatepass")[: (limit - 1) * 2].decode("utf-16-le", "ignore")
    return cut.rstrip() + "…"


def shorten_mrkdwn(text: str, limit: int) -> str:
    """As `shorten`, for finished mrkdwn: never cuts inside `<…>` or `&…;`."""
    if len(text) * 2 <= limit or size(text) <= limit:
        return text
    cut = shorten(text, limit)[:-1]
    if cut.rfind("<") > cut.rfind(">"):
        cut = cut[: cut.rfind("<")]
    entity = cut.rfind("&")
    if entity > cut.rfind(";") and entity >= len(cut) - 5:
        cut = cut[:entity]
    return cut.rstrip() + "…"


def plain_name(name: str, limit: int = NAME_LENGTH) -> str:
    """A name for a plain_text field: one line, nothing hidden, right-to-left kept to itself, never empty."""
    cleaned = _one_line(name)
    if cleaned.isascii():
        return shorten(cleaned, limit) or NAMELESS
    if not any(letter.isprintable() and not letter.isspace() for letter in cleaned):
        return NAMELESS
    if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in cleaned):
        return f"\u2068{shorten(cleaned, limit - 2)}\u2069"
    return shorten(cleaned, limit)


def typed(text: str, limit: int) -> str:
    """What a field starts with: one line, nothing added, "" for nothing."""
    line = _one_line(text)
    return line if size(line) <= limit else line[: limit // 2]


def escape(text: str) -> str:
    """Text for mrkdwn in which nothing formats, links or mentions."""
    return _ACTS.sub(lambda found: _HARMLESS[found.group()], text)


def name(text: str, limit: int = NAME_LENGTH) -> str:
    """A name for mrkdwn: as `plain_name`, escaped. `limit` counts before escaping."""
    return escape(plain_name(text, limit))


def names(texts: Sequence[str], most: int = 5) -> str:
    """Such as "A, B and C", or "A, B and 12 more" beyond `most`; escaped for mrkdwn, "" for none."""
    shown = [name(text) for text in texts[:most]]
    if len(texts) > most:
        return f"{', '.join(shown)} and {len(texts) - most} more"
    return _listed(shown)


def plain_names(texts: Sequence[str], most: int = 5) -> str:
    """As `names`, for plain_text."""
    shown = [plain_name(text, 40) for text in texts[:most]]
    if len(texts) > most:
        return f"{', '.join(shown)} and {len(texts) - most} more"
    return _listed(shown)


def mentions(user_ids: Sequence[str], most: int = 5) -> str:
    """The people as Slack draws them, "" for none."""
    shown = [user(user_id) for user_id in user_ids[:most]]
    if len(user_ids) > most:
        return f"{', '.join(shown)} and {len(user_ids) - most} more"
    return _listed(shown, "or")


def user(user_id: str) -> str:
    """One person, from their Slack id."""
    return f"<@{user_id}>" if user_id.isalnum() and user_id.isascii() else "someone"


def when(moment: datetime) -> str:
    """A moment in the reader's own time zone; UTC where Slack cannot."""
    return _date(moment, "{date_short_pretty} at {time}", "%Y-%m-%d %H:%M UTC")


def day(moment: datetime) -> str:
    """A day in the reader's own time zone."""
    return _date(moment, "{date_short_pretty}", "%Y-%m-%d")


def clock(moment: datetime) -> str:
    """A time of day in the reader's own time zone, for what ends within the hour."""
    return _date(moment, "{time}", "%H:%M UTC")


def count(number: int, noun: str) -> str:
    """A number and its noun: "1 shop", "14 shops"."""
    return f"{number:,} {noun if number == 1 else plural(noun)}"


def people(number: int) -> str:
    """Such as "1 person", "14 people"."""
    return "1 person" if number == 1 else f"{number:,} people"


def can_use(number: int) -> str:
    """Such as "14 people can use it."."""
    return f"{people(number)} can use it." if number else "Nobody can use it yet."


def plural(noun: str) -> str:
    """The English plural of a noun such as "shop", "property" or "business"."""
    if noun.endswith(("s", "x", "ch", "sh")):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}s"


def article(noun: str) -> str:
    """The noun with its article: "an ad account", "a shop", "an X account"."""
    first = noun.split(" ", maxsplit=1)[0]
    vowel = first in _SPELT_WITH_VOWEL if len(first) == 1 else noun[:1].lower() in "aeiou"
    return f"{'an' if vowel else 'a'} {noun}"


_SPELT_WITH_VOWEL = frozenset("AEFHILMNORSX")


def _one_line(text: str) -> str:
    return _HIDDEN.sub("", _BREAKS.sub(" ", text)).strip()


def _listed(shown: Sequence[str], last: str = "and") -> str:
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} {last} {shown[-1]}"


def _date(moment: datetime, form: str, fallback: str) -> str:
    """`<!date^…>` (docs.slack.dev/messaging/formatting-message-text#date-formatting, read 2026-11)."""
    return f"<!date^{int(moment.timestamp())}^{form}|{moment.astimezone(UTC).strftime(fallback)}>"
