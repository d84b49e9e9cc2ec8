"""Many rows in one statement: they travel as one parameter (SQLite) or one a column (PostgreSQL), and are joined like a table."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CTE, Dialect, Text, bindparam, column, func, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY

from store.database import Tx


def batch(tx: Tx, types: Mapping[str, Any], rows: Sequence[Sequence[Any]]) -> CTE:
    """Give `rows` as a table "batch" with columns of these names and types."""
    if tx.conn.dialect.name == "sqlite":
        return _of_json(tx, types, rows)
    return _of_arrays(types, rows)


def _of_json(tx: Tx, types: Mapping[str, Any], rows: Sequence[Sequence[Any]]) -> CTE:
    written = [
        _written(kind, values, tx.conn.dialect)
        for kind, values in zip(types.values(), zip(*rows, strict=True), strict=True)
    ]
    text = json.dumps(list(zip(*written, strict=True)))
    each = func.json_each(bindparam("batch", text, type_=Text)).table_valued("value")
    values = [
        type_coerce(func.json_extract(each.c.value, f"$[{place}]"), kind).label(name)
        for place, (name, kind) in enumerate(types.items())
    ]
    return select(*values).select_from(each).cte("batch")


def _written(kind: Any, values: Sequence[Any], dialect: Dialect) -> Sequence[Any]:
    """A column as the driver would get it. Each value is written once: most are the same in every row."""
    writer = kind.dialect_impl(dialect).bind_processor(dialect)
    if writer is None:
        return values
    known = {value: writer(value) for value in set(values)}
    return [known[value] for value in values]


def _of_arrays(types: Mapping[str, Any], rows: Sequence[Sequence[Any]]) -> CTE:
    arrays = [
        bindparam(f"batch_{name}", [row[place] for row in rows], type_=ARRAY(kind))
        for place, (name, kind) in enumerate(types.items())
    ]
    each = func.unnest(*arrays).table_valued(*(column(name, kind) for name, kind in types.items()))
    return select(*each.render_derived().c).cte("batch")
