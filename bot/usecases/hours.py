"""Whether and when somebody may be written to: rights, mutes and quiet hours."""

from datetime import datetime

from bot import telling
from bot.usecases import people
from bot.usecases.context import Context
from store import alert_settings
from store import people as persons
from store.records import OutboxMessage, Person, UserId
from store.watch_records import PersonalSettings, WorkspaceSettings

QUIET = "quiet_hours"
"""Error of rows that wait for the end of their reader's quiet hours."""


def free_at(
    now: datetime, theirs: PersonalSettings, person: Person | None, settings: WorkspaceSettings
) -> datetime:
    """The moment somebody may be written to: now, or the end of their quiet hours (their own zone, else the workspace's)."""
    zone = telling.zone_of(person.tz if person else None, settings.tz)
    return telling.quiet_until(now, zone, theirs.quiet_from, theirs.quiet_to) or now


async def free_now(ctx: Context, row: OutboxMessage) -> datetime:
    """As `free_at`, for the reader of a message that is about to go out."""
    ws, user_id = row.workspace_id, UserId(row.recipient)
    async with ctx.store.reading() as tx:
        theirs = await alert_settings.personal(tx, ws, user_id)
        person = await persons.get(tx, ws, user_id)
        settings = await alert_settings.workspace(tx, ws)
    return free_at(ctx.clock(), theirs, person, settings)


async def unwanted(ctx: Context, row: OutboxMessage) -> str | None:
    """Why a DM about alerts is not for its reader any more; None: it is."""
    ws, user_id = row.workspace_id, UserId(row.recipient)
    async with ctx.store.reading() as tx:
        if not await people.still_integrator(tx, ws, user_id):
            return "nothing_to_say"
        return None if (await alert_settings.personal(tx, ws, user_id)).dm else "muted"
