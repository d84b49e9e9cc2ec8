"""Finding a time zone by what people call it."""

from datetime import UTC, datetime

import pytest

from bot.usecases import zones

WINTER = datetime(2026, 1, 15, 12, tzinfo=UTC)
SUMMER = datetime(2026, 7, 15, 12, tzinfo=UTC)


def found(typed: str, *, near: str = "", now: datetime = WINTER) -> list[str]:
    """Names of what is offered, in order."""
    return [one.name for one in zones.matching(typed, near=near, now=now)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("berlin", "Europe/Berlin"),
        ("  BERLIN ", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("New_York", "America/New_York"),
        ("melb", "Australia/Melbourne"),
        ("europe/lis", "Europe/Lisbon"),
        ("san francisco", "America/Los_Angeles"),
        ("munich", "Europe/Berlin"),
        ("Berlin (Europe), GMT+1", "Europe/Berlin"),
        ("Berlin, Germany", "Europe/Berlin"),
        ("münchen", "Europe/Berlin"),
        ("beijing", "Asia/Shanghai"),
        ("mumbai", "Asia/Kolkata"),
        ("port au prince", "America/Port-au-Prince"),
        ("utc", "UTC"),
        ("GMT", "UTC"),
        ("gmt+0", "UTC"),
    ],
)
def test_a_place_finds_its_zone(typed: str, first: str) -> None:
    """One types the city, as one spells it, or a city near by, and the first offer is right."""
    assert found(typed)[0] == first


@pytest.mark.parametrize("typed", ["gmt+1", "GMT +1", "utc+01:00", "+1", "CET"])
def test_the_distance_from_greenwich_finds_zones(typed: str) -> None:
    """One who only knows "GMT+1", or the short word, finds Berlin, in summer too, and sees what it is today."""
    for now in (WINTER, SUMMER):
        offered = found(typed, now=now)
        assert "Europe/Berlin" in offered
        assert "America/New_York" not in offered
    (berlin,) = [one for one in zones.matching("berlin", near="", now=SUMMER) if one.name == "Europe/Berlin"]
    assert berlin.offset == "GMT+2"
    assert zones.offset("America/St_Johns", WINTER) == "GMT-3:30"


def test_nothing_typed_begins_with_ones_own() -> None:
    """Who opens the list sees their own zone first, then others with the same time; never more than a hundred."""
    offered = found("", near="Europe/Berlin")
    assert offered[0] == "Europe/Berlin"
    assert "Europe/Paris" in offered[:60]
    assert len(offered) == 100
    assert len(found("", near="Nowhere/Land")) == 100


@pytest.mark.parametrize(
    "typed", ["atlantis", "gmt+99", "../../etc/passwd", "\x00", "+" * 80, "x" * 4000, "<!channel>"]
)
def test_nonsense_finds_nothing(typed: str) -> None:
    """What is no place on earth is offered nothing, and harms nothing."""
    assert found(typed) == []
    assert not zones.is_zone(typed)
    assert zones.offset(typed, WINTER) == ""


def test_every_city_of_ours_keeps_the_time_of_a_zone() -> None:
    """Each zone that is offered exists, with a distance from Greenwich."""
    for first in "abcdefghijklmnopqrstuvwxyz":
        for one in zones.matching(first, near="", now=WINTER):
            assert zones.is_zone(one.name)
            assert one.offset.startswith("GMT")
