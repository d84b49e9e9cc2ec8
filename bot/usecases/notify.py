"""Delivering the outbox: who delivers what, in which order, and what becomes of what could not be delivered."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.errors import UserFacingError
from bot.messenger import DeliveryFailure, FailureKind
from bot.usecases import alerting, channel_loss
from bot.usecases.alert_facts import ALERT, OUTAGE
from bot.usecases.context import Context
from bot.usecases.deliveries import ROUTES, UnwrittenError, deliver, is_careful
from bot.usecases.tickets import new_id
from store import outbox, views
from store.database import Tx
from store.records import OutboxMessage, Surface
from store.watch_records import AlertId

_BATCH = 20
_LEASE = timedelta(seconds=120)
_LAST_BEGIN = timedelta(seconds=60)
"""So long before its lease ends nothing is begun any more: one delivery takes less."""
_MOST_TRIES = 12
_MOST_CAREFUL_TRIES = 300
"""About a day: what is told of accounts that stopped working outlives Slack's bad day."""
_LONGEST_WAIT = 300.0
_SHORTEST_PAUSE = 1.0
_REPEAT_AFTER = timedelta(seconds=60)
_AGAIN = frozenset({FailureKind.RETRY, FailureKind.REVOKED, FailureKind.UNKNOWN})
log = logging.getLogger(__name__)


async def deliver_due(ctx: Context) -> int:
    """Deliver what is due; how many messages were handled. A crash leaves them due again when their lease ends.

    What one recipient gets is delivered one after the other, in the order it was due; different recipients at once.
    """
    handled = 0
    while True:
        now = ctx.clock()
        async with ctx.store.transaction() as tx:
            # A name for each claim: what this very bot claims again after its lease ended is another's too.
            owner = f"{ctx.worker}/{new_id()}"
            claimed = await outbox.claim(tx, owner=owner, now=now, until=now + _LEASE, limit=_BATCH)
            due = await _without_paused(tx, claimed, now)
        if not claimed:
            return handled
        queues: defaultdict[tuple[str, str, str], list[OutboxMessage]] = defaultdict(list)
        for row in due:
            queues[row.workspace_id, row.surface, row.recipient].append(row)
        last_begin = now + _LEASE - _LAST_BEGIN
        await asyncio.gather(*(_one_by_one(ctx, queue, last_begin) for queue in queues.values()))
        handled += len(claimed)


async def _without_paused(tx: Tx, claimed: Sequence[OutboxMessage], now: datetime) -> Sequence[OutboxMessage]:
    """Let what is new for a recipient for whom Slack asked for a pause wait for its end, too."""
    pauses = await outbox.paused(tx, now) if claimed else {}
    ready = []
    for row in claimed:
        until = pauses.get((row.workspace_id, row.surface, row.recipient))
        # One that may have been posted is not posted again anyway; that is found out at once.
        if until is None or row.posting_at is not None:
            ready.append(row)
        else:
            await outbox.join_pause(tx, row, until=until)
    return ready


async def _one_by_one(ctx: Context, queue: Sequence[OutboxMessage], last_begin: datetime) -> None:
    for row in queue:
        if ctx.clock() >= last_begin:
            return
        failure = await _delivered(ctx, row)
        if failure is None:
            continue
        async with ctx.store.transaction() as tx:
            await _put_back(ctx, tx, row, failure)
        if failure.retry_after is not None:
            return


async def _delivered(ctx: Context, row: OutboxMessage) -> DeliveryFailure | None:
    try:
        return await deliver(ctx, row)
    except UserFacingError as error:
        return DeliveryFailure(kind=FailureKind.GONE, error=type(error).__name__)
    except UnwrittenError as error:
        log.error("outbox message %s of kind %s was sent, which could not be written down", row.id, row.kind)  # noqa: TRY400  the cause is logged in its own words
        log.debug("the cause", exc_info=error)
        return None
    except Exception as error:
        log.exception("outbox message %s of kind %s broke", row.id, row.kind)
        return DeliveryFailure(kind=FailureKind.RETRY, error=type(error).__name__)


async def _put_back(ctx: Context, tx: Tx, row: OutboxMessage, failure: DeliveryFailure) -> None:
    if failure.kind is FailureKind.UNKNOWN and is_careful(row):
        await _unknown(ctx, tx, row, failure)
    elif failure.kind in _AGAIN and failure.retry_after is not None:
        # No try is counted, so a pause of nothing would be asked for without end.
        pause = max(failure.retry_after, _SHORTEST_PAUSE)
        await outbox.put_off(tx, row, until=ctx.clock() + timedelta(seconds=pause))
    elif failure.kind in _AGAIN and row.tries < _most_tries(row):
        wait = min(2.0 ** min(row.tries, 10), _LONGEST_WAIT)
        await outbox.retry(tx, row, due_at=ctx.clock() + timedelta(seconds=wait), error=failure.error)
    else:
        await _give_up(ctx, tx, row, failure)


def _most_tries(row: OutboxMessage) -> int:
    return _MOST_CAREFUL_TRIES if is_careful(row) or row.surface is Surface.EVERYONE else _MOST_TRIES


async def _give_up(ctx: Context, tx: Tx, row: OutboxMessage, failure: DeliveryFailure) -> None:
    if row.surface is Surface.VIEW:
        await views.closed(tx, row.workspace_id, row.recipient)
    await outbox.dead(tx, row, error=failure.error)
    if failure.kind is FailureKind.LOST and row.surface is Surface.CHANNEL:
        await channel_loss.lost(ctx, tx, row.workspace_id, row.recipient, failure.error)


async def _unknown(ctx: Context, tx: Tx, row: OutboxMessage, failure: DeliveryFailure) -> None:
    """It is not said again. Whoever it was for is told by another way, which the fan-out finds."""
    if not await outbox.unknown(tx, row, error=failure.error):
        return
    log.warning("outbox message %s of kind %s may have arrived or not", row.id, row.kind)
    if row.kind in (ALERT, OUTAGE):
        await alerting.tell(ctx, tx, row.workspace_id, AlertId(row.subject), kind=row.kind)
    elif row.surface is Surface.DM and ROUTES[row.kind].again:
        await outbox.repeat(tx, row, due_at=ctx.clock() + _REPEAT_AFTER)
