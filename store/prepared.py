"""A query that Core compiles once and the bare driver runs: for the few whose speed a person feels at every press.

Core's own execution costs several times what the database does for a row or two (docs/performance.md, goals 1, 2 and 4).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    order: tuple[str, ...]
    """Names of the parameters, by position."""
    fixed: Mapping[str, Any]
    """Values that stand in the query itself."""
    readers: tuple[tuple[int, Callable[[Any], Any]], ...]
    """Columns whose values the driver gives in another type than ours, such as SQLite's dates."""


class Prepared:
    """A read-only query with named parameters (`names`), all of them text."""

    __slots__ = ("_compiled", "_names", "_query")

    def __init__(self, query: Any, *names: str) -> None:
        self._query = query
        self._names = names
        self._compiled: dict[str, _Compiled] = {}

    async def rows(self, conn: AsyncConnection, parameters: Mapping[str, str]) -> list[Sequence[Any]]:
        """Every row, its columns in the query's order.

        Raises StoreUnavailable: what the driver refuses is asked again through Core, which knows our errors.
        """
        compiled = self._compiled.get(conn.dialect.name) or self._compile(conn.dialect)
        try:
            found = await _fetch(conn, compiled, parameters)
        except Exception:  # noqa: BLE001  drivers raise many kinds
            return [tuple(row) for row in await conn.execute(self._query, parameters)]
        return _read(found, compiled.readers)

    def _compile(self, dialect: Dialect) -> _Compiled:
        # Writes separators and the like into the SQL; what is left are parameters, ours and the query's own.
        state = self._query.compile(dialect=dialect).construct_expanded_state(dict.fromkeys(self._names, ""))
        found = [
            (place, column.type.dialect_impl(dialect).result_processor(dialect, None))
            for place, column in enumerate(self._query.selected_columns)
        ]
        made = _Compiled(
            sql=state.statement,
            order=tuple(state.positiontup),
            fixed=state.parameters,
            readers=tuple((place, reader) for place, reader in found if reader is not None),
        )
        self._compiled[dialect.name] = made
        return made


async def _fetch(conn: AsyncConnection, compiled: _Compiled, parameters: Mapping[str, str]) -> Sequence[Any]:
    values = [parameters[name] if name in parameters else compiled.fixed[name] for name in compiled.order]
    # Checked out already, so this is no I/O.
    driver: Any = conn.sync_connection.connection.driver_connection  # type: ignore[union-attr]
    if conn.dialect.name == "postgresql":
        found: Sequence[Any] = await driver.fetch(compiled.sql, *values)
    else:
        # One turn of the driver's thread instead of four.
        found = await driver.execute_fetchall(compiled.sql, values)
    return found


def _read(found: Sequence[Any], readers: Sequence[tuple[int, Callable[[Any], Any]]]) -> list[Sequence[Any]]:
    if not readers:
        return [tuple(row) for row in found]
    rows = [list(row) for row in found]
    for row in rows:
        for place, reader in readers:
            if row[place] is not None:
                row[place] = reader(row[place])
    return list(rows)
