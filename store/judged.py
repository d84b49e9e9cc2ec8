"""Named queries on many accounts of one provider at a time: what a sweep concluded. One statement each, however many they are."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import case, null, select, tuple_, update

from store import integrations
from store.batches import batch
from store.database import Tx
from store.records import Account, AccountId, AccountStatus, GrantId, WorkspaceId
from store.rows import chunks, columns_of
from store.tables import LIVING, accounts, history

_ACCOUNT = columns_of(Account, accounts)
_KEYS = ("workspace_id", "id", "grant_id")
_WRITTEN = ("status", "reason", "failures", "failing_since", "checked_at", "healthy_at", "name")
_TYPES = {name: accounts.c[name].type for name in (*_KEYS, *_WRITTEN)}


class Event(NamedTuple):
    """A line of an account's history that nobody in particular caused."""

    account: Account
    kind: str
    detail: str


async def of_grants(
    tx: Tx, grant_ids: Collection[tuple[WorkspaceId, GrantId]]
) -> Mapping[GrantId, tuple[Account, ...]]:
    """Living accounts that these sign-ins carry, by id."""
    found: dict[GrantId, list[Account]] = defaultdict(list)
    for chunk in chunks(grant_ids):
        query = select(*_ACCOUNT).where(
            LIVING, tuple_(accounts.c.workspace_id, accounts.c.grant_id).in_(chunk)
        )
        for row in (await tx.conn.execute(query.order_by(accounts.c.id))).mappings():
            found[row["grant_id"]].append(Account(**row))
    return {grant_id: tuple(carried) for grant_id, carried in found.items()}


async def record(tx: Tx, provider_key: str, after: Sequence[Account]) -> frozenset[AccountId]:
    """Write what is now known of accounts of one provider; gives those that are living and hang on the same sign-in still.

    Takes the tile of every workspace among them, in order, and counts it again after.
    """
    if not after:
        return frozenset()
    workspaces = sorted({account.workspace_id for account in after})
    for ws in workspaces:
        await integrations.lock(tx, ws, provider_key)
    rows = [[getattr(account, name) for name in _TYPES] for account in after]
    given = batch(tx, _TYPES, rows)
    change = (
        update(accounts)
        .where(LIVING, *(accounts.c[name] == given.c[name] for name in _KEYS))
        .values({name: given.c[name] for name in _WRITTEN} | {"disconnected_at": _disconnected_at(given)})
        .returning(accounts.c.id)
    )
    written = frozenset((await tx.conn.scalars(change)).all())
    for ws in workspaces:
        await integrations.recount(tx, ws, provider_key)
    return written


async def remember(tx: Tx, events: Sequence[Event], *, at: datetime) -> None:
    """Add to the histories of accounts."""
    rows = [
        {
            "workspace_id": event.account.workspace_id,
            "provider_key": event.account.provider_key,
            "account_id": event.account.id,
            "at": at,
            "kind": event.kind,
            "actor": None,
            "detail": event.detail,
        }
        for event in events
    ]
    if rows:
        await tx.conn.execute(sa.insert(history), rows)


def _disconnected_at(given: Any) -> Any:
    red, since = AccountStatus.DISCONNECTED, accounts.c.disconnected_at
    # What is red already keeps its time.
    begun = case((accounts.c.status == red, since), else_=given.c.checked_at)
    return case((given.c.status == red, begun), else_=null())
