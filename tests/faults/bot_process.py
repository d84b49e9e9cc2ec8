"""The bot as a process in simulated time, told when to look: `bot_process.py <sandbox> <clock file>`.

As `lexer-bot serve`, but the providers are the sandbox's, the clock is a test's, and instead of APScheduler the test says on
standard input when to look: "look" for what watches and tells, "everything" for every tick at once, "tick <name>" for one, "idle" to end what is under way. Each line is
answered by one on standard output; the first one says that it listens. It ends with its standard input.
"""

import asyncio
import json
import sys
from pathlib import Path

from bot import logs
from bot.app import Bot, open_bot
from bot.server import served
from bot.settings import environment, load
from connectors.outside import Reroute
from connectors.providers import all_providers
from tests.faults.clock import SharedClock

_LONGEST = 30.0
_PROVIDERS = ("twitter", "facebook_ads")
"""Those the stories play with; each further one costs every look a sweep."""


async def main(sandbox: str, clock: Path) -> None:
    """Run until killed, or until nobody tells anything any more."""
    settings = load(environment(), None)
    opening = open_bot(
        settings,
        reroute=Reroute(base=sandbox),
        clock=SharedClock(clock),
        ticking=False,
        providers=[provider for provider in all_providers() if provider.key in _PROVIDERS],
    )
    async with opening as bot, served(bot.asgi, settings.lexer_host, settings.lexer_port):
        lines = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
        )
        _answer(bot)
        while line := await lines.readline():
            await _do(bot, line.decode().split())
            _answer(bot)


async def _do(bot: Bot, words: list[str]) -> None:
    match words:
        case ["everything"]:
            await asyncio.gather(*(bot.tick(name) for name in tuple(bot.ticks._ticks)))
        case ["look"]:
            await asyncio.gather(bot.sweep(), bot.tick("deliver"), bot.tick("remind"))
        case ["tick", name]:
            await bot.tick(name)
        case ["idle"]:
            pass
        case _:
            raise ValueError(words)
    await bot.in_flight.idle(_LONGEST)


def _answer(bot: Bot) -> None:
    print(json.dumps({"failures": dict(bot.ticks.failures)}), flush=True)  # noqa: T201  that is how it answers


if __name__ == "__main__":
    logs.set_up()
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
