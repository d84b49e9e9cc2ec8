"""Taking care of an alert: who is on it, until when nobody is reminded, and what is known of it.

Each press is checked, written down, and shown wherever the alert was told.
"""

from datetime import timedelta

from blocks import alert_details as details_blocks
from blocks import alerts as words
from blocks.alert_views import Act, AlertDetailsView, AlertEvent, AlertEventKind, AlertView, RefusalView
from blocks.parts import Message, View
from bot import policy, telling
from bot.errors import Outdated
from bot.usecases import alert_facts, alert_fates, alerting, people
from bot.usecases.alert_facts import Facts
from bot.usecases.context import Context
from store import alert_details, alert_settings, alerts, groups, integrations
from store.database import Tx
from store.records import UserId, WorkspaceId
from store.watch_records import AlertId, AlertKind

TAKE = "alert_take"
LET_GO = "alert_let_go"
SNOOZE = "alert_snooze"
DETAILS = "alert_details"
OPEN = "alert_open"
RECONNECT = "reconnect"
"""Actions in the audit."""
HOURS = frozenset(hours for hours, _ in words.SNOOZES)


async def look(
    ctx: Context, ws: WorkspaceId, user_id: UserId, alert_id: AlertId, *, action: str
) -> AlertView:
    """The alert, for an Integrator who is about to do something from its message; quick, for a modal waits to open.

    Raises:
        NotAllowed: no Integrator; its audit row is written.
        Outdated: this workspace has no such alert.

    """
    if not policy.may_manage(await people.rights_of(ctx, ws, user_id)):
        # Slack has the last word.
        await people.integrator(ctx, ws, user_id, action=action, subject=alert_id)
    async with ctx.store.reading() as tx:
        facts = await _known(ctx, tx, ws, alert_id)
    return alert_facts.view(facts, now=ctx.clock())


async def refusal(ctx: Context, ws: WorkspaceId, alert_id: AlertId, act: Act) -> RefusalView | None:
    """What a member reads who pressed a button of an alert; None where there is no such alert."""
    async with ctx.store.reading() as tx:
        facts = await alert_facts.read(ctx, tx, ws, alert_id)
        integrators = await groups.integrators(tx, ws)
    if facts is None:
        return None
    return RefusalView(act=act, alert=alert_facts.view(facts, now=ctx.clock()), integrators=integrators)


async def take(
    ctx: Context, ws: WorkspaceId, user_id: UserId, alert_id: AlertId, *, over: UserId | None = None
) -> Message | None:
    """Have this person on it, from `over` if they had taken it; ends a snooze. Gives what only they read, if anything.

    Raises:
        NotAllowed: no Integrator.
        Outdated: this workspace has no such alert.

    """
    await people.integrator(ctx, ws, user_id, action=TAKE, subject=alert_id)
    async with people.rechecked(ctx, ws, user_id, action=TAKE, subject=alert_id) as tx:
        facts = await _held(ctx, tx, ws, alert_id)
        alert, shown, now = facts.alert, _shown(ctx, facts, user_id), ctx.clock()
        if alert.resolved_at is not None:
            return words.already_over(shown)
        before = alert.taken_by
        if before not in (None, over, user_id):
            return words.how_it_stands(shown)
        if before == user_id:
            asked = max(now + telling.REMIND, alert.snoozed_until or now)
            await alerts.remind(tx, ws, alert_id, at=asked)
        else:
            await alerts.take(tx, ws, alert_id, user_id, now, now + telling.REMIND, over=before)
        detail = f"from {before}" if before not in (None, user_id) else ""
        await people.record(ctx, tx, ws, user_id, action=TAKE, subject=alert_id, detail=detail)
        await alerting.tell(ctx, tx, ws, alert_id)
    ctx.kick("deliver")
    if before is None:
        return None
    return words.kept(shown) if before == user_id else words.taken_over(shown, before)


async def let_go(ctx: Context, ws: WorkspaceId, user_id: UserId, alert_id: AlertId) -> Message | None:
    """Have nobody on it any more; only who took it hands it back. Gives what only they read, if anything.

    Raises:
        NotAllowed: no Integrator.
        Outdated: this workspace has no such alert.

    """
    await people.integrator(ctx, ws, user_id, action=LET_GO, subject=alert_id)
    async with people.rechecked(ctx, ws, user_id, action=LET_GO, subject=alert_id) as tx:
        facts = await _held(ctx, tx, ws, alert_id)
        shown = _shown(ctx, facts, user_id)
        if facts.alert.resolved_at is not None:
            return words.already_over(shown)
        if facts.alert.taken_by != user_id:
            return words.how_it_stands(shown)
        now = ctx.clock()
        later = telling.next_working_day(await alert_settings.workspace(tx, ws), now)
        await alerts.let_go(tx, ws, alert_id, remind_at=later, at=now, by=user_id)
        await people.record(ctx, tx, ws, user_id, action=LET_GO, subject=alert_id)
        await alerting.tell(ctx, tx, ws, alert_id)
    ctx.kick("deliver")
    return None


async def snooze(
    ctx: Context, ws: WorkspaceId, user_id: UserId, alert_id: AlertId, hours: int
) -> Message | None:
    """Have nobody reminded for so many hours. Gives what only this person reads, if anything.

    Raises:
        NotAllowed: no Integrator.
        Outdated: this workspace has no such alert, or no button offers so many hours.

    """
    await people.integrator(ctx, ws, user_id, action=SNOOZE, subject=alert_id)
    if hours not in HOURS:
        raise Outdated
    async with people.rechecked(ctx, ws, user_id, action=SNOOZE, subject=alert_id) as tx:
        facts = await _held(ctx, tx, ws, alert_id)
        if facts.alert.resolved_at is not None:
            return words.already_over(_shown(ctx, facts, user_id))
        now = ctx.clock()
        await alerts.snooze(tx, ws, alert_id, user_id, now + timedelta(hours=hours), at=now)
        await people.record(ctx, tx, ws, user_id, action=SNOOZE, subject=alert_id, detail=f"{hours} h")
        await alerting.tell(ctx, tx, ws, alert_id)
    ctx.kick("deliver")
    return None


async def details(ctx: Context, ws: WorkspaceId, user_id: UserId, alert_id: AlertId) -> View:
    """The Details modal, also of an alert that is over.

    Raises:
        NotAllowed: no Integrator.
        Outdated: this workspace has no such alert.

    """
    await people.integrator(ctx, ws, user_id, action=DETAILS, subject=alert_id)
    async with ctx.store.reading() as tx:
        facts = await _known(ctx, tx, ws, alert_id)
        told = await alert_facts.audience(ctx, tx, ws)
        happened = await alert_details.events(tx, ws, alert_id)
    now = ctx.clock()
    return details_blocks.alert_details(
        AlertDetailsView(
            alert=alert_facts.view(facts, now=now, reader=user_id),
            events=tuple(
                AlertEvent(
                    at=one.at, kind=AlertEventKind(one.kind), who=one.who, count=one.count, until=one.until
                )
                for one in happened
            ),
            deliveries=alert_fates.deliveries(facts, told, now=now),
        )
    )


async def _known(ctx: Context, tx: Tx, ws: WorkspaceId, alert_id: AlertId) -> Facts:
    """An alert whose messages have buttons; those about an outage have none."""
    facts = await alert_facts.read(ctx, tx, ws, alert_id)
    if facts is None or facts.alert.kind is AlertKind.OUTAGE:
        raise Outdated
    return facts


async def _held(ctx: Context, tx: Tx, ws: WorkspaceId, alert_id: AlertId) -> Facts:
    """The alert as it stands while it and its tile are held: nobody else changes it until the transaction ends."""
    found = await _known(ctx, tx, ws, alert_id)
    await integrations.lock(tx, ws, found.alert.provider_key)
    # Reminding hands an alert back without the tile.
    await alerts.hold(tx, ws, alert_id)
    return await _known(ctx, tx, ws, alert_id)


def _shown(ctx: Context, facts: Facts, user_id: UserId) -> AlertView:
    return alert_facts.view(facts, now=ctx.clock(), reader=user_id)
