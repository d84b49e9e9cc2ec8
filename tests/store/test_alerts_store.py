"""Alerts: what breaks together is one, an account is in one at most, and it ends with its last."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from store import accounts, alert_details, alerts
from store.database import Store
from store.records import AccountId
from store.watch_records import Alert, AlertAccount, AlertDetail, AlertId, AlertKind, Broken
from store.watch_tables import alerts as alert_rows
from tests.store.made import LATER, MARIA, NOW, OMAR, T1, T2, account, grant, group, put

SOON = NOW + timedelta(seconds=30)
TOMORROW = NOW + timedelta(days=1)


def ids(names: str) -> list[AccountId]:
    """Ids of accounts, from "a1 a2"."""
    return [AccountId(name) for name in names.split()]


async def breaks(store: Store, names: str, now: datetime = NOW, **more: Any) -> AlertId:
    """Have accounts stop working; what breaks within five minutes is told together."""
    broken = [Broken(account_id, "token_expired", now) for account_id in ids(names)]
    values = {"ws": T1, "provider_key": "shopify", "tell_at": now + (SOON - NOW)} | more
    async with store.transaction() as tx:
        opened = await alerts.open_or_join(
            tx, accounts=broken, now=now, joins_until=now + (LATER - NOW), **values
        )
        return opened.alert_id


async def works(
    store: Store, names: Sequence[AccountId], at: datetime = LATER, by: Any = MARIA
) -> tuple[AlertId, ...]:
    """Have accounts work again."""
    async with store.transaction() as tx:
        return await alerts.resolve_accounts(tx, T1, names, at=at, by=by, resolution="reconnected")


async def detail(store: Store, alert_id: AlertId) -> AlertDetail:
    """An alert as it is now."""
    async with store.reading() as tx:
        found = await alert_details.get(tx, T1, alert_id)
    assert found is not None
    return found


async def open_alerts(store: Store) -> list[list[str]]:
    """The accounts of each open alert."""
    async with store.reading() as tx:
        return [[one.account_id for one in found.accounts] for found in await alert_details.open_ones(tx, T1)]


async def three(store: Store) -> None:
    """Three accounts on one sign-in."""
    await put(store, group(), grant(), *(account(f"a{number}") for number in (1, 2, 3)))


async def test_comes_back_whole(store: Store) -> None:
    """An alert says what broke, why, since when and who connected it."""
    await three(store)
    alert_id = await breaks(store, "a1")
    assert await detail(store, alert_id) == AlertDetail(
        alert=Alert(
            id=alert_id,
            workspace_id=T1,
            provider_key="shopify",
            kind=AlertKind.ACCOUNTS,
            opened_at=NOW,
            tell_at=SOON,
            joins_until=LATER,
        ),
        accounts=(
            AlertAccount(
                account_id=account("a1").id, name="@a1", connected_by=MARIA, reason="token_expired", since=NOW
            ),
        ),
        open=1,
        resolved=0,
    )
    async with store.reading() as tx:
        assert await alert_details.get(tx, T1, AlertId("x")) is None
        assert await alert_details.open_workspaces(tx) == (T1,)


async def test_together(store: Store) -> None:
    """What breaks within the window joins; what breaks after it is an alert of its own."""
    await three(store)
    first = await breaks(store, "a1")
    assert await breaks(store, "a2", LATER - timedelta(microseconds=1)) == first
    second = await breaks(store, "a3", LATER)
    assert second != first
    assert await open_alerts(store) == [["a1", "a2"], ["a3"]]
    async with store.reading() as tx:
        assert [found.alert.id for found in await alert_details.newest(tx, T1, limit=1)] == [second]


async def test_once(store: Store) -> None:
    """An account that breaks again while its alert is open stays where it is."""
    await three(store)
    first = await breaks(store, "a1")
    assert await breaks(store, "a1", TOMORROW) == first
    second = await breaks(store, "a1 a2 a2", TOMORROW)
    assert second != first
    assert await open_alerts(store) == [["a1"], ["a2"]]
    async with store.transaction() as tx:
        assert await alert_details.open_of_account(tx, T1, account("a2").id) == second
        assert await alert_details.open_of_account(tx, T1, account("a3").id) is None
        with pytest.raises(ValueError, match="without accounts"):
            await alerts.open_or_join(
                tx, ws=T1, provider_key="shopify", accounts=[], now=NOW, tell_at=NOW, joins_until=NOW
            )


async def test_not_joined(store: Store) -> None:
    """Another provider, another workspace and an alert about an outage are never joined."""
    await three(store)
    await put(store, account("m1", provider_key="meta"), grant("s2", T2), account("b1", T2, grant_id="s2"))
    async with store.transaction() as tx:
        outage = await alerts.open_outage(tx, ws=T1, provider_key="shopify", now=NOW, tell_at=NOW)
    found = {
        outage,
        await breaks(store, "a1"),
        await breaks(store, "m1", provider_key="meta"),
        await breaks(store, "b1", ws=T2),
    }
    assert len(found) == 4


async def test_two_open_at_once(store: Store) -> None:
    """Bots that see accounts of one provider break at the same moment open one alert, each account once."""
    names = [f"a{number}" for number in range(20)]
    await put(store, grant(), *map(account, names))

    async def see(first: int) -> AlertId:
        return await breaks(store, " ".join(names[first : first + 10]))

    opened = await asyncio.gather(*(see(first) for first in (0, 5, 10, 0, 5)))
    assert len(set(opened)) == 1
    assert sorted((await open_alerts(store))[0]) == sorted(names)


async def test_resolved(store: Store) -> None:
    """An alert counts down as its accounts work again, and ends with the last; that is said once."""
    await three(store)
    alert_id = await breaks(store, "a1 a2")
    assert await works(store, ids("a1 a3")) == (alert_id,)
    assert await works(store, ids("a1")) == ()
    found = await detail(store, alert_id)
    assert (found.open, found.resolved, found.alert.resolved_at) == (1, 1, None)
    assert [one.account_id for one in found.accounts] == ["a2", "a1"]
    assert await works(store, ids("a2"), TOMORROW, by=None) == (alert_id,)
    found = await detail(store, alert_id)
    assert (found.open, found.resolved, found.alert.resolved_at) == (0, 2, TOMORROW)
    settled = [(one.account_id, one.resolved_at, one.resolved_by, one.resolution) for one in found.accounts]
    assert settled == [("a1", LATER, MARIA, "reconnected"), ("a2", TOMORROW, None, "reconnected")]
    assert await open_alerts(store) == []
    async with store.reading() as tx:
        assert await alert_details.open_workspaces(tx) == ()


async def test_flapping(store: Store) -> None:
    """An account that worked again and broke again is open once more: in its alert while that goes on, else in a new one."""
    await three(store)
    first = await breaks(store, "a1 a2")
    await works(store, ids("a1"), NOW)
    assert await breaks(store, "a1", SOON) == first
    found = await detail(store, first)
    assert [(one.account_id, one.since, one.resolved_by) for one in found.accounts] == [
        ("a2", NOW, None),
        ("a1", SOON, None),
    ]
    await works(store, ids("a1 a2"), SOON)
    assert await breaks(store, "a1", SOON) != first


async def test_one_breaks_as_the_last_is_repaired(store: Store) -> None:
    """An account that breaks in the moment the last other is repaired is in an open alert, whoever came first."""
    await three(store)
    for minute in range(10):
        now = NOW + timedelta(minutes=10 * minute)
        await breaks(store, "a1", now)
        await asyncio.gather(works(store, ids("a1"), now), breaks(store, "a2", now))
        async with store.reading() as tx:
            (found,) = await alert_details.open_ones(tx, T1)
            assert list(await alert_details.open_accounts(tx, T1, found.alert.id)) == ["a2"]
        await works(store, ids("a2"), now)


async def test_many(store: Store) -> None:
    """Of a great many accounts an alert shows the first fifty and counts the rest."""
    names = [f"a{number:03}" for number in range(120)]
    await put(store, grant(), *map(account, names))
    alert_id = await breaks(store, " ".join(names))
    await works(store, ids(" ".join(names[:50])))
    found = await detail(store, alert_id)
    assert (found.open, found.resolved) == (70, 50)
    assert [one.account_id for one in found.accounts] == names[50:100]
    async with store.reading() as tx:
        assert list(await alert_details.open_accounts(tx, T1, alert_id)) == names[50:]


async def test_groups(store: Store) -> None:
    """An alert concerns the Groups that use any of its accounts."""
    await three(store)
    await put(store, group("g2"), group("g3"))
    async with store.transaction() as tx:
        for account_id, group_ids in (("a1", ["g1", "g2"]), ("a2", ["g2"]), ("a3", ["g3"])):
            await accounts.set_groups(
                tx, T1, account(account_id).id, [group(group_id).id for group_id in group_ids]
            )
    alert_id = await breaks(store, "a1 a2")
    async with store.reading() as tx:
        assert await alert_details.group_ids(tx, T1, [alert_id]) == {alert_id: {"g1", "g2"}}


async def test_taken(store: Store) -> None:
    """One person is on it at a time: the first who says so, until they let go or someone takes it over knowingly."""
    await three(store)
    alert_id = await breaks(store, "a1")
    async with store.transaction() as tx:
        assert await alerts.take(tx, T1, alert_id, MARIA, NOW, LATER)
        assert await alerts.take(tx, T1, alert_id, MARIA, NOW, LATER)
        assert not await alerts.take(tx, T1, alert_id, OMAR, NOW, LATER)
        assert await alerts.take(tx, T1, alert_id, OMAR, LATER, TOMORROW, over=MARIA)
    taken = (await detail(store, alert_id)).alert
    assert (taken.taken_by, taken.taken_at, taken.remind_at) == (OMAR, LATER, TOMORROW)
    async with store.transaction() as tx:
        assert await alerts.let_go(tx, T1, alert_id, remind_at=None, at=LATER)
        assert not await alerts.let_go(tx, T1, alert_id, remind_at=None, at=LATER)
    free = (await detail(store, alert_id)).alert
    assert (free.taken_by, free.taken_at, free.remind_at) == (None, None, None)
    await works(store, ids("a1"))
    async with store.transaction() as tx:
        assert not await alerts.take(tx, T1, alert_id, MARIA, NOW, LATER)
        assert not await alerts.snooze(tx, T1, alert_id, MARIA, LATER, at=NOW)
        assert not await alerts.remind(tx, T1, alert_id, at=LATER)


async def test_snoozed(store: Store) -> None:
    """A snoozed alert comes back when its time is over, and not before."""
    await three(store)
    alert_id = await breaks(store, "a1")
    async with store.transaction() as tx:
        assert await alerts.take(tx, T1, alert_id, MARIA, NOW, SOON)
        assert await alerts.snooze(tx, T1, alert_id, MARIA, LATER, at=NOW)
        assert await alert_details.due_reminders(tx, LATER - timedelta(microseconds=1), 9) == ()
        (due,) = await alert_details.due_reminders(tx, LATER, 9)
        assert (due.id, due.snoozed_by, due.snoozed_until, due.taken_by) == (alert_id, MARIA, LATER, MARIA)
        assert await alerts.remind(tx, T1, alert_id, at=TOMORROW)
        assert await alert_details.due_reminders(tx, LATER, 9) == ()


async def test_reminded_once(store: Store) -> None:
    """Bots at the same moment remind of an alert once; of a resolved one never."""
    await three(store)
    for number, at in enumerate((NOW, LATER, TOMORROW), 1):
        alert_id = await breaks(store, f"a{number}", at)
        async with store.transaction() as tx:
            await alerts.remind(tx, T1, alert_id, at=at)
    await works(store, ids("a1"))

    async def work() -> list[AlertId]:
        async with store.transaction() as tx:
            due = await alert_details.due_reminders(tx, TOMORROW, 1)
            await asyncio.sleep(0.01)
            for alert in due:
                await alerts.remind(tx, T1, alert.id, at=None)
            return [alert.id for alert in due]

    first, second = await asyncio.gather(work(), work())
    assert len({*first, *second}) == 2


async def test_outage(store: Store) -> None:
    """An outage is one alert for as long as it lasts, however many bots see it."""
    await three(store)

    async def see() -> AlertId:
        async with store.transaction() as tx:
            return await alerts.open_outage(tx, ws=T1, provider_key="shopify", now=NOW, tell_at=SOON)

    opened = await asyncio.gather(see(), see(), see())
    assert len(set(opened)) == 1
    found = await detail(store, opened[0])
    assert (found.alert.kind, found.accounts, found.open) == (AlertKind.OUTAGE, (), 0)
    async with store.transaction() as tx:
        assert await alerts.outage_open(tx, T1, "shopify") == opened[0]
        assert await alerts.resolve_outages(tx, "shopify", at=LATER) == ((T1, opened[0]),)
        assert await alerts.resolve_outages(tx, "shopify", at=LATER) == ()
        assert await alerts.outage_open(tx, T1, "shopify") is None
    assert await see() != opened[0]


async def test_purge(store: Store) -> None:
    """Alerts resolved long ago are deleted, open ones never."""
    await three(store)
    old = await breaks(store, "a1")
    await works(store, ids("a1"), LATER)
    await breaks(store, "a2", TOMORROW)
    async with store.transaction() as tx:
        assert await alerts.purge(tx, before=LATER, limit=9) == 0
        assert await alerts.purge(tx, before=TOMORROW, limit=9) == 1
        assert await alert_details.get(tx, T1, old) is None
        assert await tx.conn.scalar(select(func.count()).select_from(alert_rows)) == 1


async def test_sliding(store: Store) -> None:
    """While a wave goes on each account that joins keeps the alert open for others; else it closes in its time."""
    await three(store)
    first = await breaks(store, "a1")
    soon = LATER - timedelta(seconds=1)
    assert await breaks(store, "a2", soon, sliding=True) == first
    assert (await detail(store, first)).alert.joins_until == soon + (LATER - NOW)
    assert await breaks(store, "a3", LATER) == first
    assert (await detail(store, first)).alert.joins_until == soon + (LATER - NOW)


async def test_events(store: Store) -> None:
    """What happened to an alert is remembered in order: who did what, to how many accounts."""
    await three(store)
    alert_id = await breaks(store, "a1 a2")
    await breaks(store, "a3", SOON)
    async with store.transaction() as tx:
        await alerts.take(tx, T1, alert_id, MARIA, SOON, LATER)
        await alerts.snooze(tx, T1, alert_id, MARIA, TOMORROW, at=SOON)
        await alerts.remind(tx, T1, alert_id, at=None, reminded=SOON)
        await alerts.let_go(tx, T1, alert_id, remind_at=None, at=SOON, by=MARIA)
    await works(store, ids("a1"), SOON)
    await works(store, ids("a2 a3"), LATER)
    async with store.reading() as tx:
        found = await alert_details.events(tx, T1, alert_id)
        assert await alert_details.events(tx, T2, alert_id) == ()
    assert [(one.kind.value, one.who, one.count) for one in found] == [
        ("opened", None, 2),
        ("joined", None, 1),
        ("taken", MARIA, 0),
        ("snoozed", MARIA, 0),
        ("reminded", None, 0),
        ("let_go", MARIA, 0),
        ("reconnected", MARIA, 1),
        ("reconnected", MARIA, 2),
        ("over", None, 0),
    ]
