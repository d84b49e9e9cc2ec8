"""Named queries on what providers tell by themselves: where they were asked to, and what they told before."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, select, tuple_, update

from store.database import Tx
from store.records import GrantId, WorkspaceId
from store.rows import columns_of, insert_new, values_of
from store.watch_records import Hook, HookId
from store.watch_tables import hooks, seen_notices

_HOOK = columns_of(Hook, hooks)


async def add(tx: Tx, hook: Hook) -> None:
    """Note a subscription, before the provider is asked for it."""
    await tx.conn.execute(insert_new(hooks, values_of(hook), keys=["id"]))


async def claim(tx: Tx, *, now: datetime, until: datetime, limit: int) -> tuple[Hook, ...]:
    """Take subscriptions of all workspaces that are to be looked after, the longest due first; due again at `until`."""
    due = (
        select(hooks.c.id)
        .where(hooks.c.due_at <= now)
        .order_by(hooks.c.due_at, hooks.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    change = (
        update(hooks)
        .where(hooks.c.id.in_(select(due.c.id)))
        .values(due_at=until, tries=hooks.c.tries + 1)
        .returning(*_HOOK)
    )
    return tuple(Hook(**row) for row in (await tx.conn.execute(change)).mappings())


async def registered(
    tx: Tx,
    workspace_id: WorkspaceId,
    hook_id: HookId,
    *,
    at: datetime,
    due_at: datetime,
    remote_id: str | None,
) -> bool:
    """Note that the provider accepted it, and when to ask for it anew; False when it is not there any more.

    `remote_id` None: the provider told no id, and the one known stays.
    """
    told = {} if remote_id is None else {"remote_id": remote_id}
    values = {"registered_at": at, "due_at": due_at, "tries": 0, **told}
    change = update(hooks).where(_is(workspace_id, hook_id)).values(**values)
    return bool((await tx.conn.execute(change)).rowcount == 1)


async def put_off(tx: Tx, workspace_id: WorkspaceId, hook_id: HookId, *, due_at: datetime) -> bool:
    """Look after it later; False when it is not there any more."""
    change = update(hooks).where(_is(workspace_id, hook_id)).values(due_at=due_at)
    return bool((await tx.conn.execute(change)).rowcount == 1)


async def get(tx: Tx, hook_id: HookId) -> Hook | None:
    """The subscription of a key in a URL, in whatever workspace; the caller checks the provider's signature."""
    row = (await tx.conn.execute(select(*_HOOK).where(hooks.c.id == hook_id))).mappings().one_or_none()
    return None if row is None else Hook(**row)


async def of_grant(tx: Tx, workspace_id: WorkspaceId, grant_id: GrantId) -> tuple[Hook, ...]:
    """Subscriptions about a sign-in, by id."""
    query = (
        select(*_HOOK)
        .where(hooks.c.workspace_id == workspace_id, hooks.c.grant_id == grant_id)
        .order_by(hooks.c.id)
    )
    return tuple(Hook(**row) for row in (await tx.conn.execute(query)).mappings())


async def remove(tx: Tx, workspace_id: WorkspaceId, hook_id: HookId) -> bool:
    """Forget a subscription; False when it was forgotten before."""
    return bool((await tx.conn.execute(delete(hooks).where(_is(workspace_id, hook_id)))).rowcount == 1)


async def first_seen(tx: Tx, provider_key: str, notice_id: str, *, at: datetime) -> bool:
    """Note a provider's notice; False when it was told before."""
    values = {"provider_key": provider_key, "notice_id": notice_id, "at": at}
    statement = insert_new(seen_notices, values, keys=["provider_key", "notice_id"])
    return (await tx.conn.execute(statement.returning(seen_notices.c.at))).first() is not None


async def purge(tx: Tx, *, before: datetime, limit: int) -> int:
    """Forget notices told before `before`; gives their number."""
    place = (seen_notices.c.provider_key, seen_notices.c.notice_id)
    old = select(*place).where(seen_notices.c.at < before).order_by(seen_notices.c.at).limit(limit)
    return int((await tx.conn.execute(delete(seen_notices).where(tuple_(*place).in_(old)))).rowcount)


def _is(workspace_id: WorkspaceId, hook_id: HookId) -> Any:
    return and_(hooks.c.workspace_id == workspace_id, hooks.c.id == hook_id)
