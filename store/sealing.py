"""What a sealed value is bound to: its own place, so that it opens nowhere else."""

from store.database import Tx
from store.records import WorkspaceId


def bound_to(table: str, workspace_id: WorkspaceId, row_id: str, column: str) -> str:
    """Name the place of a sealed value: "grants/T1/g1/tokens"."""
    return f"{table}/{workspace_id}/{row_id}/{column}"


def sealed(tx: Tx, plain: bytes, place: str) -> bytes:
    """Seal for a place made by `bound_to`."""
    return tx.vault.seal(plain, bound_to=place)


def opened(tx: Tx, value: bytes | None, place: str) -> bytes | None:
    """Open what was sealed for a place; None stays None. Raises vault.CannotOpen."""
    return None if value is None else tx.vault.open(value, bound_to=place)
