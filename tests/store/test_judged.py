"""What a sweep concluded of many accounts is written at once, and counted."""

from dataclasses import replace

from store import accounts, integrations, judged
from store.database import Store
from store.judged import Event
from store.records import Account, AccountStatus
from tests.store.made import LATER, MARIA, NOW, T1, T2, account, grant, put

RED = AccountStatus.DISCONNECTED


def red(was: Account) -> Account:
    """The account, disconnected a little later."""
    return replace(was, status=RED, reason="access_removed", checked_at=LATER, failures=2, failing_since=NOW)


async def recorded(store: Store, *after: Account) -> set[str]:
    """The ids that were written."""
    async with store.transaction() as tx:
        return set(await judged.record(tx, "shopify", after))


async def test_many_are_written_as_each_would_be(store: Store) -> None:
    """Every field that a verdict touches is there again when read, for accounts of several workspaces."""
    theirs = account("b1", T2, grant_id="s9", external_id="x")
    await put(store, grant(), grant("s9", T2), account(), account("a2"), account("a3"), theirs)
    after = [red(account()), replace(account("a2"), name="@renamed", healthy_at=LATER), red(theirs)]
    assert await recorded(store, *after) == {"a1", "a2", "b1"}
    async with store.reading() as tx:
        found = await judged.of_grants(tx, [(T1, grant().id), (T2, theirs.grant_id)])
        tile = (await integrations.overview(tx, T1, MARIA)).tiles[0]
    assert found == {"s1": (after[0], after[1], account("a3")), "s9": (after[2],)}
    assert (tile.total, tile.disconnected, tile.reason) == (3, 1, "access_removed")


async def test_what_moved_or_went_is_left_alone(store: Store) -> None:
    """An account that was removed, or hangs on another sign-in by now, is not written."""
    await put(store, grant(), grant("s2", identity_id="i2"), account(), account("a2", grant_id="s2"))
    async with store.transaction() as tx:
        await accounts.remove(tx, T1, account().id, by=MARIA, at=NOW)
    assert await recorded(store, red(account()), red(account("a2"))) == set()
    assert await recorded(store) == set()


async def test_what_is_red_keeps_its_time(store: Store) -> None:
    """Of two disconnected accounts the tile names the reason of the one that broke last, also when both are seen again."""
    await put(store, grant(), account(), account("a2"))
    first, second = red(account()), replace(red(account("a2")), reason="password_changed")
    await recorded(store, replace(first, checked_at=NOW), second)
    # Seen again, in the other order.
    again = LATER + (LATER - NOW)
    await recorded(store, replace(first, checked_at=again), second)
    async with store.reading() as tx:
        assert (await integrations.overview(tx, T1, MARIA)).tiles[0].reason == "password_changed"


async def test_histories_are_added_to(store: Store) -> None:
    """Each account's line is in the history of its integration."""
    await put(store, grant(), account(), account("a2"))
    events = [
        Event(account=one, kind="disconnected", detail="access_removed") for one in (account(), account("a2"))
    ]
    async with store.transaction() as tx:
        await judged.remember(tx, events, at=NOW)
        await judged.remember(tx, [], at=NOW)
    async with store.reading() as tx:
        kept = await accounts.history(tx, T1, "shopify", limit=9)
    assert [(one.account_id, one.kind, one.detail, one.actor) for one in kept] == [
        ("a2", "disconnected", "access_removed", None),
        ("a1", "disconnected", "access_removed", None),
    ]
