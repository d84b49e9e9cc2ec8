"""Who looks at what is drawn: how names, channels and times appear to them. No I/O."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """`person`, `channel`: id -> name on screen; `tz`: IANA name; `now`: an aware datetime, it decides what is today."""

    person: Callable[[str], str | None]
    channel: Callable[[str], str | None]
    tz: str
    now: datetime


def zone(name: str) -> tzinfo:
    """A time zone by its IANA name, UTC where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
