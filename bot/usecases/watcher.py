"""A watch over the watching itself: checks that are late, messages that do not get out, nobody left to tell. Admins are told once."""

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from blocks.notice_views import WatcherProblem, WatcherView
from blocks.notices import watcher
from blocks.parts import Message
from bot.usecases import people
from bot.usecases.context import Context
from store import outbox, provider_health, told, troubles
from store.database import Tx
from store.records import OutboxMessage, Surface, UserId, WorkspaceId
from store.troubles import Waiting
from store.watch_records import Trouble, TroubleKind, Weather

WATCHER = "watcher"
"""Kind of the outbox; the subject is "<problem>/<provider or nothing>/<trouble_id>"."""
LATE, STUCK = timedelta(minutes=15), timedelta(minutes=5)
"""A check, and a message, that waits so much longer than it should is trouble."""
_IN_TIME = timedelta(minutes=2)
"""Trouble is over when nothing waits longer than this: else it would come and go."""
_SURE_AFTER = timedelta(minutes=2)
"""Admins are told when it lasts so long: a bot that was down for an hour catches up in that time."""
_KEPT = timedelta(days=30)
_LEVELS = {
    TroubleKind.LATE: logging.WARNING,
    TroubleKind.STUCK: logging.CRITICAL,
    TroubleKind.NOBODY: logging.CRITICAL,
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a trouble is; there is one at a time."""

    workspace_id: WorkspaceId
    kind: TroubleKind
    provider_key: str = ""


async def watch(ctx: Context) -> int:
    """Compare what is with what is known; how many troubles began or ended. Of any number of bots one tells of each."""
    now = ctx.clock()
    async with ctx.store.reading() as tx:
        known = {_place(one): one for one in await troubles.open_ones(tx)}
        found = await _found(ctx, tx, now, known)
    changed = 0
    for place, waiting in found.items():
        if place not in known:
            changed += await _begins(ctx, place, waiting, now)
    for place, trouble in known.items():
        if place not in found:
            changed += await _ends(ctx, trouble, now)
        else:
            await _lasting(ctx, trouble, now)
    async with ctx.store.transaction() as tx:
        await troubles.purge(tx, before=now - _KEPT)
    return changed


def _place(trouble: Trouble) -> Place:
    return Place(trouble.workspace_id, trouble.kind, trouble.provider_key)


async def _found(
    ctx: Context, tx: Tx, now: datetime, known: Collection[Place] = ()
) -> Mapping[Place, Waiting]:
    found = {Place(ws, TroubleKind.NOBODY): Waiting(0, now) for ws in await troubles.without_integrators(tx)}
    found |= await _stuck(tx, now, known)
    for provider in ctx.connectors.providers():
        health = await provider_health.read(tx, provider.key)
        if health is not None and health.weather is Weather.OUTAGE:
            # They are told of the outage; asking less is meant.
            continue
        for ws, waiting in (await troubles.late(tx, provider.key, now - _IN_TIME)).items():
            place = Place(ws, TroubleKind.LATE, provider.key)
            if place in known or now - waiting.oldest > LATE:
                found[place] = waiting
    gone = await troubles.gone(tx)
    return {place: waiting for place, waiting in found.items() if place.workspace_id not in gone}


async def _stuck(tx: Tx, now: datetime, known: Collection[Place]) -> dict[Place, Waiting]:
    """What is being told in this very moment makes no trouble, nor does it end one."""
    begun = await troubles.stuck(tx, now - STUCK, but=WATCHER, free_at=now)
    lasting = await troubles.stuck(tx, now - _IN_TIME, but=WATCHER)
    found = {Place(ws, TroubleKind.STUCK): waiting for ws, waiting in begun.items()}
    kept = {Place(ws, TroubleKind.STUCK): waiting for ws, waiting in lasting.items()}
    return {place: waiting for place, waiting in kept.items() if place in known} | found


async def _begins(ctx: Context, place: Place, waiting: Waiting, now: datetime) -> bool:
    # Asks Slack where no admin is known, so not in the transaction.
    admins = await people.admins(ctx, place.workspace_id)
    async with ctx.store.transaction() as tx:
        begun = await troubles.begin(
            tx,
            Trouble(
                workspace_id=place.workspace_id,
                kind=place.kind,
                provider_key=place.provider_key,
                since=waiting.oldest,
                waiting=waiting.number,
            ),
        )
        if begun is None:
            return False
        for user_id in admins:
            await _ask(tx, begun, user_id, now)
    _log.log(_LEVELS[place.kind], "trouble: %s began, %d wait", _words(begun), begun.waiting)
    return True


async def _lasting(ctx: Context, trouble: Trouble, now: datetime) -> None:
    """Tell of it where nobody was told when it began: no admin was known then, and Slack gave no answer."""
    ws = trouble.workspace_id
    async with ctx.store.reading() as tx:
        if await outbox.fates(tx, ws, WATCHER, _subject(trouble)):
            return
    admins = await people.admins(ctx, ws)
    async with ctx.store.transaction() as tx:
        for user_id in admins:
            await _ask(tx, trouble, user_id, now)


async def _ask(tx: Tx, trouble: Trouble, user_id: UserId, now: datetime) -> None:
    await outbox.ask(
        tx,
        ws=trouble.workspace_id,
        kind=WATCHER,
        subject=_subject(trouble),
        surface=Surface.DM,
        recipient=user_id,
        now=now,
        due_at=now + _SURE_AFTER,
        once=True,
    )


async def _ends(ctx: Context, trouble: Trouble, now: datetime) -> bool:
    async with ctx.store.transaction() as tx:
        if not await troubles.end(tx, trouble, at=now):
            return False
        await told.again(tx, trouble.workspace_id, WATCHER, prefix=_subject(trouble), now=now)
    _log.warning("trouble: %s is over", _words(trouble))
    return True


def _words(trouble: Trouble) -> str:
    where = f" ({trouble.provider_key})" if trouble.provider_key else ""
    return f"{trouble.kind.value}{where} in workspace {trouble.workspace_id}"


def _subject(trouble: Trouble) -> str:
    return f"{trouble.kind.value}/{trouble.provider_key}/{trouble.id}"


async def _lasts(ctx: Context, tx: Tx, trouble: Trouble) -> bool:
    """Looked at again: since it was noticed it may have passed."""
    return _place(trouble) in await _found(ctx, tx, ctx.clock())


async def message(ctx: Context, row: OutboxMessage) -> Message | None:
    """What admins are told, or have been told once it is over; nothing where it was over before anybody was told."""
    async with ctx.store.reading() as tx:
        trouble = await troubles.get(tx, row.workspace_id, row.subject.rpartition("/")[2])
        if trouble is None:
            return None
        if not row.ts and (trouble.ended_at is not None or not await _lasts(ctx, tx, trouble)):
            return None
    provider = ctx.connectors.get(trouble.provider_key)
    return watcher(
        WatcherView(
            problem=WatcherProblem(trouble.kind.value),
            since=trouble.since,
            count=trouble.waiting,
            provider=provider.name if provider else trouble.provider_key or None,
            ended_at=trouble.ended_at,
        )
    )
