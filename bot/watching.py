"""How a provider's accounts are watched: when each is asked next, and how patiently it is judged. Pure, as policy is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from bot import policy
from bot.policy import Conclusion, Patience
from bot.provider_weather import HELD
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
    "first_check",
    "judge",
    "next_check",
    "patience",
    "renew_ahead",
]


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
