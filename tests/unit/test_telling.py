"""When people are told: quiet hours, digests and warnings, also on the two days a year whose hours are not 24."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot import telling
from store.records import WorkspaceId
from store.watch_records import WorkspaceSettings

BERLIN = ZoneInfo("Europe/Berlin")
WORK = WorkspaceSettings(workspace_id=WorkspaceId("T1"), tz="Europe/Berlin")


def at(text: str) -> datetime:
    """A moment on a wall in Berlin, "2026-11-25 09:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-25 21:59", None),
        ("2026-11-25 22:00", "2026-11-26 07:00"),
        ("2026-11-26 06:59", "2026-11-26 07:00"),
        ("2026-11-26 07:00", None),
    ],
)
def test_a_night_is_quiet(now: str, until: str | None) -> None:
    """Quiet hours over midnight begin and end on the minute."""
    assert telling.quiet_until(at(now), BERLIN, "22:00", "07:00") == (at(until) if until else None)


def test_quiet_by_day_or_never() -> None:
    """Quiet hours within a day; none where none, one half, or no time at all is set."""
    noon = at("2026-11-25 12:30")
    assert telling.quiet_until(noon, BERLIN, "12:00", "13:00") == at("2026-11-25 13:00")
    for pair in ((None, None), ("12:00", None), (None, "13:00"), ("12:00", "12:00"), ("13:00", "12:00")):
        assert telling.quiet_until(noon, BERLIN, *pair) is None


def test_quiet_while_the_clock_is_changed() -> None:
    """A night in which an hour is skipped or comes twice ends when the wall says so."""
    spring, autumn = at("2026-03-29 01:30"), at("2026-10-25 01:30")
    assert telling.quiet_until(spring, BERLIN, "22:00", "07:00") == datetime(2026, 3, 29, 5, tzinfo=UTC)
    assert telling.quiet_until(autumn, BERLIN, "22:00", "07:00") == datetime(2026, 10, 25, 6, tzinfo=UTC)
    # Quiet until a time that is skipped: until the moment after it.
    assert telling.quiet_until(spring, BERLIN, "01:00", "02:30") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    # Until one that comes twice: until the first.
    assert telling.quiet_until(autumn, BERLIN, "01:00", "02:30") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_digest_on_working_days() -> None:
    """At nine on working days or, when that was missed, later that day; never before."""
    wednesday = date(2026, 11, 25)
    assert telling.digest_due(WORK, at("2026-11-25 08:59")) is None
    assert telling.digest_due(WORK, at("2026-11-25 09:00")) == wednesday
    assert telling.digest_due(WORK, at("2026-11-25 23:59")) == wednesday
    assert telling.digest_due(WORK, at("2026-11-28 09:00")) is None


def test_digest_at_a_time_that_is_skipped() -> None:
    """A digest at 02:30 comes on the day that has no 02:30 too, and once on the day that has two."""
    night = WorkspaceSettings(
        workspace_id=WORK.workspace_id, tz=WORK.tz, digest_at="02:30", digest_days=("sun",)
    )
    for day in (date(2026, 3, 29), date(2026, 10, 25)):
        moment = telling.digest_at(night, day)
        assert telling.digest_due(night, moment) == day
        assert telling.digest_due(night, moment - timedelta(seconds=1)) is None


def test_next_working_day() -> None:
    """From Friday on it is Monday at nine; also from early on a working day it is the next one."""
    assert telling.next_working_day(WORK, at("2026-11-27 17:00")) == at("2026-11-30 09:00")
    assert telling.next_working_day(WORK, at("2026-11-25 08:00")) == at("2026-11-26 09:00")
    never = WorkspaceSettings(workspace_id=WORK.workspace_id, tz=WORK.tz, digest_days=())
    assert telling.next_working_day(never, at("2026-11-27 17:00")) == at("2026-11-28 09:00")


def test_zones() -> None:
    """The first known name counts; what nobody knows is UTC."""
    assert telling.zone_of(None, "", "Mars/Olympus", "Europe/Berlin") == BERLIN
    for strange in ("Europe", "../etc/passwd", "", "a\0b"):
        assert telling.zone_of(strange) is UTC


@pytest.mark.parametrize(
    ("left", "days"),
    [
        (timedelta(days=7, seconds=1), None),
        (timedelta(days=7), 7),
        (timedelta(days=4), 7),
        (timedelta(days=3, hours=23), 3),
        (timedelta(days=2), 3),
        (timedelta(days=1, hours=1), 1),
        (timedelta(hours=5), 0),
        (timedelta(), None),
    ],
)
def test_warnings(left: timedelta, days: int | None) -> None:
    """A sign-in that ends is warned of at seven, three and one days, and on its last."""
    now = at("2026-11-25 09:00")
    assert telling.warning_days(now + left, now) == days
    assert telling.warning_days(None, now) is None
