"""Checks: each sign-in is asked when it is due, by one bot at a time, and what comes too late is not written down."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from sqlalchemy import select, text, update

from store import accounts, checks, grants, notices
from store.database import Store, migrate, open_store
from store.records import AccountStatus, GrantId
from store.tables import grants as grant_rows
from store.vault import Vault
from store.watch_records import Due, Seen, Watched
from store.watch_tables import checks as rows
from tests.store.made import LATER, NOW, SECRET, T1, T2, account, grant, put

AFTER = LATER + timedelta(seconds=1)
NEVER = NOW + timedelta(days=365)


async def plan(store: Store, grant_id: str = "s1", at: datetime = NOW, **more: Any) -> bool:
    """Have a sign-in checked."""
    async with store.transaction() as tx:
        return await checks.plan(tx, more.get("ws", T1), GrantId(grant_id), "shopify", at=at)


async def claim(store: Store, now: datetime = NOW, owner: str = "me", limit: int = 10) -> tuple[Due, ...]:
    """Take what is due, for five minutes."""
    async with store.transaction() as tx:
        return await checks.claim(tx, "shopify", owner=owner, now=now, until=now + (LATER - NOW), limit=limit)


async def read(store: Store, dues: Sequence[Due]) -> tuple[Watched, ...]:
    """What is needed for these checks."""
    async with store.reading() as tx:
        return await checks.read(tx, dues)


async def give_back(store: Store, *dues: Due, at: datetime = NEVER) -> frozenset[GrantId]:
    """End leases."""
    async with store.transaction() as tx:
        return await checks.give_back(tx, [(due, at) for due in dues])


async def fleet(store: Store, count: int) -> None:
    """Sign-ins s0, s1, … with an account each, due one second after the other."""
    names = [str(number) for number in range(count)]
    await put(store, *(grant(f"s{n}") for n in names), *(account(f"a{n}", grant_id=f"s{n}") for n in names))
    async with store.transaction() as tx:
        for n in names:
            at = NOW - timedelta(hours=1) + timedelta(seconds=int(n))
            await checks.plan(tx, T1, GrantId(f"s{n}"), "shopify", at=at)


async def test_one_check(store: Store) -> None:
    """A check is taken once when it is due, with all that is needed to do it, and comes again when it was said to."""
    await put(store, grant(), account("a2"), account("a1"), account("a3", status=AccountStatus.WAITING))
    assert await plan(store, at=NOW)
    assert await claim(store, NOW - timedelta(microseconds=1)) == ()
    (due,) = await claim(store)
    assert due == Due(
        grant_id=grant().id,
        workspace_id=T1,
        provider_key="shopify",
        due_at=NOW,
        owner="me",
        until=LATER,
        plan_no=1,
    )
    (found,) = await read(store, [due])
    assert (found.due, found.grant, found.tokens) == (due, grant(), SECRET)
    assert found.accounts == (account("a1"), account("a2"))
    assert SECRET.decode() not in repr(found)
    assert await claim(store, owner="other") == ()
    assert await give_back(store, due, at=AFTER) == {grant().id}
    assert await claim(store, LATER) == ()
    assert [again.due_at for again in await claim(store, AFTER)] == [AFTER]


async def test_two_claim_at_once(store: Store) -> None:
    """Bots at the same time never take the same check, and together they do all."""
    await fleet(store, 30)

    async def work(owner: str) -> list[str]:
        async with store.transaction() as tx:
            taken = await checks.claim(tx, "shopify", owner=owner, now=NOW, until=LATER, limit=10)
            await asyncio.sleep(0.01)
            return [due.grant_id for due in taken]

    taken = await asyncio.gather(*(work(f"o{number}") for number in range(3)))
    assert sorted(chain.from_iterable(taken)) == sorted(f"s{number}" for number in range(30))


async def test_order(store: Store) -> None:
    """The longest due are done first, also when they are read."""
    await fleet(store, 5)
    dues = await claim(store, limit=3)
    assert [due.grant_id for due in dues] == ["s0", "s1", "s2"]
    assert [found.grant.id for found in await read(store, dues[::-1])] == ["s2", "s1", "s0"]
    assert [due.grant_id for due in await claim(store, limit=3)] == ["s3", "s4"]


@pytest.mark.parametrize("next_owner", ["next", "me"], ids=["another", "itself"])
async def test_lease_over(store: Store, next_owner: str) -> None:
    """A bot that died blocks nobody once its lease is over; if it wakes, what it found counts no more."""
    await put(store, grant(), account())
    await plan(store)
    (old,) = await claim(store)
    assert await claim(store, LATER - timedelta(microseconds=1), next_owner) == ()
    (new,) = await claim(store, LATER, next_owner)
    assert (new.grant_id, new.owner) == (old.grant_id, next_owner)
    assert await give_back(store, old, at=NOW) == frozenset()
    assert await give_back(store, new) == {grant().id}
    assert await give_back(store, new) == frozenset()


async def test_late_but_alone(store: Store) -> None:
    """What was found after the lease still counts while nobody else has taken over."""
    await put(store, grant(), account())
    await plan(store)
    (due,) = await claim(store)
    assert await give_back(store, due) == {grant().id}


async def test_planned_anew(store: Store) -> None:
    """A check planned anew comes once and at the new time, and what was found meanwhile counts no more."""
    await put(store, grant(), account())
    await plan(store)
    (old,) = await claim(store)
    assert await plan(store, at=AFTER)
    assert await read(store, [old]) == ()
    assert await give_back(store, old, at=AFTER) == frozenset()
    async with store.transaction() as tx:
        await checks.discard(tx, [old])
    (new,) = await claim(store, AFTER)
    assert await read(store, [new]) != ()
    assert await give_back(store, new) == {grant().id}


async def test_planned_twice(store: Store) -> None:
    """However often a check is planned, for whichever moment, it is done once."""
    await put(store, grant(), account())
    for _ in range(3):
        await plan(store)
    dues = await claim(store)
    (found,) = await read(store, dues)
    assert await give_back(store, *dues, at=AFTER) == {grant().id}
    async with store.transaction() as tx:
        await checks.discard(tx, [due for due in dues if due != found.due])
        assert await checks.due_now(tx, "shopify", NEVER) == 1


async def test_sign_in_ended(store: Store) -> None:
    """Once a sign-in ends it is not checked any more, and a check under way changes nothing."""
    await put(store, grant("s1"), account("a1"), grant("s2"), account("a2", grant_id="s2"))
    await plan(store, "s1")
    await plan(store, "s2")
    dues = await claim(store)
    async with store.transaction() as tx:
        await grants.ask_revoke(tx, T1, GrantId("s1"), at=NOW)
        await grants.retire(tx, T1, GrantId("s2"), outcome="x")
    assert await read(store, dues) == ()
    assert await give_back(store, *dues) == frozenset()
    assert not await plan(store, "s1")
    async with store.transaction() as tx:
        await checks.discard(tx, dues)
    assert await claim(store, NEVER) == ()


async def test_nothing_to_ask_about(store: Store) -> None:
    """A sign-in is not checked while its accounts wait for Groups or are removed, nor after it was dropped."""
    waiting = account("a2", grant_id="s2", status=AccountStatus.WAITING)
    await put(
        store, grant("s1"), account("a1"), grant("s2"), waiting, grant("s3"), account("a3", grant_id="s3")
    )
    for grant_id in ("s1", "s2", "s3"):
        await plan(store, grant_id)
    async with store.transaction() as tx:
        await accounts.remove(tx, T1, account("a1").id, by=None, at=NOW)
        await checks.drop(tx, T1, GrantId("s3"))
    dues = await claim(store)
    assert await read(store, dues) == ()
    async with store.transaction() as tx:
        await checks.discard(tx, [])
        await checks.discard(tx, dues)
        assert await checks.due_now(tx, "shopify", NEVER) == 0


async def test_discard_spares_the_next(store: Store) -> None:
    """Discarding what someone else does by now does not take it away from them."""
    await put(store, grant(), account())
    await plan(store)
    (old,) = await claim(store)
    (new,) = await claim(store, LATER, "next")
    async with store.transaction() as tx:
        await checks.discard(tx, [old])
    assert await give_back(store, new) == {grant().id}


async def test_counts(store: Store) -> None:
    """How many checks wait, and for how long, can be told at any time."""
    await fleet(store, 4)
    async with store.reading() as tx:
        assert await checks.due_now(tx, "shopify", NOW) == 4
        assert await checks.due_now(tx, "meta", NOW) == 0
        assert await checks.overdue(tx, NOW) == (4, NOW - timedelta(hours=1))
    await claim(store, limit=1)
    async with store.reading() as tx:
        assert await checks.due_now(tx, "shopify", NOW) == 3
        assert await checks.due_now(tx, "shopify", LATER) == 4
        assert await checks.overdue(tx, NOW - timedelta(hours=2)) == (0, None)


async def test_secret_that_does_not_open(store: Store) -> None:
    """A sign-in whose tokens do not open does not keep the others from being checked."""
    await put(store, grant("s1"), account("a1"), grant("s2"), account("a2", grant_id="s2"))
    for grant_id in ("s1", "s2"):
        await plan(store, grant_id)
    async with store.transaction() as tx:
        await tx.conn.execute(update(grant_rows).where(grant_rows.c.id == "s1").values(tokens=b"x"))
    found = await read(store, await claim(store))
    assert {one.grant.id: one.tokens for one in found} == {"s1": None, "s2": SECRET}


async def test_workspaces_together(store: Store) -> None:
    """Checks of all workspaces are done together, each account with its own sign-in."""
    await put(store, grant("s1"), account("a1"), grant("s2", T2), account("a2", T2, grant_id="s2"))
    await plan(store, "s1")
    await plan(store, "s2", NOW - timedelta(seconds=1), ws=T2)
    found = await read(store, await claim(store))
    assert [(one.grant.workspace_id, [a.id for a in one.accounts]) for one in found] == [
        (T2, ["a2"]),
        (T1, ["a1"]),
    ]


async def test_seen_well(store: Store) -> None:
    """An account that is as it was gets the time of its check and nothing else; a moved or removed one not even that."""
    gone, moved = account("a2"), account("a3")
    await put(store, grant(), grant("s2"), account("a1"), gone, moved, account("a4", healthy_at=NOW))
    async with store.transaction() as tx:
        await accounts.remove(tx, T1, gone.id, by=None, at=NOW)
        await accounts.seen_well(tx, [])
        seen = [Seen(T1, account(f"a{n}").id, grant().id, LATER, LATER) for n in (1, 2)]
        other = Seen(T1, moved.id, GrantId("s2"), LATER, LATER)
        await accounts.seen_well(tx, [*seen, other, Seen(T1, account("a4").id, grant().id, LATER, None)])
        found = {one.id: one for one in await accounts.of_grant(tx, T1, grant().id)}
        removed = await accounts.get(tx, T1, gone.id)
    assert found == {
        "a1": account("a1", checked_at=LATER, healthy_at=LATER),
        "a3": moved,
        "a4": account("a4", checked_at=LATER),
    }
    assert removed is not None
    assert removed.account.checked_at is None


async def test_migration_fills(database_url: str, store: Store, vault: Vault) -> None:
    """After an update every sign-in with accounts in use is checked soon, and its provider asked to tell us."""
    await put(
        store,
        *(grant(f"s{n}") for n in range(1, 6)),
        account("a1", grant_id="s1"),
        account("a2", grant_id="s2", status=AccountStatus.WAITING),
        account("a3", grant_id="s3"),
        account("a4", grant_id="s4"),
    )
    async with store.transaction() as tx:
        await accounts.remove(tx, T1, account("a3").id, by=None, at=NOW)
        await grants.ask_revoke(tx, T1, GrantId("s4"), at=NOW)
        await back_to_the_first(tx.conn)
    await migrate(database_url)
    async with open_store(database_url, vault, migrate=False) as migrated, migrated.transaction() as tx:
        now = (await tx.conn.scalars(select(rows.c.next_at))).one()
        (due,) = await checks.claim(tx, "shopify", owner="me", now=now, until=NEVER, limit=9)
        (found,) = await checks.read(tx, [due])
        assert (found.grant.id, found.tokens, due.plan_no) == ("s1", SECRET, 0)
        assert await checks.give_back(tx, [(due, NEVER)]) == {"s1"}
        (hook,) = await notices.claim(tx, now=NEVER, until=NEVER, limit=9)
        assert (hook.grant_id, hook.provider_key, hook.tries, len(hook.id)) == ("s1", "shopify", 1, 43)


async def back_to_the_first(conn: Any) -> None:
    """Undo what the second migration did."""
    for table in (
        "hooks", "seen_notices", "troubles", "alert_events", "alert_accounts", "alerts", "alert_channels", "workspace_settings",
        "personal_settings", "provider_health", "checks",
    ):  # fmt: skip
        await conn.execute(text(f"DROP TABLE {table}"))
    for index in ("history_of_account", "grants_ending"):
        await conn.execute(text(f"DROP INDEX {index}"))
    for table, column in (
        ("workspaces", "gone_at"), ("people", "email"), ("outbox", "thread_ts"), ("outbox", "posting_at"),
        ("outbox", "repeated"), ("grants", "plan_no"), ("grants", "warned"),
    ):  # fmt: skip
        await conn.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
    await conn.execute(text("UPDATE alembic_version SET version_num = '0001'"))
