"""Posts that must not be made twice: what is known of one whose sender died, was too slow, or was told to wait."""

from datetime import timedelta
from typing import Any

from store import outbox
from store.database import Store
from store.records import OutboxState, Surface
from store.watch_records import Fate
from tests.store.made import LATER, NOW, OMAR, T1
from tests.store.test_outbox import AFTER, ask, claim, sent


async def posting(store: Store, message: Any) -> bool:
    """Note that it is about to be posted."""
    async with store.transaction() as tx:
        return await outbox.posting(tx, message, at=NOW)


async def fate(store: Store) -> Fate:
    """What became of the one message."""
    async with store.reading() as tx:
        (found,) = await outbox.fates(tx, T1, "attempt", "at1")
    return found


async def test_note(store: Store) -> None:
    """Whoever takes over from a sender that died sees that it may have been posted; a refusal clears the note."""
    await ask(store)
    (first,) = await claim(store)
    assert await posting(store, first)
    (second,) = await claim(store, LATER, "other")
    assert (second.posting_at, second.ts) == (NOW, None)
    async with store.transaction() as tx:
        await outbox.retry(tx, second, due_at=LATER, error="is_archived")
    (third,) = await claim(store, LATER, "third")
    assert third.posting_at is None


async def test_owner(store: Store) -> None:
    """A sender whose lease ran out, and whose message another has by now, writes nothing and may not begin."""
    await ask(store)
    (slow,) = await claim(store)
    (other,) = await claim(store, LATER, "other")
    assert not await posting(store, slow)
    async with store.transaction() as tx:
        await outbox.dead(tx, slow, error="x")
        await outbox.retry(tx, slow, due_at=NOW, error="x")
        assert not await outbox.unknown(tx, slow, error="x")
        assert not await outbox.sent(tx, slow)
    assert ((await fate(store)).state, (await fate(store)).error) == (OutboxState.PENDING, None)
    await sent(store, other, channel="D1", ts="1.2")
    assert (await fate(store)).state is OutboxState.SENT


async def test_found_after_all(store: Store) -> None:
    """A post that another took for unknown is known once its slow sender says where it is; one that was posted anew is not."""
    await ask(store)
    (slow,) = await claim(store)
    assert await posting(store, slow)
    (other,) = await claim(store, LATER, "other")
    async with store.transaction() as tx:
        assert await outbox.unknown(tx, other, error="interrupted")
    await sent(store, slow, channel="D1", ts="1.2")
    assert ((await fate(store)).state, (await fate(store)).ts) == (OutboxState.SENT, "1.2")
    await sent(store, slow, channel="D1", ts="9.9")
    assert (await fate(store)).ts == "1.2"


async def test_put_off(store: Store) -> None:
    """A pause Slack asked for holds everything for that recipient, and nobody else; no try is counted."""
    await ask(store)
    await ask(store, "at2")
    await ask(store, recipient=OMAR)
    await ask(store, surface=Surface.VIEW)
    by_place = {(one.subject, one.surface, one.recipient): one for one in await claim(store)}
    mine = next(one for one in by_place.values() if one.subject == "at2")
    async with store.transaction() as tx:
        await outbox.put_off(tx, mine, until=AFTER)
    assert {(one.surface, one.recipient) for one in await claim(store, LATER)} == {
        (Surface.DM, OMAR),
        (Surface.VIEW, mine.recipient),
    }
    held = await claim(store, AFTER, "other")
    assert {one.subject for one in held} == {"at1", "at2"}
    assert {one.tries for one in held} == {0}


async def test_repeat(store: Store) -> None:
    """What may have arrived is sent once more where nothing else tells the person, and never a third time."""
    await ask(store)
    for again in (True, False):
        (message,) = await claim(store, AFTER + timedelta(days=1), "me")
        async with store.transaction() as tx:
            await outbox.unknown(tx, message, error="x")
            assert await outbox.repeat(tx, message, due_at=LATER) is again
