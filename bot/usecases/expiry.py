"""Warnings before a sign-in ends that cannot renew itself: to who signed in, 7, 3 and 1 days ahead."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from blocks.alert_views import End, Ended
from blocks.notice_views import ExpiringAccount, WarningView
from blocks.notices import warning
from blocks.parts import Message
from bot import policy
from bot.usecases import alert_facts
from bot.usecases.alert_facts import Audience
from bot.usecases.context import Context
from bot.usecases.hours import free_at
from connectors.provider import Provider
from store import accounts, alert_settings, grants, groups, outbox, told
from store.database import Tx
from store.records import Account, AccountStatus, Grant, GrantId, OutboxMessage, Surface, UserId, WorkspaceId
from store.watch_records import WorkspaceSettings

EXPIRY = "expiry"
"""Kind of the outbox; the subject is "<grant_id>/<days>/<YYYY-MM-DD of the end>"."""
DAYS = (7, 3, 1)
_BATCH = 100


async def warn(ctx: Context) -> int:
    """Warn of every end that is near enough, once for each of `DAYS`; how many sign-ins. Any number of bots may."""
    done = 0
    while True:
        now = ctx.clock()
        async with ctx.store.transaction() as tx:
            found = await grants.ending(tx, now, days=DAYS, limit=_BATCH)
            for grant in found:
                await _warn(ctx, tx, grant, now)
        done += len(found)
        if len(found) < _BATCH:
            return done


async def _warn(ctx: Context, tx: Tx, grant: Grant, now: datetime) -> None:
    assert grant.ends_at is not None  # noqa: S101  asked for
    ws, left = grant.workspace_id, grant.ends_at - now
    days = min((n for n in DAYS if left <= timedelta(days=n)), default=0) if left > timedelta() else 0
    await grants.warned(tx, ws, grant.id, days)
    # What was said before is out of date: a newer one comes, or it is too late.
    await draw_again(tx, ws, grant.id, now=now)
    # Whoever signs in for less than that has just been told at the provider.
    if days and grant.ends_at - grant.signed_in_at > timedelta(days=days):
        subject = f"{grant.id}/{days}/{grant.ends_at.date().isoformat()}"
        for user_id, due_at in await _readers(ctx, tx, grant, now):
            await outbox.ask(
                tx,
                ws=ws,
                kind=EXPIRY,
                subject=subject,
                surface=Surface.DM,
                recipient=user_id,
                now=now,
                due_at=due_at,
                once=True,
            )


async def _readers(ctx: Context, tx: Tx, grant: Grant, now: datetime) -> tuple[tuple[UserId, datetime], ...]:
    """Who signed in, if they can still renew it and want DMs; else every Integrator."""
    audience = await alert_facts.audience(ctx, tx, grant.workspace_id)
    settings = await alert_settings.workspace(tx, grant.workspace_id)
    willing = [one for one in audience.integrators if audience.settings[one].dm]
    chosen = [grant.signed_in_by] if grant.signed_in_by in willing else willing
    return tuple((one, _free(audience, one, settings, now)) for one in chosen)


def _free(audience: Audience, user_id: UserId, settings: WorkspaceSettings, now: datetime) -> datetime:
    return free_at(now, audience.settings[user_id], audience.people.get(user_id), settings)


async def draw_again(tx: Tx, ws: WorkspaceId, grant_id: GrantId, *, now: datetime) -> None:
    """Have the warnings of a sign-in drawn anew that was renewed, or that accounts have left."""
    await told.again(tx, ws, EXPIRY, prefix=f"{grant_id}/", now=now)


async def message(ctx: Context, row: OutboxMessage) -> Message | None:
    """A warning as it now stands: to be acted upon, or one line once it is renewed, removed, repeated or too late."""
    grant_id, days, day = row.subject.rsplit("/", 2)
    async with ctx.store.reading() as tx:
        grant = await grants.get(tx, row.workspace_id, GrantId(grant_id))
        provider = ctx.connectors.get(grant.provider_key) if grant else None
        if grant is None or provider is None:
            return None
        view = await _view(ctx, tx, row, grant, provider, day)
        newer = [n for n in DAYS if n < int(days)]
        repeated = [
            await told.newest_of(tx, row.workspace_id, EXPIRY, prefix=f"{grant_id}/{n}/") for n in newer
        ]
    if any(one.endswith(day) for one in repeated):
        view = _superseded(view)
    over = view.ended is not None or view.ran_out or view.superseded
    return None if over and not row.ts else warning(view)


def _superseded(view: WarningView) -> WarningView:
    return view if view.ended is not None or view.ran_out else replace(view, superseded=True)


async def _view(
    ctx: Context, tx: Tx, row: OutboxMessage, grant: Grant, provider: Provider, day: str
) -> WarningView:
    now, ws = ctx.clock(), row.workspace_id
    carried = await accounts.of_grant(tx, ws, grant.id)
    in_use = [one for one in carried if one.status is not AccountStatus.WAITING]
    rights = await groups.rights(tx, ws, UserId(row.recipient))
    ends_at = grant.ends_at or row.created_at
    view = WarningView(
        provider_key=provider.key,
        provider=provider.name,
        account_noun=provider.account_noun,
        accounts=_expiring(in_use),
        days=policy.days_left(ends_at, now) or 0,
        ends_at=ends_at,
        stops=tuple(sorted(one.value for one in provider.capabilities)),
        may_manage=policy.may_manage(rights),
        connected_by=None if grant.signed_in_by == row.recipient else grant.signed_in_by,
    )
    if not in_use:
        return await _gone(tx, row, grant, view)
    if grant.ends_at is None or grant.ends_at.date().isoformat() != day:
        return replace(view, ended=Ended(end=End.RECOVERED), ended_at=now)
    return replace(view, ran_out=grant.ends_at <= now)


async def _gone(tx: Tx, row: OutboxMessage, grant: Grant, view: WarningView) -> WarningView:
    """No account hangs on this sign-in any more: somebody signed in anew, or removed them."""
    removed = await accounts.of_grant(tx, row.workspace_id, grant.id, removed=True)
    if removed:
        ended = Ended(end=End.REMOVED, by=removed[0].removed_by)
        return replace(view, accounts=_expiring(removed), ended=ended, ended_at=removed[0].removed_at)
    anew = await _anew(tx, row, grant)
    if anew is None:
        only = ExpiringAccount(id="", name=grant.identity_name)
        return replace(view, accounts=(only,), ended=Ended(end=End.RECOVERED))
    mine = await accounts.of_grant(tx, row.workspace_id, anew.id)
    ended = Ended(end=End.RECONNECTED, by=anew.signed_in_by)
    return replace(view, accounts=_expiring(mine), ended=ended, ended_at=anew.signed_in_at)


async def _anew(tx: Tx, row: OutboxMessage, grant: Grant) -> Grant | None:
    """The sign-in of the same identity that took its place since the warning."""
    found = await accounts.of_provider(tx, row.workspace_id, grant.provider_key)
    newer = [
        one.grant
        for one in found
        if one.grant.identity_id == grant.identity_id and one.grant.signed_in_at >= row.created_at
    ]
    return min(newer, key=lambda one: one.signed_in_at, default=None)


def _expiring(found: Sequence[Account]) -> tuple[ExpiringAccount, ...]:
    return tuple(ExpiringAccount(id=one.id, name=one.name) for one in found)
