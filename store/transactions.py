"""Being inside a transaction: which connection, and the flag that keeps the network out meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from store.errors import StoreUnavailable
from store.vault import Vault


@dataclass(frozen=True, slots=True)
class Tx:
    """A transaction in progress, handed to the named queries."""

    conn: AsyncConnection
    vault: Vault


def inside_transaction() -> bool:
    """Whether this task, or the task that started it, holds a transaction open now. Network calls ask this first."""
    entry = _entry.get()
    return entry is not None and entry.is_open


class _Entry:
    """One stay inside a transaction. Tasks started inside share it, so its end reaches them too."""

    __slots__ = ("is_open", "task")

    def __init__(self) -> None:
        self.is_open = True
        self.task = asyncio.current_task()


_entry: ContextVar[_Entry | None] = ContextVar("store_transaction", default=None)


class Reading:
    """A stay in `Store.reading`, written out: this is on the way to every answer, and generators cost as much again."""

    __slots__ = ("_conn", "_engine", "_entry", "_vault", "_where")

    def __init__(self, engine: AsyncEngine, where: str, vault: Vault) -> None:
        self._engine = engine
        self._where = where
        self._vault = vault

    async def __aenter__(self) -> Tx:
        self._entry = _enter()
        try:
            self._conn = await reached(self._engine.connect().start, self._where)
        except BaseException:
            self._entry.is_open = False
            raise
        _entry.set(self._entry)
        return Tx(self._conn, self._vault)

    async def __aexit__(self, *_error: object) -> None:
        try:
            await self._conn.close()
        finally:
            self._entry.is_open = False


def _enter() -> "_Entry":
    outer = _entry.get()
    if outer is not None and outer.is_open and outer.task is asyncio.current_task():
        raise RuntimeError("a transaction is already open in this task; pass its tx on")
    return _Entry()


@asynccontextmanager
async def entered(opening: Any, where: str) -> AsyncIterator[AsyncConnection]:
    """Stay inside `opening` (an engine's connect or begin), with the flag up.

    Raises StoreUnavailable, which says `where` and never the address; RuntimeError inside another transaction of the same task.
    """
    entry = _enter()
    try:
        async with AsyncExitStack() as stack:
            conn = await reached(partial(stack.enter_async_context, opening), where)
            _entry.set(entry)
            yield conn
    finally:
        entry.is_open = False


async def reached(open_connection: Callable[[], Awaitable[AsyncConnection]], where: str) -> AsyncConnection:
    """A connection, or StoreUnavailable whatever the driver raised."""
    try:
        return await open_connection()
    except StoreUnavailable:
        raise
    except Exception as error:  # noqa: BLE001 - drivers raise many kinds here, and all mean the same
        # The cause is dropped: a driver may put the address with its password in its text.
        raise StoreUnavailable(f"{where} cannot be reached ({type(error).__name__}).") from None
