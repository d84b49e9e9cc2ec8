"""From an answer to an observation: the engine's own rules, after a provider's file had its say. Pure."""

from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import StrEnum

from connectors.observation import (
    Healthy,
    Misconfigured,
    Observation,
    Reason,
    Rejected,
    Throttled,
    Unreachable,
)
from connectors.provider import Answer, Provider
from connectors.tokens import fields_of

_LONGEST_WAIT = 86_400.0
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)
"""What reading an answer of another shape may raise."""


class Detail(StrEnum):
    """The fixed phrases of `Unreachable.detail`, beside those of `connectors.outside.FailureKind`."""

    SERVER_ERROR = "the provider reports an error of its own"
    UNREADABLE = "the answer makes no sense"
    REDIRECT = "the provider sends us elsewhere"
    NOT_ALLOWED = "the address is not one we may call"


# RFC 6749 4.1.2.1 and 5.2, and the names common providers give to a wrong redirect address: all about our own client.
_OURS = frozenset(
    {
        "invalid_client",
        "unauthorized_client",
        "invalid_scope",
        "unsupported_grant_type",
        "unsupported_response_type",
        "redirect_uri_mismatch",
        "invalid_redirect_uri",
    }
)


def is_our_mistake(error: str) -> bool:
    """Whether an OAuth error code blames our client id, secret or redirect address."""
    return error in _OURS


def observe(provider: Provider, answer: Answer) -> Observation:
    """What an API answer says of a sign-in: the provider's file first, then the engine's own rules."""
    return _told(provider.read_probe, answer) or classify(answer)


def observe_refusal(provider: Provider, answer: Answer) -> Observation | None:
    """What the provider's file makes of an answer of its token or revoke endpoint; None if nothing."""
    return _told(provider.auth.read_refusal, answer)


def _told(read: Callable[[Answer], Observation | None], answer: Answer) -> Observation | None:
    try:
        return read(answer)
    except UNREADABLE:
        return Unreachable(detail=Detail.UNREADABLE) if answer.status < 300 else None


def classify(answer: Answer) -> Observation:
    """What an API answer says of a sign-in: 2xx healthy, 401 rejected, 429 throttled, everything else unreachable."""
    match answer.status:
        case status if 200 <= status < 300:
            # An HTML page with 200 is a proxy's or a login page, not the provider's API.
            return Healthy() if answer.json is not None else Unreachable(detail=Detail.UNREADABLE)
        case 401:
            return Rejected(reason=Reason.SIGN_IN_REFUSED)
        case 429:
            return Throttled(retry_after=retry_after(answer.headers))
        case status if status >= 500:
            return Unreachable(detail=Detail.SERVER_ERROR)
        case status if 300 <= status < 400:
            return Unreachable(detail=Detail.REDIRECT)
        case _:
            return Unreachable(detail=Detail.UNREADABLE)


def classify_refusal(answer: Answer) -> Observation:
    """What a token or revoke endpoint's answer that carries no tokens says (also errors under HTTP 200)."""
    if answer.status == 429 or answer.status >= 500 or 300 <= answer.status < 400:
        return classify(answer)
    error = fields_of(answer).get("error")
    match error:
        case str() if is_our_mistake(error):
            return Misconfigured(detail=error)
        case "invalid_grant":
            # RFC 6749 5.2: invalid, expired or revoked. The provider's standard says it outright, so it is final.
            return Rejected(reason=Reason.SIGN_IN_REFUSED, permanent=True)
        case "slow_down":
            return Throttled(retry_after=retry_after(answer.headers))
        case "temporarily_unavailable" | "server_error":
            return Unreachable(detail=Detail.SERVER_ERROR)
        case str() if error:
            return Rejected(reason=Reason.SIGN_IN_REFUSED)
        case _:
            return _refusal_without_code(answer)


def _refusal_without_code(answer: Answer) -> Observation:
    return (
        Rejected(reason=Reason.SIGN_IN_REFUSED)
        if answer.status == 401
        else Unreachable(detail=Detail.UNREADABLE)
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait as the Retry-After header says (number or date, RFC 9110 10.2.3); None for nothing or nonsense.

    A date is compared with the answer's own Date header, so that neither clock matters. At most one day.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), _LONGEST_WAIT)
    try:
        then, now = (parsedate_to_datetime(text) for text in (value, headers.get("date", "")))
    except (ValueError, TypeError, IndexError):
        return None
    seconds = (
        then.replace(tzinfo=then.tzinfo or UTC) - now.replace(tzinfo=now.tzinfo or UTC)
    ).total_seconds()
    return min(max(seconds, 0.0), _LONGEST_WAIT)
