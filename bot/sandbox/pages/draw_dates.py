"""Dates as Slack writes them for one reader, in their zone and against their today. Pure.

Tokens: docs.slack.dev/messaging/formatting-message-text and docs.slack.dev/reference/block-kit/block-elements/date-element
(read 2026-11). Slack follows the reader's locale; this is its English one, with a 12-hour clock.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from types import MappingProxyType

from bot.sandbox.pages.draw_reader import Reader, zone

_TOKEN = re.compile(r"\{([a-z_]+)\}")
_ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
_STEPS = (("year", 31_536_000), ("month", 2_592_000), ("day", 86_400), ("hour", 3_600), ("minute", 60))


def moment(seconds: object, where: tzinfo) -> datetime | None:
    """Unix seconds (a number or its digits) in a zone; None where that is no time."""
    try:
        return datetime.fromtimestamp(float(str(seconds)), where)
    except (ValueError, OverflowError, OSError):
        return None


def date_words(seconds: object, form: str, reader: Reader, timezone: str = "") -> str | None:
    """A date in the words of a format such as "{date_short_pretty} at {time}".

    None where it is no time or the format holds a token Slack does not know: the fallback is shown then.
    """
    at = moment(seconds, zone(timezone or reader.tz))
    if at is None or any(name not in TOKENS for name in _TOKEN.findall(form)):
        return None
    words = _TOKEN.sub(lambda found: TOKENS[found[1]](at, reader.now.astimezone(at.tzinfo)), form)
    return words[:1].upper() + words[1:] if form.startswith("{") else words


def iso(seconds: object, reader: Reader) -> str:
    """For `<time datetime>`; "" where it is no time."""
    at = moment(seconds, zone(reader.tz))
    return at.isoformat(timespec="seconds") if at else ""


def _relative(at: datetime, now: datetime) -> str:
    days = (at.date() - now.date()).days
    return {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days, "")


def _ordinal(at: datetime) -> str:
    return f"{at.day}{_ORDINALS.get(at.day, 'th')}"


def _date(at: datetime, _now: datetime) -> str:
    return f"{at:%B} {at.day}"


def _full(at: datetime, _now: datetime) -> str:
    return f"{at:%B} {at.day}, {at.year}"


def _short(at: datetime, _now: datetime) -> str:
    return f"{at:%b} {at.day}, {at.year}"


def _long(at: datetime, _now: datetime) -> str:
    return f"{at:%A, %B} {_ordinal(at)}, {at.year}"


def _divider(at: datetime, now: datetime) -> str:
    return f"{at:%A, %B} {_ordinal(at)}" if at.year == now.year else _long(at, now)


def _time(at: datetime, _now: datetime) -> str:
    return f"{at.hour % 12 or 12}:{at:%M %p}"


def _seconds(at: datetime, _now: datetime) -> str:
    return f"{at.hour % 12 or 12}:{at:%M:%S %p}"


def _ago(at: datetime, now: datetime) -> str:
    away = (now - at).total_seconds()
    for name, size in _STEPS:
        number = int(abs(away) // size)
        if number:
            length = f"{number} {name}{'' if number == 1 else 's'}"
            return f"{length} ago" if away > 0 else f"in {length}"
    return "just now"


Token = Callable[[datetime, datetime], str]
"""(the moment, now) -> words, both in the reader's zone."""


def _pretty(otherwise: Token) -> Token:
    return lambda at, now: _relative(at, now) or otherwise(at, now)


TOKENS: Mapping[str, Token] = MappingProxyType(
    {
        "date_num": lambda at, _now: f"{at.year:04}-{at:%m-%d}",
        "date_slash": lambda at, _now: f"{at:%d/%m}/{at.year:04}",
        "date": _date,
        "date_short": _short,
        "date_long": _long,
        "date_long_full": _full,
        "date_pretty": _pretty(_date),
        "date_short_pretty": _pretty(_short),
        "date_long_pretty": _pretty(_long),
        "day_divider_pretty": _pretty(_divider),
        "time": _time,
        "time_secs": _seconds,
        "ago": _ago,
    }
)
