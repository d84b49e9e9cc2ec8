"""No workspace reads or changes anything of another, whichever query is asked and whatever ids it is given."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from store import (
    accounts,
    alert_details,
    alert_routes,
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
    untold,
    views,
    workspaces,
)
from store.database import Store, Tx
from store.records import (
    Account,
    Attempt,
    Grant,
    Group,
    OpenView,
    OutboxMessage,
    Overview,
    Person,
    Rights,
    Workspace,
)
from store.tables import metadata
from store.watch_records import (
    AlertChannel,
    Fate,
    Hook,
    PersonalSettings,
    Trouble,
    WorkspaceSettings,
)
from tests.store.furnished import ALERT, HERE, furnish
from tests.store.made import (
    MARIA,
    T1,
    T2,
    account,
    attempt,
    grant,
    group,
    put,
)

MODULES = (
    accounts, alert_details, alert_routes, alert_settings, alerts, attempts, audit, checks, figures, grants, groups, integrations,
    judged, moved_channels, notices, outbox, people, provider_health, told, troubles,
    untold, views, workspaces,
)  # fmt: skip
CARRIES_WORKSPACE = (
    Account, AlertChannel, Attempt, Grant, Group, Hook, OpenView, OutboxMessage, Person, PersonalSettings,
    Trouble, Workspace, WorkspaceSettings, OutboxMessage | Fate,
)  # fmt: skip
ALL_WORKSPACES = {
    "accounts.seen_well",
    "accounts.waiting_since",
    "untold.tiles",
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
    "outbox.paused",
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

SHARED = {"provider_health", "seen_notices"}
"""Tables about providers, which are nobody's own."""


class Undo(Exception):
    """Ends a transaction without a trace, so that all queries meet the same rows."""


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


BY_ID = {
    name: function
    for name, function in queries()
    if {"workspace_id", "ws"} & set(inspect.signature(function).parameters) or name == "accounts.record"
}


async def test_other_workspace(store: Store) -> None:
    """Asked by another workspace with all the right ids, no query finds or changes anything."""
    await furnish(store)
    before = await rows_of_t1(store)
    breaches = {}
    for name, function in BY_ID.items():
        found, after = await asked_by_t2(store, function)
        if not nothing(found) or after not in (None, before):
            breaches[name] = found, after
    assert not breaches
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


async def asked_by_t2(store: Store, function: Callable[..., Any]) -> tuple[Any, dict[str, list[Any]] | None]:
    """What a query answers to T2 and T1's rows thereafter, all undone; None twice when the database refuses it."""
    given = HERE | {"workspace_id": T2, "ws": T2}
    required = [
        parameter
        for name, parameter in inspect.signature(function).parameters.items()
        if name != "tx" and parameter.default is parameter.empty
    ]
    positional = [given[one.name] for one in required if one.kind is not one.KEYWORD_ONLY]
    named = {one.name: given[one.name] for one in required if one.kind is one.KEYWORD_ONLY}
    answer: tuple[Any, dict[str, list[Any]] | None] = (None, None)
    with suppress(IntegrityError, LookupError, Undo):
        async with store.transaction() as tx:
            found = await function(tx, *positional, **named)
            answer = found, await rows_in(tx)
            raise Undo
    return answer


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
    async with store.reading() as tx:
        found = await rows_in(tx)
    assert all(found.values())
    return found


async def rows_in(tx: Tx) -> dict[str, list[Any]]:
    """Every row of T1 as this transaction sees it."""
    found = {}
    for table in metadata.tables.values():
        if table.name in SHARED:
            continue
        column = table.c.workspace_id if "workspace_id" in table.c else table.c.id
        rows = await tx.conn.execute(select(table).where(column == T1).order_by(*table.primary_key))
        found[table.name] = [tuple(row) for row in rows]
    return found
