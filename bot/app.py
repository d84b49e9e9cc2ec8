"""Puts the bot together, in one place and in order, and takes it apart again."""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

import aiohttp
from pydantic import SecretStr
from starlette.applications import Starlette

from bot import logs
from bot.errors import NetworkInTransaction
from bot.handlers import Handlers, discover
from bot.in_flight import InFlight
from bot.installations import Installations, ask_slack, client_address
from bot.mailer import mailer_of
from bot.messenger import Messenger
from bot.scheduler import Tick, Ticks
from bot.server import served, until_told_to_stop
from bot.settings import Settings
from bot.slack_app import SlackApp, workspace_record
from bot.slack_client import open_session
from bot.socket_mode import open_socket
from bot.usecases import disconnect, notify, provider_notices, schedule, tidy, watch
from bot.usecases.context import Context
from bot.web import Site, web
from connectors.engine import ClientCredentials, Connectors
from connectors.outside import Outside, Reroute, open_outside
from connectors.provider import Provider
from connectors.providers import all_providers
from store import workspaces
from store.database import Store, inside_transaction, open_store
from store.vault import Vault

_log = logging.getLogger(__name__)

DRAIN_SECONDS = 10.0
SWEEP_SECONDS = 10.0


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
        """One run of a tick ("deliver", "remind", "revoke", "tidy", "sweep:<provider>"), waited for."""
        await self.ticks.run(name)

    async def sweep(self) -> None:
        """One run of every provider's sweep, waited for: each check that is due is done."""
        await asyncio.gather(*(self.ticks.run(_sweep_of(p)) for p in self.context.connectors.providers()))

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
    handlers: Handlers | None = None,
    providers: Sequence[Provider] | None = None,
) -> AsyncIterator[Bot]:
    """The bot, ready to be served.

    `reroute` sends the providers' addresses to a local workspace. Without `ticking` nothing happens by itself but what is kicked.
    `handlers` stand in for those of the folders, `providers` for every declared one.
    Raises SettingsProblems and StartProblem, and the store's KeysMissing, NotMigrated, StoreUnavailable and BadDatabaseUrl.
    """
    logs.tame()
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(_store(settings))
        outside = await stack.enter_async_context(open_outside(reroute=reroute, refuse=_refuse_provider_call))
        session = await stack.enter_async_context(open_session())
        installations = await _install(settings, session, store)
        in_flight = InFlight()
        ticks = Ticks(in_flight)
        context = Context(
            store=store,
            connectors=_connectors(settings, outside, all_providers() if providers is None else providers),
            messenger=_messenger(settings, session, installations, clock),
            mailer=mailer_of(settings, _refuse_mail),
            clock=clock,
            public_url=settings.lexer_public_url,
            slack_in_browser=client_address(settings.slack_api_url),
            kick=ticks.kick,
            worker=_worker(),
        )
        ticks.plan(_ticks(context))
        slack = SlackApp(
            context=context,
            handlers=handlers or discover(),
            installations=installations,
            in_flight=in_flight,
            session=session,
            api_url=settings.slack_api_url,
        )
        # Left before everything above: whatever is under way ends while what it needs is still open.
        stack.push_async_callback(in_flight.drain, DRAIN_SECONDS)
        connected = await stack.enter_async_context(_socket(settings, slack, session))
        if ticking:
            await stack.enter_async_context(ticks.on_the_clock())
        yield Bot(
            settings=settings,
            context=context,
            asgi=web(_site(settings, context, in_flight, ticks, slack, connected)),
            installations=installations,
            ticks=ticks,
            in_flight=in_flight,
        )


def _messenger(
    settings: Settings,
    session: aiohttp.ClientSession,
    installations: Installations,
    clock: Callable[[], datetime],
) -> Messenger:
    return Messenger(
        session=session,
        api_url=settings.slack_api_url,
        token_of=installations.token_of,
        refuse=_refuse_slack_call,
        clock=clock,
    )


def _worker() -> str:
    """Name of the process as an owner of leases, told apart from its own earlier runs too."""
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"


def _refuse_slack_call() -> None:
    if inside_transaction():
        raise NetworkInTransaction("Slack")


def _refuse_mail() -> None:
    if inside_transaction():
        raise NetworkInTransaction("the SMTP server")


def _refuse_provider_call() -> None:
    if inside_transaction():
        raise NetworkInTransaction("a provider")


def _store(settings: Settings) -> AbstractAsyncContextManager[Store]:
    url = settings.lexer_database_url.get_secret_value()
    vault = Vault.from_setting(settings.lexer_secret_keys.get_secret_value())
    return open_store(url, vault, migrate=url.startswith("sqlite"))


async def _install(settings: Settings, session: aiohttp.ClientSession, store: Store) -> Installations:
    """Which workspace the token belongs to, remembered; what earlier payloads told of it is kept."""
    found = await ask_slack(session, settings.slack_api_url, settings.slack_bot_token)
    async with store.transaction() as tx:
        known = await workspaces.get(tx, found.workspace_id)
        if known is not None and found.app_id is None:
            found = replace(found, app_id=known.app_id)
        await workspaces.save(tx, workspace_record(found))
        if await workspaces.back(tx, found.workspace_id):
            _log.warning("workspace %s has the bot again", found.workspace_id)
    return Installations([found])


def _connectors(settings: Settings, outside: Outside, providers: Sequence[Provider]) -> Connectors:
    held = settings.providers
    credentials = {
        key: ClientCredentials(
            client_id=one.client_id or "", client_secret=one.client_secret or SecretStr("")
        )
        for key, one in held.items()
    }
    extra = {key: one.extra for key, one in held.items()}
    return Connectors(providers, credentials, extra, outside, settings.lexer_public_url)


def _ticks(context: Context) -> Mapping[str, Tick]:
    sweeps = {
        # One for each provider: a slow one delays nobody else.
        _sweep_of(provider): Tick(work=partial(watch.sweep, context, provider.key), seconds=SWEEP_SECONDS)
        for provider in context.connectors.providers()
    }
    return sweeps | {
        "deliver": Tick(work=partial(notify.deliver_due, context), seconds=2),
        "subscribe": Tick(work=partial(provider_notices.subscribe_due, context), seconds=15),
        "revoke": Tick(work=partial(disconnect.revoke_due, context), seconds=15),
        "tidy": Tick(work=partial(tidy.tidy, context), seconds=60),
        "remind": Tick(work=partial(schedule.remind, context), seconds=60),
    }


def _sweep_of(provider: Provider) -> str:
    return f"sweep:{provider.key}"


def _site(
    settings: Settings,
    context: Context,
    in_flight: InFlight,
    ticks: Ticks,
    slack: SlackApp,
    connected: Callable[[], Awaitable[bool]] | None,
) -> Site:
    return Site(
        context=context,
        in_flight=in_flight,
        dispatch=None if settings.socket_mode else slack.dispatch,
        signing_secret=settings.slack_signing_secret,
        socket_connected=connected,
        ticks_failed=ticks.failures,
    )


@asynccontextmanager
async def _socket(
    settings: Settings, slack: SlackApp, session: aiohttp.ClientSession
) -> AsyncIterator[Callable[[], Awaitable[bool]] | None]:
    if settings.slack_app_token is None:
        yield None
        return
    async with open_socket(
        slack.bolt, settings.slack_app_token, session, settings.slack_api_url
    ) as connected:
        yield connected


async def serve(bot: Bot, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT, then stop taking requests. The caller closes the bot, which finishes what is under way."""
    async with served(bot.asgi, host, port) as taken:
        way = "Socket Mode" if bot.settings.socket_mode else "HTTP"
        _log.info("listening on %s port %d, Slack by %s", host, taken, way)
        if bot.context.mailer is None:
            _log.warning(
                "e-mail is not set up (LEXER_SMTP_URL, LEXER_MAIL_FROM): alerts go out in Slack only"
            )
        await until_told_to_stop()
