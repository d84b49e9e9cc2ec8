"""Who may use an account: giving Groups, at the end of connecting and later."""

from dataclasses import dataclass

from blocks import choosing
from blocks.parts import View
from blocks.views import ChooseGroupsView, GroupOption
from bot.errors import UserFacingError
from bot.usecases import alerting, people
from bot.usecases.alerting import follow
from bot.usecases.connect import gone, tell
from bot.usecases.context import Context
from bot.usecases.detail import provider_of, refresh_open
from bot.usecases.ending import leave
from bot.usecases.planning import watch_from_now
from bot.usecases.repair import adopt
from store import accounts, alert_details, attempts, grants, groups, integrations
from store.database import Tx
from store.records import (
    Account,
    AccountId,
    AccountStatus,
    Attempt,
    Grant,
    GrantState,
    GroupId,
    Stage,
    UserId,
    WorkspaceId,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoGroup:
    """No Group, or none of this workspace's, was chosen."""


async def known_groups(tx: Tx, ws: WorkspaceId, chosen: tuple[str, ...]) -> tuple[GroupId, ...]:
    """Of ids that came from outside, those of this workspace's Groups."""
    known = {group.id for group in await groups.all(tx, ws)}
    return tuple(GroupId(c) for c in chosen if c in known)


async def give(ctx: Context, attempt: Attempt, chosen: tuple[str, ...]) -> NoGroup | None:
    """Save at the end of connecting: the picked accounts are active from here on, for these Groups.

    Pressing Save twice saves once. Raises `UserFacingError` where the person may not, or nothing is left to save.
    """
    ws = attempt.workspace_id
    asked = {"action": "connect", "subject": attempt.provider_key}
    await people.integrator(ctx, ws, attempt.user_id, **asked)
    async with people.rechecked(ctx, ws, attempt.user_id, **asked) as tx:
        # Before anything is read: nobody takes the accounts away between the reading and the saving (PostgreSQL).
        await integrations.lock(tx, ws, attempt.provider_key)
        fresh = await attempts.get(tx, attempt.id)
        if fresh is None or fresh.stage is not Stage.GROUPS or fresh.grant_id is None:
            return None
        group_ids = await known_groups(tx, ws, chosen)
        if not group_ids:
            return NoGroup()
        grant = await grants.get(tx, ws, fresh.grant_id)
        if grant is None or grant.state is not GrantState.LIVE:
            await _too_late(ctx, tx, fresh)
        else:
            await _connect(ctx, tx, fresh, grant, group_ids)
    ctx.kick("deliver")
    ctx.kick("revoke")
    ctx.kick("subscribe")
    return None


async def _too_late(ctx: Context, tx: Tx, attempt: Attempt) -> None:
    """A newer sign-in of the same account took over, or the account was disconnected while the modal was open."""
    living = await accounts.by_external_ids(tx, attempt.workspace_id, attempt.provider_key, attempt.picked)
    failure = "connected_by_another" if living else "account_gone"
    await attempts.fail(tx, attempt.workspace_id, attempt.id, from_={Stage.GROUPS}, failure=failure)
    await tell(ctx, tx, attempt)


async def _tell_others(ctx: Context, tx: Tx, attempt: Attempt) -> None:
    """Whoever else is choosing Groups for one of these accounts sees at once that it is connected by now."""
    for other in await attempts.choosing_groups(tx, attempt.workspace_id, attempt.provider_key):
        if other.id == attempt.id or other.grant_id is None or not set(other.picked) & set(attempt.picked):
            continue
        grant = await grants.get(tx, other.workspace_id, other.grant_id)
        if grant is None or grant.state is not GrantState.LIVE:
            await _too_late(ctx, tx, other)
        else:
            await tell(ctx, tx, other)


async def _connect(
    ctx: Context, tx: Tx, attempt: Attempt, grant: Grant, group_ids: tuple[GroupId, ...]
) -> None:
    ws = attempt.workspace_id
    living = await accounts.by_external_ids(tx, ws, attempt.provider_key, attempt.picked)
    # First of all the attempt itself: of two Saves in one moment the second stops here.
    if not await _ends(tx, attempt, connected=bool(living)):
        return
    changes = []
    for account in living.values():
        event = "connected" if account.status is AccountStatus.WAITING else "reconnected"
        changes.append(await adopt(ctx, tx, attempt.user_id, grant, account, event=event))
        await accounts.set_groups(tx, ws, account.id, group_ids)
        if account.grant_id != grant.id:
            await leave(ctx, tx, ws, account.grant_id)
    await follow(ctx, tx, attempt.provider_key, changes, actor=attempt.user_id)
    if not await leave(ctx, tx, ws, grant.id):
        await watch_from_now(ctx, tx, grant)
    await people.record(
        ctx,
        tx,
        ws,
        attempt.user_id,
        action="connected",
        subject=attempt.provider_key,
        detail=" ".join(living)[:500],
    )
    await tell(ctx, tx, attempt)
    await _tell_others(ctx, tx, attempt)
    await refresh_open(ctx, tx, ws, "detail", attempt.provider_key)


async def _ends(tx: Tx, attempt: Attempt, *, connected: bool) -> bool:
    ws, waiting = attempt.workspace_id, {Stage.GROUPS}
    if connected:
        return await attempts.move(tx, ws, attempt.id, from_=waiting, to=Stage.DONE)
    return await attempts.fail(tx, ws, attempt.id, from_=waiting, failure="account_gone")


async def regroup(
    ctx: Context, ws: WorkspaceId, user_id: UserId, account_id: AccountId, chosen: tuple[str, ...]
) -> NoGroup | None:
    """Groups of an account, later. A waiting account gets its first ones only from the person who signed in.

    Raises:
        UserFacingError: the person may not, or the account is gone.

    """
    await people.integrator(ctx, ws, user_id, action="groups", subject=account_id)
    async with people.rechecked(ctx, ws, user_id, action="groups", subject=account_id) as tx:
        found = await accounts.get(tx, ws, account_id)
        if found is None or found.account.status is AccountStatus.REMOVED:
            raise gone()
        group_ids = await known_groups(tx, ws, chosen)
        if not group_ids:
            return NoGroup()
        if found.account.status is AccountStatus.WAITING:
            await _first_groups(ctx, tx, user_id, found.account, found.grant)
        await accounts.set_groups(tx, ws, account_id, group_ids)
        alert_id = await alert_details.open_of_account(tx, ws, account_id)
        if alert_id is not None:
            # It may concern other channels from now on.
            await alerting.tell(ctx, tx, ws, alert_id)
        await accounts.remember(tx, ws, account_id, at=ctx.clock(), kind="groups", actor=user_id)
        await people.record(ctx, tx, ws, user_id, action="groups", subject=account_id)
        await refresh_open(ctx, tx, ws, "detail", found.account.provider_key)
    ctx.kick("deliver")
    ctx.kick("subscribe")
    return None


async def _first_groups(ctx: Context, tx: Tx, user_id: UserId, account: Account, grant: Grant) -> None:
    if grant.signed_in_by != user_id:
        raise UserFacingError(
            "Only the person who signed in can choose the first Groups.",
            "Ask them, or disconnect the account.",
        )
    change = await adopt(ctx, tx, user_id, grant, account, event="connected")
    await follow(ctx, tx, account.provider_key, [change], actor=user_id)
    await watch_from_now(ctx, tx, grant)
    await close_attempts(ctx, tx, grant, user_id)


async def close_attempts(ctx: Context, tx: Tx, grant: Grant, user_id: UserId) -> None:
    """End the attempts that waited for Groups of this sign-in, once none of its accounts waits any more."""
    ws = grant.workspace_id
    carried = await accounts.of_grant(tx, ws, grant.id)
    if any(account.status is AccountStatus.WAITING for account in carried):
        return
    for attempt in await attempts.living_of_user(tx, ws, user_id, grant.provider_key):
        if attempt.grant_id != grant.id or attempt.stage is not Stage.GROUPS:
            continue
        if carried:
            await attempts.move(tx, ws, attempt.id, from_={Stage.GROUPS}, to=Stage.DONE)
        else:
            await attempts.fail(tx, ws, attempt.id, from_={Stage.GROUPS}, failure="account_gone")
        await tell(ctx, tx, attempt)


async def groups_view(ctx: Context, ws: WorkspaceId, user_id: UserId, account_id: AccountId) -> View:
    """The Groups of an account, to choose anew.

    Raises:
        UserFacingError: the person may not, or the account is gone.

    """
    await people.integrator(ctx, ws, user_id, action="groups", subject=account_id)
    async with ctx.store.reading() as tx:
        found = await accounts.get(tx, ws, account_id)
        known = await groups.all(tx, ws)
    if found is None or found.account.status is AccountStatus.REMOVED:
        raise gone()
    return choosing.choose_groups(
        ChooseGroupsView(
            subject=account_id,
            provider=provider_of(ctx, found.account.provider_key).name,
            accounts=(found.account.name,),
            groups=tuple(GroupOption(id=g.id, name=g.name, people=g.people) for g in known),
            chosen=frozenset(g.id for g in found.groups),
            admins=() if known else await people.admins(ctx, ws),
            connecting=False,
        )
    )
