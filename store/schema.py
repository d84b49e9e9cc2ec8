"""What the pages of the schema are written with."""

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData

from store.columns import Line

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pk",
        "fk": "%(table_name)s_%(column_0_name)s_fk",
        "uq": "%(table_name)s_%(column_0_name)s_uq",
    }
)


def row_id() -> Column[str]:
    """The primary key "id", made by us."""
    return Column("id", Line, primary_key=True)


def serial() -> Column[int]:
    """The primary key "id", numbered by the database."""
    # SQLite numbers rows by itself only under this very type.
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def must(name: str, kind: Any = Line, *rest: Any, **more: Any) -> Column[Any]:
    """A column that always has a value."""
    return Column(name, kind, *rest, nullable=False, **more)


def may(name: str, kind: Any = Line) -> Column[Any]:
    """A column that may be empty."""
    return Column(name, kind, nullable=True)


def workspace() -> Column[str]:
    """The workspace a row belongs to."""
    return must("workspace_id", Line, ForeignKey("workspaces.id"))


def where(condition: Any) -> dict[str, Any]:
    """The condition of a partial index, for both databases."""
    return {"sqlite_where": condition, "postgresql_where": condition}
