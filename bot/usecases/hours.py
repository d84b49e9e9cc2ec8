"""When somebody's DM may go out: their quiet hours put it off."""

from datetime import datetime

from bot import telling
from store.records import Person
from store.watch_records import PersonalSettings, WorkspaceSettings


def free_at(
    now: datetime, theirs: PersonalSettings, person: Person | None, settings: WorkspaceSettings
) -> datetime:
    """The moment somebody may be written to: now, or the end of their quiet hours (their own zone, else the workspace's)."""
    zone = telling.zone_of(person.tz if person else None, settings.tz)
    return telling.quiet_until(now, zone, theirs.quiet_from, theirs.quiet_to) or now
