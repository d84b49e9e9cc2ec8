"""From "everyone is to be told of this alert" to a message for each channel and person who is to be told just then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import telling
from bot.usecases import alert_facts, digests, reminders
from bot.usecases.alert_facts import ALERT, OUTAGE, Audience
from bot.usecases.context import Context
from bot.usecases.hours import free_at
from store import alert_routes, alert_settings, alerts, outbox
from store.database import Tx
from store.records import OutboxMessage, OutboxState, Surface, UserId
from store.watch_records import Alert, AlertId, AlertKind, Fate, WorkspaceSettings

ALERT_OVER = "alert_over"
NOTHING = "nothing_to_say"
_REPEAT_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """An alert, whoever may be told of it, and what they were told before."""

    alert: Alert
    kind: str
    rows: Mapping[tuple[Surface, str], Fate]
    told: Audience
    channels: tuple[str, ...]
    settings: WorkspaceSettings
    now: datetime


async def fan_out(ctx: Context, row: OutboxMessage) -> None:
    """Ask for a message for everyone who is to be told; `row` is done in the same transaction, so it may be done twice."""
    async with ctx.store.transaction() as tx:
        room = await _room(ctx, tx, row)
        if room is None:
            await outbox.dead(tx, row, error=NOTHING)
            return
        await reminders.draw_again(tx, row.workspace_id, room.alert.id, now=room.now)
        await digests.draw_again(tx, row.workspace_id, now=room.now)
        if room.alert.resolved_at is None:
            await _open(tx, room)
        elif await _over(tx, room):
            await outbox.retry(tx, row, due_at=room.now + telling.EDIT, error="under_way")
            return
        await outbox.sent(tx, row)


async def _room(ctx: Context, tx: Tx, row: OutboxMessage) -> Room | None:
    ws, alert_id = row.workspace_id, AlertId(row.subject)
    alert = await alerts.get(tx, ws, alert_id)
    if alert is None:
        return None
    kind = OUTAGE if alert.kind is AlertKind.OUTAGE else ALERT
    found = (await alert_routes.routes(tx, ws, [alert_id]))[alert_id]
    return Room(
        alert=alert,
        kind=kind,
        rows={(one.surface, one.recipient): one for one in await outbox.fates(tx, ws, kind, alert_id)},
        told=await alert_facts.audience(ctx, tx, ws),
        channels=tuple(dict.fromkeys(one.channel_id for one in found)),
        settings=await alert_settings.workspace(tx, ws),
        now=ctx.clock(),
    )


async def _open(tx: Tx, room: Room) -> None:
    await _edit(tx, room)
    for channel_id in room.channels:
        await _ask(tx, room, Surface.CHANNEL, channel_id)
    if room.kind == ALERT or not _reaches_a_channel(room):
        for user_id in room.told.integrators:
            await _ask_dm(tx, room, user_id)
    if room.kind == ALERT and room.told.can_mail:
        for user_id in room.told.integrators:
            await _ask_mail(tx, room, user_id)


async def _over(tx: Tx, room: Room) -> bool:
    """Every message there is says so, and a line in its thread, for an edit is seen by nobody. Untold, it stays untold.

    True: some may arrive in this very moment, and have no thread yet.
    """
    await _edit(tx, room)
    for row in room.rows.values():
        if _may_be_there(row):
            await _ask_over(tx, room, row)
    return any(map(_is_under_way, room.rows.values()))


async def _edit(tx: Tx, room: Room) -> None:
    """Everything that was said is to say what is true now, wherever it was said and whoever reads it."""
    for row in room.rows.values():
        if row.surface in (Surface.CHANNEL, Surface.DM) and (row.ts is not None or _is_under_way(row)):
            await _ask(tx, room, row.surface, row.recipient)


async def _ask_dm(tx: Tx, room: Room, user_id: UserId) -> None:
    before = room.rows.get((Surface.DM, user_id))
    if before is not None and before.state is OutboxState.UNKNOWN:
        await _tell_otherwise(tx, room, user_id, before)
    elif (before is None or before.ts is None) and room.told.settings[user_id].dm:
        await _ask(tx, room, Surface.DM, user_id, due_at=_after_quiet_hours(room, user_id))


async def _tell_otherwise(tx: Tx, room: Room, user_id: UserId, unsure: Fate) -> None:
    """Nobody knows whether a DM arrived: a mail at once, or the channel; with neither it is rather said twice than never."""
    mail = room.rows.get((Surface.MAIL, user_id))
    if room.kind == ALERT and wants_mail(room.told, user_id) and (mail is None or _is_good(mail)):
        if mail is None or mail.state is OutboxState.PENDING:
            await _ask(tx, room, Surface.MAIL, user_id)
        return
    channels = (room.rows.get((Surface.CHANNEL, channel_id)) for channel_id in room.channels)
    if not any(row is None or _is_good(row) for row in channels):
        await outbox.repeat(tx, unsure, due_at=room.now + _REPEAT_AFTER)


async def _ask_mail(tx: Tx, room: Room, user_id: UserId) -> None:
    """Once, for mails cannot be edited; and what is repaired at once needs none."""
    if not wants_mail(room.told, user_id):
        return
    last_joined = room.alert.joins_until - telling.JOIN
    due_at = _after_quiet_hours(room, user_id, at=max(room.now, last_joined + telling.MAIL))
    await _ask(tx, room, Surface.MAIL, user_id, due_at=due_at, once=True)


async def _ask_over(tx: Tx, room: Room, row: Fate) -> None:
    user_id = UserId(row.recipient)
    if row.surface is Surface.DM and not (
        user_id in room.told.integrators and room.told.settings[user_id].dm
    ):
        return
    if row.surface is Surface.MAIL and not wants_mail(room.told, user_id):
        return
    await outbox.ask(
        tx,
        ws=room.alert.workspace_id,
        kind=ALERT_OVER,
        subject=room.alert.id,
        surface=row.surface,
        recipient=row.recipient,
        now=room.now,
        once=True,
        due_at=room.now if row.surface is Surface.CHANNEL else _after_quiet_hours(room, user_id),
        thread_ts=row.ts,
    )


async def _ask(
    tx: Tx,
    room: Room,
    surface: Surface,
    recipient: str,
    *,
    due_at: datetime | None = None,
    once: bool = False,
) -> None:
    """A post that may have arrived is left alone: it is never repeated."""
    await outbox.ask(
        tx,
        ws=room.alert.workspace_id,
        kind=room.kind,
        subject=room.alert.id,
        surface=surface,
        recipient=recipient,
        now=room.now,
        due_at=due_at,
        once=once,
        keep_unknown=True,
    )


def wants_mail(told: Audience, user_id: UserId) -> bool:
    """Whether somebody can be told by e-mail, and wants to be."""
    person = told.people.get(user_id)
    reachable = told.can_mail and person is not None and bool(person.email)
    return reachable and user_id in told.integrators and told.settings[user_id].mail


def _reaches_a_channel(room: Room) -> bool:
    rows = (room.rows.get((Surface.CHANNEL, channel_id)) for channel_id in room.channels)
    return any(row is None or row.state is not OutboxState.UNKNOWN for row in rows)


def _is_good(row: Fate) -> bool:
    """It arrived, or goes on trying."""
    return row.state in (OutboxState.SENT, OutboxState.PENDING)


def _may_be_there(row: Fate) -> bool:
    if row.state is OutboxState.UNKNOWN:
        return True
    if row.surface is Surface.MAIL:
        return row.state is OutboxState.SENT
    return row.ts is not None and row.state is not OutboxState.DEAD


def _is_under_way(row: Fate) -> bool:
    return row.state is OutboxState.PENDING and row.posting_at is not None and row.ts is None


def _after_quiet_hours(room: Room, user_id: UserId, *, at: datetime | None = None) -> datetime:
    theirs, person = room.told.settings[user_id], room.told.people.get(user_id)
    return free_at(at or room.now, theirs, person, room.settings)
