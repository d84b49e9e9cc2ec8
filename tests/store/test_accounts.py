"""Accounts: what is stored, in which order it is shown, and who wins when two things happen at once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from store import accounts
from store.database import Conflict, Store
from store.records import AccountStatus, GrantId
from tests.store.made import LATER, MARIA, NOW, OMAR, T1, T2, account, grant, group, person, put, put_in


async def test_comes_back_whole(store: Store) -> None:
    """Everything known of an account and its sign-in comes back as it was written."""
    one = account(
        reason="gone",
        failures=3,
        failing_since=NOW,
        checked_at=NOW,
        healthy_at=NOW,
        status=AccountStatus.DISCONNECTED,
        name="\U0001f600 *bold* <@U1> \u202eright to left",
    )
    await put(store, grant(), one)
    async with store.reading() as tx:
        found = await accounts.get(tx, T1, one.id)
        assert await accounts.get(tx, T1, account("a9").id) is None
    assert found is not None
    assert (found.account, found.grant, found.groups, found.people) == (one, grant(), (), 0)


async def test_strange_characters(store: Store) -> None:
    """A name with characters a database cannot hold is kept with a mark in their place."""
    await put(store, grant(), account(name="a\0b\ud800c"))
    async with store.reading() as tx:
        (found,) = await accounts.of_grant(tx, T1, grant().id)
    assert found.name == "a\ufffdb\ufffdc"


async def test_connected_twice(store: Store) -> None:
    """The same account at the provider cannot be connected twice in a workspace, but in two workspaces."""
    await put(store, grant(), account("a1", external_id="x"))
    with pytest.raises(Conflict) as raised:
        await put(store, account("a2", external_id="x"))
    assert raised.value.constraint == "account_external_id"
    await put(store, grant("s2", T2), account("a3", T2, grant_id="s2", external_id="x"))


async def test_conflict_leaves_the_rest(store: Store) -> None:
    """Of several picked accounts, those that are new are kept when one was connected already."""
    await put(store, grant(), account("a1", external_id="x"))
    async with store.transaction() as tx:
        with pytest.raises(Conflict):
            await accounts.insert(tx, account("a2", external_id="x"))
        await accounts.insert(tx, account("a3"))
    async with store.reading() as tx:
        assert [found.id for found in await accounts.of_grant(tx, T1, grant().id)] == ["a1", "a3"]


async def test_connected_again(store: Store) -> None:
    """An account that was removed can be connected again, and its history stays."""
    await put(store, grant(), account("a1", external_id="x"))
    async with store.transaction() as tx:
        assert await accounts.remove(tx, T1, account().id, by=MARIA, at=NOW)
        await accounts.insert(tx, account("a2", external_id="x"))
    async with store.reading() as tx:
        assert set(await accounts.by_external_ids(tx, T1, "shopify", ["x", "y"])) == {"x"}
        removed = await accounts.get(tx, T1, account().id)
    assert removed is not None
    assert removed.account == account(
        external_id="x", status=AccountStatus.REMOVED, removed_at=NOW, removed_by=MARIA
    )


async def test_removed_stays_removed(store: Store) -> None:
    """A check that ends after somebody pressed Disconnect does not bring the account back."""
    await put(store, grant(), account())
    async with store.transaction() as tx:
        assert await accounts.remove(tx, T1, account().id, by=MARIA, at=NOW) is True
        assert await accounts.remove(tx, T1, account().id, by=OMAR, at=LATER) is False
        assert await accounts.record(tx, account(status=AccountStatus.CONNECTED)) is False
        assert await accounts.remove(tx, T1, account("a9").id, by=MARIA, at=NOW) is False
        found = await accounts.get(tx, T1, account().id)
    assert found is not None
    assert (found.account.status, found.account.removed_by) == (AccountStatus.REMOVED, MARIA)


async def test_record(store: Store) -> None:
    """What a check found is written, and nothing else of the account changes."""
    await put(store, grant(), grant("s2"), account())
    changed = account(
        status=AccountStatus.NEEDS_PERMISSION,
        reason="orders",
        failures=1,
        failing_since=NOW,
        checked_at=LATER,
        healthy_at=LATER,
        name="@new",
        grant_id="s2",
        connected_by=OMAR,
        connected_at=LATER,
    )
    async with store.transaction() as tx:
        assert await accounts.record(tx, replace(changed, external_id="never written"))
        found = await accounts.get(tx, T1, account().id)
    assert found is not None
    assert found.account == changed


async def test_late_answer_of_an_old_sign_in(store: Store) -> None:
    """What the old sign-in's check says does not touch an account that was reconnected meanwhile."""
    await put(store, grant(), grant("s2"), account(grant_id="s2"))
    broken = account(grant_id="s2", status=AccountStatus.DISCONNECTED)
    async with store.transaction() as tx:
        assert await accounts.record(tx, broken, only_if_grant=GrantId("s1")) is False
        assert await accounts.record(tx, broken, only_if_grant=GrantId("s2")) is True


async def test_order(store: Store) -> None:
    """What is disconnected comes first, then what needs attention, then the rest by name."""
    listed = [
        account("a1", name="zeta", status=AccountStatus.DISCONNECTED),
        account("a2", name="alpha", status=AccountStatus.PROVIDER_PROBLEM),
        account("a3", name="Beta", status=AccountStatus.WAITING),
        account("a4", name="Alpha"),
        account("a5", name="beta"),
    ]
    await put(store, grant(), *reversed(listed), account("a6", provider_key="x"))
    async with store.reading() as tx:
        assert [detail.account for detail in await accounts.of_provider(tx, T1, "shopify")] == listed


async def test_groups(store: Store) -> None:
    """An account shows its Groups by name and how many different people they reach."""
    maria, omar, guest = person(), person(OMAR), person("U3", is_guest=True)
    await put(store, maria, omar, guest, group("g1", name="b"), group("g2", name="A"), grant(), account())
    await put_in(store, group("g1", name="b"), [MARIA, guest.id, "U_UNKNOWN"])
    await put_in(store, group("g2", name="A"), [MARIA, OMAR])
    async with store.transaction() as tx:
        await accounts.set_groups(tx, T1, account().id, [group("g2").id])
        await accounts.set_groups(tx, T1, account().id, [group("g1").id, group("g2").id])
    async with store.reading() as tx:
        (found,) = await accounts.of_provider(tx, T1, "shopify")
    assert [(shared.name, shared.people) for shared in found.groups] == [("A", 2), ("b", 1)]
    assert found.people == 2


async def test_remove_ends_sharing(store: Store) -> None:
    """A removed account is shared with nobody, also when somebody saves its Groups a moment later."""
    await put(store, group(), grant(), account())
    async with store.transaction() as tx:
        await accounts.set_groups(tx, T1, account().id, [group().id])
        await accounts.remove(tx, T1, account().id, by=None, at=NOW)
        assert not await accounts.set_groups(tx, T1, account().id, [group().id])
        found = await accounts.get(tx, T1, account().id)
    assert found is not None
    assert (found.groups, found.account.removed_by) == ((), None)


async def test_history(store: Store) -> None:
    """The history shows what happened to all accounts of an integration, newest first."""
    await put(store, grant(), account("a1"), account("a2"), account("a3", provider_key="x"))
    async with store.transaction() as tx:
        for minute, account_id in enumerate(("a1", "a2", "a3", "a1")):
            at = NOW + timedelta(minutes=minute // 2)
            entry = {"at": at, "kind": f"k{minute}", "actor": MARIA if minute else None, "detail": "d"}
            await accounts.remember(tx, T1, account(account_id).id, **entry)
    async with store.reading() as tx:
        entries = await accounts.history(tx, T1, "shopify", limit=10)
        assert await accounts.history(tx, T1, "shopify", limit=2) == entries[:2]
    assert [(entry.kind, entry.account_name, entry.actor) for entry in entries] == [
        ("k3", "@a1", MARIA),
        ("k1", "@a2", MARIA),
        ("k0", "@a1", None),
    ]


async def test_waiting(store: Store) -> None:
    """Accounts forgotten without Groups are found in every workspace, the oldest first."""
    old, older = NOW - timedelta(days=8), NOW - timedelta(days=9)
    waiting = {"status": AccountStatus.WAITING}
    await put(
        store,
        grant(),
        account("a1", connected_at=old, **waiting),
        account("a2", connected_at=NOW, **waiting),
        account("a3", connected_at=old),
        grant("s2", T2),
        account("a4", T2, grant_id="s2", connected_at=older, **waiting),
    )
    async with store.reading() as tx:
        found = await accounts.waiting_since(tx, NOW - timedelta(days=7), 10)
        assert await accounts.waiting_since(tx, NOW, 1) == found[:1]
    assert [waited.id for waited in found] == ["a4", "a1"]


async def test_thousands(store: Store) -> None:
    """A sign-in that reaches 40,000 accounts can be looked through."""
    await put(store, grant(), account("a1"))
    async with store.reading() as tx:
        found = await accounts.by_external_ids(
            tx, T1, "shopify", [f"ext-a{number}" for number in range(40_000)]
        )
    assert set(found) == {"ext-a1"}
