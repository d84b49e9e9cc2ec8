"""A query that Core compiles once and the bare driver runs: for the few whose speed a person feels at every press.

Core's own execution costs several times what the database does for a row or two (docs/performance.md, goals 1, 2 and 4).
"""

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection

Rows = list[Sequence[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """A query in one database's words. Equal to itself only."""

    sql: str
    order: tuple[str, ...]
    """Names of the parameters, by position."""
    fixed: Mapping[str, Any]
    """Values that stand in the query itself."""
    readers: tuple[tuple[int, Callable[[Any], Any]], ...]
    """Columns whose values the driver gives in another type than ours, such as SQLite's dates."""

    def read(self, stamp: Hashable) -> Rows:
        """The rows of a stamp, in our types."""
        found = json.loads(stamp) if isinstance(stamp, str) else cast("tuple[Any, ...]", stamp)
        rows = [list(row) for row in found]
        for row in rows:
            for place, reader in self.readers:
                if row[place] is not None:
                    row[place] = reader(row[place])
        return list(rows)


class Prepared:
    """A read-only query with named parameters (`names`), all of them text."""

    __slots__ = ("_compiled", "_names", "_query")

    def __init__(self, query: Any, *names: str) -> None:
        self._query = query
        self._names = names
        self._compiled: dict[str, Compiled] = {}

    async def rows(self, conn: AsyncConnection, parameters: Mapping[str, str]) -> Rows:
        """Every row, its columns in the query's order. Raises StoreUnavailable."""
        stamp, compiled = await self.ask(conn, parameters)
        return compiled.read(stamp)

    async def ask(self, conn: AsyncConnection, parameters: Mapping[str, str]) -> tuple[Hashable, Compiled]:
        """The answer as the driver gave it, and what reads it: equal stamps are equal rows.

        Raises StoreUnavailable: what the driver refuses is asked again through Core, which knows our errors.
        """
        compiled = self._compiled.get(conn.dialect.name) or self._compile(conn.dialect)
        try:
            return await _fetch(conn, compiled, parameters), compiled
        except Exception:  # noqa: BLE001  drivers raise many kinds
            found = await conn.execute(self._query, parameters)
            return tuple(tuple(row) for row in found), _AS_IT_IS

    def _compile(self, dialect: Dialect) -> Compiled:
        # Writes separators and the like into the SQL; what is left are parameters, ours and the query's own.
        state = self._query.compile(dialect=dialect).construct_expanded_state(dict.fromkeys(self._names, ""))
        columns = list(self._query.selected_columns)
        found = [
            (place, column.type.dialect_impl(dialect).result_processor(dialect, None))
            for place, column in enumerate(columns)
        ]
        in_one = dialect.name == "sqlite"
        made = Compiled(
            sql=_in_one_row(state.statement, [column.name for column in columns])
            if in_one
            else state.statement,
            order=tuple(state.positiontup),
            fixed=state.parameters,
            readers=tuple((place, reader) for place, reader in found if reader is not None),
        )
        self._compiled[dialect.name] = made
        return made


_AS_IT_IS = Compiled(sql="", order=(), fixed={}, readers=())


def _in_one_row(sql: str, names: Sequence[str]) -> str:
    """All rows as one text: the driver's thread gives up Python's lock at every row, and waits for it again."""
    columns = ", ".join(f'"{name}"' for name in names)
    return f"SELECT json_group_array(json_array({columns})) FROM ({sql})"  # noqa: S608  names of our own columns


async def _fetch(conn: AsyncConnection, compiled: Compiled, parameters: Mapping[str, str]) -> Hashable:
    values = [parameters[name] if name in parameters else compiled.fixed[name] for name in compiled.order]
    # Checked out already, so this is no I/O.
    driver: Any = conn.sync_connection.connection.driver_connection  # type: ignore[union-attr]
    if conn.dialect.name == "postgresql":
        return tuple(tuple(row) for row in await driver.fetch(compiled.sql, *values))
    # One turn of the driver's thread instead of four.
    ((text,),) = await driver.execute_fetchall(compiled.sql, values)
    return str(text)
