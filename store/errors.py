"""What can go wrong in the store, as far as a caller can do something about it.

Exception
├── Conflict           a known rule of the schema was broken; says which
├── KeysMissing        rows are sealed under keys that are not there
├── NotMigrated        the schema is behind (or ahead of) this program
├── StoreUnavailable   the database cannot be reached, is full, read-only or locked
└── BadDatabaseUrl     the address cannot be used
"""

from collections.abc import Mapping


class Conflict(Exception):
    """A known constraint refused a write. `constraint` is "group_name" or "account_external_id"."""

    def __init__(self, constraint: str) -> None:
        super().__init__(constraint)
        self.constraint = constraint


class KeysMissing(Exception):
    """Rows are sealed under keys that LEXER_SECRET_KEYS does not hold. `rows`: key id -> number of rows."""

    def __init__(self, rows: Mapping[str, int]) -> None:
        counts = ", ".join(f"{count} under key {key_id!r}" for key_id, count in sorted(rows.items()))
        super().__init__(
            f"Sealed rows need keys that are missing: {counts}. Add them back to LEXER_SECRET_KEYS."
        )
        self.rows = dict(rows)


class NotMigrated(Exception):
    """The schema of the database is not the one this program needs."""


class StoreUnavailable(Exception):
    """The database cannot be reached or cannot write now. The text never holds a password."""


class BadDatabaseUrl(Exception):
    """The database address cannot be used. The text says what to write and never repeats the address."""
