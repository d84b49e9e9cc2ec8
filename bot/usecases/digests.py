"""Once a day: what is still broken, in each Integrator channel, and by DM where there is none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from blocks.alert_views import DigestView, OldDigestView
from blocks.digest import digest, old_digest
from blocks.parts import Message
from bot import telling
from bot.usecases import alert_facts
from bot.usecases.alert_facts import Facts
from bot.usecases.context import Context
from bot.usecases.hours import free_at
from store import alert_details, alert_routes, alert_settings, outbox, told
from store.database import Tx
from store.records import OutboxMessage, Surface, UserId, WorkspaceId
from store.watch_records import AlertId, WorkspaceSettings

DIGEST = "digest"
"""Kind of the outbox; the subject is the day, "YYYY-MM-DD" in the workspace's zone."""
FRESH = timedelta(hours=1)
"""What was told so shortly before is not repeated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a digest goes, and when."""

    surface: Surface
    recipient: str
    due_at: datetime


async def workspaces(ctx: Context) -> tuple[WorkspaceId, ...]:
    """Those that may need a digest."""
    async with ctx.store.reading() as tx:
        return await alert_details.open_workspaces(tx)


async def ask(ctx: Context, ws: WorkspaceId) -> int:
    """Ask for a workspace's digests if they are due; how many are new. What was asked for today is never asked for again."""
    now = ctx.clock()
    async with ctx.store.transaction() as tx:
        settings = await alert_settings.workspace(tx, ws)
        day = telling.digest_due(settings, now)
        if day is None:
            return 0
        asked = 0
        for place in await _places(ctx, tx, ws, settings, day):
            asked += await _ask(tx, ws, day, place, now)
        return asked


async def _ask(tx: Tx, ws: WorkspaceId, day: date, place: Place, now: datetime) -> bool:
    subject = day.isoformat()
    is_new = await outbox.ask(
        tx,
        ws=ws,
        kind=DIGEST,
        subject=subject,
        surface=place.surface,
        recipient=place.recipient,
        now=now,
        due_at=place.due_at,
        once=True,
    )
    if is_new:
        await told.replace(tx, ws, DIGEST, place.surface, place.recipient, newest=subject, now=now)
    return is_new


async def _places(
    ctx: Context, tx: Tx, ws: WorkspaceId, settings: WorkspaceSettings, day: date
) -> tuple[Place, ...]:
    """Each channel, and each person where there is none, that an alert goes to which is old enough and not snoozed."""
    moment = telling.digest_at(settings, day)
    listed = [
        facts
        for facts in await alert_facts.open_ones(ctx, tx, ws)
        if _is_listed(facts, moment) and not _is_snoozed(facts, moment)
    ]
    routes = await _routes(tx, ws, [facts.alert.id for facts in listed])
    leads = list(routes.values())
    now = ctx.clock()
    channels = sorted({channel for lead in leads for channel in lead})
    places = [Place(surface=Surface.CHANNEL, recipient=one, due_at=now) for one in channels]
    if any(not lead for lead in leads):
        places += _people(await alert_facts.audience(ctx, tx, ws), settings, now)
    return tuple(places)


def _people(audience: alert_facts.Audience, settings: WorkspaceSettings, now: datetime) -> Iterator[Place]:
    for user_id in audience.integrators:
        theirs = audience.settings[user_id]
        if theirs.dm:
            due_at = free_at(now, theirs, audience.people.get(user_id), settings)
            yield Place(surface=Surface.DM, recipient=user_id, due_at=due_at)


async def _routes(tx: Tx, ws: WorkspaceId, alert_ids: Sequence[AlertId]) -> Mapping[AlertId, tuple[str, ...]]:
    """Ids of each alert's channels; empty: it is told by DM only."""
    found = await alert_routes.routes(tx, ws, alert_ids)
    return {alert_id: tuple(one.channel_id for one in channels) for alert_id, channels in found.items()}


def _belongs(channels: tuple[str, ...], row: OutboxMessage) -> bool:
    """Whether an alert told in these channels belongs into the digest of this channel, or of this person."""
    return row.recipient in channels if row.surface is Surface.CHANNEL else not channels


def _is_listed(facts: Facts, moment: datetime) -> bool:
    return facts.alert.tell_at <= moment - FRESH


def _is_snoozed(facts: Facts, moment: datetime) -> bool:
    return facts.alert.snoozed_until is not None and facts.alert.snoozed_until > moment


async def message(ctx: Context, row: OutboxMessage) -> Message | None:
    """A digest as it now stands: what it listed and is still broken, or one line where a newer one is there."""
    ws = row.workspace_id
    async with ctx.store.reading() as tx:
        settings = await alert_settings.workspace(tx, ws)
        moment = telling.digest_at(settings, date.fromisoformat(row.subject))
        if await told.newest(tx, row) > row.subject:
            # One that was never sent has nothing to turn into.
            return await _old(tx, row, moment) if row.ts else None
        found = await alert_facts.open_ones(ctx, tx, ws)
        routes = await _routes(tx, ws, [facts.alert.id for facts in found])
    mine = [facts for facts in found if _belongs(routes[facts.alert.id], row)]
    return _draw(row, mine, moment, ctx.clock())


def _draw(row: OutboxMessage, mine: list[Facts], moment: datetime, now: datetime) -> Message | None:
    listed = [facts for facts in mine if _is_listed(facts, moment)]
    broken = [facts for facts in listed if not _is_snoozed(facts, now)]
    if not broken and not row.ts:
        return None
    reader = UserId(row.recipient) if row.surface is Surface.DM else None
    return digest(
        DigestView(
            at=now if broken else moment,
            alerts=tuple(alert_facts.view(facts, now=now, reader=reader) for facts in broken),
            snoozed=len(listed) - len(broken),
            others=len(mine) - len(listed),
        )
    )


async def _old(tx: Tx, row: OutboxMessage, moment: datetime) -> Message:
    told_before = moment - FRESH
    counts = await alert_details.broken_at(tx, row.workspace_id, row.created_at, told_before=told_before)
    routes = await _routes(tx, row.workspace_id, list(counts))
    broken = sum(number for alert_id, number in counts.items() if _belongs(routes[alert_id], row))
    return old_digest(OldDigestView(at=moment, broken=broken))


async def draw_again(tx: Tx, ws: WorkspaceId, *, now: datetime) -> None:
    """Have the newest digests of a workspace drawn anew: an alert they list has changed."""
    await told.newest_again(tx, ws, DIGEST, now=now)
