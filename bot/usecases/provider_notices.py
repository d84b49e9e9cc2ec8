"""What providers tell by themselves: asking them to, and taking in what they say. A notice decides nothing; it has the sign-in asked."""

import asyncio
import hashlib
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from bot.in_flight import report
from bot.usecases.context import Context
from bot.usecases.renewal import fresh_tokens
from connectors.engine import Forged, Subscribed, Tokens, Told
from connectors.observation import Expired, Observation, Rejected
from connectors.provider import Provider
from store import checks, grants, notices
from store.records import Grant, GrantState
from store.watch_records import Hook, HookId

AGAIN = timedelta(days=1)
"""A subscription is asked for anew so often: providers drop those that could not be told anything for hours, and our address may change."""
STALE = timedelta(days=2)
"""Older news than this was found out by asking; Shopify's may come up to a day late (shopify.dev, best practices, read 2026-11)."""
_LEASE = timedelta(minutes=5)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
_BATCH = 20
_log = logging.getLogger(__name__)


class Taken(StrEnum):
    """What became of a notice."""

    UNKNOWN = "nobody was asked to tell us there"
    FORGED = "not signed by the provider"
    IGNORED = "nothing to do"
    CHECKING = "the sign-in is asked now"


async def take(ctx: Context, key: str, headers: Mapping[str, str], body: bytes) -> Taken:
    """Take in what came to /hooks/<key>: `headers` with lower-case names, the raw `body`. Twice the same does nothing."""
    async with ctx.store.reading() as tx:
        hook = await notices.get(tx, HookId(key))
        grant = await grants.get(tx, hook.workspace_id, hook.grant_id) if hook else None
    provider = ctx.connectors.get(hook.provider_key) if hook else None
    if hook is None or grant is None or provider is None:
        return Taken.UNKNOWN
    told = ctx.connectors.told(provider, headers=headers, body=body)
    if isinstance(told, Forged):
        return Taken.FORGED
    if told is None or not _is_news(provider, grant, told, ctx.clock()):
        return Taken.IGNORED
    return await _have_asked(ctx, hook, told)


def _is_news(provider: Provider, grant: Grant, told: Told, now: datetime) -> bool:
    if provider.notices is None or told.topic not in provider.notices.topics:
        return False
    about_another = told.address is not None and told.address != grant.address
    return not about_another and (told.at is None or now - told.at < STALE)


async def _have_asked(ctx: Context, hook: Hook, told: Told) -> Taken:
    now = ctx.clock()
    # One for each: whoever has a signed body may send it under ever new ids, and each plan voids the check under way.
    seen = (f"{hook.grant_id} {_digest(told.id)}", f"{hook.grant_id} at {now:%Y-%m-%dT%H:%M}")
    async with ctx.store.transaction() as tx:
        for notice_id in seen:
            if not await notices.first_seen(tx, hook.provider_key, notice_id, at=now):
                return Taken.IGNORED
        planned = await checks.plan(tx, hook.workspace_id, hook.grant_id, hook.provider_key, at=now)
    if not planned:
        return Taken.IGNORED
    ctx.kick(f"sweep:{hook.provider_key}")
    return Taken.CHECKING


def _digest(told_id: str) -> str:
    return hashlib.sha256(told_id.encode()).hexdigest()


async def subscribe_due(ctx: Context) -> int:
    """Look after the subscriptions that are due; how many. A crash leaves them due again."""
    now = ctx.clock()
    async with ctx.store.transaction() as tx:
        due = await notices.claim(tx, now=now, until=now + _LEASE, limit=_BATCH)
    done = await asyncio.gather(*(_look_after(ctx, hook) for hook in due), return_exceptions=True)
    for error in done:
        if isinstance(error, Exception):
            report(error)
    return len(due)


async def _look_after(ctx: Context, hook: Hook) -> None:
    async with ctx.store.reading() as tx:
        grant = await grants.get(tx, hook.workspace_id, hook.grant_id)
    provider = ctx.connectors.get(hook.provider_key)
    ready = provider is not None and not ctx.connectors.missing_settings(provider.key)
    if grant is None or grant.state is not GrantState.LIVE:
        if provider is not None and ready and hook.remote_id is not None:
            await _unsubscribe(ctx, provider, hook.remote_id, grant)
        async with ctx.store.transaction() as tx:
            await notices.remove(tx, hook.workspace_id, hook.id)
    elif provider is not None and ready and ctx.connectors.notices_arrive():
        await _subscribe(ctx, provider, grant, hook)
    else:
        async with ctx.store.transaction() as tx:
            await notices.put_off(tx, hook.workspace_id, hook.id, due_at=ctx.clock() + AGAIN)


async def _subscribe(ctx: Context, provider: Provider, grant: Grant, hook: Hook) -> None:
    seen = await _asked(ctx, provider, grant, hook)
    now = ctx.clock()
    refused = isinstance(seen, Rejected | Expired) and hook.tries == 1
    async with ctx.store.transaction() as tx:
        if isinstance(seen, Subscribed):
            again = now + AGAIN * (0.9 + 0.2 * ctx.luck())
            await notices.registered(tx, hook.workspace_id, hook.id, at=now, due_at=again, remote_id=seen.id)
        else:
            await notices.put_off(tx, hook.workspace_id, hook.id, due_at=now + _wait(hook.tries))
        if refused:
            # Ended before it could tell us so: that is found out now, not at the next check.
            await checks.plan(tx, grant.workspace_id, grant.id, provider.key, at=now)
    if refused:
        ctx.kick(f"sweep:{provider.key}")
    if not isinstance(seen, Subscribed | None):
        _log.warning(
            "%s was not asked for notices: %s, try %d", provider.key, type(seen).__name__, hook.tries
        )


async def _asked(
    ctx: Context, provider: Provider, grant: Grant, hook: Hook
) -> Subscribed | Observation | None:
    async with ctx.pace.turn(provider.key):
        tokens = await fresh_tokens(ctx, provider, grant)
        if not isinstance(tokens, Tokens):
            return tokens
        return await ctx.connectors.subscribe(provider, tokens=tokens, address=grant.address, key=hook.id)


def _wait(tries: int) -> timedelta:
    return min(_FIRST_WAIT * (1 << min(tries - 1, 20)), _LONGEST_WAIT)


async def _unsubscribe(ctx: Context, provider: Provider, remote_id: str, ended: Grant | None) -> None:
    """Best effort: by a living sign-in of the same identity, for the ended one can do nothing any more. Without one it is gone."""
    if ended is None:
        return
    async with ctx.store.reading() as tx:
        living = await grants.one_of_identity(tx, provider.key, ended.identity_id)
    if living is None:
        return
    async with ctx.pace.turn(provider.key):
        tokens = await fresh_tokens(ctx, provider, living)
        if isinstance(tokens, Tokens):
            await ctx.connectors.unsubscribe(
                provider, tokens=tokens, address=living.address, remote_id=remote_id
            )
