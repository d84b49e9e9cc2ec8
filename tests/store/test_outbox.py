"""Messages to be told: at least once, one for the same thing, and never an old word as the last."""

import asyncio
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from store import outbox
from store.database import Store
from store.records import OutboxMessage, OutboxState, Surface
from tests.store.made import LATER, MARIA, NOW, T1, T2

AFTER = LATER + timedelta(seconds=1)


async def ask(store: Store, subject: str = "at1", **more: Any) -> bool:
    """Have Maria told."""
    values = {"ws": T1, "kind": "attempt", "surface": Surface.DM, "recipient": MARIA, "now": NOW} | more
    async with store.transaction() as tx:
        return await outbox.ask(tx, subject=subject, **values)


async def claim(
    store: Store, now: datetime = NOW, owner: str = "me", limit: int = 10
) -> tuple[OutboxMessage, ...]:
    """Take what is due, for five minutes."""
    async with store.transaction() as tx:
        return await outbox.claim(tx, owner=owner, now=now, until=now + (LATER - NOW), limit=limit)


async def sent(store: Store, message: OutboxMessage, **place: str) -> None:
    """Note that a message was delivered."""
    async with store.transaction() as tx:
        await outbox.sent(tx, message, **place)


async def pending(store: Store) -> int:
    """How many wait."""
    async with store.reading() as tx:
        return await outbox.pending(tx)


async def test_told(store: Store) -> None:
    """A message is taken once, with all that is needed to tell it, and is done when sent."""
    assert await ask(store)
    (message,) = await claim(store)
    assert (message.workspace_id, message.kind, message.subject, message.recipient) == (
        T1,
        "attempt",
        "at1",
        MARIA,
    )
    assert (message.surface, message.version, message.tries, message.created_at) == (Surface.DM, 1, 0, NOW)
    assert await claim(store) == ()
    await sent(store, message, channel="D1", ts="1.2")
    assert await pending(store) == 0
    assert await claim(store, AFTER) == ()


async def test_asked_again(store: Store) -> None:
    """Asking again for the same thing is one message, told anew in its old place."""
    await ask(store)
    (first,) = await claim(store)
    await sent(store, first, channel="D1", ts="1.2")
    assert await ask(store, now=LATER)
    (second,) = await claim(store, LATER)
    assert (second.id, second.version, second.channel, second.ts) == (first.id, 2, "D1", "1.2")
    await sent(store, second)
    await ask(store, now=AFTER)
    (third,) = await claim(store, AFTER)
    assert (third.channel, third.ts) == ("D1", "1.2")


async def test_changed_while_sending(store: Store) -> None:
    """What changes while a message is on its way is told too, after it and not beside it."""
    await ask(store)
    (old,) = await claim(store)
    await ask(store)
    assert await claim(store, owner="other") == ()
    await sent(store, old, channel="D1", ts="1.2")
    (new,) = await claim(store)
    assert (new.version, new.channel, new.ts) == (2, "D1", "1.2")
    await sent(store, new)
    assert await pending(store) == 0


async def test_once(store: Store) -> None:
    """What is to be told once is not told again, also not after it was sent."""
    assert await ask(store, once=True)
    assert not await ask(store, once=True)
    (message,) = await claim(store)
    await sent(store, message)
    assert not await ask(store, once=True)
    assert await pending(store) == 0


async def test_different_things(store: Store) -> None:
    """Another workspace, kind, subject, surface or recipient is another message."""
    await ask(store)
    for more in (
        {"ws": T2},
        {"kind": "account"},
        {"subject": "at2"},
        {"surface": Surface.VIEW},
        {"recipient": "U_OMAR"},
    ):
        assert await ask(store, once=True, **more)
    assert len(await claim(store)) == 6


async def test_retry(store: Store) -> None:
    """A message that could not be delivered is tried again when due, and the tries are counted."""
    await ask(store)
    (message,) = await claim(store)
    async with store.transaction() as tx:
        await outbox.retry(tx, message, due_at=LATER, error="ratelimited")
    assert await claim(store, LATER - timedelta(microseconds=1)) == ()
    (again,) = await claim(store, LATER)
    assert again.tries == 1
    await ask(store, now=LATER)
    async with store.transaction() as tx:
        await outbox.retry(tx, again, due_at=AFTER, error="ratelimited")
    (asked,) = await claim(store, LATER)
    assert asked.tries == 0


async def test_dead(store: Store) -> None:
    """A message that cannot be delivered is given up, until there is something new to tell."""
    await ask(store)
    (message,) = await claim(store)
    async with store.transaction() as tx:
        await outbox.dead(tx, message, error="user_not_found")
    assert (await pending(store), await claim(store, AFTER)) == (0, ())
    await ask(store, now=AFTER)
    (again,) = await claim(store, AFTER)
    await ask(store, now=AFTER)
    async with store.transaction() as tx:
        await outbox.dead(tx, again, error="user_not_found")
    assert await pending(store) == 1


async def test_crash(store: Store) -> None:
    """A message whose sender died is taken by another when the lease is over, and not before."""
    await ask(store)
    await claim(store)
    assert await claim(store, LATER - timedelta(microseconds=1), "other") == ()
    assert len(await claim(store, LATER, "other")) == 1


async def test_order(store: Store) -> None:
    """The longest due are told first."""
    for number in (3, 1, 2):
        await ask(store, f"at{number}", now=NOW + timedelta(seconds=number))
    assert [message.subject for message in await claim(store, LATER, limit=2)] == ["at1", "at2"]


async def test_two_claim_at_once(store: Store) -> None:
    """Workers at the same time never take the same message, and together they get all."""
    for number in range(30):
        await ask(store, f"at{number}")

    async def work(owner: str) -> list[str]:
        async with store.transaction() as tx:
            taken = await outbox.claim(tx, owner=owner, now=NOW, until=LATER, limit=10)
            await asyncio.sleep(0.01)
            return [message.subject for message in taken]

    taken = await asyncio.gather(*(work(f"o{number}") for number in range(3)))
    assert sorted(chain.from_iterable(taken)) == sorted({f"at{number}" for number in range(30)})


async def test_purge(store: Store) -> None:
    """Old messages are deleted a few at a time, waiting ones never."""
    for number in range(4):
        await ask(store, f"at{number}")
    first, second, third = await claim(store, limit=3)
    async with store.transaction() as tx:
        await outbox.sent(tx, first)
        await outbox.unknown(tx, second, error="x")
        await outbox.dead(tx, third, error="x")
        assert await outbox.purge(tx, before=NOW, limit=9) == 0
        assert await outbox.purge(tx, before=LATER, limit=2) == 2
        assert await outbox.purge(tx, before=LATER, limit=9) == 1
        assert await outbox.pending(tx) == 1


async def test_later(store: Store) -> None:
    """What is to be told together waits for its time, and asking again for it does not put it off."""
    await ask(store, due_at=LATER)
    assert await claim(store, LATER - timedelta(microseconds=1)) == ()
    await ask(store, due_at=AFTER)
    (message,) = await claim(store, LATER)
    assert message.version == 2
    await sent(store, message)
    await ask(store, now=LATER, due_at=AFTER)
    assert await claim(store, LATER) == ()
    await ask(store, now=LATER)
    assert len(await claim(store, LATER)) == 1


async def test_reply(store: Store) -> None:
    """A message knows the thread it belongs to, also when it is asked for again without one."""
    await ask(store, thread_ts="1.1")
    await ask(store)
    (message,) = await claim(store)
    assert message.thread_ts == "1.1"
    await ask(store, thread_ts="2.2")
    await sent(store, message)
    (again,) = await claim(store)
    assert again.thread_ts == "2.2"


async def test_unknown(store: Store) -> None:
    """A post that may have arrived is not repeated by itself, not even when there was something newer to say."""
    await ask(store)
    (message,) = await claim(store)
    await ask(store)
    async with store.transaction() as tx:
        await outbox.unknown(tx, message, error="timeout")
    assert await claim(store, AFTER) == ()
    assert not await ask(store, keep_unknown=True)
    assert await claim(store, AFTER) == ()
    assert await ask(store)
    assert len(await claim(store)) == 1


async def test_fates(store: Store) -> None:
    """What became of each message about one thing can be seen: to whom, where, and what went wrong."""
    await ask(store, "al1", surface=Surface.CHANNEL, recipient="C1")
    await ask(store, "al1", surface=Surface.MAIL)
    await ask(store, "al1", due_at=LATER)
    await ask(store, "al2")
    by_surface = {message.surface: message for message in await claim(store) if message.subject == "al1"}
    async with store.transaction() as tx:
        await outbox.sent(tx, by_surface[Surface.CHANNEL], channel="C1", ts="1.2")
        await outbox.unknown(tx, by_surface[Surface.MAIL], error="timeout")
        found = await outbox.fates(tx, T1, "attempt", "al1")
        assert await outbox.fates(tx, T2, "attempt", "al1") == ()
    assert [(fate.surface, fate.recipient, fate.state, fate.error, fate.ts) for fate in found] == [
        (Surface.CHANNEL, "C1", OutboxState.SENT, None, "1.2"),
        (Surface.DM, MARIA, OutboxState.PENDING, None, None),
        (Surface.MAIL, MARIA, OutboxState.UNKNOWN, "timeout", None),
    ]


async def test_overdue(store: Store) -> None:
    """An outbox that is not emptied can be told from one whose messages wait for their time."""
    await ask(store, "at1", due_at=LATER)
    await ask(store, "at2", due_at=AFTER)
    async with store.reading() as tx:
        assert await outbox.overdue(tx, NOW) == (0, None)
        assert await outbox.overdue(tx, AFTER) == (2, LATER)


async def test_a_pause_asked_for_by_who_slept(store: Store) -> None:
    """Whoever wakes after its lease cannot wipe out that another is posting the message at this moment."""
    await ask(store)
    (first,) = await claim(store)
    (second,) = await claim(store, AFTER, owner="other")
    async with store.transaction() as tx:
        assert await outbox.posting(tx, second, at=AFTER)
    async with store.transaction() as tx:
        await outbox.put_off(tx, first, until=AFTER + timedelta(seconds=5))
    later = AFTER + (LATER - NOW) + timedelta(seconds=10)
    (third,) = await claim(store, later, owner="third")
    assert third.posting_at == AFTER
