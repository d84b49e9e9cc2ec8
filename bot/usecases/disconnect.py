"""Disconnecting an account, and ending its sign-in at the provider, however long that takes."""

import asyncio

from blocks import disconnect as screens
from blocks.parts import View
from blocks.views import DisconnectedView, DisconnectView, Revoke
from bot import policy
from bot.usecases import people
from bot.usecases.access import close_attempts
from bot.usecases.alerting import Change, follow
from bot.usecases.connect import gone
from bot.usecases.context import Context
from bot.usecases.detail import provider_of, refresh_open
from bot.usecases.ending import leave, may_revoke
from bot.usecases.repair import close_repairs
from connectors.engine import RevokeOutcome, Tokens
from store import accounts, grants, outbox, views
from store.database import Tx
from store.records import (
    Account,
    AccountDetail,
    AccountId,
    AccountStatus,
    Grant,
    GrantState,
    OpenView,
    Surface,
    UserId,
    WorkspaceId,
)

DISCONNECT = "disconnect"
NOT_REVOKED = "not_revoked"
_BATCH = 20


async def ask(ctx: Context, ws: WorkspaceId, user_id: UserId, account_id: AccountId) -> View:
    """The confirm view: who loses access, what stops, what ending the sign-in does besides.

    Raises:
        UserFacingError: the person may not, or the account is gone.

    """
    await people.integrator(ctx, ws, user_id, action="disconnect", subject=account_id)
    async with ctx.store.reading() as tx:
        found = await accounts.get(tx, ws, account_id)
        siblings = await accounts.of_grant(tx, ws, found.grant.id) if found else ()
    if found is None or found.account.status is AccountStatus.REMOVED:
        raise gone()
    provider = provider_of(ctx, found.account.provider_key)
    last = len(siblings) <= 1
    return screens.confirm(
        DisconnectView(
            account_id=account_id,
            account=found.account.name,
            provider=provider.name,
            groups=tuple(group.name for group in found.groups),
            people=found.people,
            stops=tuple(sorted(c.value for c in provider.capabilities)),
            siblings=len(siblings) - 1,
            side_effect=provider.auth.revoke_side_effect if last else None,
        )
    )


async def disconnect(
    ctx: Context, ws: WorkspaceId, user_id: UserId, account_id: AccountId, view_id: str
) -> View:
    """Remove the account; its sign-in ends at the provider when no other account needs it. Pressing twice removes once.

    Returns:
        What the confirm view turns into; it is refreshed when the provider has answered.

    """
    await people.integrator(ctx, ws, user_id, action="disconnect", subject=account_id)
    async with people.rechecked(ctx, ws, user_id, action="disconnect", subject=account_id) as tx:
        found = await accounts.get(tx, ws, account_id)
        if found is None:
            raise gone()
        if await accounts.remove(tx, ws, account_id, by=user_id, at=ctx.clock()):
            # As it hung when it went: a sign-in of this very moment may have taken it over (PostgreSQL).
            now = await accounts.get(tx, ws, account_id) or found
            await _removed(ctx, tx, user_id, now)
            change = Change(found.account, now.account)
            await follow(ctx, tx, found.account.provider_key, [change], actor=user_id)
        await views.opened(
            tx,
            OpenView(
                workspace_id=ws,
                view_id=view_id,
                user_id=user_id,
                kind=DISCONNECT,
                subject=account_id,
                opened_at=ctx.clock(),
            ),
        )
    ctx.kick("deliver")
    ctx.kick("revoke")
    return await result(ctx, ws, account_id)


async def _removed(ctx: Context, tx: Tx, user_id: UserId, found: AccountDetail) -> None:
    ws, account = found.account.workspace_id, found.account
    await accounts.remember(tx, ws, account.id, at=ctx.clock(), kind="removed", actor=user_id)
    await people.record(
        ctx, tx, ws, user_id, action="disconnected", subject=account.id, detail=account.provider_key
    )
    await close_attempts(ctx, tx, found.grant, found.grant.signed_in_by)
    await close_repairs(ctx, tx, account, failure="account_gone")
    await leave(ctx, tx, ws, found.grant.id)
    left = await grants.get(tx, ws, found.grant.id)
    if left is not None and left.state is not GrantState.REVOKE_PENDING:
        await accounts.remember(tx, ws, account.id, at=ctx.clock(), kind="still_shared", actor=None)
    await refresh_open(ctx, tx, ws, "detail", account.provider_key)


async def result(ctx: Context, ws: WorkspaceId, account_id: AccountId) -> View:
    """How the end of the sign-in at the provider stands now."""
    async with ctx.store.reading() as tx:
        found = await accounts.get(tx, ws, account_id)
    if found is None:
        raise gone()
    return screens.disconnected(outcome(ctx, found))


def outcome(ctx: Context, found: AccountDetail) -> DisconnectedView:
    """A removed account and what became of its sign-in.

    Raises:
        UserFacingError: its integration is no longer known.

    """
    provider = provider_of(ctx, found.account.provider_key)
    return DisconnectedView(
        account=found.account.name,
        provider=provider.name,
        revoke=_REVOKES[found.grant.state] if found.grant.revoke_outcome != "shared" else Revoke.SHARED,
        by_hand=provider.auth.revoke_by_hand,
    )


_REVOKES = {
    GrantState.LIVE: Revoke.SHARED,
    GrantState.REVOKE_PENDING: Revoke.PENDING,
    GrantState.REVOKED: Revoke.REVOKED,
    GrantState.NOT_REVOKED: Revoke.FAILED,
}


async def revoke_due(ctx: Context) -> int:
    """End due sign-ins at their providers; how many were tried. A crash leaves them due."""
    now = ctx.clock()
    async with ctx.store.transaction() as tx:
        due = await grants.claim_revokes(
            tx, owner=ctx.worker, now=now, until=now + policy.LOCK_LIFE, limit=_BATCH
        )
    await asyncio.gather(*(_revoke(ctx, grant) for grant in due))
    return len(due)


async def _revoke(ctx: Context, grant: Grant) -> None:
    if await _left_alone(ctx, grant):
        return
    async with ctx.store.reading() as tx:
        raw = await grants.tokens(tx, grant.workspace_id, grant.id)
        tries = await grants.revoke_tries(tx, grant.workspace_id, grant.id)
    provider = ctx.connectors.get(grant.provider_key)
    if provider is None or raw is None or ctx.connectors.missing_settings(grant.provider_key):
        outcome = RevokeOutcome.NOT_SUPPORTED if raw is None else RevokeOutcome.TRY_AGAIN
    else:
        outcome = await ctx.connectors.revoke(
            provider, tokens=Tokens.load(raw), identity_id=grant.identity_id, address=grant.address
        )
        if grant.refresh_started_at is not None and outcome is not RevokeOutcome.TRY_AGAIN:
            # An answer with newer tokens may have been lost; that the old ones are dead proves nothing.
            outcome = RevokeOutcome.REFUSED
    async with ctx.store.transaction() as tx:
        await _revoke_told(ctx, tx, grant, outcome, tries)
    ctx.kick("deliver")


async def _left_alone(ctx: Context, grant: Grant) -> bool:
    """Whether somebody has signed in anew since the end was asked for, so that ending this sign-in would end theirs too."""
    async with ctx.store.transaction() as tx:
        if await may_revoke(ctx, tx, grant):
            return False
        await grants.retire(tx, grant.workspace_id, grant.id, outcome="shared")
        for account in await accounts.of_grant(tx, grant.workspace_id, grant.id, removed=True):
            await accounts.remember(
                tx, grant.workspace_id, account.id, at=ctx.clock(), kind="still_shared", actor=None
            )
            await refresh_open(ctx, tx, grant.workspace_id, DISCONNECT, account.id)
        await refresh_open(ctx, tx, grant.workspace_id, "detail", grant.provider_key)
    ctx.kick("deliver")
    return True


async def _revoke_told(ctx: Context, tx: Tx, grant: Grant, outcome: RevokeOutcome, tries: int) -> None:
    wait = policy.revoke_again_in(tries) if outcome is RevokeOutcome.TRY_AGAIN else None
    if wait is not None:
        await grants.revoke_again(
            tx,
            grant.workspace_id,
            grant.id,
            owner=ctx.worker,
            due_at=ctx.clock() + wait,
            outcome=outcome.value,
        )
        return
    ended = outcome in (RevokeOutcome.REVOKED, RevokeOutcome.ALREADY_GONE)
    state = GrantState.REVOKED if ended else GrantState.NOT_REVOKED
    ws, told = grant.workspace_id, outcome.value
    if not await grants.revoke_ended(tx, ws, grant.id, owner=ctx.worker, state=state, outcome=told):
        return  # our lease ran out: whoever has it now tells
    for account in await accounts.of_grant(tx, grant.workspace_id, grant.id, removed=True):
        await accounts.remember(
            tx, grant.workspace_id, account.id, at=ctx.clock(), kind=state.value, actor=None
        )
        await refresh_open(ctx, tx, grant.workspace_id, DISCONNECT, account.id)
        if not ended:
            await _tell_not_revoked(ctx, tx, account, grant)
    await refresh_open(ctx, tx, grant.workspace_id, "detail", grant.provider_key)


async def _tell_not_revoked(ctx: Context, tx: Tx, account: Account, grant: Grant) -> None:
    """By a message of its own: the modal may have been closed long before it was given up."""
    await outbox.ask(
        tx,
        ws=account.workspace_id,
        kind=NOT_REVOKED,
        subject=account.id,
        surface=Surface.DM,
        recipient=account.removed_by or grant.signed_in_by,
        now=ctx.clock(),
        once=True,
    )
