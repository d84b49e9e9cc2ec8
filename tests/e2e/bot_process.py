"""The bot as a process of its own, for stories in which it is killed: `bot_process.py <sandbox> <seconds its clock is ahead>`.

As `lexer-bot serve`, but the providers are the sandbox's, and every tick comes once right after the start.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from bot import logs
from bot.app import open_bot, serve
from bot.settings import environment, load
from connectors.outside import Reroute


async def main(sandbox: str, ahead: timedelta) -> None:
    """Run until killed or told to stop."""
    settings = load(environment(), None)
    async with open_bot(
        settings, reroute=Reroute(base=sandbox), clock=lambda: datetime.now(UTC) + ahead
    ) as bot:
        for name in ("tidy", "revoke", "deliver"):
            bot.ticks.kick(name)
        await serve(bot, settings.lexer_host, settings.lexer_port)


if __name__ == "__main__":
    logs.set_up()
    asyncio.run(main(sys.argv[1], timedelta(seconds=float(sys.argv[2]))))
