"""When people are told: gathering, quiet hours, digests, reminders and warnings. Pure, as policy is."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot import policy
from store.watch_records import WorkspaceSettings

GATHER = timedelta(seconds=30)
"""What breaks within this is told in one message from the start."""
JOIN = timedelta(minutes=5)
"""What breaks within this of the first is put into its message."""
MAIL = timedelta(seconds=90)
"""A mail cannot be edited, so it waits so long for others to join, and for who is at the desk; with it, an account that dies is
mailed of within fifteen minutes: at most 11 until it is asked, 2 until that is certain, and these."""
EDIT = timedelta(seconds=5)
"""Changes of a message are gathered for so long; Slack takes about one a second in a channel (docs.slack.dev/apis/web-api/rate-limits)."""
REMIND = timedelta(hours=4)
"""When whoever took an alert is asked about it."""
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WARNINGS = (0, 1, 3, 7)


def zone_of(*names: str | None) -> tzinfo:
    """The first of these names that the tz database knows; UTC for none."""
    for name in names:
        try:
            if name:
                return ZoneInfo(name)
        except (LookupError, ValueError, OSError):
            # ZoneInfoNotFoundError, an impossible name, a folder of the database.
            continue
    return UTC


def quiet_until(now: datetime, zone: tzinfo, quiet_from: str | None, quiet_to: str | None) -> datetime | None:
    """When somebody's quiet hours ("HH:MM" each, perhaps over midnight) end, if they are on now; else None."""
    if quiet_from is None or quiet_to is None or quiet_from == quiet_to:
        return None
    today = now.astimezone(zone).date()
    over_midnight = timedelta(days=1 if quiet_to < quiet_from else 0)
    for day in (today - timedelta(days=1), today):
        begins, ends = _moment(day, quiet_from, zone), _moment(day + over_midnight, quiet_to, zone)
        if begins <= now < ends:
            return ends
    return None


def digest_due(settings: WorkspaceSettings, now: datetime) -> date | None:
    """The day (the workspace's) whose digest is to be sent now; None: not today, or not yet. Missed, it is sent later that day."""
    today = now.astimezone(zone_of(settings.tz)).date()
    if _DAYS[today.weekday()] not in settings.digest_days:
        return None
    return today if digest_at(settings, today) <= now else None


def digest_at(settings: WorkspaceSettings, day: date) -> datetime:
    """When the digest of a day is sent."""
    return _moment(day, settings.digest_at, zone_of(settings.tz))


def next_working_day(settings: WorkspaceSettings, now: datetime) -> datetime:
    """The digest's time on the next day that has one, never today; the next day where none is chosen."""
    today = now.astimezone(zone_of(settings.tz)).date()
    following = [today + timedelta(days=number) for number in range(1, 8)]
    chosen = (day for day in following if _DAYS[day.weekday()] in settings.digest_days)
    return digest_at(settings, next(chosen, following[0]))


def warning_days(ends_at: datetime | None, now: datetime) -> int | None:
    """Which warning of a sign-in's end is due: 7, 3, 1, or 0 on its last day; None: it is far away, or over."""
    left = policy.days_left(ends_at, now)
    if left is None or ends_at is None or ends_at <= now:
        return None
    return next(days for days in _WARNINGS if left <= days)


def _moment(day: date, clock: str, zone: tzinfo) -> datetime:
    """A time of day on a wall there, in UTC. One that is skipped in spring is the moment after; of one that comes twice, the first."""
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)
