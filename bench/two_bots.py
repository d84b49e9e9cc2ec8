"""Goal 8: two bots on one PostgreSQL against one, with a provider that takes its time."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count

from bench import crowd
from bench.bot import slow_provider
from bench.interleave import rounds
from bench.table import Row
from bench.world import KEYS, database_urls
from bot.usecases.pace import PER_PROVIDER
from store.database import open_store
from store.vault import Vault

DUE, MILLISECONDS, ROUNDS = 2_000, 200, 5


@dataclass(frozen=True, slots=True)
class _Bot:
    process: asyncio.subprocess.Process

    async def sweep(self, hours: int) -> int:
        """How many checks it did."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{hours}\n".encode())
        await self.process.stdin.drain()
        return int(await self.line())

    async def line(self) -> str:
        """The next thing it says."""
        assert self.process.stdout is not None
        said = await self.process.stdout.readline()
        if not said:
            raise RuntimeError("a bot ended")
        return said.decode().strip()


async def measure() -> list[Row]:
    """Each keeps as many calls under way as the bot does by default."""
    with database_urls() as urls:
        url = urls["PostgreSQL"]
        async with open_store(url, Vault.from_setting(KEYS), migrate=True) as store:
            await crowd.fill(store, due=DUE, in_all=DUE)
        async with slow_provider(MILLISECONDS) as provider, AsyncExitStack() as stack:
            bots = [await stack.enter_async_context(_bot(url, provider, name)) for name in ("one", "two")]
            hours = count(1)
            await _sweep(bots, hours)  # connections are made
            variants = {"one": partial(_sweep, bots[:1], hours), "two": partial(_sweep, bots, hours)}
            found = await rounds(variants, count=ROUNDS)
    what = f"time for {DUE:,} checks by two processes / by one, provider of {MILLISECONDS} ms, PostgreSQL"
    return [
        Row(
            goal="8",
            what=what,
            at_most=1 / 1.8,
            measured=found.ratio("two", "one"),
            note=f"{DUE / found.median('one'):.0f} and {DUE / found.median('two'):.0f} a second",
        )
    ]


@asynccontextmanager
async def _bot(url: str, provider: str, name: str) -> AsyncIterator[_Bot]:
    command = (sys.executable, "-m", "bench.one_of_two", url, provider, str(PER_PROVIDER), name)
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    bot = _Bot(process)
    try:
        await bot.line()
        yield bot
    finally:
        process.kill()
        await process.wait()


async def _sweep(bots: Sequence[_Bot], hours: "count[int]") -> float:
    now, start = next(hours), time.perf_counter()
    done = sum(await asyncio.gather(*(bot.sweep(now) for bot in bots)))
    seconds = time.perf_counter() - start
    if done != DUE:
        raise RuntimeError(f"{done} checks were done, not {DUE}")
    return seconds
