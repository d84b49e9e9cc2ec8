"""Between records and rows: a record's fields are columns of the same names."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Column, Table

# PostgreSQL's insert serves SQLite too: both write ON CONFLICT the same way, and the tests run on both.
from sqlalchemy.dialects.postgresql import Insert, insert

T = TypeVar("T")

_CHUNK = 1000
"""SQLite takes 32,766 parameters a statement, PostgreSQL 32,767."""


def columns_of(kind: Any, table: Table) -> tuple[Column[Any], ...]:
    """List the columns that `kind` (a record) has fields for, in the order of the fields."""
    return tuple(table.c[field.name] for field in fields(kind) if field.name in table.c)


def values_of(record: Any, *, but: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Give a record's fields by name, without those in `but`."""
    return {field.name: getattr(record, field.name) for field in fields(record) if field.name not in but}


def prefixed(columns: Iterable[Any], prefix: str) -> list[Any]:
    """Label columns so that those of two tables fit in one row; `without` takes them apart again."""
    return [column.label(prefix + column.name) for column in columns]


def without(prefix: str, row: Mapping[Any, Any]) -> dict[str, Any]:
    """Give the values whose names begin with `prefix`, by the rest of the name."""
    return {str(name)[len(prefix) :]: row[name] for name in row if str(name).startswith(prefix)}


def upsert(
    table: Table,
    values: Mapping[str, Any],
    *,
    keys: Sequence[str],
    only_if: str | None = None,
    rising: bool = False,
) -> Insert:
    """Insert, or overwrite the row with the same keys.

    `only_if` names a column that must hold the same value in the row that is there (with `rising`: one no later),
    else nothing is written.
    """
    return _overwriting(insert(table).values(**values), table, values, keys, only_if, rising=rising)


def upsert_each(
    table: Table, names: Sequence[str], *, keys: Sequence[str], only_if: str, rising: bool = False
) -> Insert:
    """As `upsert`, for a list of rows handed over at execution, each with these `names`."""
    return _overwriting(insert(table), table, names, keys, only_if, rising=rising)


def _overwriting(
    statement: Insert,
    table: Table,
    names: Iterable[str],
    keys: Sequence[str],
    only_if: str | None,
    *,
    rising: bool,
) -> Insert:
    changed = {name: statement.excluded[name] for name in names if name not in keys}
    where = None
    if only_if is not None:
        there, new = table.c[only_if], statement.excluded[only_if]
        where = there <= new if rising else there == new
    return statement.on_conflict_do_update(index_elements=list(keys), set_=changed, where=where)


def insert_new(table: Table, values: Mapping[str, Any], *, keys: Sequence[str]) -> Insert:
    """Insert unless a row with the same keys is there."""
    return insert(table).values(**values).on_conflict_do_nothing(index_elements=list(keys))


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """Cut a long list so that each piece fits into one statement; repeated values are given once."""
    remaining = iter(dict.fromkeys(values))
    while chunk := list(islice(remaining, _CHUNK)):
        yield chunk
