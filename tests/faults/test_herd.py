"""After an outage everything is due at once: claimed in batches, each check once, the provider never asked by too many at a time.

On rows alone, `make bench` measures claiming and giving back at 1 thousand, 100 thousand and 1 million checks (docs/performance.md).
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.workspace import listening
from bot.usecases.pace import PER_PROVIDER
from bot.usecases.watch import BATCH, LEASE
from store import checks
from store.records import AccountStatus
from store.watch_records import Due
from tests.e2e.checking import another_bot
from tests.e2e.fleet import planned, statuses
from tests.e2e.house import House
from tests.e2e.ways import BOTH_DATABASES
from tests.faults.patients import admitted

HERD = 420


@asynccontextmanager
async def _crowded(house: House, busy: Counter[str]) -> AsyncIterator[str]:
    """A provider that takes its time, and counts who is there at once; any access is good."""
    twitter = house.sandbox.provider("twitter").provider
    identity, accounts = twitter.example.identity, twitter.example.accounts

    async def answer(_request: Request) -> Response:
        busy["now"] += 1
        busy["asked"] += 1
        busy["most"] = max(busy["most"], busy["now"])
        await asyncio.sleep(0.02)
        busy["now"] -= 1
        return JSONResponse(twitter.example.answers(identity, accounts)["probe"])

    async with listening(Starlette(routes=[Route("/{path:path}", answer)])) as url:
        yield url


@BOTH_DATABASES
async def test_everything_is_due_at_once(house: House) -> None:
    """Half a day without a bot, then several: claimed in batches and nothing twice; each of many checks is done once, and at most so many questions are open at a time."""
    await admitted(house, HERD)
    house.clock.advance(timedelta(minutes=20))
    await _claims(house)
    # Those who claimed did nothing about it.
    house.clock.advance(LEASE + timedelta(seconds=1))
    busy: Counter[str] = Counter()
    async with (
        _crowded(house, busy) as url,
        another_bot(house, base=url) as one,
        another_bot(house, base=url) as two,
    ):
        await asyncio.gather(one.tick("sweep:twitter"), two.tick("sweep:twitter"))
    assert busy["asked"] == HERD
    assert busy["most"] <= 2 * PER_PROVIDER
    assert await statuses(house) == {AccountStatus.CONNECTED}
    after = await planned(house)
    assert len(after) == HERD
    # Spread out again, not all in one moment for ever.
    assert max(after) - min(after) > timedelta(minutes=1)


async def _claims(house: House) -> None:
    """Three claim at the same moment: nobody gets more than a batch, nothing twice, the longest due first, all in the end."""
    now, store = house.clock(), house.bot.context.store

    async def claimed(owner: str) -> list[tuple[Due, ...]]:
        taken: list[tuple[Due, ...]] = []
        while not taken or taken[-1]:
            async with store.transaction() as tx:
                taken.append(
                    await checks.claim(tx, "twitter", owner=owner, now=now, until=now + LEASE, limit=BATCH)
                )
        return taken

    everything = await asyncio.gather(*(claimed(f"bot {number}") for number in range(3)))
    batches = [batch for one in everything for batch in one if batch]
    assert max(map(len, batches)) <= BATCH
    dues = [due.grant_id for batch in batches for due in batch]
    assert len(dues) == len(set(dues)) == HERD
    for one in everything:
        in_order = [due.due_at for batch in one for due in batch]
        assert in_order == sorted(in_order)
