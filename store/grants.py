"""Named queries on grants: one sign-in each, its sealed tokens, its refresh lock and its end at the provider."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Update, and_, exists, func, or_, select, update

from store import integrations
from store.database import Tx
from store.records import AccountStatus, Grant, GrantId, GrantState, WorkspaceId
from store.rows import columns_of, values_of
from store.sealing import bound_to, opened, sealed
from store.tables import ENDS, LIVE, LIVING, REVOKE_PENDING, WAITING, accounts, grants

_GRANT = columns_of(Grant, grants)
_UNLOCKED: Final[Mapping[str, None]] = {"locked_by": None, "locked_until": None}
_DESTROYED: Final[Mapping[str, None]] = {
    **_UNLOCKED,
    "tokens": None,
    "refresh_started_at": None,
    "revoke_due_at": None,
}


async def insert(tx: Tx, grant: Grant, tokens: bytes) -> None:
    """Add a sign-in with its tokens."""
    values = values_of(grant) | {
        "tokens": sealed(tx, tokens, _place(grant.workspace_id, grant.id)),
        "revoke_tries": 0,
    }
    await tx.conn.execute(sa.insert(grants).values(**values))


async def get(tx: Tx, workspace_id: WorkspaceId, grant_id: GrantId) -> Grant | None:
    """One sign-in, in whatever state."""
    row = (await tx.conn.execute(select(*_GRANT).where(_is(workspace_id, grant_id)))).mappings().one_or_none()
    return None if row is None else Grant(**row)


async def tokens(tx: Tx, workspace_id: WorkspaceId, grant_id: GrantId, *, hold: bool = False) -> bytes | None:
    """Open the tokens; None once destroyed. With `hold` nobody replaces them before this transaction ends. Raises vault.CannotOpen."""
    query = select(grants.c.tokens).where(_is(workspace_id, grant_id))
    value = await tx.conn.scalar(query.with_for_update() if hold else query)
    return opened(tx, value, _place(workspace_id, grant_id))


async def lock(
    tx: Tx, workspace_id: WorkspaceId, grant_id: GrantId, *, owner: str, now: datetime, until: datetime
) -> bool:
    """Take the refresh lock of a living sign-in when it is free or its lease is over."""
    change = update(grants).where(_is(workspace_id, grant_id), LIVE, _free(now))
    return await _changed(tx, change.values(locked_by=owner, locked_until=until))


async def mark_refresh(
    tx: Tx, workspace_id: WorkspaceId, grant_id: GrantId, *, owner: str, now: datetime
) -> bool:
    """Note that a refresh call is about to be made; False when the lock is no longer the owner's."""
    change = _owned(workspace_id, grant_id, owner).where(grants.c.locked_until > now)
    return await _changed(tx, change.values(refresh_started_at=now))


async def store_tokens(
    tx: Tx,
    workspace_id: WorkspaceId,
    grant_id: GrantId,
    *,
    owner: str | None,
    tokens: bytes,
    expires_at: datetime | None,
    ends_at: datetime | None,
) -> bool:
    """Replace the tokens and clear the refresh marker; False when the lock is another's by now.

    `owner` None: whoever has the lock, for a caller that holds the tokens and has seen that nobody replaced them.

    A lease that ran out does not matter while nobody else took it: rotated tokens are not thrown away.
    A sign-in that is waiting to be ended takes them too, so that the newest are ended.
    """
    found = (
        await tx.conn.execute(
            select(grants.c.provider_key, grants.c.ends_at).where(_is(workspace_id, grant_id))
        )
    ).one_or_none()
    if found is None:
        return False
    is_on_tile = found.ends_at != ends_at
    if is_on_tile:
        await integrations.lock(tx, workspace_id, found.provider_key)
    values: dict[str, Any] = {
        "tokens": sealed(tx, tokens, _place(workspace_id, grant_id)),
        "expires_at": expires_at,
        "ends_at": ends_at,
        "refresh_started_at": None,
    }
    if is_on_tile:
        values["warned"] = None
    change = update(grants).where(_is(workspace_id, grant_id), grants.c.tokens.is_not(None))
    if owner is not None:
        change = change.where(grants.c.locked_by == owner)
    stored = await _changed(tx, change.values(**values))
    if stored and is_on_tile:
        await integrations.recount(tx, workspace_id, found.provider_key)
    return stored


async def clear_marker(tx: Tx, workspace_id: WorkspaceId, grant_id: GrantId, *, owner: str) -> bool:
    """Forget that a refresh was begun: the provider answered, and nothing was lost."""
    return await _changed(tx, _owned(workspace_id, grant_id, owner).values(refresh_started_at=None))


async def unlock(tx: Tx, workspace_id: WorkspaceId, grant_id: GrantId, *, owner: str) -> bool:
    """Give the refresh lock back."""
    return await _changed(tx, _owned(workspace_id, grant_id, owner).values(**_UNLOCKED))


async def ask_revoke(tx: Tx, workspace_id: WorkspaceId, grant_id: GrantId, *, at: datetime) -> bool:
    """Have a living sign-in ended at the provider, from `at` on."""
    change = update(grants).where(_is(workspace_id, grant_id), LIVE)
    return await _changed(tx, change.values(state=GrantState.REVOKE_PENDING, revoke_due_at=at))


async def retire(tx: Tx, workspace_id: WorkspaceId, grant_id: GrantId, *, outcome: str) -> bool:
    """Destroy the secrets without asking the provider; False when they were destroyed before."""
    change = update(grants).where(_is(workspace_id, grant_id), or_(LIVE, REVOKE_PENDING))
    ended = {"state": GrantState.NOT_REVOKED, "revoke_outcome": outcome}
    return await _changed(tx, change.values(**ended, **_DESTROYED))


async def claim_revokes(
    tx: Tx, *, owner: str, now: datetime, until: datetime, limit: int
) -> tuple[Grant, ...]:
    """Take sign-ins of all workspaces that are due to be ended and that nobody works on, the longest due first."""
    due = (
        select(grants.c.id)
        .where(REVOKE_PENDING, grants.c.revoke_due_at <= now, _free(now))
        .order_by(grants.c.revoke_due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    change = (
        update(grants)
        .where(grants.c.id.in_(select(due.c.id)))
        .values(locked_by=owner, locked_until=until)
        .returning(*_GRANT)
    )
    return tuple(Grant(**row) for row in (await tx.conn.execute(change)).mappings())


async def revoke_again(
    tx: Tx, workspace_id: WorkspaceId, grant_id: GrantId, *, owner: str, due_at: datetime, outcome: str
) -> bool:
    """Try to end it later; counts one try and gives the lock back."""
    change = _owned(workspace_id, grant_id, owner).where(REVOKE_PENDING)
    tried = {"revoke_due_at": due_at, "revoke_outcome": outcome, "revoke_tries": grants.c.revoke_tries + 1}
    return await _changed(tx, change.values(**tried, **_UNLOCKED))


async def revoke_ended(
    tx: Tx, workspace_id: WorkspaceId, grant_id: GrantId, *, owner: str, state: GrantState, outcome: str
) -> bool:
    """Close a sign-in as `state` and destroy its secrets."""
    change = _owned(workspace_id, grant_id, owner).where(REVOKE_PENDING)
    return await _changed(tx, change.values(state=state, revoke_outcome=outcome, **_DESTROYED))


async def revoke_tries(tx: Tx, workspace_id: WorkspaceId, grant_id: GrantId) -> int:
    """How often ending it was tried in vain."""
    return int(await tx.conn.scalar(select(grants.c.revoke_tries).where(_is(workspace_id, grant_id))) or 0)


async def one_of_identity(tx: Tx, provider_key: str, identity_id: str) -> Grant | None:
    """The newest living sign-in of an identity at a provider, over all workspaces."""
    query = (
        select(*_GRANT)
        .where(LIVE, grants.c.provider_key == provider_key, grants.c.identity_id == identity_id)
        .order_by(grants.c.signed_in_at.desc(), grants.c.id)
        .limit(1)
    )
    row = (await tx.conn.execute(query)).mappings().one_or_none()
    return None if row is None else Grant(**row)


async def living_of_identity(tx: Tx, provider_key: str, identity_id: str, *, but: GrantId) -> int:
    """Count the other living sign-ins of one identity at a provider, over all workspaces."""
    query = select(func.count()).where(
        LIVE, grants.c.provider_key == provider_key, grants.c.identity_id == identity_id, grants.c.id != but
    )
    return int(await tx.conn.scalar(query) or 0)


async def ending(tx: Tx, now: datetime, *, days: Sequence[int], limit: int) -> tuple[Grant, ...]:
    """Living sign-ins of all workspaces that end in so many days and were not warned of so near to it, the next to end first.

    Also those that were warned of and have ended. Held until this transaction ends, in which the caller calls `warned`;
    no other bot gets them meanwhile. Without accounts in use nobody is warned.
    """
    here = grants.c
    near = [
        and_(
            here.ends_at > now,
            here.ends_at <= now + timedelta(days=n),
            or_(here.warned.is_(None), here.warned > n),
        )
        for n in days
    ]
    query = (
        select(*_GRANT)
        .where(LIVE, ENDS, here.ends_at <= now + timedelta(days=max(days)), _in_use())
        .where(or_(*near, and_(here.ends_at <= now, here.warned > 0)))
        .order_by(here.ends_at, here.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=grants)
    )
    return tuple(Grant(**row) for row in (await tx.conn.execute(query)).mappings())


async def warned(tx: Tx, workspace_id: WorkspaceId, grant_id: GrantId, days: int) -> None:
    """Note of how many days before its end a sign-in was warned of last; 0: it has ended."""
    await tx.conn.execute(update(grants).where(_is(workspace_id, grant_id)).values(warned=days))


def _in_use() -> Any:
    return exists().where(
        accounts.c.workspace_id == grants.c.workspace_id,
        accounts.c.grant_id == grants.c.id,
        accounts.c.status != AccountStatus.DISCONNECTED,
        LIVING,
        ~WAITING,
    )


def _place(workspace_id: WorkspaceId, grant_id: GrantId) -> str:
    return bound_to("grants", workspace_id, grant_id, "tokens")


def _is(workspace_id: WorkspaceId, grant_id: GrantId) -> Any:
    return and_(grants.c.workspace_id == workspace_id, grants.c.id == grant_id)


def _free(now: datetime) -> Any:
    return or_(grants.c.locked_by.is_(None), grants.c.locked_until <= now)


def _owned(workspace_id: WorkspaceId, grant_id: GrantId, owner: str) -> Update:
    return update(grants).where(_is(workspace_id, grant_id), grants.c.locked_by == owner)


async def _changed(tx: Tx, change: Any) -> bool:
    return bool((await tx.conn.execute(change)).rowcount == 1)
