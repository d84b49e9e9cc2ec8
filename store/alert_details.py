"""Named queries that read alerts, with what their messages say."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, and_, func, or_, select

from store.database import Tx
from store.records import AccountId, GroupId, WorkspaceId
from store.rows import chunks, columns_of
from store.tables import account_groups, accounts, groups
from store.watch_records import Alert, AlertAccount, AlertDetail, AlertEvent, AlertId, Outcome
from store.watch_tables import ALERT_ACCOUNT_OPEN, ALERT_OPEN, alert_accounts, alert_events, alerts

_ALERT = columns_of(Alert, alerts)
_SHOWN = 50
_HERE = columns_of(AlertAccount, alert_accounts)


async def get(tx: Tx, ws: WorkspaceId, alert_id: AlertId) -> AlertDetail | None:
    """One alert, also a resolved one."""
    found = await _detailed(tx, ws, _of(ws).where(alerts.c.id == alert_id))
    return found[0] if found else None


async def open_ones(tx: Tx, ws: WorkspaceId) -> tuple[AlertDetail, ...]:
    """Every open alert of a workspace, the oldest first."""
    return await _detailed(tx, ws, _of(ws).where(ALERT_OPEN))


async def newest(tx: Tx, ws: WorkspaceId, *, limit: int) -> tuple[AlertDetail, ...]:
    """The alerts of a workspace that were opened last, resolved ones too, the newest first."""
    recent = _of(ws).order_by(None).order_by(alerts.c.opened_at.desc(), alerts.c.id).limit(limit)
    return await _detailed(tx, ws, recent)


async def open_of_account(tx: Tx, ws: WorkspaceId, account_id: AccountId) -> AlertId | None:
    """The open alert an account is in and not settled."""
    query = select(alert_accounts.c.alert_id).where(
        alert_accounts.c.workspace_id == ws, alert_accounts.c.account_id == account_id, ALERT_ACCOUNT_OPEN
    )
    return cast("AlertId | None", await tx.conn.scalar(query))


async def open_accounts(tx: Tx, ws: WorkspaceId, alert_id: AlertId) -> tuple[AccountId, ...]:
    """All accounts still open in an alert, however many, by id."""
    query = select(alert_accounts.c.account_id).where(_in(ws, [alert_id]), ALERT_ACCOUNT_OPEN)
    return tuple((await tx.conn.scalars(query.order_by(alert_accounts.c.account_id))).all())


async def group_names(
    tx: Tx, ws: WorkspaceId, alert_ids: Collection[AlertId]
) -> Mapping[AlertId, tuple[str, ...]]:
    """Names of the Groups that use any account of each alert, settled or not; by name."""
    mine = and_(
        account_groups.c.workspace_id == alert_accounts.c.workspace_id,
        account_groups.c.account_id == alert_accounts.c.account_id,
    )
    theirs = and_(
        groups.c.workspace_id == account_groups.c.workspace_id, groups.c.id == account_groups.c.group_id
    )
    found: dict[AlertId, set[str]] = {}
    for chunk in chunks(alert_ids):
        query = select(alert_accounts.c.alert_id, groups.c.name).distinct()
        joined = query.select_from(alert_accounts).join(account_groups, mine).join(groups, theirs)
        for alert_id, name in await tx.conn.execute(joined.where(_in(ws, chunk))):
            found.setdefault(alert_id, set()).add(name)
    return {alert_id: tuple(sorted(names, key=str.casefold)) for alert_id, names in found.items()}


async def outcomes(
    tx: Tx, ws: WorkspaceId, alert_ids: Collection[AlertId]
) -> Mapping[AlertId, tuple[Outcome, ...]]:
    """How all accounts of each alert stand, however many, counted: the most frequent first."""
    here = alert_accounts.c
    kinds = (here.reason, here.resolution, here.resolved_by, here.resolved_at.is_(None))
    found: dict[AlertId, list[Outcome]] = {}
    for chunk in chunks(alert_ids):
        query = select(here.alert_id, *kinds, func.count()).where(_in(ws, chunk))
        for alert_id, reason, resolution, by, is_open, number in await tx.conn.execute(
            query.group_by(here.alert_id, *kinds)
        ):
            one = Outcome(reason=reason, open=bool(is_open), resolution=resolution, by=by, number=number)
            found.setdefault(alert_id, []).append(one)
    return {
        alert_id: tuple(sorted(ways, key=lambda one: (-one.number, str(one.reason), str(one.by))))
        for alert_id, ways in found.items()
    }


async def group_ids(
    tx: Tx, ws: WorkspaceId, alert_ids: Collection[AlertId]
) -> Mapping[AlertId, frozenset[GroupId]]:
    """The Groups that use any account of each alert, settled or not."""
    same = and_(
        account_groups.c.workspace_id == alert_accounts.c.workspace_id,
        account_groups.c.account_id == alert_accounts.c.account_id,
    )
    found: dict[AlertId, set[GroupId]] = {alert_id: set() for alert_id in alert_ids}
    for chunk in chunks(alert_ids):
        query = select(alert_accounts.c.alert_id, account_groups.c.group_id).distinct()
        joined = query.select_from(alert_accounts).join(account_groups, same)
        for alert_id, group_id in await tx.conn.execute(joined.where(_in(ws, chunk))):
            found[alert_id].add(group_id)
    return {alert_id: frozenset(ids) for alert_id, ids in found.items()}


async def broken_at(tx: Tx, ws: WorkspaceId, at: datetime, *, told_before: datetime) -> Mapping[AlertId, int]:
    """How many accounts each alert that was told before `told_before` held as broken at a moment; those with none are missing."""
    same = and_(
        alerts.c.workspace_id == alert_accounts.c.workspace_id, alerts.c.id == alert_accounts.c.alert_id
    )
    query = (
        select(alerts.c.id, func.count())
        .select_from(alerts.join(alert_accounts, same))
        .where(
            alerts.c.workspace_id == ws,
            alerts.c.tell_at <= told_before,
            or_(alerts.c.resolved_at.is_(None), alerts.c.resolved_at > at),
            or_(alert_accounts.c.resolved_at.is_(None), alert_accounts.c.resolved_at > at),
        )
        .group_by(alerts.c.id)
    )
    return {alert_id: int(number) for alert_id, number in await tx.conn.execute(query)}


async def due_reminders(tx: Tx, now: datetime, limit: int) -> tuple[Alert, ...]:
    """Open alerts of all workspaces to be reminded of, held until this transaction ends, the longest due first.

    The caller sets when each comes next (`alerts.remind`) in the same transaction; no other bot gets them meanwhile.
    """
    query = (
        select(*_ALERT)
        .where(ALERT_OPEN, alerts.c.remind_at <= now)
        .order_by(alerts.c.remind_at, alerts.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return tuple(Alert(**row) for row in (await tx.conn.execute(query)).mappings())


async def events(tx: Tx, ws: WorkspaceId, alert_id: AlertId) -> tuple[AlertEvent, ...]:
    """What happened to an alert, the oldest first."""
    query = select(*columns_of(AlertEvent, alert_events)).where(
        alert_events.c.workspace_id == ws, alert_events.c.alert_id == alert_id
    )
    rows = (await tx.conn.execute(query.order_by(alert_events.c.at, alert_events.c.id))).mappings()
    return tuple(AlertEvent(**row) for row in rows)


async def open_alerts(tx: Tx, ws: WorkspaceId) -> tuple[Alert, ...]:
    """Every open alert of a workspace by itself, by id."""
    query = select(*_ALERT).where(alerts.c.workspace_id == ws, ALERT_OPEN).order_by(alerts.c.id)
    return tuple(Alert(**row) for row in (await tx.conn.execute(query)).mappings())


async def open_workspaces(tx: Tx) -> tuple[WorkspaceId, ...]:
    """Workspaces with an open alert, by id."""
    query = select(alerts.c.workspace_id).distinct().where(ALERT_OPEN).order_by(alerts.c.workspace_id)
    return tuple((await tx.conn.scalars(query)).all())


def _of(ws: WorkspaceId) -> Select[Any]:
    return select(*_ALERT).where(alerts.c.workspace_id == ws).order_by(alerts.c.opened_at, alerts.c.id)


def _in(ws: WorkspaceId, alert_ids: Sequence[AlertId]) -> Any:
    return and_(alert_accounts.c.workspace_id == ws, alert_accounts.c.alert_id.in_(alert_ids))


async def _detailed(tx: Tx, ws: WorkspaceId, query: Select[Any]) -> tuple[AlertDetail, ...]:
    found = [Alert(**row) for row in (await tx.conn.execute(query)).mappings()]
    ids = [alert.id for alert in found]
    counts: dict[AlertId, tuple[int, int]] = {}
    shown: dict[AlertId, list[AlertAccount]] = {}
    for chunk in chunks(ids):
        counts |= await _counts(tx, ws, chunk)
        await _show(tx, ws, chunk, shown)
    nobody = (0, 0)
    return tuple(
        AlertDetail(
            alert=alert,
            accounts=tuple(shown.get(alert.id, ())),
            open=counts.get(alert.id, nobody)[0],
            resolved=counts.get(alert.id, nobody)[1],
        )
        for alert in found
    )


async def _counts(tx: Tx, ws: WorkspaceId, alert_ids: Sequence[AlertId]) -> dict[AlertId, tuple[int, int]]:
    total, resolved = func.count(), func.count(alert_accounts.c.resolved_at)
    query = (
        select(alert_accounts.c.alert_id, total - resolved, resolved)
        .where(_in(ws, alert_ids))
        .group_by(alert_accounts.c.alert_id)
    )
    return {alert_id: (left, done) for alert_id, left, done in await tx.conn.execute(query)}


async def _show(
    tx: Tx, ws: WorkspaceId, alert_ids: Sequence[AlertId], shown: dict[AlertId, list[AlertAccount]]
) -> None:
    here = alert_accounts.c
    place = func.row_number().over(
        partition_by=here.alert_id, order_by=(here.resolved_at.is_not(None), here.since, here.account_id)
    )
    ranked = select(*_HERE, here.alert_id, place.label("place")).where(_in(ws, alert_ids)).subquery("ranked")
    query = (
        select(
            *(ranked.c[column.name] for column in _HERE),
            ranked.c.alert_id,
            accounts.c.name,
            accounts.c.connected_by,
        )
        .join(accounts, and_(accounts.c.workspace_id == ws, accounts.c.id == ranked.c.account_id))
        .where(ranked.c.place <= _SHOWN)
        .order_by(ranked.c.alert_id, ranked.c.place)
    )
    for row in (await tx.conn.execute(query)).mappings():
        values = dict(row)
        shown.setdefault(values.pop("alert_id"), []).append(AlertAccount(**values))
