"""What a sealed value is bound to: its own place, so that it opens nowhere else. And sealing anew under the newest key."""

from typing import Any

from sqlalchemy import Column, select, update

from store.database import Tx
from store.records import WorkspaceId
from store.tables import SEALED, key_header


def bound_to(table: str, workspace_id: WorkspaceId, row_id: str, column: str) -> str:
    """Name the place of a sealed value: "grants/T1/g1/tokens"."""
    return f"{table}/{workspace_id}/{row_id}/{column}"


def sealed(tx: Tx, plain: bytes, place: str) -> bytes:
    """Seal for a place made by `bound_to`."""
    return tx.vault.seal(plain, bound_to=place)


def opened(tx: Tx, value: bytes | None, place: str) -> bytes | None:
    """Open what was sealed for a place; None stays None. Raises vault.CannotOpen."""
    return None if value is None else tx.vault.open(value, bound_to=place)


async def reseal(tx: Tx, *, limit: int) -> int:
    """Seal up to `limit` values of all workspaces anew that are under older keys; gives their number, 0 when none is left.

    May be stopped anywhere and called again. Raises vault.CannotOpen when a value does not open.
    """
    done = 0
    for column in SEALED:
        done += await _reseal_column(tx, column, limit - done)
    return done


async def _reseal_column(tx: Tx, column: Column[Any], limit: int) -> int:
    table = column.table
    query = (
        select(table.c.workspace_id, table.c.id, column.label("value"))
        .where(column.is_not(None), key_header(column) != tx.vault.newest_header)
        .limit(limit)
        .with_for_update()
    )
    rows = (await tx.conn.execute(query)).all()
    for row in rows:
        place = bound_to(table.name, row.workspace_id, row.id, column.name)
        anew = sealed(tx, tx.vault.open(row.value, bound_to=place), place)
        await tx.conn.execute(update(table).where(table.c.id == row.id).values({column.name: anew}))
    return len(rows)
