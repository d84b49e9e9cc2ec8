"""A bot that does nothing but sweep: told to by a line on its input, it answers with how many checks it did.

`python -m bench.one_of_two <database url> <provider url> <at once> <name>`; each line it is given is how many hours have passed.
"""

import asyncio
import sys
from datetime import timedelta

import uvloop

from bench import crowd
from bench.bot import Clock, watcher
from bench.world import KEYS, NOW
from bot.usecases import watch
from store.database import open_store
from store.vault import Vault


async def main(url: str, provider: str, at_once: int, name: str) -> None:
    """Until its input ends."""
    clock = Clock()
    async with (
        open_store(url, Vault.from_setting(KEYS), migrate=False) as store,
        watcher(store, provider, clock=clock, at_once=at_once, worker=name) as ctx,
    ):
        print("ready", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            clock.now = NOW + timedelta(hours=int(line))
            print(await watch.sweep(ctx, crowd.KEY), flush=True)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]))
