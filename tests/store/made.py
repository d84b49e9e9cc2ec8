"""Records for tests, with what a test does not care about filled in, and the shortest way to put them in the store."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from store import accounts, attempts, grants, groups, people, workspaces
from store.database import Store
from store.records import (
    Account,
    AccountId,
    AccountStatus,
    Attempt,
    AttemptId,
    Grant,
    GrantId,
    Group,
    GroupId,
    Person,
    Purpose,
    Stage,
    UserId,
    Workspace,
    WorkspaceId,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
T1, T2 = WorkspaceId("T1"), WorkspaceId("T2")
MARIA, OMAR = UserId("U_MARIA"), UserId("U_OMAR")
SECRET = b"secret-access-token-of-acme"


def person(user_id: str = MARIA, workspace_id: WorkspaceId = T1, **more: Any) -> Person:
    """A full member called as their id."""
    values = {"name": user_id, "seen_at": NOW} | more
    return Person(workspace_id=workspace_id, id=UserId(user_id), **values)


def group(group_id: str = "g1", workspace_id: WorkspaceId = T1, **more: Any) -> Group:
    """A Group called as its id, with the Integrators permission."""
    values = {"name": group_id, "integrators": True} | more
    return Group(id=GroupId(group_id), workspace_id=workspace_id, **values)


def grant(grant_id: str = "s1", workspace_id: WorkspaceId = T1, **more: Any) -> Grant:
    """A living sign-in at Shopify."""
    values = {
        "provider_key": "shopify",
        "address": "acme.myshopify.com",
        "identity_id": "i1",
        "identity_name": "Acme",
        "scopes": ("read_orders",),
        "missing_scopes": (),
        "signed_in_by": MARIA,
        "signed_in_at": NOW,
        "expires_at": NOW + timedelta(hours=1),
        "ends_at": None,
    } | more
    return Grant(id=GrantId(grant_id), workspace_id=workspace_id, **values)


def account(account_id: str = "a1", workspace_id: WorkspaceId = T1, **more: Any) -> Account:
    """A connected account on sign-in s1, its id at the provider as here."""
    values = {
        "provider_key": "shopify",
        "grant_id": GrantId("s1"),
        "external_id": f"ext-{account_id}",
        "name": f"@{account_id}",
        "status": AccountStatus.CONNECTED,
        "connected_by": MARIA,
        "connected_at": NOW,
    } | more
    return Account(id=AccountId(account_id), workspace_id=workspace_id, **values)


def attempt(attempt_id: str = "at1", workspace_id: WorkspaceId = T1, **more: Any) -> Attempt:
    """An attempt of Maria's whose link was just made."""
    values = {
        "user_id": MARIA,
        "provider_key": "shopify",
        "purpose": Purpose.INTEGRATE,
        "number": 42,
        "stage": Stage.LINK,
        "created_at": NOW,
        "expires_at": NOW + timedelta(minutes=30),
    } | more
    return Attempt(id=AttemptId(attempt_id), workspace_id=workspace_id, **values)


async def settle(store: Store, workspace_id: WorkspaceId = T1) -> None:
    """Save a workspace."""
    async with store.transaction() as tx:
        await workspaces.save(tx, Workspace(id=workspace_id, name="Acme", bot_user_id=UserId("U_BOT")))


async def put(store: Store, *things: Any, tokens: bytes = SECRET) -> None:
    """Put records into the store, in this order; their workspaces first."""
    for workspace_id in dict.fromkeys(thing.workspace_id for thing in things):
        await settle(store, workspace_id)
    async with store.transaction() as tx:
        for thing in things:
            match thing:
                case Person():
                    await people.save(tx, thing)
                case Group():
                    await groups.save(tx, thing, [])
                case Grant():
                    await grants.insert(tx, thing, tokens)
                case Account():
                    await accounts.insert(tx, thing)
                case Attempt():
                    await attempts.insert(tx, thing)


async def put_in(store: Store, into: Group, members: Sequence[str]) -> None:
    """Put people into a Group."""
    async with store.transaction() as tx:
        await groups.save(tx, into, [UserId(member) for member in members])
