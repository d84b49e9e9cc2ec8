"""Time that is let pass, for the demo and for tests: the clock moves from one thing that is due to the next, and each happens. Never part of `serve`."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.app import Bot
from bot.errors import UserFacingError
from bot.usecases.monitor import check
from store import accounts, checks, outbox
from store.records import AccountId, AccountStatus, WorkspaceId

Advance = Callable[[timedelta], None]
"""Moves the clock that the bot was opened with."""

_SHORTEST = timedelta(seconds=5)
"""Of a step, so that what is due again and again cannot stop time."""
_CLOSELY = timedelta(hours=1)
"""For so long every check is done at its very moment; after it at the next mark, or a day would take minutes."""
_MARK, _WIDE_MARK, _REMIND_MARK = timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=30)
"""The clock stops at whole multiples of these, too. A check that waits longer than the wide one is rightly called late."""
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_IDLE = 5.0
"""Seconds to wait for what is under way."""
_HOUSEKEEPING = ("subscribe", "revoke", "tidy")


async def pass_time(bot: Bot, advance: Advance, duration: timedelta) -> None:
    """Let `duration` pass; returns when everything that was due meanwhile is done and told."""
    begin = bot.context.clock()
    end = begin + duration
    for name in _HOUSEKEEPING:
        await bot.tick(name)
    while (now := bot.context.clock()) < end:
        closely = now - begin < _CLOSELY
        mark = _next_mark(now, _MARK if closely else _WIDE_MARK)
        until = min(await _due(bot, checks_too=closely) or end, mark, end)
        until = max(until, min(now + _SHORTEST, end))
        # Nothing is under way while the clock moves, or its lease would be over in the middle of it.
        await bot.in_flight.idle(_IDLE)
        advance(max(until - bot.context.clock(), timedelta(0)))
        await _happens(bot, reminds=until in (end, _next_mark(now, _MARK if closely else _REMIND_MARK)))


async def ask_all(bot: Bot) -> int:
    """Check now, for every connected account there is; how many were asked."""
    async with bot.context.store.reading() as tx:
        found = [
            (one.account.workspace_id, one.account.id)
            for ws in (installation.workspace_id for installation in bot.installations.all())
            for provider in bot.context.connectors.providers()
            for one in await accounts.of_provider(tx, ws, provider.key)
            if one.account.status is not AccountStatus.WAITING
        ]
    await asyncio.gather(*(_ask(bot, ws, account_id) for ws, account_id in found))
    await _happens(bot, reminds=False)
    return len(found)


async def _ask(bot: Bot, ws: WorkspaceId, account_id: AccountId) -> None:
    try:
        await check(bot.context, ws, account_id)
    except UserFacingError:
        # Disconnected by somebody in this very moment.
        return


async def _due(bot: Bot, *, checks_too: bool) -> datetime | None:
    """The next thing anybody planned."""
    now = bot.context.clock()
    async with bot.context.store.reading() as tx:
        found = [await outbox.next_due(tx, now), await checks.next_due(tx, now) if checks_too else None]
    return min((at for at in found if at is not None), default=None)


def _next_mark(now: datetime, apart: timedelta) -> datetime:
    return now + apart - (now - _EPOCH) % apart


async def _happens(bot: Bot, *, reminds: bool) -> None:
    """What the scheduler would have done by now, until nothing is under way any more."""
    async with bot.context.store.reading() as tx:
        planned = await checks.next_due(tx, bot.context.clock())
    # Where nothing is due a sweep only lets an outage end, which the marks are often enough for.
    if reminds or (planned is not None and planned <= bot.context.clock()):
        await bot.sweep()
    if reminds:
        await bot.tick("remind")
    await bot.in_flight.idle(_IDLE)
    await bot.tick("deliver")
    await bot.in_flight.idle(_IDLE)
