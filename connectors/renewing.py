"""The token endpoint: tokens for a code, for a refresh token or for a living token, and what is seen when there are none."""

from collections.abc import Mapping
from datetime import datetime

from connectors.classify import Detail, classify_refusal, observe_refusal
from connectors.line import Line
from connectors.observation import Expired, Observation, Unreachable
from connectors.outside import OutsideFailed, OutsideRefused
from connectors.provider import Answer, RefreshKind
from connectors.tokens import Tokens, read_tokens


async def renewed(line: Line, tokens: Tokens, *, now: datetime) -> Tokens | Observation:
    """New tokens in the way the provider declares, or what was seen instead. What cannot be renewed has `Expired`."""
    match line.provider.auth.refresh:
        case RefreshKind.ROTATING | RefreshKind.STATIC if tokens.refresh_token is not None:
            parameters = {"refresh_token": tokens.refresh_token.get_secret_value()}
            found = await new_tokens(line, "refresh_token", parameters, now=now, before=tokens)
        case RefreshKind.EXCHANGE if tokens.expires_at is None or tokens.expires_at > now:
            found = await exchanged(line, tokens, now=now)
        case _:
            return Expired()
    return found[0] if isinstance(found, tuple) else found


async def new_tokens(
    line: Line, grant: str, parameters: Mapping[str, str], *, now: datetime, before: Tokens | None = None
) -> tuple[Tokens, Answer] | Observation:
    """One call of the token endpoint: tokens with the answer they came in, or what was seen instead."""
    auth = line.provider.auth
    try:
        answer = await line.ask_tokens(grant, parameters)
    except (OutsideFailed, OutsideRefused) as error:
        return unreachable(error)
    seen = observe_refusal(line.provider, answer)
    if seen is None and 200 <= answer.status < 300:
        tokens = read_tokens(answer, auth, now=now, before=before)
        if tokens is not None:
            return tokens, answer
    return seen or classify_refusal(answer)


async def exchanged(line: Line, tokens: Tokens, *, now: datetime) -> tuple[Tokens, Answer] | Observation:
    """A living access token exchanged for a longer-lived one."""
    grant = line.provider.auth.exchange_grant
    parameters = {grant: tokens.access_token.get_secret_value()}
    return await new_tokens(line, grant, parameters, now=now, before=tokens)


def unreachable(error: OutsideFailed | OutsideRefused) -> Unreachable:
    """What is seen when no answer came."""
    return Unreachable(detail=error.kind if isinstance(error, OutsideFailed) else Detail.NOT_ALLOWED)
