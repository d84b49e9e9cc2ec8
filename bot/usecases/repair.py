"""Reconnecting: a new sign-in repairs the same account, and whatever siblings it also reaches."""

from dataclasses import replace

from bot import policy
from bot.usecases import people
from bot.usecases.alerting import Change, follow
from bot.usecases.connect import tell
from bot.usecases.context import Context
from bot.usecases.detail import refresh_open
from bot.usecases.ending import discard, grant_of, leave
from bot.usecases.parked import Parked
from bot.usecases.planning import watch_from_now
from store import accounts, attempts, grants
from store.database import Tx
from store.records import Account, AccountStatus, Attempt, Grant, Stage, UserId

# One that is just exchanging its code finds out by itself.
_REPAIRS = frozenset({Stage.LINK, Stage.SIGNING_IN, Stage.UNCONFIRMED})
_PARKED = frozenset({Stage.PICK, Stage.UNCONFIRMED})


async def repair(ctx: Context, tx: Tx, attempt: Attempt, parked: Parked) -> None:
    """Move the account to the new sign-in if it reaches that account's id at the provider, whoever signed in.

    Siblings of the same old sign-in that the new one reaches move too; the others stay as they are and are named.
    Otherwise nothing changes but the attempt, which says so.
    """
    found = await accounts.get(tx, attempt.workspace_id, attempt.account_id) if attempt.account_id else None
    if found is None or found.account.status is AccountStatus.REMOVED:
        await in_vain(ctx, tx, attempt, parked, "account_gone")
    elif not parked.chosen((found.account.external_id,)):
        names = tuple(a.name for a in parked.accounts)[:5]
        await in_vain(ctx, tx, attempt, parked, "wrong_account", names)
    else:
        await _heal(ctx, tx, attempt, parked, found.account)


async def in_vain(
    ctx: Context, tx: Tx, attempt: Attempt, parked: Parked, failure: str, details: tuple[str, ...] = ()
) -> None:
    """A sign-in was completed that changes nothing: the attempt says why, and the sign-in is ended."""
    if not await attempts.fail(
        tx, attempt.workspace_id, attempt.id, from_=_PARKED, failure=failure, details=details
    ):
        return
    await people.record(
        ctx,
        tx,
        attempt.workspace_id,
        attempt.user_id,
        action="sign_in",
        subject=attempt.provider_key,
        granted=False,
        detail=failure,
    )
    await discard(ctx, tx, attempt, parked)


async def _heal(ctx: Context, tx: Tx, attempt: Attempt, parked: Parked, account: Account) -> None:
    ws = attempt.workspace_id
    grant = grant_of(ctx, attempt, parked)
    siblings = await accounts.of_grant(tx, ws, account.grant_id)
    reached = {a.external_id for a in parked.accounts}
    healed = tuple(a for a in siblings if a.external_id in reached)
    left = tuple(a.name for a in siblings if a.external_id not in reached)
    # First of all the attempt itself: of two answers in one moment the second stops here.
    if not await attempts.move(
        tx,
        ws,
        attempt.id,
        from_=_PARKED,
        to=Stage.DONE,
        picked=tuple(a.external_id for a in healed),
        grant_id=grant.id,
        drop_parked=True,
        details=left,
    ):
        return
    await grants.insert(tx, grant, parked.tokens.dump())
    changes = [await adopt(ctx, tx, attempt.user_id, grant, one, event="reconnected") for one in healed]
    await follow(ctx, tx, attempt.provider_key, changes, actor=attempt.user_id)
    if not grant.missing_scopes:
        for sibling in healed:
            await close_repairs(ctx, tx, sibling, failure="connected_by_another")
    for touched in (account.grant_id, grant.id):
        await leave(ctx, tx, ws, touched)
    await watch_from_now(ctx, tx, grant)
    await people.record(ctx, tx, ws, attempt.user_id, action="reconnected", subject=account.id)
    await refresh_open(ctx, tx, ws, "detail", attempt.provider_key)


async def close_repairs(ctx: Context, tx: Tx, account: Account, *, failure: str) -> None:
    """End the attempts to repair an account that is gone or whole again: nobody is sent to sign in for nothing."""
    for attempt in await attempts.living_of_account(tx, account.workspace_id, account.id):
        raw = await attempts.parked(tx, attempt.workspace_id, attempt.id)
        if await attempts.fail(tx, attempt.workspace_id, attempt.id, from_=_REPAIRS, failure=failure):
            if raw is not None:
                await discard(ctx, tx, attempt, Parked.load(raw))
            await tell(ctx, tx, attempt)


async def adopt(
    ctx: Context, tx: Tx, user_id: UserId, grant: Grant, account: Account, *, event: str
) -> Change:
    """Put an account on a new sign-in, healthy from now on; the caller has what follows for alerts done.

    A waiting account stays waiting: only Save gives it its Groups.
    """
    now, waiting = ctx.clock(), account.status is AccountStatus.WAITING
    keep_waiting = waiting and event == "reconnected"
    status = AccountStatus.WAITING if keep_waiting else policy.settled_status(grant.missing_scopes)
    adopted = replace(
        account,
        grant_id=grant.id,
        status=status,
        reason="permission_missing" if status is AccountStatus.NEEDS_PERMISSION else None,
        failures=0,
        failing_since=None,
        checked_at=now,
        healthy_at=now,
        connected_by=user_id if waiting else account.connected_by,
        connected_at=now if waiting else account.connected_at,
    )
    await accounts.record(tx, adopted)
    await accounts.remember(tx, account.workspace_id, account.id, at=now, kind=event, actor=user_id)
    return Change(account, adopted)
