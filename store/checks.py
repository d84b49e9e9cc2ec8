"""Named queries on checks: which sign-in is asked next, by whom, and that nobody else asks it meanwhile.

A claim leaves a row where it is and only notes the lease; what is given back moves to its next time. A row is found by its
place in that order alone. So planning a check anew does not look for the old row: it raises the sign-in's `plan_no` and adds
another; the old one no longer counts, and is dropped when its time comes. An index by grant instead would be rewritten at a
random place with every check (docs/performance.md, goals 5 and 6).
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import Column, and_, delete, exists, func, literal_column, not_, or_, select, tuple_, update

from store.batches import batch
from store.database import Tx
from store.records import Account, Grant, GrantId, WorkspaceId
from store.rows import chunks, columns_of, upsert
from store.sealing import bound_to, opened
from store.tables import LIVE, LIVING, WAITING, accounts, grants, integrations
from store.vault import CannotOpen
from store.watch_records import Due, Watched
from store.watch_tables import checks

_R = TypeVar("_R")
_GRANT = columns_of(Grant, grants)
_ACCOUNT = columns_of(Account, accounts)
_PLACE = (checks.c.provider_key, checks.c.next_at, checks.c.grant_id, checks.c.plan_no)
_LEASE = (*_PLACE, checks.c.owner, checks.c.until)
_FREE = {"owner": None, "until": None}
_GIVEN = {column.name: column.type for column in _LEASE} | {"again_at": checks.c.next_at.type}


async def plan(
    tx: Tx, workspace_id: WorkspaceId, grant_id: GrantId, provider_key: str, *, at: datetime
) -> bool:
    """Have a living sign-in checked at `at`, whatever was planned before; False when it lives no more.

    A check under way is void: what it gives back is refused.
    """
    plan_no = await _raise(tx, workspace_id, grant_id)
    if plan_no is None:
        return False
    row = {
        "provider_key": provider_key,
        "next_at": at,
        "grant_id": grant_id,
        "plan_no": plan_no,
        "workspace_id": workspace_id,
    }
    await tx.conn.execute(upsert(checks, row | _FREE, keys=[column.name for column in _PLACE]))
    return True


async def drop(tx: Tx, workspace_id: WorkspaceId, grant_id: GrantId) -> None:
    """Check a sign-in no more, unless it is planned again. One that ends needs no `drop`."""
    await _raise(tx, workspace_id, grant_id)


async def claim(
    tx: Tx, provider_key: str, *, owner: str, now: datetime, until: datetime, limit: int
) -> tuple[Due, ...]:
    """Take checks of all workspaces that are due and that nobody does, the longest due first."""
    due = (
        select(*_PLACE)
        .where(checks.c.provider_key == provider_key, checks.c.next_at <= now, _is_free(now))
        .order_by(checks.c.next_at, checks.c.grant_id, checks.c.plan_no)
        # Written out: with a parameter PostgreSQL does not know that few are asked for, and may sort them all.
        .limit(literal_column(str(int(limit))))
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    same = and_(*(column == due.c[column.name] for column in _PLACE))
    change = update(checks).where(same).values(owner=owner, until=until)
    rows = await tx.conn.execute(change.returning(*_PLACE, checks.c.workspace_id))
    return tuple(
        Due(
            grant_id=grant_id,
            workspace_id=workspace_id,
            provider_key=key,
            due_at=next_at,
            owner=owner,
            until=until,
            plan_no=plan_no,
        )
        for key, next_at, grant_id, plan_no, workspace_id in sorted(rows, key=lambda row: row[1:4])
    )


async def read(tx: Tx, dues: Sequence[Due]) -> tuple[Watched, ...]:
    """What is needed to do these checks, in their order.

    Those that are missing are not to be done any more: the sign-in ended, was planned anew or carries no account in use.
    Their rows are the caller's to `discard`.
    """
    ids = [due.grant_id for due in dues]
    sign_ins = await _grants(tx, ids)
    carried = await _accounts(tx, ids)
    found = []
    for due in dues:
        sign_in, mine = sign_ins.get(due.grant_id), carried.get(due.grant_id, ())
        if sign_in is None or not mine or sign_in.plan_no != due.plan_no:
            continue
        found.append(_watched(tx, due, sign_in, mine))
    return tuple(found)


async def give_back(tx: Tx, done: Sequence[tuple[Due, datetime]]) -> frozenset[GrantId]:
    """End these leases, each with the time of the next check; gives the sign-ins of those that were still the owner's.

    What was found for any other is not to be recorded: its lease was over and someone else does it, it was planned anew, or
    the sign-in ended.
    """
    if not done:
        return frozenset()
    given = batch(tx, _GIVEN, [_row_of(due, again_at) for due, again_at in done])
    still = exists().where(grants.c.id == checks.c.grant_id, grants.c.plan_no == checks.c.plan_no, LIVE)
    change = (
        update(checks)
        .where(*(column == given.c[column.name] for column in _LEASE), still)
        .values(next_at=given.c.again_at, **_FREE)
        .returning(checks.c.grant_id)
    )
    return frozenset((await tx.conn.scalars(change)).all())


async def discard(tx: Tx, dues: Collection[Due]) -> None:
    """Delete rows that `read` found to be no check any more; those another owner has by now are left to them."""
    for chunk in chunks(dues):
        places = [(due.provider_key, due.due_at, due.grant_id, due.plan_no) for due in chunk]
        owners = {due.owner for due in chunk}
        await tx.conn.execute(
            delete(checks).where(tuple_(*_PLACE).in_(places), checks.c.owner.in_(sorted(owners)))
        )


async def due_now(tx: Tx, provider_key: str, now: datetime) -> int:
    """How many checks of a provider are due and done by nobody."""
    query = select(func.count()).where(
        checks.c.provider_key == provider_key, checks.c.next_at <= now, _is_free(now)
    )
    return int(await tx.conn.scalar(query) or 0)


async def next_due(tx: Tx, now: datetime) -> datetime | None:
    """When the next check of all providers is due that nobody does; may be over."""
    known = select(integrations.c.provider_key)
    query = select(func.min(checks.c.next_at)).where(checks.c.provider_key.in_(known), _is_free(now))
    return cast("datetime | None", await tx.conn.scalar(query))


async def overdue(tx: Tx, now: datetime) -> tuple[int, datetime | None]:
    """How many checks of all providers were due by `now`, whether or not someone does them, and since when the oldest is."""
    # The index begins with the provider.
    known = select(integrations.c.provider_key)
    query = select(func.count(), func.min(checks.c.next_at)).where(
        checks.c.provider_key.in_(known), checks.c.next_at <= now
    )
    count, oldest = (await tx.conn.execute(query)).one()
    return count, oldest


async def _raise(tx: Tx, workspace_id: WorkspaceId, grant_id: GrantId) -> int | None:
    change = (
        update(grants)
        .where(grants.c.workspace_id == workspace_id, grants.c.id == grant_id, LIVE)
        .values(plan_no=grants.c.plan_no + 1)
        .returning(grants.c.plan_no)
    )
    return cast("int | None", await tx.conn.scalar(change))


def _is_free(now: datetime) -> Any:
    return or_(checks.c.owner.is_(None), checks.c.until <= now)


def _row_of(due: Due, again_at: datetime) -> tuple[Any, ...]:
    return due.provider_key, due.due_at, due.grant_id, due.plan_no, due.owner, due.until, again_at


class _SignIn(NamedTuple):
    grant: Grant
    plan_no: int
    sealed: bytes | None


def _watched(tx: Tx, due: Due, sign_in: _SignIn, mine: Sequence[Account]) -> Watched:
    grant = sign_in.grant
    try:
        tokens = opened(tx, sign_in.sealed, bound_to("grants", grant.workspace_id, grant.id, "tokens"))
    except CannotOpen:
        # One sign-in that cannot be asked must not keep the others from it.
        tokens = None
    return Watched(due=due, grant=grant, tokens=tokens, accounts=tuple(mine))


async def _grants(tx: Tx, ids: Sequence[GrantId]) -> dict[GrantId, _SignIn]:
    found: dict[GrantId, _SignIn] = {}
    for chunk in chunks(ids):
        query = select(*_GRANT, grants.c.plan_no, grants.c.tokens).where(grants.c.id.in_(chunk), LIVE)
        for *values, plan_no, sealed in await tx.conn.execute(query):
            grant = _record(Grant, _GRANT, values)
            found[grant.id] = _SignIn(grant, plan_no, sealed)
    return found


def _record(kind: type[_R], columns: Sequence[Column[Any]], values: Sequence[Any]) -> _R:
    """By place: a mapping of a row looks each name up, which for the rows of a sweep is a tenth of a check."""
    return kind(**{column.name: value for column, value in zip(columns, values, strict=True)})


async def _accounts(tx: Tx, ids: Sequence[GrantId]) -> dict[GrantId, list[Account]]:
    same = and_(grants.c.workspace_id == accounts.c.workspace_id, grants.c.id == accounts.c.grant_id)
    carried = select(*_ACCOUNT).select_from(grants.join(accounts, same)).where(LIVING, not_(WAITING))
    found: dict[GrantId, list[Account]] = defaultdict(list)
    for chunk in chunks(ids):
        query = carried.where(grants.c.id.in_(chunk)).order_by(accounts.c.id)
        for row in await tx.conn.execute(query):
            account = _record(Account, _ACCOUNT, row)
            found[account.grant_id].append(account)
    return found
