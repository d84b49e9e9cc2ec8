"""What follows when an account stops working, or works again: alerts are opened, joined and resolved, and the outbox is asked to tell."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from bot import telling
from bot.usecases.alert_facts import ALERT, OUTAGE
from bot.usecases.context import Context
from store import alert_details, alerts, integrations, outbox, provider_health
from store.database import Tx
from store.records import Account, AccountId, AccountStatus, Surface, UserId, WorkspaceId
from store.watch_records import AlertId, AlertKind, Broken, ProviderHealth, Weather


class Change(NamedTuple):
    """An account before and after its status changed."""

    before: Account
    after: Account


async def follow(
    ctx: Context, tx: Tx, provider_key: str, changes: Sequence[Change], *, actor: UserId | None
) -> None:
    """Open, join and resolve alerts about accounts of one provider whose status changed in this transaction.

    `actor`: who did something about them; None: nobody, it was found out. Whoever calls has locked the tiles.
    """
    by_workspace: defaultdict[WorkspaceId, list[Change]] = defaultdict(list)
    for change in changes:
        by_workspace[change.after.workspace_id].append(change)
    for ws in sorted(by_workspace):
        await _settle(ctx, tx, ws, [change.after for change in by_workspace[ws]], actor)
        await _break(ctx, tx, ws, provider_key, by_workspace[ws])


async def tell(
    ctx: Context,
    tx: Tx,
    ws: WorkspaceId,
    alert_id: AlertId,
    *,
    kind: str = ALERT,
    due_at: datetime | None = None,
) -> None:
    """Have everyone concerned told how an alert now stands, from `due_at` on (else now)."""
    await outbox.ask(
        tx,
        ws=ws,
        kind=kind,
        subject=alert_id,
        surface=Surface.EVERYONE,
        recipient="",
        now=ctx.clock(),
        due_at=due_at,
    )


async def tell_open(ctx: Context, tx: Tx, ws: WorkspaceId) -> None:
    """Have every open alert told to whoever is to know of it now: people or channels have changed."""
    # By id, as `follow` asks for them: two that ask in another order would wait for each other.
    for alert in await alert_details.open_alerts(tx, ws):
        kind = OUTAGE if alert.kind is AlertKind.OUTAGE else ALERT
        await tell(ctx, tx, ws, alert.id, kind=kind, due_at=max(ctx.clock(), alert.tell_at))


async def weather_changed(ctx: Context, tx: Tx, before: ProviderHealth, after: ProviderHealth) -> None:
    """A provider's weather changed, in this transaction: an outage is told once in each workspace that has accounts there.

    A wave that follows an outage does not end it: nobody can say yet that the provider works again.
    """
    now, key = ctx.clock(), after.provider_key
    if after.weather is Weather.OUTAGE and before.weather is not Weather.OUTAGE:
        for ws in await integrations.workspaces_with(tx, key):
            alert_id = await alerts.open_outage(tx, ws=ws, provider_key=key, now=now, tell_at=now)
            await tell(ctx, tx, ws, alert_id, kind=OUTAGE)
    elif after.weather in (Weather.FINE, Weather.CONFIRMED):
        for ws, alert_id in await alerts.resolve_outages(tx, key, at=now):
            await tell(ctx, tx, ws, alert_id, kind=OUTAGE)


async def _settle(
    ctx: Context, tx: Tx, ws: WorkspaceId, concerned: Sequence[Account], actor: UserId | None
) -> None:
    """Whatever is not disconnected is in no open alert; one that never was costs nothing."""
    now = ctx.clock()
    touched: set[AlertId] = set()
    for resolution, account_ids in _settled(concerned, actor).items():
        touched.update(
            await alerts.resolve_accounts(tx, ws, account_ids, at=now, by=actor, resolution=resolution)
        )
    for alert_id in sorted(touched):
        await _tell_progress(ctx, tx, ws, alert_id)


def _settled(concerned: Sequence[Account], actor: UserId | None) -> Mapping[str, list[AccountId]]:
    found: defaultdict[str, list[AccountId]] = defaultdict(list)
    for account in concerned:
        if account.status is AccountStatus.REMOVED:
            found["removed"].append(account.id)
        elif account.status is not AccountStatus.DISCONNECTED:
            found["recovered" if actor is None else "reconnected"].append(account.id)
    return found


async def _tell_progress(ctx: Context, tx: Tx, ws: WorkspaceId, alert_id: AlertId) -> None:
    """At once when it is over; else a moment later, with whatever else is repaired by then, and never before it is told at all."""
    alert = await alerts.get(tx, ws, alert_id)
    if alert is None or alert.resolved_at is not None:
        await tell(ctx, tx, ws, alert_id)
    else:
        await tell(ctx, tx, ws, alert_id, due_at=max(alert.tell_at, ctx.clock() + telling.EDIT))


async def _break(
    ctx: Context, tx: Tx, ws: WorkspaceId, provider_key: str, concerned: Sequence[Change]
) -> None:
    now = ctx.clock()
    broken = [
        Broken(after.id, after.reason, before.failing_since or after.checked_at or now)
        for before, after in concerned
        if after.status is AccountStatus.DISCONNECTED
    ]
    if not broken:
        return
    health = await provider_health.read(tx, provider_key)
    opened = await alerts.open_or_join(
        tx,
        ws=ws,
        provider_key=provider_key,
        accounts=broken,
        now=now,
        tell_at=now + telling.GATHER,
        joins_until=now + telling.JOIN,
        sliding=health is not None and health.weather is Weather.CONFIRMED,
    )
    if opened.added:
        due_at = opened.tell_at if opened.is_new else max(opened.tell_at, now + telling.EDIT)
        await tell(ctx, tx, ws, opened.alert_id, due_at=due_at)
