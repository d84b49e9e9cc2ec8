"""Tidying: links that ran out, sign-ins that were interrupted, accounts nobody gave Groups, rows nobody needs."""

from datetime import timedelta

from bot import policy
from bot.usecases import people
from bot.usecases.access import close_attempts
from bot.usecases.connect import tell
from bot.usecases.context import Context
from bot.usecases.detail import refresh_open
from bot.usecases.dms import tell_waiting_removed
from bot.usecases.ending import discard, leave
from bot.usecases.parked import Parked
from bot.usecases.untold import tell_untold
from store import accounts, alerts, attempts, integrations, notices, outbox, views
from store.records import Account, Attempt, Stage

_BATCH = 50
_KEEP_ENDED = timedelta(days=30)
_KEEP_ALERTS = timedelta(days=90)
_KEEP_VIEWS = timedelta(hours=72)
_FAILURES = {
    Stage.EXCHANGING: "interrupted",
    Stage.UNCONFIRMED: "not_finished",
    Stage.PICK: "not_finished",
    Stage.GROUPS: "not_finished",
}


async def tidy(ctx: Context) -> int:
    """One round; how many attempts and accounts were ended, and how many accounts nobody had been told of."""
    now = ctx.clock()
    async with ctx.store.reading() as tx:
        stale = await attempts.stale(tx, now=now, exchanging_before=now - policy.EXCHANGE_LIFE, limit=_BATCH)
        waiting = await accounts.waiting_since(tx, now - policy.WAITING_LIFE, _BATCH)
    for attempt in stale:
        await _end_attempt(ctx, attempt)
    for account in waiting:
        await _end_waiting(ctx, account)
    untold = await tell_untold(ctx)
    async with ctx.store.transaction() as tx:
        await attempts.purge(tx, before=now - _KEEP_ENDED, limit=500)
        await outbox.purge(tx, before=now - _KEEP_ENDED, limit=500)
        await alerts.purge(tx, before=now - _KEEP_ALERTS, limit=100)
        await notices.purge(tx, before=now - _KEEP_ENDED, limit=500)
        await views.purge(tx, before=now - _KEEP_VIEWS)
    if stale or waiting or untold:
        ctx.kick("deliver")
        ctx.kick("revoke")
    return len(stale) + len(waiting) + untold


async def _end_attempt(ctx: Context, attempt: Attempt) -> None:
    async with ctx.store.transaction() as tx:
        raw = await attempts.parked(tx, attempt.workspace_id, attempt.id)
        ended = await attempts.fail(
            tx,
            attempt.workspace_id,
            attempt.id,
            # If it has moved on in this very moment, it is no longer stale.
            from_={attempt.stage},
            failure=_FAILURES.get(attempt.stage, "link_ran_out"),
        )
        if not ended:
            return
        if raw is not None:
            await discard(ctx, tx, attempt, Parked.load(raw))
        if attempt.grant_id is not None:
            await leave(ctx, tx, attempt.workspace_id, attempt.grant_id)
        await tell(ctx, tx, attempt)


async def _end_waiting(ctx: Context, account: Account) -> None:
    ws = account.workspace_id
    async with ctx.store.transaction() as tx:
        await integrations.lock(tx, ws, account.provider_key)
        found = await accounts.get(tx, ws, account.id)
        # If its person has saved in this very moment, it waits no longer.
        if found is None or found.account != account:
            return
        await accounts.remove(tx, ws, account.id, by=None, at=ctx.clock())
        await accounts.remember(tx, ws, account.id, at=ctx.clock(), kind="expired_waiting", actor=None)
        await people.record(ctx, tx, ws, None, action="waiting_removed", subject=account.id)
        await tell_waiting_removed(ctx, tx, account, found.grant.signed_in_by)
        await close_attempts(ctx, tx, found.grant, found.grant.signed_in_by)
        await leave(ctx, tx, ws, found.grant.id)
        await refresh_open(ctx, tx, ws, "detail", account.provider_key)
