"""What a probe can see of a sign-in. Says what was seen, never what to conclude from it (that is bot/policy.py)."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a provider ended or limited a sign-in; `blocks` has the words for each."""

    PASSWORD_CHANGED = "password_changed"
    ACCESS_REMOVED = "access_removed"
    TOKEN_EXPIRED = "token_expired"
    SIGN_IN_REFUSED = "sign_in_refused"
    CHECKPOINT = "checkpoint"
    ACCOUNT_SUSPENDED = "account_suspended"
    ACCOUNT_CLOSED = "account_closed"
    PERMISSION_MISSING = "permission_missing"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Healthy:
    """The provider answered as it does to a living sign-in."""

    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The provider refused the sign-in. `permanent`: its file declares this very answer final."""

    reason: Reason
    permanent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """The sign-in ran out and cannot be refreshed."""

    permanent: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeMissing:
    """The sign-in lives, but these permissions (the provider's names) are not granted."""

    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspended:
    """The account exists and the provider has frozen, suspended or closed it."""

    reason: Reason = Reason.ACCOUNT_SUSPENDED
    permanent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttled:
    """Too many calls; `retry_after` in seconds where the provider said so."""

    retry_after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """Time-out, connection error, 5xx or an answer that makes no sense. `detail` is a short fixed phrase, never the body."""

    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Misconfigured:
    """Our own client id, secret or redirect address is refused: nobody's account is to blame."""

    detail: str = ""


Observation = (
    Healthy | Rejected | Expired | ScopeMissing | Suspended | Throttled | Unreachable | Misconfigured
)
