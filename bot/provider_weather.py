"""What weather a provider has: fine, an outage, or a wave of refusals that is held until it is asked again. Pure, as policy is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.observation import (
    Expired,
    Misconfigured,
    Observation,
    Rejected,
    ScopeMissing,
    Suspended,
    Unreachable,
)
from store.records import Account, AccountStatus
from store.watch_records import ProviderHealth, Weather

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
