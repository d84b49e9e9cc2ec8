"""As much of the bot as a sweep needs, in this process, with its provider at a port of the loopback."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

import aiohttp
from pydantic import SecretStr

from bench.crowd import KEY
from bench.processes import free_port
from bench.world import NOW
from bot.messenger import Messenger
from bot.usecases.context import Context
from bot.usecases.pace import Pace
from connectors.engine import ClientCredentials, Connectors
from connectors.outside import Reroute, open_outside
from connectors.providers import all_providers
from store.database import Store

PUBLIC_URL = "http://127.0.0.1:3000"


@dataclass(slots=True)
class Clock:
    """A clock that stands."""

    now: datetime = field(default=NOW)

    def __call__(self) -> datetime:
        """Aware UTC now."""
        return self.now


@asynccontextmanager
async def slow_provider(milliseconds: int) -> AsyncIterator[str]:
    """Its address, where it answers each call well after `milliseconds`; a process of its own."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.slow_provider", str(milliseconds), str(port)
    )
    try:
        while not await _listens(port):  # noqa: ASYNC110  the process tells it no other way
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        await process.wait()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


@asynccontextmanager
async def watcher(
    store: Store, provider_url: str, *, clock: Callable[[], datetime], at_once: int, worker: str = "bench"
) -> AsyncIterator[Context]:
    """What `watch.sweep` is given; it may keep `at_once` calls under way. It has nothing to say in Slack."""
    async with (
        open_outside(reroute=Reroute(base=provider_url)) as outside,
        aiohttp.ClientSession() as session,
    ):
        ours = ClientCredentials(client_id="bench", client_secret=SecretStr("bench"))
        declared = [provider for provider in all_providers() if provider.key == KEY]
        yield Context(
            store=store,
            connectors=Connectors(declared, {KEY: ours}, {KEY: {}}, outside, PUBLIC_URL),
            messenger=Messenger(
                session=session,
                api_url="http://127.0.0.1:1/",
                token_of=lambda _workspace: None,
                refuse=lambda: None,
                clock=clock,
            ),
            clock=clock,
            public_url=PUBLIC_URL,
            slack_in_browser=PUBLIC_URL,
            kick=lambda _tick: None,
            worker=worker,
            pace=Pace(at_once, at_once),
        )
