"""Makes the two connection pools of a store (writing, reading) and turns driver errors into ours."""

import os
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError, DisconnectionError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from store.errors import BadDatabaseUrl, Conflict, StoreUnavailable

SQLITE = "sqlite+aiosqlite"
POSTGRESQL = "postgresql+asyncpg"
_BUSY_SECONDS = 10

_PRAGMAS = (
    # First: what follows may have to wait for another program.
    f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}",
    "PRAGMA journal_mode=WAL",
    # A committed token is never lost: with less, WAL may lose the last commits at a power cut
    # (sqlite.org/pragma.html#pragma_synchronous, read 2026-11-24).
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
)

_SERVER = {
    "application_name": "lexer-bot",
    # A program that was paused for minutes gives its locks back.
    "idle_in_transaction_session_timeout": "60000",
    "statement_timeout": "60000",
}

_SQLITE_CONFLICTS = {
    "groups.workspace_id, groups.name_key": "group_name",
    "accounts.workspace_id, accounts.provider_key, accounts.external_id": "account_external_id",
}
_CONFLICTS = frozenset(_SQLITE_CONFLICTS.values())

_SQLITE_UNAVAILABLE = ("SQLITE_BUSY", "SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_CANTOPEN")
# Connection lost, read-only, idle too long, deadlock, no resources, operator intervention
# (postgresql.org/docs/current/errcodes-appendix.html, read 2026-11-24).
_POSTGRESQL_UNAVAILABLE = ("08", "25006", "25P03", "40", "53", "57")


def read_url(text: str) -> URL:
    """Check a database address. Raises BadDatabaseUrl, which never repeats the address."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise BadDatabaseUrl(f"The database address cannot be read. {_FORMS}") from None
    if url.drivername not in {SQLITE, POSTGRESQL}:
        raise BadDatabaseUrl(f"Databases of kind {url.drivername!r} are not supported. {_FORMS}")
    if url.drivername == SQLITE and (url.database or ":memory:") == ":memory:":
        raise BadDatabaseUrl(f"The SQLite database must be a file. {_FORMS}")
    if url.drivername == POSTGRESQL and not url.database:
        raise BadDatabaseUrl(f"The database address names no database. {_FORMS}")
    return url


_FORMS = f"Write {SQLITE}:///file.db or {POSTGRESQL}://user:password@host/database."


def place(url: URL) -> str:
    """Say where a database is, without user, password or query."""
    if url.drivername == SQLITE:
        return f"SQLite file {url.database}"
    return f"PostgreSQL database {url.database!r} on {url.host or 'the local socket'}"


def writing_engine(url: URL) -> AsyncEngine:
    """One writer on SQLite (it has one anyway; the pool queues fairly), ten on PostgreSQL."""
    if url.drivername == POSTGRESQL:
        return _watched(create_async_engine(url, **_pool(5, 5), connect_args=_asyncpg({})))
    _make_private(url)
    engine = create_async_engine(url, **_pool(1, 0))

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        # The driver's own BEGIN is switched off, so that ours below is the only one.
        connection.isolation_level = None
        _run(connection, _PRAGMAS)

    @event.listens_for(engine.sync_engine, "begin")
    def begun(connection: Any) -> None:
        # A deferred transaction that turns into a writer late fails at once when another has written.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return _watched(engine)


def reading_engine(url: URL) -> AsyncEngine:
    """Read-only connections without BEGIN and ROLLBACK: each statement sees one moment, and costs one round trip."""
    cheap: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}
    if url.drivername == POSTGRESQL:
        read_only = _asyncpg({"default_transaction_read_only": "on"})
        return _watched(create_async_engine(url, **_pool(5, 5), **cheap, connect_args=read_only))
    # More SQLite readers are slower: their driver threads take turns.
    engine = create_async_engine(url, **_pool(2, 8), **cheap)

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        _run(connection, (*_PRAGMAS, "PRAGMA query_only=ON"))

    return _watched(engine)


def _pool(size: int, overflow: int) -> dict[str, Any]:
    # Parameters stay out of error texts: they hold hashes and names.
    return {"pool_size": size, "max_overflow": overflow, "pool_timeout": 30, "hide_parameters": True}


def _asyncpg(settings: dict[str, str]) -> dict[str, Any]:
    return {"timeout": 10, "server_settings": _SERVER | settings}


def _run(connection: Any, statements: tuple[str, ...]) -> None:
    cursor = connection.cursor()
    for statement in statements:
        cursor.execute(statement)
    cursor.close()


def _make_private(url: URL) -> None:
    """Create the file readable by its owner only; SQLite gives its side files the same rights."""
    path = Path(str(url.database))
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreUnavailable(f"{place(url)} cannot be opened: {error.strerror}.") from None


def _watched(engine: AsyncEngine) -> AsyncEngine:
    sync = engine.sync_engine

    @event.listens_for(sync, "checkout")
    def check(connection: Any, _record: Any, _proxy: Any) -> None:
        # asyncpg learns of a closed socket by itself: asking costs nothing, and the pool then takes another.
        is_closed = getattr(connection.driver_connection, "is_closed", None)
        if is_closed is not None and is_closed():
            raise DisconnectionError

    event.listen(sync, "handle_error", _translated, retval=True)
    return engine


def _translated(context: ExceptionContext) -> BaseException | None:
    """Give our exception for a driver's, or None to leave it."""
    cause = context.original_exception
    if not isinstance(cause, Exception):
        # A cancellation loses the connection too, but must stay one.
        return None
    if isinstance(context.sqlalchemy_exception, IntegrityError):
        constraint = _constraint(cause)
        return Conflict(constraint) if constraint in _CONFLICTS else None
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or ""
    is_lost = context.is_disconnect or isinstance(cause, OSError | TimeoutError)
    if is_lost or code.startswith(_SQLITE_UNAVAILABLE + _POSTGRESQL_UNAVAILABLE):
        return StoreUnavailable(
            f"The database does not answer as it should ({code or type(cause).__name__})."
        )
    return None


def _constraint(cause: BaseException) -> str | None:
    # asyncpg names the constraint on the exception under SQLAlchemy's adapter; SQLite names the columns in its text.
    named = getattr(cause.__cause__, "constraint_name", None)
    return named or _SQLITE_CONFLICTS.get(str(cause).partition("UNIQUE constraint failed: ")[2])
