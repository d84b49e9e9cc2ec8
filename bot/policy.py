"""What we conclude: the product's rules as pure functions. No I/O, no clock: `now` is an argument."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from connectors.observation import (
    Expired,
    Healthy,
    Misconfigured,
    Observation,
    Reason,
    Rejected,
    ScopeMissing,
    Suspended,
    Throttled,
    Unreachable,
)
from store.records import Account, AccountStatus, Person, Rights

LINK_LIFE = timedelta(minutes=30)
"""How long a connect link works (peers.md 7: the middle of the field)."""
STATE_LIFE = timedelta(minutes=10)
"""How long the provider's round trip may take."""
EXCHANGE_LIFE = timedelta(minutes=2)
"""After this an exchange that never ended was interrupted: the token call itself gives up after 30 s."""
ANSWER_LIFE = timedelta(minutes=30)
"""How long a person who has signed in may take for the steps that follow in Slack."""
WAITING_LIFE = timedelta(days=7)
"""How long an account may wait for its Groups."""
REFRESH_AHEAD = timedelta(minutes=5)
"""A token is renewed this long before it ends (peers.md 7: hard margin 5-10 min)."""
EXCHANGE_AHEAD = timedelta(days=10)
"""A long-lived token that only a living token can be exchanged for: early, and before anybody is warned of its end."""
LOCK_LIFE = timedelta(seconds=60)
"""Lease on a refresh: above the 30 s HTTP limit of a token call (peers.md 7)."""
EXPIRY_WARNING = timedelta(days=7)
FAILURES_TO_DISCONNECT = 3
FAILING_AT_LEAST = timedelta(minutes=10)
CONFIRMED_AFTER = timedelta(seconds=45)
"""A final refusal that nobody asked for is believed when it is seen again so much later."""
STEADY = timedelta(minutes=5)
"""A check that nobody asked for turns a verdict round only after so much of the opposite: who flaps is not told each time."""
REVOKE_TRIES = 8


class Patience(StrEnum):
    """How much has to be seen before a verdict changes."""

    NOW = "now"
    """A person asked: a final refusal, or a good answer, counts at once."""
    CONFIRM = "confirm"
    """Nobody asked: a final refusal must be seen twice, and so must a good answer of a disconnected account."""
    HOLD = "hold"
    """Many are refused at once, which is often the provider's own incident: refusals are counted and never concluded from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """The account as it now stands, and what to write into its history ("" = nothing new)."""

    account: Account
    event: str = ""


def conclude(
    account: Account,
    observation: Observation,
    now: datetime,
    *,
    missing_scopes: tuple[str, ...] = (),
    patience: Patience = Patience.NOW,
) -> Conclusion:
    """What an observation means for an account. `missing_scopes`: what its sign-in was not granted.

    Outages and throttling never blame the customer; our own misconfiguration never touches a verdict; an undeclared
    refusal counts only after three in a row and a minimum time.
    """
    if account.status in (AccountStatus.WAITING, AccountStatus.REMOVED):
        return Conclusion(account=account)
    if isinstance(observation, Healthy):
        return _healthy(account, observation.name or account.name, now, missing_scopes, patience)
    seen = replace(account, checked_at=now)
    match observation:
        case ScopeMissing():
            red = account.status is AccountStatus.DISCONNECTED
            if patience is Patience.HOLD or (red and patience is not Patience.NOW):
                return Conclusion(account=seen)
            return _move(_clear(seen), AccountStatus.NEEDS_PERMISSION, Reason.PERMISSION_MISSING)
        case Rejected(reason=reason, permanent=permanent) | Suspended(reason=reason, permanent=permanent):
            return _refused(seen, reason, now, missing_scopes, patience, permanent=permanent)
        case Expired(permanent=permanent):
            return _refused(seen, Reason.TOKEN_EXPIRED, now, missing_scopes, patience, permanent=permanent)
        case Unreachable():
            return _not_to_blame(seen, AccountStatus.PROVIDER_PROBLEM)
        case Misconfigured():
            return _not_to_blame(seen, AccountStatus.SETUP_PROBLEM)
        case Throttled():
            return Conclusion(account=seen)
        case _:
            assert_never(observation)


def _healthy(
    account: Account, name: str, now: datetime, missing_scopes: tuple[str, ...], patience: Patience
) -> Conclusion:
    if account.status is AccountStatus.DISCONNECTED and patience is not Patience.NOW:
        since = well_since(account, now)
        if since is None:
            return Conclusion(account=replace(account, name=name, checked_at=now, healthy_at=now))
        if now - since < STEADY:
            # Its times are left as they are, so that the first good answer goes on counting.
            return Conclusion(account=replace(account, name=name))
    status = settled_status(missing_scopes)
    well = replace(
        account,
        name=name,
        status=status,
        reason=Reason.PERMISSION_MISSING.value if missing_scopes else None,
        failures=0,
        failing_since=None,
        checked_at=now,
        healthy_at=now,
    )
    if missing_scopes:
        return Conclusion(account=well, event=_told(account.status, status))
    recovered = account.status is AccountStatus.DISCONNECTED
    return Conclusion(account=well, event="recovered" if recovered else "")


def well_since(account: Account, now: datetime) -> datetime | None:
    """Since when every answer for an account was good, as far as it is known; None when the last one was not."""
    last = account.healthy_at
    return last if last is not None and last == account.checked_at and last <= now else None


def _refused(
    account: Account,
    reason: Reason,
    now: datetime,
    missing_scopes: tuple[str, ...],
    patience: Patience,
    *,
    permanent: bool,
) -> Conclusion:
    if account.status is AccountStatus.DISCONNECTED:
        return Conclusion(account=account)
    # A clock that was set back makes nobody's doubt older than it is.
    since = min(account.failing_since or now, now)
    counted = replace(account, failures=account.failures + 1, failing_since=since)
    if _believed(counted, now - since, now, patience, permanent=permanent):
        return _move(_clear(counted), AccountStatus.DISCONNECTED, reason)
    if account.status in (AccountStatus.PROVIDER_PROBLEM, AccountStatus.SETUP_PROBLEM):
        # It answered, so that trouble is over; what remains is the doubt.
        return Conclusion(account=replace(counted, status=settled_status(missing_scopes)))
    return Conclusion(account=counted)


def _believed(
    counted: Account, doubted: timedelta, now: datetime, patience: Patience, *, permanent: bool
) -> bool:
    enough = counted.failures >= FAILURES_TO_DISCONNECT and doubted >= FAILING_AT_LEAST
    match patience:
        case Patience.NOW:
            return permanent or enough
        case Patience.CONFIRM:
            well = counted.healthy_at
            just_well = well is not None and timedelta() <= now - well < STEADY
            return enough or (permanent and doubted >= CONFIRMED_AFTER and not just_well)
        case Patience.HOLD:
            return False
        case _:
            assert_never(patience)


def _not_to_blame(account: Account, status: AccountStatus) -> Conclusion:
    if account.status is AccountStatus.DISCONNECTED:
        return Conclusion(account=account)
    return Conclusion(account=replace(account, status=status))


def _clear(account: Account) -> Account:
    return replace(account, failures=0, failing_since=None)


def _move(account: Account, status: AccountStatus, reason: Reason | None) -> Conclusion:
    moved = replace(account, status=status, reason=reason.value if reason else None)
    return Conclusion(account=moved, event=_told(account.status, status))


def _told(before: AccountStatus, status: AccountStatus) -> str:
    told = status in (AccountStatus.DISCONNECTED, AccountStatus.NEEDS_PERMISSION)
    return status.value if told and before is not status else ""


def settled_status(missing_scopes: tuple[str, ...]) -> AccountStatus:
    """The status of an account whose person has just signed in and given it Groups."""
    return AccountStatus.NEEDS_PERMISSION if missing_scopes else AccountStatus.CONNECTED


def welcome(person: Person | None) -> bool:
    """Whether this bot talks to a person at all: members of the workspace, not guests, bots or outsiders (screens.md)."""
    return person is not None and not (
        person.is_guest or person.is_bot or person.is_deactivated or person.is_outsider
    )


def may_manage(rights: Rights) -> bool:
    """Integrate, Reconnect, Disconnect, Groups of an account, Check now."""
    return welcome(rights.person) and rights.is_integrator


def may_administer(rights: Rights) -> bool:
    """Create and edit Groups: workspace admins and owners."""
    return welcome(rights.person) and rights.person is not None and rights.person.is_admin


def may_set_alerts(rights: Rights) -> bool:
    """Choose channels for alerts, and when the digest comes: Integrators, workspace admins and owners."""
    return may_manage(rights) or may_administer(rights)


def may_revoke(*, reaches_only_this_sign_in: bool, other_living: int) -> bool:
    """Whether a sign-in may be ended at the provider without ending anybody else's."""
    return reaches_only_this_sign_in or other_living == 0


def revoke_again_in(tries: int) -> timedelta | None:
    """When to try a revoke again after `tries` tries; None = give up: about a day in all."""
    if tries >= REVOKE_TRIES:
        return None
    return timedelta(seconds=30 * 4 ** min(tries, 5))


def days_left(ends_at: datetime | None, now: datetime) -> int | None:
    """Whole days until a sign-in ends, if that is near enough to be told; 0 = today."""
    if ends_at is None or ends_at - now > EXPIRY_WARNING:
        return None
    return max(0, (ends_at - now).days)


def days_change_at(ends_at: datetime | None, now: datetime) -> datetime | None:
    """When `days_left` says something else than now; None = never."""
    if ends_at is None or ends_at <= now:
        return None
    if ends_at - now > EXPIRY_WARNING:
        return ends_at - EXPIRY_WARNING
    days = (ends_at - now).days
    # The last moment at which so many whole days are left, and one step more.
    return ends_at - timedelta(days=days) + timedelta(microseconds=1)


def needs_refresh(expires_at: datetime | None, now: datetime, *, ahead: timedelta = REFRESH_AHEAD) -> bool:
    """Whether a token ends so soon that it is renewed before use."""
    return expires_at is not None and expires_at - now <= ahead
