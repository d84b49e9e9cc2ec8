"""Asking after an alert: whoever took it, and when they did not get to it everybody again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from blocks.alert_views import ReminderView
from blocks.alerts import reminder
from blocks.parts import Message
from bot import telling
from bot.usecases import alert_facts
from bot.usecases.alert_facts import ALERT, Audience, arrived
from bot.usecases.context import Context
from bot.usecases.hours import free_at
from store import alert_details, alert_routes, alert_settings, alerts, outbox, told
from store.database import Tx
from store.records import OutboxMessage, Surface, UserId, WorkspaceId
from store.watch_records import Alert, AlertId, AlertKind, Fate, WorkspaceSettings

REMINDER = "reminder"
"""Kind of the outbox; the subject is "<alert_id>/<when>/" and TAKER, who had taken it, or nothing where nobody had."""
TAKER = "taker"
"""It asks whoever is on it, not everybody."""
_BATCH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What reminding of one alert needs."""

    alert: Alert
    settings: WorkspaceSettings
    audience: Audience
    fates: tuple[Fate, ...]
    now: datetime

    def thread(self, surface: Surface, recipient: str) -> str | None:
        """The alert's message there, to reply to."""
        found = (one for one in self.fates if (one.surface, one.recipient) == (surface, recipient))
        return next((one.ts for one in found if arrived(one)), None)


async def remind(ctx: Context) -> int:
    """Remind of every alert whose time has come; how many. Any number of bots may: each alert is one's."""
    done = 0
    while True:
        now = ctx.clock()
        async with ctx.store.transaction() as tx:
            due = await alert_details.due_reminders(tx, now, _BATCH)
            for alert in due:
                await _remind(ctx, tx, alert, now)
        done += len(due)
        if len(due) < _BATCH:
            return done


async def _remind(ctx: Context, tx: Tx, alert: Alert, now: datetime) -> None:
    ws = alert.workspace_id
    if alert.kind is AlertKind.OUTAGE:
        await alerts.remind(tx, ws, alert.id, at=None)
    elif alert.snoozed_until is not None and alert.snoozed_until > now:
        await alerts.remind(tx, ws, alert.id, at=alert.snoozed_until)
    else:
        this = Round(
            alert=alert,
            settings=await alert_settings.workspace(tx, ws),
            audience=await alert_facts.audience(ctx, tx, ws),
            fates=await outbox.fates(tx, ws, ALERT, alert.id),
            now=now,
        )
        await _ask_after(tx, this)


async def _ask_after(tx: Tx, this: Round) -> None:
    alert, taker = this.alert, this.alert.taken_by
    if taker is None:
        await alerts.remind(tx, alert.workspace_id, alert.id, at=None, reminded=this.now)
        await _ask_everybody(tx, this)
        await _draw_again(tx, this)
    elif taker in this.audience.integrators and not _goes_back(alert, this.settings):
        again_at = telling.next_working_day(this.settings, this.now)
        await alerts.remind(tx, alert.workspace_id, alert.id, at=again_at, reminded=this.now)
        await _ask_taker(tx, this, taker)
        if alert.snoozed_until is not None:
            await _draw_again(tx, this)
    else:
        await alerts.let_go(tx, alert.workspace_id, alert.id, remind_at=None, at=this.now)
        await _ask_everybody(tx, this, before=taker)
        await _draw_again(tx, this)


def _goes_back(alert: Alert, settings: WorkspaceSettings) -> bool:
    """Whether whoever is on it was asked, and did not answer: only then is its time a digest's (see `_ask_after`)."""
    at = alert.remind_at
    if at is None or at == alert.snoozed_until:
        return False
    return at == telling.digest_at(settings, at.astimezone(telling.zone_of(settings.tz)).date())


async def _ask_taker(tx: Tx, this: Round, taker: UserId) -> None:
    subject = _subject(this.alert, TAKER)
    if this.audience.settings[taker].dm:
        await _ask_person(tx, this, subject, taker)
        return
    for channel in _told_in(this.fates):
        await _ask(tx, this, subject, Surface.CHANNEL, channel, due_at=this.now)


async def _ask_everybody(tx: Tx, this: Round, *, before: UserId | None = None) -> None:
    alert = this.alert
    subject = _subject(alert, before or "")
    channels = (await alert_routes.routes(tx, alert.workspace_id, [alert.id]))[alert.id]
    for channel in dict.fromkeys(one.channel_id for one in channels):
        await _ask(tx, this, subject, Surface.CHANNEL, channel, due_at=this.now)
    if channels:
        return
    for user_id in this.audience.integrators:
        if this.audience.settings[user_id].dm:
            await _ask_person(tx, this, subject, user_id)


async def _ask_person(tx: Tx, this: Round, subject: str, user_id: UserId) -> None:
    theirs, person = this.audience.settings[user_id], this.audience.people.get(user_id)
    due_at = free_at(this.now, theirs, person, this.settings)
    await _ask(tx, this, subject, Surface.DM, user_id, due_at=due_at)


async def _ask(
    tx: Tx, this: Round, subject: str, surface: Surface, recipient: str, *, due_at: datetime
) -> None:
    await outbox.ask(
        tx,
        ws=this.alert.workspace_id,
        kind=REMINDER,
        subject=subject,
        surface=surface,
        recipient=recipient,
        now=this.now,
        due_at=due_at,
        thread_ts=this.thread(surface, recipient),
        once=True,
    )


async def _draw_again(tx: Tx, this: Round) -> None:
    """The alert's own messages say who is on it, and for how long it is snoozed."""
    await outbox.ask(
        tx,
        ws=this.alert.workspace_id,
        kind=ALERT,
        subject=this.alert.id,
        surface=Surface.EVERYONE,
        recipient="",
        now=this.now,
    )


def _told_in(fates: Iterable[Fate]) -> list[str]:
    return [one.recipient for one in fates if one.surface is Surface.CHANNEL and arrived(one)]


def _subject(alert: Alert, last: str) -> str:
    """One for each time it is reminded of; as text they sort by time."""
    return f"{alert.id}/{int(alert.remind_at.timestamp()) if alert.remind_at else 0:012}/{last}"


async def message(ctx: Context, row: OutboxMessage) -> Message | None:
    """A reminder as it now stands: a question, or one line once it is answered or the alert is over."""
    alert_id, when, last = row.subject.split("/")
    ws, now = row.workspace_id, ctx.clock()
    async with ctx.store.reading() as tx:
        facts = await alert_facts.read(ctx, tx, ws, AlertId(alert_id))
        settings = await alert_settings.workspace(tx, ws)
        newest = await told.newest_of(tx, ws, REMINDER, prefix=f"{alert_id}/")
    if facts is None:
        return None
    reader = UserId(row.recipient) if row.surface is Surface.DM else None
    answered = _is_answered(facts.alert, settings, when, last) or newest.split("/")[1] > when
    if (answered or facts.alert.resolved_at is not None) and not row.ts:
        return None
    return reminder(
        ReminderView(
            alert=alert_facts.view(facts, now=now, reader=reader),
            at=now,
            taken_before_by=last if last and last != TAKER else None,
            answered=answered,
        )
    )


def _is_answered(alert: Alert, settings: WorkspaceSettings, when: str, last: str) -> bool:
    """Whether somebody has taken, kept, snoozed or handed it back since it was asked."""
    # A subject has whole seconds.
    asked_at = datetime.fromtimestamp(int(when), UTC) + timedelta(seconds=1)
    if last == TAKER and (alert.taken_by is None or not _goes_back(alert, settings)):
        return True
    return any(at is not None and at >= asked_at for at in (alert.taken_at, alert.snoozed_until))


async def draw_again(tx: Tx, ws: WorkspaceId, alert_id: AlertId, *, now: datetime) -> None:
    """Have the reminders of an alert that changed drawn anew."""
    await told.again(tx, ws, REMINDER, prefix=f"{alert_id}/", now=now)
