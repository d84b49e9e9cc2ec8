"""`lexer-bot demo`: the bot, a local Slack workspace in the browser and pretend providers on loopback, and a walk in the terminal.

Reads no setting but the demo's own port; everything else is made anew at each start, or kept in `.demo/` with --keep.
"""

import asyncio
import contextlib
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from blocks.examples import EXAMPLES, Draw
from bot.app import Bot, open_bot
from bot.demo_time import ask_all, pass_time
from bot.errors import StartProblem
from bot.manifest import shown
from bot.sandbox.finding import CannotDo
from bot.sandbox.mail_server import MailServer, open_mail_server
from bot.sandbox.opening import opening
from bot.sandbox.pages.stage import AppManifest, Gallery, SlashCommand
from bot.sandbox.passing import RunningClock
from bot.sandbox.terminal import Terminal
from bot.sandbox.tour import tour
from bot.sandbox.walk import walk
from bot.sandbox.workspace import Sandbox, open_sandbox
from bot.sandbox.world import Json
from bot.server import served, until_told_to_stop
from bot.settings import Settings, load
from connectors.outside import Reroute
from store.vault import new_key_line

KEPT = Path(".demo")
_SETTLE = 5.0
"""Seconds the terminal waits for the bot before it shows the next screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What runs."""

    sandbox: Sandbox
    bot: Bot
    bot_url: str
    folder: Path

    async def tick(self) -> None:
        """Let the bot finish what is under way and deliver what waits."""
        await self.bot.in_flight.idle(_SETTLE)
        for name in ("revoke", "deliver"):
            await self.bot.tick(name)
        await self.bot.in_flight.idle(_SETTLE)


async def demo(*, port: int, tour_only: bool, keep: bool, empty: bool) -> int:
    """Run the demo until it is stopped, or only the tour; the exit code. Raises StartProblem when the port is busy.

    It begins with two Groups, which an admin made, or `empty`: before the first one, with the admin.
    """
    with _folder(keep=keep) as folder:
        async with _opened(0 if tour_only else port, folder) as running:
            if tour_only:
                return 0 if await tour(running.sandbox, print, running.tick) else 1
            if not empty:
                await _open(running)
            print(_welcome(running, keep=keep, empty=empty), flush=True)
            await _until_stopped(running, name="ada" if empty else "maria")
            print("\nStopped.")
            return 0


@contextmanager
def _folder(*, keep: bool) -> Iterator[Path]:
    if keep:
        KEPT.mkdir(mode=0o700, exist_ok=True)
        yield KEPT.absolute()
        return
    folder = Path(tempfile.mkdtemp(prefix="lexer-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def _opened(port: int, folder: Path) -> AsyncIterator[Demo]:
    async with AsyncExitStack() as stack:
        clock = stack.enter_context(_clock(folder / "demo.ahead"))
        sandbox = await stack.enter_async_context(_workspace(port, clock))
        mail_server = await stack.enter_async_context(open_mail_server(sandbox.world, sandbox.records))
        own_port = _free_port()
        bot_url = f"http://127.0.0.1:{own_port}"
        sandbox.point_at(bot_url)
        settings = _settings(sandbox, mail_server, bot_url, folder)
        bot = await stack.enter_async_context(
            open_bot(settings, reroute=Reroute(base=sandbox.base_url), clock=clock)
        )
        sandbox.passing.move = partial(pass_time, bot, clock.advance)
        sandbox.passing.look = partial(ask_all, bot)
        await stack.enter_async_context(served(bot.asgi, "127.0.0.1", own_port))
        yield Demo(sandbox=sandbox, bot=bot, bot_url=bot_url, folder=folder)


@contextmanager
def _clock(kept: Path) -> Iterator[RunningClock]:
    """A clock that time can be let pass on; as far ahead as it was at the end, where that is kept."""
    seconds = float(kept.read_text(encoding="ascii")) if kept.exists() else 0.0
    clock = RunningClock(timedelta(seconds=seconds))
    try:
        yield clock
    finally:
        kept.write_text(str(clock.ahead.total_seconds()), encoding="ascii")


@asynccontextmanager
async def _workspace(port: int, clock: RunningClock) -> AsyncIterator[Sandbox]:
    async with AsyncExitStack() as stack:
        try:
            sandbox = await stack.enter_async_context(
                open_sandbox(port=port, clock=clock, manifest=app_manifest(), gallery=gallery())
            )
        except OSError:
            raise StartProblem(
                f"Port {port} on this machine is busy",
                "Stop what uses it, or choose another one with LEXER_DEMO_PORT.",
            ) from None
        yield sandbox


def app_manifest() -> AppManifest:
    """What the app's manifest makes Slack show, in the local workspace's own words."""
    seen = shown()
    return AppManifest(
        commands=tuple(SlashCommand(**asdict(one)) for one in seen.commands),
        home_tab=seen.home_tab,
        read_only_messages=seen.read_only_messages,
    )


def gallery() -> Gallery:
    """Everything the bot can send, for the gallery."""
    return {title: partial(_drawn, draw) for title, draw in EXAMPLES.items()}


def _drawn(draw: Draw) -> Json:
    return dict(draw())


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _settings(sandbox: Sandbox, mail_server: MailServer, bot_url: str, folder: Path) -> Settings:
    env = {
        **sandbox.environment(),
        **mail_server.environment(),
        "LEXER_PUBLIC_URL": bot_url,
        "LEXER_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'demo.db'}",
        "LEXER_SECRET_KEYS": _keys(folder / "demo.keys"),
    }
    return load(env, None)


def _keys(path: Path) -> str:
    """The demo's own secret key, made once per folder and readable by its owner alone."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(new_key_line(), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


async def _open(running: Demo) -> None:
    """The Groups; where they cannot be made, whoever works on the screens for it still gets to see the workspace."""
    try:
        await opening(running.sandbox, running.tick)
    except CannotDo as problem:
        print(f"The first Groups could not be made: {problem}", file=sys.stderr)


def _welcome(running: Demo, *, keep: bool, empty: bool) -> str:
    data = (
        f"in {KEPT}/ (kept; the pretend providers forget their sign-ins)"
        if keep
        else "thrown away at the end"
    )
    names = ", ".join(sorted(pretend.provider.name for pretend in running.sandbox.providers.all.values()))
    base = running.sandbox.base_url
    address = f"{base}/?as=ada" if empty else base
    first = (
        "You are Ada, an admin, and the bot is new here: type /lexer and make the first Group."
        if empty
        else "You are Maria, and may connect accounts: type /lexer and connect Twitter (X)."
    )
    return "\n".join(
        [
            "Lexer Integrations Bot, with a local Slack workspace. Nothing here leaves this machine.",
            "",
            f"  Open {address} in your browser.",
            f"  {first}",
            "",
            "Or walk it here in the terminal: type /lexer, press what has a number, help for more.",
            f"See the whole story without typing: {sys.argv[0]} demo --tour",
            "Ctrl-C stops everything.",
            "",
            f"  every view           {base}/gallery",
            f"  bot                  {running.bot_url}",
            f"  pretend providers    {names}",
            f"  data                 {data}",
            "",
        ]
    )


async def _until_stopped(running: Demo, *, name: str) -> None:
    """Until Ctrl-C or SIGTERM, or the person quits; an input that ends stops it only at a terminal."""
    stopping = asyncio.create_task(until_told_to_stop())
    walking = asyncio.create_task(_walk(running, name))
    try:
        await asyncio.wait({stopping, walking}, return_when=asyncio.FIRST_COMPLETED)
        if walking.done() and not walking.result() and not sys.stdin.isatty():
            print("\nNobody types here: Ctrl-C stops everything.", flush=True)
            await stopping
    finally:
        for task in (stopping, walking):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def _walk(running: Demo, name: str) -> bool:
    return await walk(running.sandbox, print, Terminal().ask, running.tick, name=name)
