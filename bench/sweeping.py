"""Goal 7: the whole check (claim, unseal, ask, conclude, write down) against a bare loop of requests to the same provider."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import aiohttp
import uvloop

from bench import crowd
from bench.bot import Clock, slow_provider, watcher
from bench.interleave import Rounds, rounds
from bench.table import Row
from bench.world import KEYS, another, database_urls
from bot.usecases import watch
from bot.usecases.context import Context
from store.database import Store, open_store
from store.vault import Vault

DUE = 2_000
ACCOUNTS = (2_000, 100_000, 1_000_000)
AT_ONCE = {50: 0.95, 200: 0.65}
"""Calls under way, and how near to the bare loop the whole check is to come."""
CPU_AT_MOST = 3.5
MILLISECONDS, ROUNDS = 50, 3
_PATH = "/api.x.com/2/users/me"


@dataclass(frozen=True, slots=True)
class Spent:
    """What a round took, for each check."""

    seconds: float
    cpu: float


async def measure() -> list[Row]:
    """On both databases, among as many accounts as are due, a hundred and a thousand times as many."""
    # The loop that `serve` runs on; the bench itself may run on another.
    return await asyncio.to_thread(lambda: uvloop.run(_all()))


async def _all() -> list[Row]:
    rows = []
    with database_urls() as urls:
        async with slow_provider(MILLISECONDS) as provider:
            for kind, url in urls.items():
                for size in ACCOUNTS:
                    async with _filled(await another(url, f"sweep-{size}"), size) as store:
                        clock = Clock()
                        for at_once in AT_ONCE:
                            rows += await _measure(kind, store, clock, size, provider, at_once)
    return rows


@asynccontextmanager
async def _filled(url: str, size: int) -> AsyncIterator[Store]:
    async with open_store(url, Vault.from_setting(KEYS), migrate=True) as store:
        await crowd.fill(store, due=DUE, in_all=size)
        yield store


async def _measure(
    kind: str, store: Store, clock: Clock, size: int, provider: str, at_once: int
) -> list[Row]:
    spent: dict[str, list[Spent]] = {"ours": [], "bare": []}
    async with AsyncExitStack() as stack:
        ctx = await stack.enter_async_context(watcher(store, provider, clock=clock, at_once=at_once))
        session = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=at_once))
        )
        await _sweep(ctx, clock, [])  # connections are made
        await _bare(session, provider, at_once, [])
        variants = {
            "ours": partial(_sweep, ctx, clock, spent["ours"]),
            "bare": partial(_bare, session, provider, at_once, spent["bare"]),
        }
        found = await rounds(variants, count=ROUNDS)
    return _rows(kind, size, at_once, found, spent)


async def _sweep(ctx: Context, clock: Clock, spent: list[Spent]) -> float:
    # By then every check of the round before is due again.
    clock.now += timedelta(hours=1)
    start, cpu = time.perf_counter(), time.process_time()
    done = await watch.sweep(ctx, crowd.KEY)
    taken = Spent((time.perf_counter() - start) / DUE, (time.process_time() - cpu) / DUE)
    if done != DUE:
        raise RuntimeError(f"{done} checks were done, not {DUE}")
    spent.append(taken)
    return taken.seconds


async def _bare(session: aiohttp.ClientSession, provider: str, at_once: int, spent: list[Spent]) -> float:
    turns = asyncio.Semaphore(at_once)

    async def one() -> None:
        async with turns, session.get(f"{provider}{_PATH}", headers={"Authorization": "Bearer a"}) as answer:
            await answer.read()

    start, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(one() for _ in range(DUE)))
    spent.append(Spent((time.perf_counter() - start) / DUE, (time.process_time() - cpu) / DUE))
    return spent[-1].seconds


def _rows(kind: str, size: int, at_once: int, found: Rounds, spent: Mapping[str, list[Spent]]) -> list[Row]:
    cpu = Rounds(by_variant={name: tuple(one.cpu for one in taken) for name, taken in spent.items()})
    where = f"a whole check on {kind} among {size:,} accounts, {at_once} at once"
    return [
        Row(
            goal="7",
            what=f"{where} / a bare request to the same provider: time for each",
            at_most=1 / AT_ONCE[at_once],
            measured=found.ratio("ours", "bare"),
            note=f"{1 / found.median('ours'):,.0f} against {1 / found.median('bare'):,.0f} a second",
        ),
        Row(
            goal="7",
            what=f"{where} / a bare request: processor time",
            at_most=CPU_AT_MOST,
            measured=cpu.ratio("ours", "bare"),
            note=f"{cpu.median('ours') * 1e6:.0f} µs",
        ),
    ]
