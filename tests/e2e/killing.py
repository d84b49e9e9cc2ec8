"""A house whose bot is a process of its own, to be killed (SIGKILL) wherever it just stands, and started again."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx

from bot.sandbox.workspace import open_sandbox
from store import outbox
from store.database import Store, open_store
from store.vault import Vault
from tests.e2e.detour import Detour, Gate, open_detour
from tests.e2e.house import KEYS, House, Log, free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0
SOON = timedelta(seconds=10)


@dataclass(slots=True)
class RunningClock:
    """The wall clock, some time ahead."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        """What it shows."""
        return datetime.now(UTC) + self.ahead

    def advance(self, step: timedelta) -> None:
        """Move on; a bot that runs keeps its own clock until it is started again."""
        self.ahead += step


@dataclass(kw_only=True)
class BotProcess:
    """The bot as `House` knows it, from the outside."""

    env: dict[str, str]
    detour: Detour
    clock: RunningClock
    written: Path
    url: str
    store: Store
    process: Process | None = None
    gates: list[Gate] = field(default_factory=list)

    @property
    def context(self) -> SimpleNamespace:
        """To look into the database."""
        return SimpleNamespace(store=self.store)

    async def tick(self, name: str) -> None:
        """It ticks by itself."""

    async def drain(self, seconds: float = PATIENCE) -> bool:
        """Wait until nothing waits to be told soon."""
        quiet, end = 0, asyncio.get_running_loop().time() + seconds
        while quiet < 3 and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.05)
            async with self.store.reading() as tx:
                waiting, _ = await outbox.overdue(tx, self.clock() + SOON)
                quiet = quiet + 1 if waiting == 0 else 0
        return quiet >= 3

    async def start(self) -> None:
        """Start it and wait until it answers."""
        with self.written.open("ab") as out:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-W",
                "error",
                "-m",
                "tests.e2e.bot_process",
                self.detour.url,
                str(self.clock.ahead.total_seconds()),
                env=self.env,
                stdout=out,
                stderr=out,
                cwd=ROOT,
            )
        async with httpx.AsyncClient(trust_env=False) as client:
            async with asyncio.timeout(PATIENCE):
                while self.process.returncode is None:
                    with suppress(httpx.HTTPError):
                        if (await client.get(f"{self.url}/healthz")).status_code == 200:
                            return
                    await asyncio.sleep(0.05)
        raise AssertionError(self.written.read_text())

    async def killed(self) -> None:
        """SIGKILL, and what it was asking for goes no further."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()
        for gate in self.gates:
            gate.lost = True
            gate.free.set()

    async def stops_at(
        self, path: str, act: Coroutine[Any, Any, Any], *, answered: bool = False, about: str = ""
    ) -> None:
        """Let someone act, and kill the bot when its request to this path is under way (or answered, but not heard)."""
        gate = self.detour.stops(path, answered=answered, about=about)
        self.gates.append(gate)
        acting = asyncio.create_task(act)
        async with asyncio.timeout(PATIENCE):
            await gate.reached.wait()
        # Whatever had no need to wait for that answer goes its way first.
        await asyncio.sleep(0.2)
        await self.killed()
        await asyncio.gather(acting, return_exceptions=True)

    async def starts_again(self, *, later: timedelta = timedelta(minutes=3)) -> None:
        """A new process, after so long: the leases of the old one have run out."""
        self.clock.advance(later)
        await self.start()
        await self.drain()


@asynccontextmanager
async def open_killable(*, database_url: str, mode: str, folder: Path, log: Log) -> AsyncIterator[House]:
    """As `open_house`, with the bot as a process."""
    clock, port = RunningClock(), free_port()
    url, vault = f"http://127.0.0.1:{port}", Vault.from_setting(KEYS)
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(open_sandbox(clock=clock))
        detour = await stack.enter_async_context(open_detour(sandbox.base_url))
        store = await stack.enter_async_context(open_store(database_url, vault, migrate=False))
        sandbox.point_at(url)
        if mode == "http":
            # Slack's calls take the detour too. A socket has to be opened at the sandbox itself.
            sandbox.slack.base_url = detour.url
            detour.host = detour.url.removeprefix("http://")
        env = {
            **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}},
            **sandbox.environment(),
            "LEXER_PUBLIC_URL": url,
            "LEXER_PORT": str(port),
            "LEXER_DATABASE_URL": database_url,
            "LEXER_SECRET_KEYS": KEYS,
        }
        if mode == "socket":
            env["SLACK_APP_TOKEN"] = sandbox.app_token
        written = folder / "bot.log"
        bot = BotProcess(env=env, detour=detour, clock=clock, written=written, url=url, store=store)
        house = House(
            sandbox=sandbox,
            clock=clock,
            bot=bot,
            url=url,
            database_url=database_url,
            log=log,
            folder=folder,
        )
        # Presses while it was dead, modals closed meanwhile, sign-ins that ended on purpose.
        house.may_refuse |= {"connection_failed", "not_found", "dead_refresh_token", "unknown_access_token"}
        try:
            await bot.start()
            yield house
            await bot.drain()
        finally:
            if bot.process is not None and bot.process.returncode is None:
                bot.process.send_signal(signal.SIGTERM)
                await bot.process.wait()
        log.lines += written.read_text().splitlines()
        house.check()
