"""How a provider's accounts are watched: when each is asked next, and what weather a provider has. Pure, as policy is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from bot import policy
from bot.policy import Conclusion, Patience
from connectors.observation import (
    Expired,
    Healthy,
    Misconfigured,
    Observation,
    Rejected,
    ScopeMissing,
    Suspended,
    Throttled,
    Unreachable,
)
from connectors.provider import Provider, RefreshKind
from store.records import Account, AccountStatus
from store.watch_records import ProviderHealth, Weather

__all__ = [
    "Patience",
    "Sighting",
    "Tally",
    "first_check",
    "is_held",
    "judge",
    "next_check",
    "patience",
    "renew_ahead",
    "tally",
    "weather",
]


BUCKET = timedelta(minutes=5)
"""Refusals and outages are counted in pieces of so much time; the present piece and the one before count."""
HELD = timedelta(minutes=10)
"""How long a wave of refusals is held before it is believed."""
_FORGOTTEN = timedelta(hours=1)
"""A wave or outage nobody looked after for so long is not the present one's."""
_FEWEST = 5
"""Fewer sign-ins than this are neither a wave nor an outage, whatever their share."""
_OUTAGE, _WAVE = 0.5, 0.3
"""The share of sign-ins that is one."""

JITTER = 0.1
CONFIRM_AFTER = timedelta(seconds=60)
UNDECLARED_APART = timedelta(minutes=5)
UNREACHABLE_FIRST, UNREACHABLE_MOST = timedelta(minutes=1), timedelta(minutes=30)
THROTTLED_MOST = timedelta(hours=6)
DISCONNECTED_EVERY = timedelta(hours=1)
HELD_SPREAD = timedelta(seconds=30)
"""Those held are asked again over so much time, not all in one second."""
LONG_HEALTHY, SLOWER = timedelta(days=7), 3
REFRESH_SOFT = timedelta(minutes=15)
"""A sign-in is renewed this long before it ends if that can be had; policy.REFRESH_AHEAD is when it must be (peers.md 7)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What one check saw of one account, and what it was before and is after it."""

    before: Account
    observation: Observation
    after: Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many sign-ins were seen, and how many of those were refused or could not be asked."""

    seen: int = 0
    refused: int = 0
    unreachable: int = 0


def tally(
    health: ProviderHealth, checks: Iterable[Sequence[tuple[Account, Observation]]], now: datetime
) -> Tally:
    """Count a batch: for each sign-in its accounts as they were before, with what was seen.

    Each sign-in counts once in a piece of time, and not at all when nothing could be learned from it: our own settings are to
    blame, or all its accounts are disconnected already.
    """
    began = _rolled(health, now).bucket_at
    seen = refused = unreachable = 0
    for check in checks:
        telling = [(account, what) for account, what in check if _tells(account, what, began, now)]
        if not telling:
            continue
        seen += 1
        if any(_is_refusal(account, what) for account, what in telling):
            refused += 1
        elif any(isinstance(what, Unreachable) for _, what in telling):
            unreachable += 1
    return Tally(seen=seen, refused=refused, unreachable=unreachable)


def _tells(account: Account, what: Observation, began: datetime, now: datetime) -> bool:
    counted_before = account.checked_at is not None and began <= account.checked_at <= now
    over = account.status is AccountStatus.DISCONNECTED
    return not (counted_before or over or isinstance(what, Misconfigured))


def _is_refusal(account: Account, what: Observation) -> bool:
    match what:
        case Rejected() | Expired() | Suspended():
            return True
        case ScopeMissing():
            return account.status is not AccountStatus.NEEDS_PERMISSION
        case _:
            return False


def weather(health: ProviderHealth, counted: Tally, now: datetime) -> ProviderHealth:
    """A provider's weather after a batch. An empty tally lets time pass.

    OUTAGE and WAVE need at least five sign-ins and half, or three tenths, of those seen. A wave is held until `until` and is
    CONFIRMED then; it and an outage are over when their share has fallen under half of what made them.
    """
    rolled = _rolled(health, now)
    if _begins_trouble(rolled, counted):
        # The good answers of minutes ago say nothing of what begins now: the share is counted from the first sign of it.
        rolled = _next_bucket(rolled, now)
    added = replace(
        rolled,
        seen=rolled.seen + counted.seen,
        refused=rolled.refused + counted.refused,
        unreachable=rolled.unreachable + counted.unreachable,
    )
    return _turned(added, now)


def _rolled(health: ProviderHealth, now: datetime) -> ProviderHealth:
    age = now - health.bucket_at
    if age < timedelta():
        # The clock was set back: what was counted in the future is forgotten, and nobody is held longer than from now.
        until = min(health.until, now + HELD) if health.until else None
        empty = _next_bucket(_next_bucket(health, now), now)
        return replace(empty, since=min(health.since, now), until=until)
    if age < BUCKET:
        return health
    if age < 2 * BUCKET:
        return _next_bucket(health, health.bucket_at + BUCKET)
    return _next_bucket(_next_bucket(health, now), now)


def _next_bucket(health: ProviderHealth, at: datetime) -> ProviderHealth:
    return replace(
        health,
        bucket_at=at,
        seen=0,
        refused=0,
        unreachable=0,
        before_seen=health.seen,
        before_refused=health.refused,
        before_unreachable=health.unreachable,
    )


def _begins_trouble(health: ProviderHealth, counted: Tally) -> bool:
    quiet = health.weather is Weather.FINE and not (health.refused or health.unreachable)
    return quiet and health.seen > 0 and bool(counted.refused or counted.unreachable)


def _turned(health: ProviderHealth, now: datetime) -> ProviderHealth:
    wave, outage = _is_wave(health), _is_outage(health)
    match health.weather:
        case Weather.FINE if wave:
            return _becomes(health, Weather.WAVE, now)
        case Weather.FINE if outage:
            return _becomes(health, Weather.OUTAGE, now)
        case Weather.WAVE:
            return _held(health, now, outage=outage)
        case Weather.CONFIRMED if outage:
            return _becomes(health, Weather.OUTAGE, now)
        case Weather.CONFIRMED if _over(health, health.refused + health.before_refused, _WAVE, now):
            return _becomes(health, Weather.FINE, now)
        case Weather.OUTAGE if wave:
            return _becomes(health, Weather.WAVE, now)
        case Weather.OUTAGE if _over(health, health.unreachable + health.before_unreachable, _OUTAGE, now):
            return _becomes(health, Weather.FINE, now)
    return health


def _held(health: ProviderHealth, now: datetime, *, outage: bool) -> ProviderHealth:
    until = health.until or health.since + HELD
    if now < until:
        return health
    if now - until > _FORGOTTEN:
        return _becomes(health, Weather.FINE, now)
    return _becomes(health, Weather.OUTAGE if outage else Weather.CONFIRMED, now)


def _becomes(health: ProviderHealth, what: Weather, now: datetime) -> ProviderHealth:
    until = now + HELD if what is Weather.WAVE else None
    return replace(health, weather=what, since=now, until=until)


def _is_wave(health: ProviderHealth) -> bool:
    return _is_much(health.refused, health.seen, _WAVE) or _is_much(
        health.refused + health.before_refused, health.seen + health.before_seen, _WAVE
    )


def _is_outage(health: ProviderHealth) -> bool:
    return _is_much(health.unreachable, health.seen, _OUTAGE) or _is_much(
        health.unreachable + health.before_unreachable, health.seen + health.before_seen, _OUTAGE
    )


def _is_much(bad: int, seen: int, share: float) -> bool:
    return bad >= _FEWEST and bad >= share * seen


def _over(health: ProviderHealth, bad: int, share: float, now: datetime) -> bool:
    seen, lasted = health.seen + health.before_seen, now - health.since
    if seen == 0:
        return lasted >= _FORGOTTEN
    return lasted >= BUCKET and bad < share / 2 * seen


def is_held(health: ProviderHealth, now: datetime) -> bool:
    """Whether refusals are held now: a wave is on and has not been asked again yet."""
    return health.weather is Weather.WAVE and (health.until is None or now < health.until)


def patience(health: ProviderHealth) -> Patience:
    """How patiently the sweep judges in this weather."""
    return Patience.HOLD if health.weather is Weather.WAVE else Patience.CONFIRM


def judge(
    account: Account,
    observation: Observation,
    health: ProviderHealth,
    now: datetime,
    *,
    missing_scopes: tuple[str, ...] = (),
) -> Conclusion:
    """`policy.conclude` as the sweep does it in this weather: a refusal that outlasted a held wave is final."""
    if health.weather is Weather.CONFIRMED and _outlasted(account, now):
        observation = _final(observation)
    return policy.conclude(
        account, observation, now, missing_scopes=missing_scopes, patience=patience(health)
    )


def _outlasted(account: Account, now: datetime) -> bool:
    return account.failing_since is not None and now - account.failing_since >= HELD


def _final(observation: Observation) -> Observation:
    match observation:
        case Rejected() | Suspended() | Expired():
            return replace(observation, permanent=True)
        case _:
            return observation


def first_check(provider: Provider, now: datetime, *, luck: float) -> datetime:
    """When a sign-in is asked first after its person has just signed in."""
    return now + _around(timedelta(seconds=provider.probe_interval), luck)


def renew_ahead(provider: Provider) -> timedelta:
    """How long before its end a sign-in is renewed when it is looked at: early, but not all its life."""
    if provider.auth.refresh is RefreshKind.EXCHANGE:
        return policy.EXCHANGE_AHEAD
    life = provider.auth.access_token_lifetime
    return min(REFRESH_SOFT, timedelta(seconds=life) / 4) if life else REFRESH_SOFT


def next_check(
    provider: Provider,
    sightings: Sequence[Sighting],
    now: datetime,
    *,
    luck: float,
    health: ProviderHealth,
    expires_at: datetime | None = None,
) -> datetime:
    """When a sign-in is asked again: as soon as the account of it that can wait least.

    `luck`: 0..1, spreads checks by ten per cent either way. `expires_at`: when its access ends; it is asked while it can still
    be renewed ahead of that.
    """
    soonest = min(_next(provider, one, now, luck=luck, health=health) for one in sightings)
    renew_at = expires_at - renew_ahead(provider) if expires_at is not None else now
    living = any(one.after.status is not AccountStatus.DISCONNECTED for one in sightings)
    return min(soonest, renew_at) if living and renew_at > now else soonest


def _next(
    provider: Provider, one: Sighting, now: datetime, *, luck: float, health: ProviderHealth
) -> datetime:
    held = health.until if health.weather is Weather.WAVE else None
    pace = _pace(provider, one.after, now)
    match one.observation:
        case Throttled(retry_after=asked):
            # Never sooner than was asked for.
            wait = max(timedelta(seconds=asked or 0), pace)
            return now + min(wait * (1 + JITTER * luck), THROTTLED_MOST)
        case Healthy() if one.after.status is AccountStatus.DISCONNECTED:
            # When it can count as steadily well, not a moment earlier.
            return now + policy.STEADY * (1 + JITTER * luck)
        case _ if one.after.status is AccountStatus.DISCONNECTED:
            return now + _around(pace, luck, most=pace)
        case Unreachable():
            return now + _around(_doubled(one.before, now), luck, most=UNREACHABLE_MOST)
        case Rejected() | Suspended() | Expired() | ScopeMissing() if held is not None and now < held:
            return held + HELD_SPREAD * luck
        case Rejected(permanent=final) | Suspended(permanent=final) | Expired(permanent=final):
            return now + _around(CONFIRM_AFTER if final else UNDECLARED_APART, luck)
        case Healthy() | ScopeMissing() | Misconfigured():
            return now + _around(pace, luck)
        case _:
            assert_never(one.observation)


def _doubled(before: Account, now: datetime) -> timedelta:
    """Twice the wait before, so no counter is kept: 1, 2, 4, … minutes."""
    if before.status is not AccountStatus.PROVIDER_PROBLEM or before.checked_at is None:
        return UNREACHABLE_FIRST
    return min(max(2 * (now - before.checked_at), UNREACHABLE_FIRST), UNREACHABLE_MOST)


def _pace(provider: Provider, account: Account, now: datetime) -> timedelta:
    if account.status is AccountStatus.DISCONNECTED:
        return DISCONNECTED_EVERY
    usual = timedelta(seconds=provider.probe_interval)
    long_well = account.status is AccountStatus.CONNECTED and not account.failures
    slow = provider.calls_counted and long_well and now - account.connected_at >= LONG_HEALTHY
    return SLOWER * usual if slow else usual


def _around(wait: timedelta, luck: float, *, most: timedelta = timedelta.max) -> timedelta:
    return min(wait * (1 - JITTER + 2 * JITTER * luck), most)
