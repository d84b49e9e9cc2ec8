"""Ending a sign-in at the provider, and telling truthfully whether it ended."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum

from connectors.classify import Detail, classify_refusal, observe, observe_refusal
from connectors.line import Line
from connectors.observation import Expired, Misconfigured, Observation, Rejected, Throttled, Unreachable
from connectors.outside import OutsideFailed, OutsideRefused
from connectors.provider import Answer, Call
from connectors.renewing import renewed
from connectors.tokens import Tokens


class RevokeOutcome(StrEnum):
    """What became of a revoke."""

    REVOKED = "revoked"
    ALREADY_GONE = "already_gone"
    NOT_SUPPORTED = "not_supported"
    REFUSED = "refused"
    TRY_AGAIN = "try_again"


async def revoke(line: Line, tokens: Tokens, identity_id: str) -> RevokeOutcome:
    """End the sign-in in the way the provider declares."""
    call, form = line.provider.auth.revoke, line.provider.auth.revoke_form
    if call is None:
        return RevokeOutcome.NOT_SUPPORTED
    if form is None:
        return await _revoke_by_call(line, call, tokens, identity_id)
    return await _revoke_by_form(line, call, form, tokens)


async def _revoke_by_call(line: Line, call: Call, tokens: Tokens, identity_id: str) -> RevokeOutcome:
    outcome = await _revoke_once(line, call, tokens, identity_id)
    if outcome is not RevokeOutcome.ALREADY_GONE or tokens.refresh_token is None:
        return outcome
    # The access token may merely have run out. What comes back is used at once and never kept, so the time does not matter.
    fresh = await renewed(line, tokens, now=datetime.now(UTC))
    if not isinstance(fresh, Tokens):
        return _outcome(fresh)
    again = await _revoke_once(line, call, fresh, identity_id)
    # The refresh token may be used up by now; a second try would take its refusal for "gone".
    return RevokeOutcome.REFUSED if again is RevokeOutcome.TRY_AGAIN else again


async def _revoke_once(line: Line, call: Call, tokens: Tokens, identity_id: str) -> RevokeOutcome:
    try:
        answer = await line.call(call, tokens.access_token, identity=identity_id)
    except OutsideFailed:
        return RevokeOutcome.TRY_AGAIN
    except OutsideRefused:
        return RevokeOutcome.REFUSED
    seen = observe(line.provider, answer)
    # The body of a revoke's answer has its own shape, which a probe cannot read; only an error under 200 counts.
    if _agrees(answer) and not isinstance(seen, Rejected | Expired | Throttled):
        return RevokeOutcome.REVOKED
    return _outcome(seen)


def _agrees(answer: Answer) -> bool:
    """Whether a revoke's answer says yes: a 2xx with nothing, or with JSON that does not say no. A web page says nothing."""
    if not 200 <= answer.status < 300 or (answer.json is None and answer.body.strip()):
        return False
    said = answer.json if isinstance(answer.json, dict) else {}
    return said.get("success") is not False and said.get("revoked") is not False


async def _revoke_by_form(line: Line, call: Call, form: Mapping[str, str], tokens: Tokens) -> RevokeOutcome:
    """Each token held, the refresh token first: at some providers revoking the other leaves it alive."""
    outcomes = []
    for filled in _filled(form, tokens):
        outcome = await _send_revoke(line, call, filled)
        if outcome in {RevokeOutcome.TRY_AGAIN, RevokeOutcome.REFUSED}:
            return outcome
        outcomes.append(outcome)
    return RevokeOutcome.REVOKED if RevokeOutcome.REVOKED in outcomes else RevokeOutcome.ALREADY_GONE


def _filled(form: Mapping[str, str], tokens: Tokens) -> list[dict[str, str]]:
    access = tokens.access_token.get_secret_value()
    refresh = tokens.refresh_token.get_secret_value() if tokens.refresh_token else None
    each = [held for held in (refresh, access) if held] if "{token}" in form.values() else [access]
    return [
        {
            name: value.replace("{token}", held)
            .replace("{access_token}", access)
            .replace("{refresh_token}", refresh or access)
            for name, value in form.items()
        }
        for held in each
    ]


async def _send_revoke(line: Line, call: Call, form: Mapping[str, str]) -> RevokeOutcome:
    try:
        answer = await line.send_form(call, form)
    except OutsideFailed:
        return RevokeOutcome.TRY_AGAIN
    except OutsideRefused:
        return RevokeOutcome.REFUSED
    seen = observe_refusal(line.provider, answer)
    if seen is None and _agrees(answer):
        return RevokeOutcome.REVOKED
    refusal = seen or classify_refusal(answer)
    if isinstance(refusal, Rejected) and not refusal.permanent:
        # A dead token is answered with 200 (RFC 7009 2.2), or by name; any other no, such as "unsupported_token_type", proves nothing.
        return RevokeOutcome.REFUSED
    return _outcome(refusal)


def _outcome(seen: Observation) -> RevokeOutcome:
    match seen:
        case Rejected() | Expired():
            return RevokeOutcome.ALREADY_GONE
        case Unreachable(detail=Detail.UNREADABLE | Detail.REDIRECT | Detail.NOT_ALLOWED) | Misconfigured():
            return RevokeOutcome.REFUSED
        case Throttled() | Unreachable():
            return RevokeOutcome.TRY_AGAIN
        case _:
            return RevokeOutcome.REFUSED
