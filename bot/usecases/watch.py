"""The sweep: every sign-in of a provider is asked when it is due, by whichever bot comes first, and what follows is written down."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter

from bot import provider_weather, watching
from bot.in_flight import report
from bot.policy import needs_refresh
from bot.usecases import alerting
from bot.usecases.context import Context
from bot.usecases.detail import refresh_open
from bot.usecases.observing import observe
from bot.usecases.tickets import new_id
from bot.usecases.verdicts import write
from bot.watching import Sighting
from connectors.engine import Tokens
from connectors.observation import Misconfigured, Observation, Throttled
from connectors.provider import Provider
from store import accounts, checks, integrations, judged, provider_health
from store.database import Tx
from store.records import Account, AccountId, Grant, GrantId
from store.watch_records import Due, ProviderHealth, Seen, Watched, Weather

BATCH = 200
LEASE = timedelta(minutes=5)
"""More than a batch takes when every call of it takes as long as it may."""
_ROUNDS = 2
"""Batches under way at once: while one is written down, the next is asked."""
_BUT_TIMES = attrgetter(
    *(field.name for field in fields(Account) if field.name not in {"checked_at", "healthy_at"})
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One check done: what was seen of each account of a sign-in."""

    due: Due
    grant: Grant
    seen: Sequence[tuple[Account, Observation]]


async def sweep(ctx: Context, provider_key: str) -> int:
    """Do a provider's due checks; how many there were. A crash leaves them due again when their lease ends.

    Raises KeyError for a provider nobody knows, and what the store raises.
    """
    provider = ctx.connectors.get(provider_key)
    if provider is None:
        raise KeyError(provider_key)
    first = await _claim(ctx, provider)
    rounds = _ROUNDS if len(first) == BATCH else 1
    # The others begin with nothing and claim for themselves.
    work = [_round(ctx, provider, first if number == 0 else None) for number in range(rounds)]
    done = await asyncio.gather(*work, return_exceptions=True)
    for error in done:
        if isinstance(error, BaseException):
            raise error
    if not first:
        await _let_time_pass(ctx, provider)
    return sum(count for count in done if isinstance(count, int))


async def _claim(ctx: Context, provider: Provider) -> tuple[Due, ...]:
    now = ctx.clock()
    async with ctx.store.transaction() as tx:
        # A name for each claim: what this very bot claims again after its lease ended is another's too.
        owner = f"{ctx.worker}/{new_id()}"
        return await checks.claim(tx, provider.key, owner=owner, now=now, until=now + LEASE, limit=BATCH)


async def _round(ctx: Context, provider: Provider, dues: tuple[Due, ...] | None) -> int:
    done = 0
    while dues is None or dues:
        if dues is None:
            dues = await _claim(ctx, provider)
        await _check(ctx, provider, dues)
        done += len(dues)
        dues = None if len(dues) == BATCH else ()
    return done


async def _check(ctx: Context, provider: Provider, dues: tuple[Due, ...]) -> None:
    if not dues:
        return
    async with ctx.store.reading() as tx:
        found = await checks.read(tx, dues)
        health = await provider_health.read(tx, provider.key)
    # What is refused in a wave is held anyway; renewing it would only spend a good sign-in on the provider's incident.
    calm = health is None or not provider_weather.is_held(health, ctx.clock())
    known = {one.due for one in found}
    over = [due for due in dues if due not in known]
    looks = await asyncio.gather(*(_look(ctx, provider, one, calm=calm) for one in found))
    changed = await _record(ctx, provider, looks, over)
    if changed:
        ctx.kick("deliver")


async def _look(ctx: Context, provider: Provider, watched: Watched, *, calm: bool) -> Look:
    try:
        seen = await _seen(ctx, provider, watched, calm=calm)
    except Exception as error:  # noqa: BLE001  one check that breaks must not take the others with it
        report(error)
        # No word from the provider, so nothing is concluded from it.
        seen = {account.id: Throttled() for account in watched.accounts}
    return Look(
        due=watched.due,
        grant=watched.grant,
        seen=[(account, seen[account.id]) for account in watched.accounts],
    )


async def _seen(
    ctx: Context, provider: Provider, watched: Watched, *, calm: bool
) -> Mapping[AccountId, Observation]:
    if watched.tokens is None:
        # They do not open under our keys, which is nobody's fault but ours.
        return {account.id: Misconfigured() for account in watched.accounts}
    ahead = watching.renew_ahead(provider)
    tokens = Tokens.load(watched.tokens)
    seen = await observe(
        ctx,
        provider,
        watched.grant,
        watched.accounts,
        tokens=None if needs_refresh(tokens.expires_at, ctx.clock(), ahead=ahead) else tokens,
        ahead=ahead,
        renewing=calm,
        turn=partial(ctx.pace.turn, provider.key),
    )
    return {key: one.observation for key, one in seen.items()}


async def _record(ctx: Context, provider: Provider, looks: Sequence[Look], over: Sequence[Due]) -> bool:
    """Write a batch down; whether anything changed that somebody may want to see."""
    now = ctx.clock()
    # Whoever has them now tells of them.
    held = [look for look in looks if look.due.until > now]
    async with ctx.store.transaction() as tx:
        await checks.discard(tx, over)
        if not held:
            return False
        health = await _weather(ctx, tx, provider, held, now)
        found = {look.due.grant_id: _sightings(look, health, now) for look in held}
        changed = [look for look in held if any(map(_is_news, found[look.due.grant_id]))]
        # All tiles before any row, and in order: whoever holds a tile may be waiting for one of these rows.
        for ws in sorted({look.grant.workspace_id for look in changed}):
            await integrations.lock(tx, ws, provider.key)
        ours = await checks.give_back(
            tx, [(look.due, _again_at(ctx, provider, look, found, health, now)) for look in held]
        )
        news = [look for look in changed if look.due.grant_id in ours]
        await _write(ctx, tx, provider, news, health, now)
        for ws in sorted({look.grant.workspace_id for look in news}):
            await refresh_open(ctx, tx, ws, "detail", provider.key)
        unchanged = [one for grant_id in ours for one in found[grant_id] if not _is_news(one)]
        await accounts.seen_well(tx, [_unchanged(one.after) for one in unchanged])
        return bool(news)


async def _weather(
    ctx: Context, tx: Tx, provider: Provider, looks: Sequence[Look], now: datetime
) -> ProviderHealth:
    was = await provider_health.lock(tx, provider.key, now=now)
    counted = provider_weather.tally(was, [look.seen for look in looks], now)
    health = provider_weather.weather(was, counted, now)
    if health != was:
        await provider_health.save(tx, health)
    if health.weather is not was.weather:
        _log.warning("weather of %s: %s, it was %s", provider.key, health.weather.value, was.weather.value)
        await alerting.weather_changed(ctx, tx, was, health)
    return health


def _sightings(look: Look, health: ProviderHealth, now: datetime) -> list[Sighting]:
    missing = look.grant.missing_scopes
    return [
        Sighting(
            before=account,
            observation=seen,
            after=watching.judge(account, seen, health, now, missing_scopes=missing).account,
        )
        for account, seen in look.seen
    ]


def _is_news(one: Sighting) -> bool:
    return one.after is not one.before and _BUT_TIMES(one.after) != _BUT_TIMES(one.before)


def _unchanged(account: Account) -> Seen:
    return Seen(
        workspace_id=account.workspace_id,
        account_id=account.id,
        grant_id=account.grant_id,
        checked_at=account.checked_at or account.connected_at,
        healthy_at=account.healthy_at,
    )


def _again_at(
    ctx: Context,
    provider: Provider,
    look: Look,
    found: Mapping[GrantId, Sequence[Sighting]],
    health: ProviderHealth,
    now: datetime,
) -> datetime:
    return watching.next_check(
        provider,
        found[look.due.grant_id],
        now,
        luck=ctx.luck(),
        health=health,
        expires_at=look.grant.expires_at,
    )


async def _write(
    ctx: Context, tx: Tx, provider: Provider, looks: Sequence[Look], health: ProviderHealth, now: datetime
) -> None:
    """Conclude from the accounts as they stand now: a person may have asked, or signed in, while we did."""
    carried = await judged.of_grants(tx, [(look.grant.workspace_id, look.grant.id) for look in looks])
    verdicts = []
    for look in looks:
        seen = {account.id: observation for account, observation in look.seen}
        missing = look.grant.missing_scopes
        verdicts += [
            (account, watching.judge(account, seen[account.id], health, now, missing_scopes=missing))
            for account in carried.get(look.grant.id, ())
            if account.id in seen
        ]
    await write(ctx, tx, provider.key, verdicts)


async def _let_time_pass(ctx: Context, provider: Provider) -> None:
    """Where nothing is due, a wave or an outage goes on or ends all the same."""
    async with ctx.store.reading() as tx:
        known = await provider_health.read(tx, provider.key)
    if known is None or known.weather is Weather.FINE:
        return
    async with ctx.store.transaction() as tx:
        await _weather(ctx, tx, provider, (), ctx.clock())
    ctx.kick("deliver")
