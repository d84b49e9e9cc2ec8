"""Attempts to connect: each step happens once, in order, and secrets are gone at the end."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from store import attempts
from store.database import Store
from store.records import ENDED, AccountId, Attempt, GrantId, Purpose, Stage
from tests.store.made import LATER, MARIA, NOW, OMAR, T1, T2, attempt, put

AT1 = attempt().id
END = attempt().expires_at


async def found(store: Store) -> Attempt:
    """The attempt as it is now."""
    async with store.reading() as tx:
        here = await attempts.get(tx, AT1)
    assert here is not None
    return here


async def begin(store: Store, state: str = "h1", **more: Any) -> bool:
    """Press Continue on the Connect page."""
    values = {"state_expires_at": LATER, "cookie_hash": "c1", "verifier": b"v", "now": NOW} | more
    async with store.transaction() as tx:
        return await attempts.begin_sign_in(tx, T1, AT1, state_hash=state, **values)


async def take(store: Store, state: str = "h1", key: str = "shopify", now: datetime = NOW) -> Attempt | None:
    """Come back from the provider."""
    async with store.transaction() as tx:
        return await attempts.take_state(tx, state_hash=state, provider_key=key, now=now)


async def test_comes_back_whole(store: Store) -> None:
    """Everything known of an attempt comes back as it was written, and its id is taken once."""
    one = attempt(
        purpose=Purpose.RECONNECT,
        account_id="a1",
        address="acme.myshopify.com",
        failure="refused",
        failure_details=("a", "b"),
        picked=("x", "y"),
        grant_id="s1",
        dm_channel="D1",
        dm_ts="1.2",
        state_expires_at=LATER,
        cookie_hash="c",
    )
    await put(store, one)
    assert await found(store) == one
    async with store.transaction() as tx:
        assert await attempts.insert(tx, attempt(workspace_id=T1, user_id=OMAR)) is False
        assert await attempts.get(tx, attempt("at9").id) is None
    assert await found(store) == one


async def test_address(store: Store) -> None:
    """An address is taken once, and only before the link ran out."""
    await put(store, attempt(stage=Stage.ADDRESS))
    async with store.transaction() as tx:
        assert not await attempts.set_address(tx, T1, AT1, address="late", now=END)
        assert await attempts.set_address(tx, T1, AT1, address="acme", now=NOW)
        assert not await attempts.set_address(tx, T1, AT1, address="other", now=NOW)
    assert await found(store) == attempt(address="acme")


async def test_used_once_by_two_hundred(store: Store) -> None:
    """Of two hundred callbacks with one state in the same moment, exactly one gets the sign-in."""
    await put(store, attempt())
    assert await begin(store)
    taken = [one for one in await asyncio.gather(*(take(store) for _ in range(200))) if one is not None]
    assert [one.stage for one in taken] == [Stage.EXCHANGING]
    assert await found(store) == taken[0]


async def test_state_refused(store: Store) -> None:
    """A state that is wrong, of another provider, or too late is refused, and stays good for the right callback."""
    await put(store, attempt())
    await begin(store)
    assert await take(store, "h2") is None
    assert await take(store, "h1\0") is None
    assert await take(store, key="x") is None
    assert await take(store, now=LATER) is None
    assert await take(store, now=LATER - timedelta(microseconds=1)) is not None


async def test_why_refused(store: Store) -> None:
    """The page can say why a state does not work: used, or never heard of."""
    await put(store, attempt())
    await begin(store)
    taken = await take(store)
    async with store.reading() as tx:
        assert await attempts.by_state(tx, "h1") == taken
        assert await attempts.by_state(tx, "h2") is None


async def test_pressed_again(store: Store) -> None:
    """Pressing Continue again voids the state before it and keeps the browser's cookie."""
    await put(store, attempt())
    await begin(store)
    assert await begin(store, "h2", cookie_hash=None)
    assert await take(store, "h1") is None
    assert (await found(store)).cookie_hash == "c1"
    assert await begin(store, "h3", cookie_hash="c2")
    assert (await found(store)).cookie_hash == "c2"
    assert await take(store, "h3") is not None
    assert not await begin(store, "h4")


async def test_link_ran_out(store: Store) -> None:
    """A link that ran out cannot begin a sign-in."""
    await put(store, attempt())
    assert not await begin(store, now=END)


async def test_park_and_finish(store: Store) -> None:
    """Tokens are parked once, only after an exchange, and are gone when the attempt is done."""
    await put(store, attempt())
    parking = {"stage": Stage.PICK, "parked": b"p", "identity_id": "i1"}
    async with store.transaction() as tx:
        assert not await attempts.park(tx, T1, AT1, **parking)
    await begin(store)
    await take(store)
    async with store.transaction() as tx:
        assert await attempts.verifier(tx, T1, AT1) == b"v"
        assert await attempts.park(tx, T1, AT1, **parking)
        assert not await attempts.park(tx, T1, AT1, **parking)
        assert await attempts.verifier(tx, T1, AT1) is None
        more = {
            "picked": ("x",),
            "grant_id": GrantId("s1"),
            "account_id": AccountId("a1"),
            "expires_at": LATER,
        }
        assert await attempts.move(tx, T1, AT1, from_={Stage.PICK}, to=Stage.GROUPS, **more)
        assert await attempts.parked(tx, T1, AT1) == b"p"
        assert await attempts.move(tx, T1, AT1, from_=[Stage.GROUPS], to=Stage.GROUPS, drop_parked=True)
        assert await attempts.parked(tx, T1, AT1) is None
        assert not await attempts.move(tx, T1, AT1, from_=[Stage.PICK], to=Stage.DONE)
        assert await attempts.move(tx, T1, AT1, from_=[Stage.GROUPS], to=Stage.DONE)
    done = await found(store)
    assert (done.stage, done.picked, done.grant_id, done.account_id, done.expires_at) == (
        Stage.DONE,
        ("x",),
        "s1",
        "a1",
        LATER,
    )


async def test_submitted_twice(store: Store) -> None:
    """A step that is submitted twice at once happens once."""
    await put(store, attempt(stage=Stage.GROUPS))

    async def save() -> bool:
        async with store.transaction() as tx:
            return await attempts.move(tx, T1, AT1, from_=[Stage.GROUPS], to=Stage.DONE)

    assert (await asyncio.gather(*(save() for _ in range(10)))).count(True) == 1


async def test_fail(store: Store) -> None:
    """A failed attempt says why, keeps no secret, and fails once."""
    await put(store, attempt())
    await begin(store)
    await take(store)
    async with store.transaction() as tx:
        reason = {"failure": "refused", "details": ("Acme",)}
        assert not await attempts.fail(tx, T1, AT1, from_=[Stage.LINK], **reason)
        assert await attempts.fail(tx, T1, AT1, from_=set(Stage) - ENDED, **reason)
        assert not await attempts.fail(tx, T1, AT1, from_=set(Stage) - ENDED, **reason)
        assert await attempts.verifier(tx, T1, AT1) is None
    failed = await found(store)
    assert (failed.stage, failed.failure, failed.failure_details) == (Stage.FAILED, "refused", ("Acme",))


async def test_message(store: Store) -> None:
    """The message in Slack that tells of an attempt is found again."""
    await put(store, attempt())
    async with store.transaction() as tx:
        await attempts.sent_dm(tx, T1, AT1, channel="D1", ts="1.2")
    assert await found(store) == attempt(dm_channel="D1", dm_ts="1.2")


async def test_living_of_user(store: Store) -> None:
    """A person's unfinished attempts at one integration are found, and nobody else's."""
    await put(
        store,
        attempt("at2", created_at=LATER),
        attempt("at1"),
        attempt("at3", stage=Stage.DONE),
        attempt("at4", stage=Stage.FAILED),
        attempt("at5", user_id=OMAR),
        attempt("at6", provider_key="x"),
        attempt("at7", T2),
    )
    async with store.reading() as tx:
        living = await attempts.living_of_user(tx, T1, MARIA, "shopify")
    assert [one.id for one in living] == ["at1", "at2"]


@pytest.mark.parametrize("stage", list(Stage))
async def test_runs_out(store: Store, stage: Stage) -> None:
    """An attempt runs out with its link, but not once accounts wait for Groups, nor in the middle of an exchange."""
    await put(store, attempt(stage=stage))
    never = {Stage.EXCHANGING, Stage.GROUPS, Stage.DONE, Stage.FAILED}
    async with store.reading() as tx:
        before = END - timedelta(microseconds=1)
        assert await attempts.stale(tx, now=before, exchanging_before=NOW, limit=9) == ()
        stale = await attempts.stale(tx, now=END, exchanging_before=NOW, limit=9)
    assert [one.id for one in stale] == ([] if stage in never else ["at1"])


async def test_a_sign_in_under_way_outlives_its_link(store: Store) -> None:
    """Whoever is at the provider when the link runs out has until the end of their state."""
    await put(
        store, attempt(stage=Stage.SIGNING_IN, expires_at=END, state_expires_at=END + timedelta(minutes=9))
    )
    async with store.reading() as tx:
        assert await attempts.stale(tx, now=END, exchanging_before=NOW, limit=9) == ()
        assert await attempts.stale(tx, now=END + timedelta(minutes=9), exchanging_before=NOW, limit=9)


async def test_choosing_groups_runs_out_where_nothing_waits(store: Store) -> None:
    """A sign-in that carries no account is not kept for good only because nobody pressed Save."""
    await put(store, attempt(stage=Stage.GROUPS, grant_id=GrantId("nobody")))
    async with store.reading() as tx:
        assert await attempts.stale(tx, now=END - timedelta(seconds=1), exchanging_before=NOW, limit=9) == ()
        (found,) = await attempts.stale(tx, now=END, exchanging_before=NOW, limit=9)
        (choosing,) = await attempts.choosing_groups(tx, T1, "shopify")
    assert found.id == choosing.id == AT1


async def test_exchange_hangs(store: Store) -> None:
    """An exchange that a crash cut short is found in time."""
    await put(store, attempt())
    await begin(store)
    await take(store)
    async with store.reading() as tx:
        assert await attempts.stale(tx, now=NOW, exchanging_before=NOW, limit=9) == ()
        (hanging,) = await attempts.stale(tx, now=NOW, exchanging_before=LATER, limit=9)
    assert hanging.id == AT1


async def test_purge(store: Store) -> None:
    """Old attempts are deleted a few at a time, living ones never."""
    await put(store, *(attempt(f"at{number}", stage=stage) for number, stage in enumerate(Stage)))
    async with store.transaction() as tx:
        assert await attempts.purge(tx, before=END, limit=9) == 0
        assert await attempts.purge(tx, before=END + timedelta(seconds=1), limit=1) == 1
        assert await attempts.purge(tx, before=END + timedelta(seconds=1), limit=9) == 1
        assert await attempts.purge(tx, before=END + timedelta(seconds=1), limit=9) == 0
