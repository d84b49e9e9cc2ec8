"""How an alert stands, read in one transaction, and what its messages are drawn from: channels, DMs, mails, digests and Details alike."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from blocks.alert_views import AlertedAccount, AlertView, End, Ended, OutageView, Why
from bot.usecases.context import Context
from connectors.provider import Provider
from store import alert_details, alert_settings, groups, integrations, outbox, people
from store.database import Tx
from store.records import OutboxState, Person, Surface, UserId, WorkspaceId
from store.watch_records import Alert, AlertDetail, AlertId, AlertKind, Fate, Outcome, PersonalSettings

ALERT = "alert"
OUTAGE = "outage"
"""Kinds of the outbox whose rows are an alert's messages; the subject is the alert's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What everything that tells of an alert is made of."""

    detail: AlertDetail
    provider: Provider | None
    """None where this bot does not know it any more."""
    groups: tuple[str, ...] = ()
    """Names of the Groups that use any of its accounts."""
    outcomes: tuple[Outcome, ...] = ()
    """How all its accounts stand, counted."""
    fates: tuple[Fate, ...] = ()
    """Its messages' rows in the outbox; empty where many alerts are read at once."""
    at_provider: int = 0
    """Of an outage: how many accounts the workspace has there."""

    @property
    def alert(self) -> Alert:
        """The alert itself."""
        return self.detail.alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who is to be told of alerts, and how each wants to be."""

    integrators: tuple[UserId, ...]
    people: Mapping[UserId, Person]
    settings: Mapping[UserId, PersonalSettings]
    """Of every Integrator."""
    can_mail: bool
    """E-mail is set up on this bot."""


async def read(ctx: Context, tx: Tx, ws: WorkspaceId, alert_id: AlertId) -> Facts | None:
    """Everything about one alert, also one that is over; None when this workspace has none of that id."""
    detail = await alert_details.get(tx, ws, alert_id)
    if detail is None:
        return None
    alert, kind = detail.alert, _kind(detail.alert)
    outage = alert.kind is AlertKind.OUTAGE
    return Facts(
        detail=detail,
        provider=ctx.connectors.get(alert.provider_key),
        groups=(await alert_details.group_names(tx, ws, [alert_id])).get(alert_id, ()),
        outcomes=(await alert_details.outcomes(tx, ws, [alert_id])).get(alert_id, ()),
        fates=await outbox.fates(tx, ws, kind, alert_id),
        at_provider=await integrations.size(tx, ws, alert.provider_key) if outage else 0,
    )


async def open_ones(ctx: Context, tx: Tx, ws: WorkspaceId) -> tuple[Facts, ...]:
    """Every open alert about accounts, the oldest first, in a few queries however many there are; without fates."""
    found = [one for one in await alert_details.open_ones(tx, ws) if one.alert.kind is AlertKind.ACCOUNTS]
    ids = [one.alert.id for one in found]
    names, outcomes = await alert_details.group_names(tx, ws, ids), await alert_details.outcomes(tx, ws, ids)
    return tuple(
        Facts(
            detail=one,
            provider=ctx.connectors.get(one.alert.provider_key),
            groups=names.get(one.alert.id, ()),
            outcomes=outcomes.get(one.alert.id, ()),
        )
        for one in found
    )


async def audience(ctx: Context, tx: Tx, ws: WorkspaceId) -> Audience:
    """The Integrators of a workspace, and how each wants to be told."""
    integrators = await groups.integrators(tx, ws)
    return Audience(
        integrators=integrators,
        people=await people.names(tx, ws, integrators),
        settings=await alert_settings.personal_of(tx, ws, integrators),
        can_mail=ctx.mailer is not None,
    )


def view(facts: Facts, *, now: datetime, reader: UserId | None = None) -> AlertView:
    """The alert as it is drawn: for a channel, or for the DM of `reader`."""
    alert, provider = facts.alert, facts.provider
    over = alert.resolved_at is not None
    shown = (
        facts.detail.accounts if over else tuple(a for a in facts.detail.accounts if a.resolved_at is None)
    )
    snoozed = alert.snoozed_until is not None and alert.snoozed_until > now and not over
    return AlertView(
        id=alert.id,
        provider_key=alert.provider_key,
        provider=provider.name if provider else alert.provider_key,
        account_noun=provider.account_noun if provider else "account",
        accounts=tuple(
            AlertedAccount(
                id=a.account_id, name=a.name, reason=a.reason, since=a.since, connected_by=a.connected_by
            )
            for a in shown
        ),
        broken=facts.detail.open,
        repaired=facts.detail.resolved,
        reasons=_reasons(facts.outcomes, over=over),
        since=min((a.since for a in shown), default=alert.opened_at),
        groups=facts.groups,
        stops=tuple(sorted(c.value for c in provider.capabilities)) if provider else (),
        taken_by=alert.taken_by,
        taken_at=alert.taken_at,
        snoozed_by=alert.snoozed_by if snoozed else None,
        snoozed_until=alert.snoozed_until if snoozed else None,
        ends=_ends(facts.outcomes),
        ended_at=alert.resolved_at,
        reader=reader,
        told_in=told_in(facts.fates) if reader else (),
        unsure_of=unsure_of(facts.fates) if reader else None,
    )


def outage_view(facts: Facts) -> OutageView:
    """A provider's outage as it is drawn."""
    alert, provider = facts.alert, facts.provider
    return OutageView(
        provider_key=alert.provider_key,
        provider=provider.name if provider else alert.provider_key,
        since=alert.opened_at,
        accounts=facts.at_provider,
        ended_at=alert.resolved_at,
    )


def told_in(fates: Sequence[Fate]) -> tuple[str, ...]:
    """Channels that surely have the message."""
    return tuple(one.recipient for one in fates if one.surface is Surface.CHANNEL and arrived(one))


def unsure_of(fates: Sequence[Fate]) -> str | None:
    """A channel of which nobody knows whether it has the message."""
    unknown = (
        one.recipient
        for one in fates
        if one.surface is Surface.CHANNEL and one.state is OutboxState.UNKNOWN and one.ts is None
    )
    return next(unknown, None)


def arrived(fate: Fate) -> bool:
    """Whether a message is there, whatever became of its later edits."""
    return fate.ts is not None and fate.state is not OutboxState.DEAD


def _kind(alert: Alert) -> str:
    return OUTAGE if alert.kind is AlertKind.OUTAGE else ALERT


def _reasons(outcomes: Sequence[Outcome], *, over: bool) -> tuple[Why, ...]:
    """Why those still broken are; of an alert that is over, why they were."""
    counted: Counter[str | None] = Counter()
    for one in outcomes:
        if over or one.open:
            counted[one.reason] += one.number
    return tuple(Why(reason=reason, count=count) for reason, count in counted.most_common())


def _ends(outcomes: Sequence[Outcome]) -> tuple[Ended, ...]:
    counted: Counter[tuple[End, UserId | None]] = Counter()
    for one in outcomes:
        if not one.open:
            counted[_end(one.resolution), one.by] += one.number
    return tuple(Ended(end=end, by=by, count=count) for (end, by), count in counted.most_common())


def _end(resolution: str | None) -> End:
    return _ENDS.get(resolution or "", End.RECOVERED)


_ENDS: Mapping[str, End] = {end.value: end for end in End}
