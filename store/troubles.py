"""Named queries on trouble with the watching itself: what is late or stuck, and what is known of it already."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import case, delete, exists, func, or_, select, update

# PostgreSQL's insert serves SQLite too: both write ON CONFLICT the same way.
from sqlalchemy.dialects.postgresql import insert

from store.database import Tx
from store.records import WorkspaceId
from store.rows import columns_of, values_of
from store.tables import (
    ACTIVE,
    OUTBOX_PENDING,
    group_members,
    groups,
    integrations,
    outbox,
    people,
    workspaces,
)
from store.watch_records import Trouble
from store.watch_tables import checks, troubles

_IN_VAIN = 5
"""Tries that take about half a minute."""
_TROUBLE = columns_of(Trouble, troubles)


class Waiting(NamedTuple):
    """How many wait, and since when the oldest does."""

    number: int
    oldest: datetime


async def late(tx: Tx, provider_key: str, before: datetime) -> Mapping[WorkspaceId, Waiting]:
    """Checks of a provider that were due before `before`, whether or not someone does them, by workspace."""
    query = (
        select(checks.c.workspace_id, func.count(), func.min(checks.c.next_at))
        .where(checks.c.provider_key == provider_key, checks.c.next_at < before)
        .group_by(checks.c.workspace_id)
    )
    return {ws: Waiting(number, oldest) for ws, number, oldest in await tx.conn.execute(query)}


async def stuck(
    tx: Tx, before: datetime, *, but: str, free_at: datetime | None = None
) -> Mapping[WorkspaceId, Waiting]:
    """Messages that were to be told before `before` and are not, by workspace, without those of the kind `but`.

    Those that were tried in vain count, though they are due later again. With `free_at` those that are being told then do not.
    """
    since = case((outbox.c.tries >= _IN_VAIN, outbox.c.changed_at), else_=outbox.c.due_at)
    query = (
        select(outbox.c.workspace_id, func.count(), func.min(since))
        .where(OUTBOX_PENDING, since < before, outbox.c.kind != but)
        .group_by(outbox.c.workspace_id)
    )
    if free_at is not None:
        query = query.where(or_(outbox.c.locked_by.is_(None), outbox.c.locked_until <= free_at))
    return {ws: Waiting(number, oldest) for ws, number, oldest in await tx.conn.execute(query)}


async def without_integrators(tx: Tx) -> tuple[WorkspaceId, ...]:
    """Workspaces that have accounts and nobody who may integrate, by id."""
    here = integrations.c.workspace_id
    somebody = exists().where(
        groups.c.workspace_id == here,
        groups.c.integrators,
        group_members.c.workspace_id == here,
        group_members.c.group_id == groups.c.id,
        people.c.workspace_id == here,
        people.c.id == group_members.c.user_id,
        ACTIVE,
    )
    query = select(here).distinct().where(integrations.c.total > 0, ~somebody).order_by(here)
    return tuple((await tx.conn.scalars(query)).all())


async def gone(tx: Tx) -> frozenset[WorkspaceId]:
    """Workspaces the bot was taken out of: nothing can be told there, and nothing needs to be."""
    query = select(workspaces.c.id).where(workspaces.c.gone_at.is_not(None))
    return frozenset((await tx.conn.scalars(query)).all())


async def open_ones(tx: Tx) -> tuple[Trouble, ...]:
    """Every trouble that lasts, of all workspaces."""
    query = select(*_TROUBLE).where(troubles.c.ended_at.is_(None)).order_by(troubles.c.since, troubles.c.id)
    return tuple(Trouble(**row) for row in (await tx.conn.execute(query)).mappings())


async def get(tx: Tx, ws: WorkspaceId, trouble_id: str) -> Trouble | None:
    """One trouble, also one that is over."""
    query = select(*_TROUBLE).where(troubles.c.workspace_id == ws, troubles.c.id == trouble_id)
    row = (await tx.conn.execute(query)).mappings().one_or_none()
    return None if row is None else Trouble(**row)


async def begin(tx: Tx, trouble: Trouble) -> Trouble | None:
    """Note a trouble, with an id of its own; None when it is known and lasts: another bot was first."""
    made = replace(trouble, id=uuid.uuid4().hex)
    statement = insert(troubles).values(**values_of(made)).on_conflict_do_nothing()
    written = await tx.conn.execute(statement.returning(troubles.c.id))
    return made if written.first() is not None else None


async def end(tx: Tx, trouble: Trouble, *, at: datetime) -> bool:
    """Note that it is over; False when that is known."""
    change = update(troubles).where(
        troubles.c.workspace_id == trouble.workspace_id,
        troubles.c.id == trouble.id,
        troubles.c.ended_at.is_(None),
    )
    return bool((await tx.conn.execute(change.values(ended_at=at))).rowcount == 1)


async def purge(tx: Tx, *, before: datetime) -> None:
    """Forget what was over before `before`."""
    await tx.conn.execute(delete(troubles).where(troubles.c.ended_at < before))
