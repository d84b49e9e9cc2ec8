"""Puts the bot together, in one place and in order, and takes it apart again."""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

import aiohttp
import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette

from bot.errors import NetworkInTransaction, StartProblem
from bot.handlers import discover
from bot.in_flight import InFlight
from bot.installations import Installation, Installations, ask_slack
from bot.messenger import Messenger
from bot.scheduler import Tick, Ticks
from bot.settings import Settings
from bot.slack_app import SlackApp, workspace_record
from bot.slack_client import open_session
from bot.socket_mode import open_socket
from bot.usecases import disconnect, notify, tidy
from bot.usecases.context import Context
from bot.web import Site, web
from connectors.engine import ClientCredentials, Connectors
from connectors.outside import Outside, Reroute, open_outside
from connectors.providers import all_providers
from store import workspaces
from store.database import Store, inside_transaction, open_store
from store.vault import Vault

_log = logging.getLogger(__name__)

DRAIN_SECONDS = 10.0


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """A running bot."""

    settings: Settings
    context: Context
    asgi: Starlette
    installations: Installations
    ticks: Ticks
    in_flight: InFlight

    async def tick(self, name: str) -> None:
        """One run of a tick ("deliver", "revoke", "tidy"), waited for."""
        await self.ticks.run(name)

    async def drain(self, seconds: float = DRAIN_SECONDS) -> bool:
        """Wait for everything under way, kicked ticks too; what is left after `seconds` is stopped. True if nothing was."""
        return await self.in_flight.drain(seconds)


@asynccontextmanager
async def open_bot(
    settings: Settings,
    *,
    reroute: Reroute | None = None,
    clock: Callable[[], datetime] = utc_now,
    ticking: bool = True,
) -> AsyncIterator[Bot]:
    """The bot, ready to be served.

    `reroute` sends the providers' addresses to a local workspace. Without `ticking` nothing happens by itself but what is kicked.
    Raises SettingsProblems and StartProblem, and the store's KeysMissing, NotMigrated, StoreUnavailable and BadDatabaseUrl.
    """
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(_store(settings))
        outside = await stack.enter_async_context(open_outside(reroute=reroute, refuse=_refuse_provider_call))
        session = await stack.enter_async_context(open_session())
        installations = await _install(settings, session, store)
        in_flight = InFlight()
        ticks: Ticks
        context = Context(
            store=store,
            connectors=_connectors(settings, outside),
            messenger=Messenger(
                session=session,
                api_url=settings.slack_api_url,
                token_of=installations.token_of,
                refuse=_refuse_slack_call,
                clock=clock,
            ),
            clock=clock,
            public_url=settings.lexer_public_url,
            kick=lambda name: ticks.kick(name),
            worker=f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}",
        )
        ticks = Ticks(_ticks(context), in_flight)
        slack = SlackApp(
            context=context,
            handlers=discover(),
            installations=installations,
            in_flight=in_flight,
            session=session,
            api_url=settings.slack_api_url,
        )
        # Entered here, left first: whatever is under way ends while everything it needs is still open.
        stack.push_async_callback(in_flight.drain, DRAIN_SECONDS)
        connected = await stack.enter_async_context(_socket(settings, slack, session))
        if ticking:
            stack.enter_context(ticks.on_the_clock())
        site = Site(
            context=context,
            in_flight=in_flight,
            dispatch=None if settings.socket_mode else slack.dispatch,
            signing_secret=settings.slack_signing_secret,
            socket_connected=connected,
        )
        yield Bot(
            settings=settings,
            context=context,
            asgi=web(site),
            installations=installations,
            ticks=ticks,
            in_flight=in_flight,
        )
