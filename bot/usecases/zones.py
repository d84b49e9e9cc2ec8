"""Time zones as people name them: a city, a country's short words for its time, or how far it is from Greenwich."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from blocks.alert_settings_views import ZoneChoice

MOST = 100
_AREAS = frozenset(
    "Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific".split()  # noqa: SIM905
)
_OFFSET = re.compile(r"(?:utc|gmt|z)?\s*([+-])\s*(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
_GREENWICH = frozenset({"utc", "gmt", "z", "utc+0", "gmt+0", "greenwich"})
# Large cities and countries that the tz database has no zone of their own for, with the zone whose time they keep
# (data.iana.org/time-zones/tzdb/zone1970.tab, release 2025b).
_KEPT_BY: Mapping[str, str] = MappingProxyType(
    {
        "America/Los_Angeles": "san francisco, seattle, san diego, las vegas, portland, silicon valley, california",
        "America/Denver": "salt lake city",
        "America/Chicago": "houston, dallas, austin, san antonio, minneapolis, texas",
        "America/New_York": "boston, washington, atlanta, miami, philadelphia, florida, usa, united states",
        "America/Toronto": "ottawa, montreal, canada",
        "America/Vancouver": "victoria",
        "America/Mexico_City": "guadalajara, mexico",
        "America/Sao_Paulo": "rio de janeiro, brasilia, brazil",
        "Europe/London": "manchester, birmingham, edinburgh, glasgow, england, scotland, wales, uk, united kingdom",
        "Europe/Berlin": "munich, münchen, hamburg, frankfurt, cologne, köln, stuttgart, germany, deutschland",
        "Europe/Paris": "lyon, marseille, france",
        "Europe/Madrid": "barcelona, valencia, spain",
        "Europe/Rome": "milan, milano, naples, italy",
        "Europe/Zurich": "geneva, zürich, basel, bern, switzerland",
        "Europe/Amsterdam": "rotterdam, the hague, netherlands",
        "Europe/Vienna": "graz, wien, austria",
        "Europe/Warsaw": "krakow, poland",
        "Europe/Kyiv": "kiev, ukraine",
        "Asia/Kolkata": "mumbai, bombay, delhi, bangalore, bengaluru, chennai, hyderabad, india",
        "Asia/Shanghai": "beijing, shenzhen, guangzhou, china",
        "Asia/Tokyo": "osaka, kyoto, japan",
        "Asia/Dubai": "abu dhabi",
        "Asia/Ho_Chi_Minh": "hanoi, saigon, vietnam",
        "Asia/Jerusalem": "tel aviv, israel",
        "Africa/Johannesburg": "cape town, durban, pretoria, south africa",
        "Australia/Sydney": "canberra, newcastle, wollongong, australia",
        "Australia/Melbourne": "geelong",
        "Australia/Brisbane": "gold coast, cairns",
        "Pacific/Auckland": "wellington, christchurch, new zealand",
    }
)


class _Zone(NamedTuple):
    """A zone and all that finds it."""

    name: str
    city: str
    words: tuple[str, ...]
    """Its path, what is drawn, and the cities that keep its time; case folded."""
    short: frozenset[str]
    """What its time is called, in winter and summer: "cet", "cest"."""
    standard: timedelta
    summer: timedelta


def is_zone(name: str) -> bool:
    """Whether the tz database has a zone of this name."""
    return name in _names()


def matching(typed: str, *, near: str, now: datetime) -> tuple[ZoneChoice, ...]:
    """At most 100 zones for what was typed, the likeliest first; for nothing typed all, those with the time of `near` first."""
    wanted = " ".join(typed.casefold().replace("_", " ").partition(",")[0].split())[:80]
    here = _times(near, now.year)[1:] if is_zone(near) else None
    found = [
        (rank, zone) for zone in _zones(now.year) if (rank := _rank(zone, wanted, near, here)) is not None
    ]
    found.sort(key=lambda one: (one[0], one[1].city, one[1].name))
    return tuple(ZoneChoice(name=zone.name, offset=offset(zone.name, now)) for _, zone in found[:MOST])


def offset(name: str, now: datetime) -> str:
    """How far a zone is from Greenwich just now: "GMT+1", "GMT-3:30"; "" for an unknown one."""
    if not is_zone(name):
        return ""
    minutes = _offset(ZoneInfo(name), now) // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"GMT{sign}{hours}" + (f":{rest:02}" if rest else "")


def _rank(zone: _Zone, wanted: str, near: str, here: tuple[timedelta, timedelta] | None) -> int | None:
    """How well a zone fits, 0 best; None: not at all."""
    if not wanted:
        return 0 if zone.name == near else 1 if here == (zone.standard, zone.summer) else 2
    if wanted in _GREENWICH:
        return 0 if zone.name == "UTC" else 1 if wanted in zone.short else None
    if (away := _OFFSET.fullmatch(wanted)) is not None:
        return _rank_by_offset(zone, away)
    if wanted in zone.short:
        return 1
    if zone.city.startswith(wanted):
        return 0
    if any(word.startswith(wanted) for word in zone.words):
        return 2
    return 3 if any(wanted in word for word in zone.words) else None


def _rank_by_offset(zone: _Zone, away: re.Match[str]) -> int | None:
    sign, hours, minutes = away.groups()
    meant = timedelta(hours=int(hours), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    if zone.standard == meant:
        return 0
    return 1 if zone.summer == meant else None


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache(maxsize=2)
def _zones(year: int) -> tuple[_Zone, ...]:
    """Those named after a place, and UTC; the rest of the tz database are older names for the same."""
    names = (name for name in _names() if name == "UTC" or name.partition("/")[0] in _AREAS)
    return tuple(_zone(name, year) for name in names)


def _zone(name: str, year: int) -> _Zone:
    path = name.replace("_", " ").casefold()
    city = path.rpartition("/")[2]
    kept = [word.strip() for word in _KEPT_BY.get(name, "").split(",")]
    drawn = f"{city} ({path.partition('/')[0]})"
    words = tuple(word for word in (path, drawn, city.replace("-", " "), *kept) if word)
    short, standard, summer = _times(name, year)
    return _Zone(name=name, city=city, words=words, short=short, standard=standard, summer=summer)


@lru_cache(maxsize=1000)
def _times(name: str, year: int) -> tuple[frozenset[str], timedelta, timedelta]:
    """What the time is called in winter and summer, and its two distances from Greenwich."""
    zone = ZoneInfo(name)
    seasons = [datetime(year, month, 1, tzinfo=UTC) for month in (1, 7)]
    short = frozenset((at.astimezone(zone).tzname() or "").casefold() for at in seasons)
    away = sorted(_offset(zone, at) for at in seasons)
    return short, away[0], away[-1]


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()
