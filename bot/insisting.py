"""Saying something again that Slack did not take just now: for answers to a person who waits, which no outbox keeps."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.slack_client import DeliveryFailure, FailureKind

_PAUSES = (1.0, 3.0, 10.0)
"""Seconds between tries; a response_url lives 30 minutes, a modal as long as the person leaves it open."""
_LONGEST = 30.0


async def insisted(say: Callable[[], Awaitable[DeliveryFailure | None]]) -> DeliveryFailure | None:
    """Say it, and again while Slack has trouble; the last failure, None once it was taken."""
    for pause in _PAUSES:
        failure = await say()
        if failure is None or failure.kind is not FailureKind.RETRY:
            return failure
        await asyncio.sleep(min(failure.retry_after or pause, _LONGEST))
    return await say()
