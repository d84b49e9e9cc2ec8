"""The status words people read, and the plain-words reason behind each."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import assert_never

from blocks.text import names


class Status(StrEnum):
    """An account's or integration's status on screen. Values equal store's AccountStatus where both exist."""

    CONNECTED = "connected"
    WAITING = "waiting"
    NEEDS_PERMISSION = "needs_permission"
    DISCONNECTED = "disconnected"
    PROVIDER_PROBLEM = "provider_problem"
    SETUP_PROBLEM = "setup_problem"
    EXPIRING = "expiring"
    REMOVED = "removed"


REASONS: Mapping[str, str] = MappingProxyType(
    {
        "password_changed": "the password was changed",
        "access_removed": "access was removed there",
        "token_expired": "the sign-in ran out",
        "sign_in_refused": "the sign-in is no longer accepted",
        "checkpoint": "a security check is waiting there",
        "account_suspended": "the account is suspended there",
        "account_closed": "the account was closed there",
        "permission_missing": "a permission was taken away there",
        "interrupted": "the sign-in was interrupted",
    }
)
"""Why a provider ended a sign-in, by reason; "there" is the provider."""

_FIXED: Mapping[Status, str] = MappingProxyType(
    {
        Status.CONNECTED: "Connected",
        Status.WAITING: "Waiting for Groups",
        Status.PROVIDER_PROBLEM: "Provider has problems",
        Status.SETUP_PROBLEM: "Set-up problem on this bot",
        Status.REMOVED: "Removed",
    }
)
UNKNOWN_REASON = "the sign-in no longer works"
NEEDS_ATTENTION = frozenset({Status.DISCONNECTED, Status.NEEDS_PERMISSION, Status.EXPIRING, Status.WAITING})
"""What somebody here can do something about."""


def reason_words(reason: str | None) -> str:
    """The reason in plain words; generic ones for a reason without words."""
    return REASONS.get(reason or "", UNKNOWN_REASON)


def dot(status: Status) -> str:
    """The circle; never shown without the word."""
    match status:
        case Status.CONNECTED:
            return "🟢"
        case Status.WAITING | Status.NEEDS_PERMISSION | Status.EXPIRING:
            return "🟡"
        case Status.DISCONNECTED:
            return "🔴"
        case Status.PROVIDER_PROBLEM | Status.SETUP_PROBLEM | Status.REMOVED:
            return "⚪"
        case _:
            assert_never(status)


def words(
    status: Status,
    *,
    reason: str | None = None,
    permissions: Sequence[str] = (),
    days: int | None = None,
    doubted: bool = False,
) -> str:
    """Circle and words of one account's status, for mrkdwn: "🔴 Disconnected: the password was changed"."""
    if doubted and status is Status.CONNECTED:
        return "🟡 Looks disconnected: not certain yet"
    return f"{dot(status)} {phrase(status, reason=reason, permissions=permissions, days=days)}"


def phrase(
    status: Status, *, reason: str | None = None, permissions: Sequence[str] = (), days: int | None = None
) -> str:
    """The words without the circle."""
    match status:
        case Status.DISCONNECTED:
            return f"Disconnected: {reason_words(reason)}"
        case Status.NEEDS_PERMISSION:
            if not permissions:
                return "Needs permission"
            return f"Needs permission: {names([wanted.rstrip('.') for wanted in permissions], 3)}"
        case Status.EXPIRING:
            return _expires(days)
        case _:
            return _FIXED[status]


def _expires(days: int | None) -> str:
    if days is None:
        return "Expires soon"
    if days <= 0:
        return "Expires today"
    return "Expires tomorrow" if days == 1 else f"Expires in {days} days"
