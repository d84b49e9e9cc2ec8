"""No workspace reads or changes anything of another, whichever query is asked and whatever ids it is given."""

import inspect
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from store import (
    accounts,
    alert_details,
    alert_settings,
    alerts,
    attempts,
    audit,
    checks,
    figures,
    grants,
    groups,
    integrations,
    judged,
    moved_channels,
    notices,
    outbox,
    people,
    provider_health,
    told,
    troubles,
    views,
    workspaces,
)
from store.database import Store
from store.records import (
    Account,
    Attempt,
    Grant,
    GrantState,
    Group,
    OpenView,
    OutboxMessage,
    Overview,
    Person,
    Rights,
    Stage,
    Surface,
    Workspace,
)
from store.rows import values_of
from store.tables import metadata
from store.watch_records import (
    Alert,
    AlertChannel,
    AlertId,
    AlertKind,
    Broken,
    Fate,
    Hook,
    HookId,
    PersonalSettings,
    Trouble,
    TroubleKind,
    WorkspaceSettings,
)
from store.watch_tables import alerts as alert_rows
from tests.store.made import (
    LATER,
    MARIA,
    NOW,
    T1,
    T2,
    account,
    attempt,
    grant,
    group,
    person,
    put,
    put_in,
    settle,
)

MODULES = (
    accounts, alert_details, alert_settings, alerts, attempts, audit, checks, figures, grants, groups, integrations,
    judged, moved_channels, notices, outbox, people, provider_health, told, troubles,
    views, workspaces,
)  # fmt: skip
CARRIES_WORKSPACE = (
    Account, AlertChannel, Attempt, Grant, Group, Hook, OpenView, OutboxMessage, Person, PersonalSettings,
    Trouble, Workspace, WorkspaceSettings, OutboxMessage | Fate,
)  # fmt: skip
ALL_WORKSPACES = {
    "accounts.seen_well",
    "accounts.waiting_since",
    "alert_details.due_reminders",
    "alert_details.open_workspaces",
    "alerts.purge",
    "alerts.resolve_outages",
    "attempts.by_state",
    "attempts.get",
    "attempts.parked_of_identity",
    "attempts.purge",
    "attempts.stale",
    "attempts.take_state",
    "checks.claim",
    "checks.discard",
    "checks.due_now",
    "checks.give_back",
    "checks.next_due",
    "checks.overdue",
    "checks.read",
    "figures.due_checks",
    "figures.messages",
    "figures.open_alerts",
    "figures.open_troubles",
    "figures.weather",
    "grants.claim_revokes",
    "grants.ending",
    "grants.living_of_identity",
    "grants.one_of_identity",
    "integrations.workspaces_with",
    "judged.of_grants",
    "judged.record",
    "judged.remember",
    "notices.claim",
    "notices.first_seen",
    "notices.get",
    "notices.purge",
    "outbox.claim",
    "outbox.next_due",
    "outbox.overdue",
    "outbox.pending",
    "outbox.purge",
    "provider_health.lock",
    "provider_health.read",
    "provider_health.save",
    "troubles.gone",
    "troubles.late",
    "troubles.open_ones",
    "troubles.purge",
    "troubles.stuck",
    "troubles.without_integrators",
    "views.purge",
    "workspaces.all",
    "workspaces.left",
}
"""Work of the bot itself, and look-ups by a secret only the right browser has."""

VIEW = OpenView(workspace_id=T1, view_id="V1", user_id=MARIA, kind="detail", subject="shopify", opened_at=NOW)
ALERT = Alert(
    id=AlertId("al1"),
    workspace_id=T1,
    provider_key="shopify",
    kind=AlertKind.ACCOUNTS,
    opened_at=NOW,
    tell_at=NOW,
    joins_until=LATER,
)
SHARED = {"provider_health", "seen_notices"}
"""Tables about providers, which are nobody's own."""

HERE: dict[str, Any] = {
    "account": account("a1", T2),
    "account_id": "a1",
    "account_ids": ["a1"],
    "accounts": [Broken(account("a1").id, None, NOW)],
    "action": "x",
    "actor": None,
    "address": "x",
    "alert_id": "al1",
    "alert_ids": ["al1"],
    "at": NOW,
    "attempt_id": "at1",
    "by": MARIA,
    "channel": "D2",
    "channel_id": "C1",
    "cookie_hash": "c2",
    "due_at": LATER,
    "ends_at": None,
    "error": "x",
    "expires_at": None,
    "external_ids": ["ext-a1"],
    "failure": "x",
    "from_": list(Stage),
    "grant_id": "s1",
    "granted": True,
    "group_id": "g1",
    "group_ids": ["g1"],
    "hook_id": "h1",
    "identity_id": "i2",
    "joins_until": LATER,
    "kind": "detail",
    "limit": 10,
    "new": "C2",
    "now": NOW,
    "old": "C1",
    "outcome": "x",
    "owner": "me",
    "days": 3,
    "newest": "zzz",
    "prefix": "",
    "told_before": LATER,
    "trouble_id": "",
    "persons": [person(name="Eve")],
    "parked": b"x",
    "provider_key": "shopify",
    "recipient": MARIA,
    "remind_at": LATER,
    "resolution": "x",
    "stage": Stage.PICK,
    "state": GrantState.REVOKED,
    "state_expires_at": LATER,
    "state_hash": "h2",
    "subject": "shopify",
    "surface": Surface.DM,
    "tell_at": NOW,
    "to": Stage.DONE,
    "tokens": b"x",
    "ts": "2",
    "until": LATER,
    "user_id": MARIA,
    "user_ids": [MARIA],
    "verifier": b"x",
    "view_id": "V1",
}
"""What T2 asks with: its own id, and everything else as it is in T1."""


def queries(modules: tuple[ModuleType, ...] = MODULES) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public named query."""
    for module in modules:
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                yield f"{module.__name__.removeprefix('store.')}.{name}", function


def names_workspace(function: Callable[..., Any]) -> bool:
    """Whether a query is told its workspace, by id or within a record."""
    parameters = inspect.signature(function).parameters
    in_record = any(parameter.annotation in CARRIES_WORKSPACE for parameter in parameters.values())
    return in_record or bool({"workspace_id", "ws"} & set(parameters))


def test_every_query_names_its_workspace() -> None:
    """Each query takes a workspace, but for those that are named here with a reason."""
    found = dict(queries())
    assert len(found) > 50
    assert {name for name, function in found.items() if not names_workspace(function)} == ALL_WORKSPACES


BY_ID = [
    pytest.param(function, id=name)
    for name, function in queries()
    if {"workspace_id", "ws"} & set(inspect.signature(function).parameters) or name == "accounts.record"
]


@pytest.mark.parametrize("function", BY_ID)
async def test_other_workspace(store: Store, function: Callable[..., Any]) -> None:
    """Asked by another workspace with all the right ids, a query finds nothing and changes nothing."""
    await furnish(store)
    before = await rows_of_t1(store)
    found = await asked_by_t2(store, function)
    assert nothing(found), found
    assert await rows_of_t1(store) == before


async def test_stolen_ids(store: Store) -> None:
    """A record that claims another workspace's id overwrites nothing there."""
    await furnish(store)
    before = await rows_of_t1(store)
    for thing in (group("g1", T2), grant("s1", T2), account("a1", T2, grant_id="s1")):
        with pytest.raises((IntegrityError, LookupError)):
            await put(store, thing)
    await put(store, attempt("at1", T2, user_id="U_EVE"))
    assert await rows_of_t1(store) == before


async def furnish(store: Store) -> None:
    """Give T1 one of everything, in a state in which it may be changed."""
    await settle(store, T2)
    await put(store, person(), group(), grant(), account(), attempt(stage=Stage.LINK))
    await put_in(store, group(), [MARIA])
    async with store.transaction() as tx:
        await accounts.set_groups(tx, T1, account().id, [group().id])
        await accounts.remember(tx, T1, account().id, at=NOW, kind="connected", actor=MARIA)
        await attempts.begin_sign_in(
            tx,
            T1,
            attempt().id,
            state_hash="h1",
            state_expires_at=LATER,
            cookie_hash="c1",
            verifier=b"v",
            now=NOW,
        )
        await grants.lock(tx, T1, grant().id, owner="me", now=NOW, until=LATER)
        await views.opened(tx, VIEW)
        await outbox.ask(
            tx, ws=T1, kind="detail", subject="shopify", surface=Surface.DM, recipient=MARIA, now=NOW
        )
        await audit.record(tx, ws=T1, at=NOW, actor=MARIA, action="x", subject="a1", granted=True)
    await furnish_watching(store)


async def furnish_watching(store: Store) -> None:
    """The same for what is watched and told."""
    async with store.transaction() as tx:
        await checks.plan(tx, T1, grant().id, "shopify", at=NOW)
        await notices.add(
            tx,
            Hook(id=HookId("h1"), workspace_id=T1, provider_key="shopify", grant_id=grant().id, due_at=NOW),
        )
        await tx.conn.execute(insert(alert_rows).values(**values_of(ALERT)))
        await alerts.open_or_join(
            tx,
            ws=T1,
            provider_key="shopify",
            accounts=HERE["accounts"],
            now=NOW,
            tell_at=NOW,
            joins_until=LATER,
        )
        await alerts.take(tx, T1, ALERT.id, MARIA, NOW, LATER)
        await alert_settings.set_channel(
            tx, AlertChannel(workspace_id=T1, channel_id="C1", group_id=group().id, set_by=MARIA, set_at=NOW)
        )
        await alert_settings.save_workspace(tx, WorkspaceSettings(workspace_id=T1, tz="Europe/Berlin"))
        await alert_settings.save_personal(tx, PersonalSettings(workspace_id=T1, user_id=MARIA, dm=False))
        await troubles.begin(tx, Trouble(workspace_id=T1, kind=TroubleKind.NOBODY, since=NOW))


async def asked_by_t2(store: Store, function: Callable[..., Any]) -> Any:
    """What a query answers to T2, or None when the database refuses it."""
    given = HERE | {"workspace_id": T2, "ws": T2}
    required = [
        parameter
        for name, parameter in inspect.signature(function).parameters.items()
        if name != "tx" and parameter.default is parameter.empty
    ]
    positional = [given[one.name] for one in required if one.kind is not one.KEYWORD_ONLY]
    named = {one.name: given[one.name] for one in required if one.kind is one.KEYWORD_ONLY}
    try:
        async with store.transaction() as tx:
            return await function(tx, *positional, **named)
    except (IntegrityError, LookupError):
        return None


def nothing(found: Any) -> bool:
    """Whether an answer tells nothing of T1. True alone is an answer to a write of T2's own row."""
    match found:
        case Overview():
            return found.tiles == () and nothing(found.rights)
        case Rights():
            return found == Rights(person=None, is_integrator=False, group_ids=frozenset(), has_groups=False)
        case Workspace():
            return found.id == T2
        case WorkspaceSettings():
            return found == WorkspaceSettings(workspace_id=T2)
        case PersonalSettings():
            return found == PersonalSettings(workspace_id=T2, user_id=MARIA)
        case dict():
            return all(map(nothing, found.values()))
        case str():
            return found != ALERT.id
        case _:
            return found is True or not found


async def rows_of_t1(store: Store) -> dict[str, list[Any]]:
    """Every row of T1, as it lies there."""
    found = {}
    async with store.reading() as tx:
        for table in metadata.tables.values():
            if table.name in SHARED:
                continue
            column = table.c.workspace_id if "workspace_id" in table.c else table.c.id
            rows = await tx.conn.execute(select(table).where(column == T1).order_by(*table.primary_key))
            found[table.name] = [tuple(row) for row in rows]
    assert all(found.values())
    return found
