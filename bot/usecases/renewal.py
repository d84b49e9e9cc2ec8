"""Keeping a sign-in alive: one refresh at a time per grant, across processes, and no committed token ever lost."""

import asyncio
from datetime import datetime, timedelta

from bot import policy
from bot.usecases import expiry
from bot.usecases.context import Context
from connectors.engine import Refreshed, Tokens
from connectors.observation import Expired, Observation, Reason, Rejected, Throttled, Unreachable
from connectors.provider import Provider, RefreshKind
from store import grants
from store.database import StoreUnavailable
from store.records import Grant, GrantId, GrantState, WorkspaceId

_POLL = 0.2
"""Seconds between looks at a refresh someone else is doing."""
_PATIENCE = 12.0
"""Seconds to wait for it, as Nango does (peers.md 2.3)."""
_AGAIN = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between tries to store what a provider has just given: it is nowhere else, and a database may be away for a moment."""


def can_renew(provider: Provider, tokens: Tokens) -> bool:
    """Whether a sign-in can be renewed without its person."""
    kind = provider.auth.refresh
    return kind is RefreshKind.EXCHANGE or (kind is not RefreshKind.NONE and tokens.refresh_token is not None)


async def fresh_tokens(
    ctx: Context,
    provider: Provider,
    grant: Grant,
    *,
    refused: Tokens | None = None,
    ahead: timedelta = policy.REFRESH_AHEAD,
) -> Tokens | Observation:
    """Tokens fit for use now, or what was seen instead. The answer is stored, in a transaction of its own, before anybody uses it.

    `ahead`: renewed when they end so soon; if that fails while they still have some minutes, they are used as they are.
    `refused`: tokens the provider has just refused. They are renewed although they still have time, unless someone else has
    renewed them since.
    """
    tokens = await _stored(ctx, grant.workspace_id, grant.id)
    if tokens is None:
        return Expired()
    if refused is not None and tokens != refused:
        return tokens
    now = ctx.clock()
    if provider.auth.refresh is RefreshKind.EXCHANGE:
        ahead = max(ahead, policy.EXCHANGE_AHEAD)
    if refused is None and not policy.needs_refresh(tokens.expires_at, now, ahead=ahead):
        return tokens
    if not can_renew(provider, tokens):
        return tokens if _lives(tokens, now) else Expired()
    seen = await _one_at_a_time(ctx, provider, grant, tokens)
    return tokens if refused is None and _still_serves(tokens, now, seen) else seen


def _lives(tokens: Tokens, now: datetime) -> bool:
    return tokens.expires_at is None or tokens.expires_at > now


def _still_serves(tokens: Tokens, now: datetime, seen: Tokens | Observation) -> bool:
    """Whether tokens that could not be renewed are used as long as they live: an early try was in vain, or no verdict came."""
    early = not policy.needs_refresh(tokens.expires_at, now)
    return not isinstance(seen, Tokens) and (
        early or (isinstance(seen, Unreachable | Throttled) and _lives(tokens, now))
    )


async def _stored(ctx: Context, ws: WorkspaceId, grant_id: GrantId) -> Tokens | None:
    async with ctx.store.reading() as tx:
        raw = await grants.tokens(tx, ws, grant_id)
    return Tokens.load(raw) if raw else None


async def _one_at_a_time(
    ctx: Context, provider: Provider, grant: Grant, before: Tokens
) -> Tokens | Observation:
    owner = f"{ctx.worker}/{id(before):x}"
    waited = 0.0
    while not await _locked(ctx, grant, owner):
        await asyncio.sleep(_POLL)
        waited += _POLL
        present = await _stored(ctx, grant.workspace_id, grant.id)
        if present is None:
            return Expired()
        if present != before:
            return present
        if waited >= _PATIENCE:
            # No word from the provider, so nothing is concluded from it.
            return Throttled()
    try:
        return await _refresh(ctx, provider, grant, owner, before)
    finally:
        async with ctx.store.transaction() as tx:
            await grants.unlock(tx, grant.workspace_id, grant.id, owner=owner)


async def _locked(ctx: Context, grant: Grant, owner: str) -> bool:
    now = ctx.clock()
    async with ctx.store.transaction() as tx:
        return await grants.lock(
            tx, grant.workspace_id, grant.id, owner=owner, now=now, until=now + policy.LOCK_LIFE
        )


async def _refresh(
    ctx: Context, provider: Provider, grant: Grant, owner: str, before: Tokens
) -> Tokens | Observation:
    ws = grant.workspace_id
    async with ctx.store.transaction() as tx:
        present = await grants.get(tx, ws, grant.id)
        raw = await grants.tokens(tx, ws, grant.id)
        if present is None or raw is None or present.state is not GrantState.LIVE:
            return Expired()
        tokens = Tokens.load(raw)
        if tokens != before:
            return tokens
        # A marker still there means an answer of the provider may have been lost between its sending and our commit.
        interrupted = present.refresh_started_at is not None
        if not await grants.mark_refresh(tx, ws, grant.id, owner=owner, now=ctx.clock()):
            return Throttled()
    seen = await ctx.connectors.refresh(provider, tokens=tokens, address=grant.address, now=ctx.clock())
    for pause in _AGAIN:
        try:
            return await _keep(ctx, grant, owner, tokens, seen, interrupted=interrupted)
        except StoreUnavailable:
            await asyncio.sleep(pause)
    return await _keep(ctx, grant, owner, tokens, seen, interrupted=interrupted)


async def _keep(
    ctx: Context,
    grant: Grant,
    owner: str,
    sent: Tokens,
    seen: Refreshed | Observation,
    *,
    interrupted: bool,
) -> Tokens | Observation:
    ws = grant.workspace_id
    async with ctx.store.transaction() as tx:
        raw = await grants.tokens(tx, ws, grant.id, hold=True)
        if raw is None:
            return Expired()
        if (present := Tokens.load(raw)) != sent:
            # Our lease ran out while we waited, and another process renewed: a refusal of the old tokens is no verdict.
            return present
        if isinstance(seen, Refreshed):
            new = seen.tokens
            await grants.store_tokens(
                tx,
                ws,
                grant.id,
                owner=None,
                tokens=new.dump(),
                expires_at=new.expires_at,
                ends_at=new.ends_at,
            )
            if new.ends_at != grant.ends_at:
                await expiry.draw_again(tx, ws, grant.id, now=ctx.clock())
            return new
        if not isinstance(seen, Unreachable):
            await grants.clear_marker(tx, ws, grant.id, owner=owner)
    if interrupted and isinstance(seen, Rejected | Expired):
        return Rejected(reason=Reason.INTERRUPTED, permanent=True)
    return seen
