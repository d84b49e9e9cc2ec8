"""Many rows in one statement: they travel as one parameter (SQLite) or one a column (PostgreSQL), and are joined like a table."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CTE, Text, bindparam, column, func, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY

from store.database import Tx


def batch(tx: Tx, types: Mapping[str, Any], rows: Sequence[Sequence[Any]]) -> CTE:
    """Give `rows` as a table "batch" with columns of these names and types."""
    if tx.conn.dialect.name == "sqlite":
        return _of_json(tx, types, rows)
    return _of_arrays(types, rows)


def _of_json(tx: Tx, types: Mapping[str, Any], rows: Sequence[Sequence[Any]]) -> CTE:
    dialect = tx.conn.dialect
    writers = [kind.dialect_impl(dialect).bind_processor(dialect) for kind in types.values()]
    written = [
        [value if writer is None else writer(value) for value, writer in zip(row, writers, strict=True)]
        for row in rows
    ]
    each = func.json_each(bindparam("batch", json.dumps(written), type_=Text)).table_valued("value")
    values = [
        type_coerce(func.json_extract(each.c.value, f"$[{place}]"), kind).label(name)
        for place, (name, kind) in enumerate(types.items())
    ]
    return select(*values).select_from(each).cte("batch")


def _of_arrays(types: Mapping[str, Any], rows: Sequence[Sequence[Any]]) -> CTE:
    arrays = [
        bindparam(f"batch_{name}", [row[place] for row in rows], type_=ARRAY(kind))
        for place, (name, kind) in enumerate(types.items())
    ]
    each = func.unnest(*arrays).table_valued(*(column(name, kind) for name, kind in types.items()))
    return select(*each.render_derived().c).cte("batch")
