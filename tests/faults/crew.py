"""A house with several bots, each a process of its own, in simulated time on one database: to be killed, paused and started again."""

import asyncio
import json
import os
import random
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.workspace import listening, open_sandbox
from connectors.providers import all_providers
from store.database import Store, open_store
from store.vault import Vault
from tests.e2e.detour import Detour, open_detour
from tests.e2e.house import KEYS, House, Log, free_port
from tests.faults.clock import SharedClock

ROOT = Path(__file__).parents[2]
MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PATIENCE = 40.0
_HOP = frozenset({"connection", "content-length", "transfer-encoding", "date", "server"})


@dataclass(kw_only=True)
class OneBot:
    """One process."""

    env: dict[str, str]
    port: int
    sandbox: str
    clock: Path
    written: Path
    process: Process | None = None
    failures: Counter[str] = field(default_factory=Counter)
    """Ticks that broke, over all its lives."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def living(self) -> bool:
        """Whether it runs and listens."""
        return self.process is not None and self.process.returncode is None

    async def start(self) -> None:
        """Start it and wait until it listens."""
        with self.written.open("ab") as log:
            started = await asyncio.create_subprocess_exec(
                *(sys.executable, "-W", "error", "-m", "tests.faults.bot_process", self.sandbox),
                str(self.clock),
                env=self.env | {"LEXER_PORT": str(self.port)},
                stdin=PIPE,
                stdout=PIPE,
                stderr=log,
                cwd=ROOT,
            )
        async with asyncio.timeout(PATIENCE):
            assert started.stdout is not None
            if not await started.stdout.readline():
                raise AssertionError(self.written.read_text())
        self.process = started

    async def told(self, words: str) -> bool:
        """Have it do something and wait; False when it died over it (or was dead)."""
        async with self._turn:
            process = self.process
            if process is None or process.returncode is not None:
                return False
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                process.stdin.write(f"{words}\n".encode())
                await process.stdin.drain()
                answer = await process.stdout.readline()
            except (BrokenPipeError, ConnectionResetError):
                return False
            if not answer:
                return False
            self.failures = Counter(json.loads(answer)["failures"])
            return True

    async def killed(self) -> None:
        """SIGKILL."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    def pauses(self) -> None:
        """SIGSTOP: as a long pause of the garbage collector, or of the machine under it."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def wakes(self) -> None:
        """SIGCONT."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)


@dataclass(kw_only=True)
class Crew:
    """All of them, as `House` knows one bot."""

    bots: list[OneBot]
    clock: SharedClock
    store: Store
    detour: Detour | None = None

    @property
    def context(self) -> SimpleNamespace:
        """To look into the database, and to plan what is put there."""
        known = {provider.key: provider for provider in all_providers()}
        connectors = SimpleNamespace(get=known.get)
        return SimpleNamespace(store=self.store, connectors=connectors, clock=self.clock, luck=random.random)

    @property
    def living(self) -> list[OneBot]:
        """Those that run."""
        return [bot for bot in self.bots if bot.living]

    async def start(self) -> None:
        """Start whoever does not run."""
        await asyncio.gather(*(bot.start() for bot in self.bots if not bot.living))

    async def look(self, *, everything: bool = False) -> bool:
        """Every bot looks at the same moment (`everything`: also at what can wait); whether one came to the end of it."""
        words = "everything" if everything else "look"
        return any(await asyncio.gather(*(bot.told(words) for bot in self.bots)))

    async def sweep(self) -> None:
        """As `look`."""
        await self.look()

    async def tick(self, name: str) -> None:
        """One tick, by whichever runs."""
        for bot in self.living:
            if await bot.told(f"tick {name}"):
                return

    async def drain(self, seconds: float = PATIENCE) -> bool:
        """Let all of them end what is under way."""
        async with asyncio.timeout(seconds):
            await asyncio.gather(*(bot.told("idle") for bot in self.bots))
        return True

    async def end(self) -> None:
        """Let them go: each ends with its standard input."""
        for bot in self.living:
            assert bot.process is not None
            assert bot.process.stdin is not None
            bot.process.stdin.close()
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(bot.process.wait() for bot in self.bots if bot.process is not None))


@asynccontextmanager
async def _in_front_of(bots: Sequence[OneBot]) -> AsyncIterator[str]:
    """One address for all: whichever runs answers, the first time it is asked or the next one instead."""
    async with httpx.AsyncClient(trust_env=False, timeout=30, follow_redirects=False) as client:

        async def onward(request: Request) -> Response:
            body = await request.body()
            path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            kept = [(name, value) for name, value in request.headers.items() if name not in _HOP]
            for bot in [one for one in bots if one.living]:
                try:
                    answer = await client.request(
                        request.method, f"http://127.0.0.1:{bot.port}{path}", headers=kept, content=body
                    )
                except httpx.TransportError:
                    continue
                shown = Response(answer.content, answer.status_code)
                shown.raw_headers = [
                    (name.lower(), value)
                    for name, value in answer.headers.raw
                    if name.decode().lower() not in _HOP
                ]
                shown.headers["content-length"] = str(len(answer.content))
                return shown
            return Response(status_code=503)

        everything = ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"]
        async with listening(Starlette(routes=[Route("/{path:path}", onward, methods=everything)])) as url:
            yield url


@asynccontextmanager
async def open_crew(
    *, number: int, database_url: str, folder: Path, log: Log, detoured: bool = False
) -> AsyncIterator[House]:
    """A house with so many bots; `detoured`: what they ask Slack and providers can be stopped on its way."""
    clock = SharedClock(folder / "clock", MORNING)
    vault = Vault.from_setting(KEYS)
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(open_sandbox(clock=clock))
        store = await stack.enter_async_context(open_store(database_url, vault, migrate=False))
        detour = await stack.enter_async_context(open_detour(sandbox.base_url)) if detoured else None
        if detour is not None:
            sandbox.slack.base_url = detour.url
            detour.host = detour.url.removeprefix("http://")
        bots: list[OneBot] = []
        url = await stack.enter_async_context(_in_front_of(bots))
        sandbox.point_at(url)
        env = {
            **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}},
            **sandbox.environment(),
            "LEXER_PUBLIC_URL": url,
            "LEXER_DATABASE_URL": database_url,
            "LEXER_SECRET_KEYS": KEYS,
        }
        bots += [
            OneBot(
                env=env,
                port=free_port(),
                sandbox=detour.url if detour else sandbox.base_url,
                clock=clock.file,
                written=folder / f"bot{n}.log",
            )
            for n in range(number)
        ]
        crew = Crew(bots=bots, clock=clock, store=store, detour=detour)
        house = House(
            sandbox=sandbox,
            clock=clock,  # type: ignore[arg-type]
            bot=crew,  # type: ignore[arg-type]
            url=url,
            database_url=database_url,
            log=log,
            folder=folder,
        )
        # What ends by a kill: presses while nobody listened, sign-ins that were over, modals that were closed.
        house.may_refuse |= {
            *("connection_failed", "not_found", "dead_refresh_token", "dead_access_token"),
            "unknown_access_token",
        }
        try:
            await crew.start()
            yield house
        finally:
            for bot in bots:
                if bot.living:
                    bot.wakes()
            await crew.end()
        for bot in bots:
            log.lines += bot.written.read_text().splitlines()
        house.check()
