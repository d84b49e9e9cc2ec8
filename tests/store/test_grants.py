"""Sign-ins: one refresh at a time, no rotated token lost, and an end at the provider that is not forgotten."""

import asyncio
from datetime import datetime, timedelta
from itertools import chain

import pytest

from store import grants
from store.database import Store
from store.records import Grant, GrantState
from tests.store.made import LATER, NOW, SECRET, T1, T2, grant, put

S1 = grant().id
AFTER = LATER + timedelta(seconds=1)


async def found(store: Store) -> Grant:
    """The sign-in as it is now."""
    async with store.reading() as tx:
        here = await grants.get(tx, T1, S1)
    assert here is not None
    return here


async def lock(store: Store, owner: str, now: datetime = NOW) -> bool:
    """Try to take the refresh lock for five minutes."""
    async with store.transaction() as tx:
        return await grants.lock(tx, T1, S1, owner=owner, now=now, until=now + (LATER - NOW))


async def keep(store: Store, owner: str, tokens: bytes = b"new") -> bool:
    """Try to store refreshed tokens."""
    async with store.transaction() as tx:
        return await grants.store_tokens(
            tx, T1, S1, owner=owner, tokens=tokens, expires_at=AFTER, ends_at=None
        )


async def secret(store: Store) -> bytes | None:
    """The tokens."""
    async with store.reading() as tx:
        return await grants.tokens(tx, T1, S1)


async def test_comes_back_whole(store: Store) -> None:
    """A sign-in and its tokens come back as they were written."""
    one = grant(
        ends_at=AFTER, missing_scopes=("a", "b c"), address=None, revoke_outcome="x", refresh_started_at=NOW
    )
    await put(store, one)
    assert await found(store) == one
    assert await secret(store) == SECRET


async def test_one_refresh(store: Store) -> None:
    """Of many refreshes at the same moment exactly one goes to the provider."""
    await put(store, grant())
    taken = await asyncio.gather(*(lock(store, f"o{number}") for number in range(20)))
    assert taken.count(True) == 1


async def test_lease_over(store: Store) -> None:
    """A refresher that died blocks nobody once its lease is over, and not a second less."""
    await put(store, grant())
    assert await lock(store, "dead")
    assert not await lock(store, "next", LATER - timedelta(microseconds=1))
    assert await lock(store, "next", LATER)
    assert not await keep(store, "dead", b"stale")
    assert await keep(store, "next")
    assert await secret(store) == b"new"


async def test_late_but_alone(store: Store) -> None:
    """Rotated tokens that arrive after the lease are kept while nobody else has taken over."""
    await put(store, grant())
    await lock(store, "slow")
    async with store.transaction() as tx:
        assert not await grants.mark_refresh(tx, T1, S1, owner="slow", now=LATER)
    assert await keep(store, "slow")


async def test_marker(store: Store) -> None:
    """A refresh whose answer may have been lost leaves a mark, until tokens arrive or it is cleared."""
    await put(store, grant())
    await lock(store, "me")
    async with store.transaction() as tx:
        assert not await grants.mark_refresh(tx, T1, S1, owner="other", now=NOW)
        assert await grants.mark_refresh(tx, T1, S1, owner="me", now=NOW)
    assert (await found(store)).refresh_started_at == NOW
    assert await keep(store, "me")
    assert (await found(store)).refresh_started_at is None
    assert (await found(store)).expires_at == AFTER
    async with store.transaction() as tx:
        await grants.mark_refresh(tx, T1, S1, owner="me", now=NOW)
        assert not await grants.clear_marker(tx, T1, S1, owner="other")
        assert await grants.clear_marker(tx, T1, S1, owner="me")
        assert not await grants.unlock(tx, T1, S1, owner="other")
        assert await grants.unlock(tx, T1, S1, owner="me")
    assert (await found(store)).refresh_started_at is None
    assert await lock(store, "next")


async def test_marker_survives_the_dead(store: Store) -> None:
    """Whoever takes over after a crash sees that the answer of a refresh may have been lost."""
    await put(store, grant())
    await lock(store, "dead")
    async with store.transaction() as tx:
        await grants.mark_refresh(tx, T1, S1, owner="dead", now=NOW)
    assert await lock(store, "next", LATER)
    assert (await found(store)).refresh_started_at == NOW


async def test_revoke(store: Store) -> None:
    """A sign-in to be ended keeps its tokens only until that is done."""
    await put(store, grant())
    async with store.transaction() as tx:
        assert await grants.ask_revoke(tx, T1, S1, at=NOW)
        assert not await grants.ask_revoke(tx, T1, S1, at=NOW)
        (claimed,) = await grants.claim_revokes(tx, owner="me", now=NOW, until=LATER, limit=10)
    assert claimed == grant(state=GrantState.REVOKE_PENDING)
    assert not await lock(store, "refresher", AFTER)
    assert await secret(store) == SECRET
    async with store.transaction() as tx:
        ended = {"state": GrantState.REVOKED, "outcome": "ended there"}
        assert not await grants.revoke_ended(tx, T1, S1, owner="other", **ended)
        assert await grants.revoke_ended(tx, T1, S1, owner="me", **ended)
        assert not await grants.revoke_ended(tx, T1, S1, owner="me", **ended)
    assert await found(store) == grant(state=GrantState.REVOKED, revoke_outcome="ended there")
    assert await secret(store) is None
    assert not await keep(store, "me")


async def test_revoke_again(store: Store) -> None:
    """Ending a sign-in is tried again when it is due, also after a crash, and the tries are counted."""
    await put(store, grant(), grant("s2", T2))
    async with store.transaction() as tx:
        await grants.ask_revoke(tx, T1, S1, at=NOW)
        await grants.ask_revoke(tx, T2, grant("s2").id, at=LATER)
        assert (
            await grants.claim_revokes(tx, owner="me", now=NOW - timedelta(seconds=1), until=LATER, limit=9)
            == ()
        )
        assert len(await grants.claim_revokes(tx, owner="me", now=NOW, until=LATER, limit=9)) == 1
        assert await grants.claim_revokes(tx, owner="b", now=NOW, until=LATER, limit=9) == ()
        assert await grants.revoke_again(tx, T1, S1, owner="me", due_at=AFTER, outcome="503")
        assert await grants.revoke_tries(tx, T1, S1) == 1
        due = await grants.claim_revokes(tx, owner="b", now=LATER, until=AFTER, limit=9)
        assert [claimed.id for claimed in due] == ["s2"]
        due = await grants.claim_revokes(tx, owner="c", now=AFTER, until=AFTER, limit=9)
        assert {claimed.id for claimed in due} == {"s1", "s2"}
        assert await grants.revoke_tries(tx, T1, grant("s9").id) == 0


async def test_two_claim_at_once(store: Store) -> None:
    """Two workers never end the same sign-in, and together they get all."""
    await put(store, *(grant(f"s{number}") for number in range(30)))
    async with store.transaction() as tx:
        for number in range(30):
            await grants.ask_revoke(tx, T1, grant(f"s{number}").id, at=NOW)

    async def work(owner: str) -> list[str]:
        async with store.transaction() as tx:
            claimed = await grants.claim_revokes(tx, owner=owner, now=NOW, until=LATER, limit=10)
            await asyncio.sleep(0.01)
            return [one.id for one in claimed]

    taken = await asyncio.gather(*(work(f"o{number}") for number in range(3)))
    assert sorted(chain.from_iterable(taken)) == sorted({f"s{number}" for number in range(30)})


async def test_revoke_waits_for_refresh(store: Store) -> None:
    """A sign-in that is being refreshed is ended after that, with its newest tokens."""
    await put(store, grant())
    await lock(store, "refresher")
    async with store.transaction() as tx:
        await grants.ask_revoke(tx, T1, S1, at=NOW)
        assert await grants.claim_revokes(tx, owner="me", now=NOW, until=LATER, limit=9) == ()
    assert await keep(store, "refresher", b"newest")
    async with store.transaction() as tx:
        await grants.unlock(tx, T1, S1, owner="refresher")
        assert len(await grants.claim_revokes(tx, owner="me", now=NOW, until=LATER, limit=9)) == 1
    assert await secret(store) == b"newest"


@pytest.mark.parametrize("asked", [True, False])
async def test_retire(store: Store, asked: bool) -> None:  # noqa: FBT001
    """Secrets can be destroyed without asking the provider, whoever is working on the sign-in."""
    await put(store, grant())
    await lock(store, "refresher")
    async with store.transaction() as tx:
        if asked:
            await grants.ask_revoke(tx, T1, S1, at=NOW)
        assert await grants.retire(tx, T1, S1, outcome="it would end others")
        assert not await grants.retire(tx, T1, S1, outcome="again")
    assert await found(store) == grant(state=GrantState.NOT_REVOKED, revoke_outcome="it would end others")
    assert await secret(store) is None
    assert not await keep(store, "refresher")


async def test_living_of_identity(store: Store) -> None:
    """Other living sign-ins of the same identity are counted in every workspace."""
    await put(
        store,
        grant("s1"),
        grant("s2"),
        grant("s3", T2),
        grant("s4", identity_id="i2"),
        grant("s5", provider_key="x"),
    )
    async with store.transaction() as tx:
        assert await grants.living_of_identity(tx, "shopify", "i1", but=S1) == 2
        await grants.ask_revoke(tx, T2, grant("s3").id, at=NOW)
        assert await grants.living_of_identity(tx, "shopify", "i1", but=S1) == 1


async def test_unknown(store: Store) -> None:
    """Nothing happens to a sign-in that is not there."""
    async with store.transaction() as tx:
        assert await grants.get(tx, T1, S1) is None
        assert await grants.tokens(tx, T1, S1) is None
    assert not await lock(store, "me")
    assert not await keep(store, "me")
