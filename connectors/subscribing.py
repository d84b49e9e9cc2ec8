"""Asking a provider to tell us by itself, and asking it to stop."""

from connectors.classify import UNREADABLE, Detail, observe
from connectors.line import Line
from connectors.observation import Healthy, Observation, Unreachable
from connectors.outside import OutsideFailed, OutsideRefused
from connectors.provider import Answer, Call, Notices, Subscribed
from connectors.renewing import unreachable
from connectors.tokens import Tokens


async def subscribe(line: Line, notices: Notices, call: Call, tokens: Tokens) -> Subscribed | Observation:
    """Ask for notices; what was seen instead where they were not promised. Asking twice makes one subscription."""
    try:
        answer = await line.call(call, tokens.access_token)
    except (OutsideFailed, OutsideRefused) as error:
        return unreachable(error)
    seen = _read(notices, answer) or observe(line.provider, answer)
    # An answer that promises nothing is no promise, however well it looks.
    return Unreachable(detail=Detail.UNREADABLE) if isinstance(seen, Healthy) else seen


def _read(notices: Notices, answer: Answer) -> Subscribed | Observation | None:
    try:
        return notices.read_subscribed(answer)
    except UNREADABLE:
        return None


async def unsubscribe(line: Line, call: Call, tokens: Tokens) -> bool:
    """Ask to be told no more; whether the provider took the call. Nothing hangs on it: what still comes is ignored."""
    try:
        answer = await line.call(call, tokens.access_token)
    except (OutsideFailed, OutsideRefused):
        return False
    return 200 <= answer.status < 300
