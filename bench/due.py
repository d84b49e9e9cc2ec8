"""Goals 5 and 6: finding what is due among a thousand, a hundred thousand and a million checks, and writing down what was found."""

import statistics
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial

from sqlalchemy import text

from bench import crowd
from bench.interleave import Rounds, rounds
from bench.table import Row
from bench.world import KEYS, NOW, another, database_urls
from store import accounts, checks
from store.database import Store, Tx, open_store
from store.records import AccountId
from store.vault import Vault
from store.watch_records import Due, Seen

SIZES = (1_000, 100_000, 1_000_000)
LIMIT = 500
LEASE = timedelta(minutes=5)
ROUNDS = 15
CLAIMS, AT_A_TIME, EDGE = 10_000, 20, 500


async def measure() -> list[Row]:
    """On both databases. Everything is due, as after an outage of this bot: the claim that has most to leave aside."""
    with database_urls() as urls:
        return [row for kind, url in urls.items() for row in await _measure(kind, url)]


async def _measure(kind: str, url: str) -> list[Row]:
    async with AsyncExitStack() as stack:
        stores = {}
        for size in SIZES:
            its_url = await another(url, f"due-{size}")
            opened = open_store(its_url, Vault.from_setting(KEYS), migrate=True)
            stores[size] = await stack.enter_async_context(opened)
            await _fill(stores[size], size)
        claims = await rounds(
            {str(size): partial(_claim, store) for size, store in stores.items()}, count=ROUNDS
        )
        middle = stores[SIZES[1]]
        written = await rounds({"batch": partial(_batch, middle), "each": partial(_each, middle)}, count=5)
        flat = await _many_claims(middle)
    return [*_of_claims(kind, claims), _of_writing(kind, written), _of_many(kind, flat)]


async def _fill(store: Store, size: int) -> None:
    await crowd.sign_ins(store, own=1, in_all=size)
    await crowd.plan(store, range(size), at=NOW - timedelta(days=1), apart=timedelta(milliseconds=1))
    async with store.transaction() as tx:
        await tx.conn.execute(text("ANALYZE"))


async def _taken(store: Store, limit: int) -> Sequence[Due]:
    async with store.transaction() as tx:
        return await checks.claim(tx, crowd.KEY, owner="bench", now=NOW, until=NOW + LEASE, limit=limit)


async def _claim(store: Store) -> float:
    start = time.perf_counter()
    found = await _taken(store, LIMIT)
    seconds = time.perf_counter() - start
    if len(found) != LIMIT:
        raise RuntimeError(f"{len(found)} checks were claimed, not {LIMIT}")
    async with store.transaction() as tx:
        await checks.give_back(tx, [(due, due.due_at) for due in found])
    return seconds


async def _batch(store: Store) -> float:
    """Seconds to write a claim down in one transaction, as the sweep does."""
    found = await _taken(store, LIMIT)
    start = time.perf_counter()
    async with store.transaction() as tx:
        await _write(tx, found)
    return time.perf_counter() - start


async def _each(store: Store) -> float:
    """The same by the same statements, a transaction for each check."""
    found = await _taken(store, LIMIT)
    start = time.perf_counter()
    for due in found:
        async with store.transaction() as tx:
            await _write(tx, [due])
    return time.perf_counter() - start


async def _write(tx: Tx, found: Sequence[Due]) -> None:
    given = await checks.give_back(tx, [(due, due.due_at) for due in found])
    if len(given) != len(found):
        raise RuntimeError("a lease was lost")
    seen = [
        Seen(
            workspace_id=due.workspace_id,
            account_id=AccountId(due.grant_id.replace("g", "a")),
            grant_id=due.grant_id,
            checked_at=NOW,
            healthy_at=NOW,
        )
        for due in found
    ]
    await accounts.seen_well(tx, seen)


async def _many_claims(store: Store) -> float:
    """The last of many claims against the first, each row coming back an hour later; the database cleans up as it likes."""
    taken = []
    for _ in range(CLAIMS):
        start = time.perf_counter()
        found = await _taken(store, AT_A_TIME)
        taken.append(time.perf_counter() - start)
        async with store.transaction() as tx:
            await checks.give_back(tx, [(due, due.due_at + timedelta(hours=1)) for due in found])
    return statistics.median(taken[-EDGE:]) / statistics.median(taken[:EDGE])


def _of_claims(kind: str, found: Rounds) -> list[Row]:
    most: Mapping[int, float] = {SIZES[0]: 2.0, SIZES[1]: 1.5}
    note = f"{found.median(str(SIZES[-1])) * 1e3:.1f} ms"
    return [
        Row(
            goal="5",
            what=f"claim of {LIMIT} of 1,000,000 due checks on {kind} / of {size:,}",
            at_most=at_most,
            measured=found.ratio(str(SIZES[-1]), str(size)),
            note=note,
        )
        for size, at_most in most.items()
    ]


def _of_writing(kind: str, found: Rounds) -> Row:
    return Row(
        goal="6",
        what=f"writing {LIMIT} results on {kind} / a transaction for each",
        at_most=0.05,
        measured=found.ratio("batch", "each"),
        note=f"{found.median('batch') / LIMIT * 1e6:.0f} µs each",
    )


def _of_many(kind: str, flat: float) -> Row:
    what = f"the last {EDGE} of {CLAIMS:,} claims of {AT_A_TIME} among 100,000 on {kind} / the first {EDGE}"
    return Row(goal="5", what=what, at_most=1.5, measured=flat)
