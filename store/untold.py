"""Named queries on accounts that stopped working and are in no open alert: there should be none, and if there are, somebody must be told."""

from typing import Any

from sqlalchemy import Select, and_, exists, select

from store.database import Tx
from store.records import Account, AccountStatus, WorkspaceId
from store.rows import columns_of
from store.tables import LIVING, accounts, integrations
from store.watch_tables import ALERT_ACCOUNT_OPEN, alert_accounts

_ACCOUNT = columns_of(Account, accounts)


async def tiles(tx: Tx, limit: int) -> tuple[tuple[WorkspaceId, str], ...]:
    """Workspaces and provider keys that have such accounts, in the order in which tiles are locked."""
    query = _untold(accounts.c.workspace_id, accounts.c.provider_key).distinct()
    rows = await tx.conn.execute(
        query.order_by(accounts.c.workspace_id, accounts.c.provider_key).limit(limit)
    )
    return tuple((ws, key) for ws, key in rows)


async def of_tile(tx: Tx, ws: WorkspaceId, provider_key: str, limit: int) -> tuple[Account, ...]:
    """Such accounts of one integration, by id."""
    query = _untold(*_ACCOUNT).where(accounts.c.workspace_id == ws, accounts.c.provider_key == provider_key)
    rows = (await tx.conn.execute(query.order_by(accounts.c.id).limit(limit))).mappings()
    return tuple(Account(**row) for row in rows)


def _untold(*columns: Any) -> Select[Any]:
    """Tiles count their disconnected accounts, so that nothing is read where all is well."""
    tile = and_(
        integrations.c.workspace_id == accounts.c.workspace_id,
        integrations.c.provider_key == accounts.c.provider_key,
        integrations.c.disconnected > 0,
    )
    told = exists().where(
        alert_accounts.c.workspace_id == accounts.c.workspace_id,
        alert_accounts.c.account_id == accounts.c.id,
        ALERT_ACCOUNT_OPEN,
    )
    broken = accounts.c.status == AccountStatus.DISCONNECTED
    return select(*columns).select_from(accounts.join(integrations, tile)).where(LIVING, broken, ~told)
