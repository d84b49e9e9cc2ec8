"""Named queries on alerts. Whoever changes what an alert holds takes the tile's lock first, so that none is opened twice."""

import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Update, and_, delete, exists, insert, select, update

from store import integrations
from store.database import Tx
from store.records import AccountId, UserId, WorkspaceId
from store.rows import chunks, columns_of, values_of
from store.watch_records import Alert, AlertEvent, AlertEventKind, AlertId, AlertKind, Broken, Opened
from store.watch_tables import ALERT_ACCOUNT_OPEN, ALERT_OPEN, OUTAGE, alert_accounts, alert_events, alerts

_NO_HANDS = {"taken_by": None, "taken_at": None}
_NOT_SNOOZED = {"snoozed_by": None, "snoozed_until": None}


async def open_or_join(
    tx: Tx,
    *,
    ws: WorkspaceId,
    provider_key: str,
    accounts: Sequence[Broken],
    now: datetime,
    tell_at: datetime,
    joins_until: datetime,
    sliding: bool = False,
) -> Opened:
    """Put accounts that stopped working into the newest open alert that still takes some, or into a new one.

    Those in an open alert already are left alone; when all are, theirs (the first one's) is given. `sliding`: what joins keeps
    the alert open for others until `joins_until`. Raises ValueError without accounts.
    """
    if not accounts:
        raise ValueError("an alert without accounts")
    await integrations.lock(tx, ws, provider_key)
    known = await _open_of_accounts(tx, ws, [broken.account_id for broken in accounts])
    new = {broken.account_id: broken for broken in accounts if broken.account_id not in known}
    if not new:
        return Opened(known[accounts[0].account_id], is_new=False, added=0, tell_at=tell_at)
    there = await _joinable(tx, ws, provider_key, now)
    if there is None:
        opened = Opened(AlertId(uuid.uuid4().hex), is_new=True, added=len(new), tell_at=tell_at)
        await _insert(tx, ws, provider_key, opened, AlertKind.ACCOUNTS, now, joins_until)
    else:
        opened = Opened(there.id, is_new=False, added=len(new), tell_at=there.tell_at)
        if sliding and joins_until > there.joins_until:
            await tx.conn.execute(_open(ws, there.id).values(joins_until=joins_until))
    await _put_in(tx, ws, opened.alert_id, list(new.values()))
    kind = AlertEventKind.OPENED if opened.is_new else AlertEventKind.JOINED
    await _remember(tx, ws, opened.alert_id, AlertEvent(at=now, kind=kind, count=len(new)))
    return opened


async def _insert(
    tx: Tx,
    ws: WorkspaceId,
    provider_key: str,
    opened: Opened,
    kind: AlertKind,
    now: datetime,
    joins_until: datetime,
) -> None:
    alert = Alert(
        id=opened.alert_id,
        workspace_id=ws,
        provider_key=provider_key,
        kind=kind,
        opened_at=now,
        tell_at=opened.tell_at,
        joins_until=joins_until,
    )
    await tx.conn.execute(insert(alerts).values(**values_of(alert)))


async def resolve_accounts(
    tx: Tx,
    ws: WorkspaceId,
    account_ids: Collection[AccountId],
    *,
    at: datetime,
    by: UserId | None,
    resolution: str,
) -> tuple[AlertId, ...]:
    """Mark accounts as settled in whichever alert they are open; an alert ends with its last. Gives the alerts that changed.

    `by` None: nobody did anything, it works again by itself. `resolution`: "reconnected", "recovered" or "removed".
    """
    known = await _open_of_accounts(tx, ws, account_ids)
    for provider_key in await _providers(tx, ws, set(known.values())):
        await integrations.lock(tx, ws, provider_key)
    values = {"resolved_at": at, "resolved_by": by, "resolution": resolution}
    settled: Counter[AlertId] = Counter()
    for chunk in chunks(known):
        change = update(alert_accounts).where(_open_in(ws, chunk)).values(**values)
        settled.update((await tx.conn.scalars(change.returning(alert_accounts.c.alert_id))).all())
    kind = AlertEventKind(resolution)
    for alert_id, count in sorted(settled.items()):
        await _remember(tx, ws, alert_id, AlertEvent(at=at, kind=kind, who=by, count=count))
    for alert_id in await _close_empty(tx, ws, settled, at):
        await _remember(tx, ws, alert_id, AlertEvent(at=at, kind=AlertEventKind.OVER))
    return tuple(sorted(settled))


async def get(tx: Tx, ws: WorkspaceId, alert_id: AlertId) -> Alert | None:
    """One alert by itself, also a resolved one; with its accounts: `alert_details.get`."""
    query = select(*columns_of(Alert, alerts)).where(alerts.c.workspace_id == ws, alerts.c.id == alert_id)
    row = (await tx.conn.execute(query)).mappings().one_or_none()
    return None if row is None else Alert(**row)


async def hold(tx: Tx, ws: WorkspaceId, alert_id: AlertId) -> None:
    """Nobody else changes who is on it, or when it is reminded of, until this transaction ends (PostgreSQL)."""
    if tx.conn.dialect.name == "postgresql":
        this = select(alerts.c.id).where(alerts.c.workspace_id == ws, alerts.c.id == alert_id)
        await tx.conn.execute(this.with_for_update())


async def take(
    tx: Tx,
    ws: WorkspaceId,
    alert_id: AlertId,
    by: UserId,
    at: datetime,
    remind_at: datetime,
    *,
    over: UserId | None = None,
) -> bool:
    """Have someone on it, which ends a snooze; False when it is resolved, or on someone else's hands than `over` (None: on nobody's)."""
    holder = alerts.c.taken_by.is_(None) if over is None else alerts.c.taken_by == over
    change = _open(ws, alert_id).where(holder | (alerts.c.taken_by == by))
    change = change.values(taken_by=by, taken_at=at, remind_at=remind_at, **_NOT_SNOOZED)
    return await _changed(tx, change, ws, alert_id, AlertEvent(at=at, kind=AlertEventKind.TAKEN, who=by))


async def let_go(
    tx: Tx,
    ws: WorkspaceId,
    alert_id: AlertId,
    *,
    remind_at: datetime | None,
    at: datetime,
    by: UserId | None = None,
) -> bool:
    """Have nobody on it any more; False when it is resolved or nobody was. `by` None: nobody gave it back, its time was over."""
    change = _open(ws, alert_id).where(alerts.c.taken_by.is_not(None))
    change = change.values(**_NO_HANDS, remind_at=remind_at)
    return await _changed(tx, change, ws, alert_id, AlertEvent(at=at, kind=AlertEventKind.LET_GO, who=by))


async def snooze(
    tx: Tx, ws: WorkspaceId, alert_id: AlertId, by: UserId, until: datetime, *, at: datetime
) -> bool:
    """Remind of it no more before `until`, and then again; False when it is resolved."""
    change = _open(ws, alert_id).values(snoozed_by=by, snoozed_until=until, remind_at=until)
    return await _changed(
        tx, change, ws, alert_id, AlertEvent(at=at, kind=AlertEventKind.SNOOZED, who=by, until=until)
    )


async def remind(
    tx: Tx, ws: WorkspaceId, alert_id: AlertId, *, at: datetime | None, reminded: datetime | None = None
) -> bool:
    """Set when to remind of it next, None: not by itself; False when it is resolved. `reminded`: when it was just now, if it was."""
    change = _open(ws, alert_id).values(remind_at=at)
    event = None if reminded is None else AlertEvent(at=reminded, kind=AlertEventKind.REMINDED)
    return await _changed(tx, change, ws, alert_id, event)


async def open_outage(
    tx: Tx, *, ws: WorkspaceId, provider_key: str, now: datetime, tell_at: datetime
) -> AlertId:
    """The open alert about a provider's outage, made when there is none."""
    await integrations.lock(tx, ws, provider_key)
    there = await outage_open(tx, ws, provider_key)
    if there is not None:
        return there
    opened = Opened(AlertId(uuid.uuid4().hex), is_new=True, added=0, tell_at=tell_at)
    await _insert(tx, ws, provider_key, opened, AlertKind.OUTAGE, now, now)
    await _remember(tx, ws, opened.alert_id, AlertEvent(at=now, kind=AlertEventKind.OPENED))
    return opened.alert_id


async def outage_open(tx: Tx, ws: WorkspaceId, provider_key: str) -> AlertId | None:
    """The open alert about a provider's outage."""
    query = select(alerts.c.id).where(_open_outage(ws, provider_key))
    return cast("AlertId | None", await tx.conn.scalar(query))


async def resolve_outages(
    tx: Tx, provider_key: str, *, at: datetime
) -> tuple[tuple[WorkspaceId, AlertId], ...]:
    """End the alerts about a provider's outage in all workspaces; gives those there were."""
    this = and_(alerts.c.provider_key == provider_key, OUTAGE, ALERT_OPEN)
    change = update(alerts).where(this).values(resolved_at=at).returning(alerts.c.workspace_id, alerts.c.id)
    ended = sorted((row.workspace_id, row.id) for row in await tx.conn.execute(change))
    for ws, alert_id in ended:
        await _remember(tx, ws, alert_id, AlertEvent(at=at, kind=AlertEventKind.OVER))
    return tuple(ended)


async def purge(tx: Tx, *, before: datetime, limit: int) -> int:
    """Delete alerts of all workspaces that were resolved before `before`; gives their number."""
    query = select(alerts.c.id).where(alerts.c.resolved_at < before).order_by(alerts.c.resolved_at)
    old = list((await tx.conn.scalars(query.limit(limit))).all())
    for chunk in chunks(old):
        await tx.conn.execute(delete(alert_accounts).where(alert_accounts.c.alert_id.in_(chunk)))
        await tx.conn.execute(delete(alert_events).where(alert_events.c.alert_id.in_(chunk)))
        await tx.conn.execute(delete(alerts).where(alerts.c.id.in_(chunk)))
    return len(old)


async def _open_of_accounts(
    tx: Tx, ws: WorkspaceId, account_ids: Collection[AccountId]
) -> dict[AccountId, AlertId]:
    found: dict[AccountId, AlertId] = {}
    for chunk in chunks(account_ids):
        query = select(alert_accounts.c.account_id, alert_accounts.c.alert_id).where(_open_in(ws, chunk))
        found |= {row.account_id: row.alert_id for row in await tx.conn.execute(query)}
    return found


async def _joinable(tx: Tx, ws: WorkspaceId, provider_key: str, now: datetime) -> Alert | None:
    query = (
        select(*columns_of(Alert, alerts))
        .where(
            alerts.c.workspace_id == ws,
            alerts.c.provider_key == provider_key,
            alerts.c.kind == AlertKind.ACCOUNTS,
            alerts.c.joins_until > now,
            ALERT_OPEN,
        )
        .order_by(alerts.c.opened_at.desc(), alerts.c.id)
        .limit(1)
    )
    row = (await tx.conn.execute(query)).mappings().one_or_none()
    return None if row is None else Alert(**row)


async def _put_in(tx: Tx, ws: WorkspaceId, alert_id: AlertId, broken: Sequence[Broken]) -> None:
    place = {"workspace_id": ws, "alert_id": alert_id}
    rows: list[dict[str, Any]] = [place | one._asdict() for one in broken]
    # One that was settled in this very alert, and broke again, is open in it again.
    for chunk in chunks(one.account_id for one in broken):
        again = delete(alert_accounts).where(
            alert_accounts.c.workspace_id == ws,
            alert_accounts.c.alert_id == alert_id,
            alert_accounts.c.account_id.in_(chunk),
        )
        await tx.conn.execute(again)
    await tx.conn.execute(insert(alert_accounts), rows)


async def _providers(tx: Tx, ws: WorkspaceId, alert_ids: Collection[AlertId]) -> list[str]:
    """In one order for everybody, or two that lock several would wait for each other."""
    found: set[str] = set()
    for chunk in chunks(alert_ids):
        query = select(alerts.c.provider_key).where(alerts.c.workspace_id == ws, alerts.c.id.in_(chunk))
        found.update((await tx.conn.scalars(query)).all())
    return sorted(found)


async def _close_empty(
    tx: Tx, ws: WorkspaceId, alert_ids: Collection[AlertId], at: datetime
) -> list[AlertId]:
    closed: list[AlertId] = []
    left = exists().where(
        alert_accounts.c.workspace_id == alerts.c.workspace_id,
        alert_accounts.c.alert_id == alerts.c.id,
        ALERT_ACCOUNT_OPEN,
    )
    for chunk in chunks(alert_ids):
        change = update(alerts).where(alerts.c.workspace_id == ws, alerts.c.id.in_(chunk), ALERT_OPEN, ~left)
        ended = await tx.conn.scalars(change.values(resolved_at=at).returning(alerts.c.id))
        closed += ended.all()
    return sorted(closed)


def _open_in(ws: WorkspaceId, account_ids: Sequence[AccountId]) -> Any:
    mine = alert_accounts.c.account_id.in_(account_ids)
    return and_(alert_accounts.c.workspace_id == ws, mine, ALERT_ACCOUNT_OPEN)


def _open_outage(ws: WorkspaceId, provider_key: str) -> Any:
    return and_(alerts.c.workspace_id == ws, alerts.c.provider_key == provider_key, OUTAGE, ALERT_OPEN)


def _open(ws: WorkspaceId, alert_id: AlertId) -> Update:
    return update(alerts).where(alerts.c.workspace_id == ws, alerts.c.id == alert_id, ALERT_OPEN)


async def _changed(tx: Tx, change: Any, ws: WorkspaceId, alert_id: AlertId, event: AlertEvent | None) -> bool:
    if (await tx.conn.execute(change)).rowcount != 1:
        return False
    if event is not None:
        await _remember(tx, ws, alert_id, event)
    return True


async def _remember(tx: Tx, ws: WorkspaceId, alert_id: AlertId, event: AlertEvent) -> None:
    row = {"workspace_id": ws, "alert_id": alert_id} | values_of(event)
    await tx.conn.execute(insert(alert_events).values(**row))
