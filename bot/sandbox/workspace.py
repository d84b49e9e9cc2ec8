"""The whole sandbox on one loopback port: Slack, people, providers. `open_sandbox` starts it inside the running loop."""

import asyncio
import contextlib
import secrets
import socket
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.sandbox.browser import Browser
from bot.sandbox.delivery import ACK_SECONDS, Ack, Delivery
from bot.sandbox.faults import Faults
from bot.sandbox.happenings import Happenings
from bot.sandbox.methods import METHODS
from bot.sandbox.pages.site import Site
from bot.sandbox.pages.stage import AppManifest, Gallery, Stage
from bot.sandbox.pages.templating import environment
from bot.sandbox.passing import Passing
from bot.sandbox.payloads import event_body
from bot.sandbox.people import PersonAtWork
from bot.sandbox.pretend_provider import PretendProvider
from bot.sandbox.providers import Providers
from bot.sandbox.records import ApiCall, Records, Refusal
from bot.sandbox.responses import answer_response_url
from bot.sandbox.slack_api import SCOPES, SlackSide, answer_call
from bot.sandbox.socket_mode import Sockets
from bot.sandbox.triggers import Passes
from bot.sandbox.world import Clock, Human, Json, World, cast, wall
from connectors.provider import Provider
from connectors.providers import all_providers

__all__ = ["Sandbox", "open_sandbox"]


class Sandbox:
    """The pretend outside world, running. Made by `open_sandbox`."""

    def __init__(
        self,
        *,
        clock: Clock,
        people: Iterable[Human],
        providers: Sequence[Provider],
        scopes: frozenset[str],
        ack_seconds: float,
        manifest: AppManifest,
        gallery: Gallery,
    ) -> None:
        self.clock = clock
        self.records = Records(clock=clock)
        self.bot_token = f"xoxb-{secrets.token_hex(12)}"
        self.app_token = f"xapp-{secrets.token_hex(12)}"
        self.signing_secret = secrets.token_hex(16)
        self.world = World(people, clock)
        self.slack = SlackSide(
            world=self.world,
            passes=Passes(clock),
            records=self.records,
            bot_token=self.bot_token,
            app_token=self.app_token,
            scopes=scopes,
        )
        self.sockets = Sockets(self.records, self.slack.socket_tickets)
        self.delivery = Delivery(
            signing_secret=self.signing_secret,
            records=self.records,
            sockets=self.sockets,
            ack_seconds=ack_seconds,
        )
        self.happenings = Happenings(slack=self.slack, delivery=self.delivery)
        self.providers = Providers(providers, clock, self.records, environment())
        self.passing = Passing()
        self._persons: dict[str, PersonAtWork] = {}
        stage = Stage(
            slack=self.slack,
            providers=self.providers,
            person=self.person,
            manifest=manifest,
            gallery=gallery,
            passing=self.passing,
        )
        self._site = Site(stage)

    @property
    def base_url(self) -> str:
        """http://127.0.0.1:<port>."""
        return self.slack.base_url

    @property
    def api_url(self) -> str:
        """For SLACK_API_URL."""
        return f"{self.base_url}/api/"

    @property
    def faults(self) -> Faults:
        """What is to go wrong with Slack."""
        return self.slack.faults

    @property
    def calls(self) -> list[ApiCall]:
        """Every call of the bot to Slack."""
        return self.records.calls

    @property
    def refusals(self) -> list[Refusal]:
        """Everything Slack or a provider would not take."""
        return self.records.refusals

    @property
    def sent(self) -> list[Json]:
        """Every message and view ever sent, refused ones too."""
        return self.records.sent

    def point_at(self, bot_url: str) -> None:
        """Say where the bot listens: commands go there, and the providers register its callback addresses."""
        self.delivery.bot_url = bot_url.rstrip("/")
        for pretend in self.providers.all.values():
            pretend.redirect_uri = f"{self.delivery.bot_url}/oauth/callback/{pretend.key}"

    def person(self, name: str) -> PersonAtWork:
        """Someone by handle; the same object each time. Raises LookupError."""
        human = self.world.human(name)
        if human.id not in self._persons:
            self._persons[human.id] = PersonAtWork(human, self.slack, self.delivery, Browser())
        return self._persons[human.id]

    def provider(self, key: str) -> PretendProvider:
        """A pretend provider and its switches. Raises LookupError."""
        if key not in self.providers.all:
            raise LookupError(f"no provider is called {key!r}; there are {', '.join(self.providers.all)}")
        return self.providers.all[key]

    def environment(self) -> dict[str, str]:
        """The settings that make a bot work with this sandbox over HTTP: tokens, secrets, providers' clients."""
        env = {
            "SLACK_BOT_TOKEN": self.bot_token,
            "SLACK_SIGNING_SECRET": self.signing_secret,
            "SLACK_API_URL": self.api_url,
        }
        for pretend in self.providers.all.values():
            prefix = f"LEXER_{pretend.key.upper()}"
            env[f"{prefix}_CLIENT_ID"] = pretend.client_id
            env[f"{prefix}_CLIENT_SECRET"] = pretend.client_secret
            env |= {f"{prefix}_{name}": value for name, value in pretend.settings.items()}
        return env

    async def event(self, event: Json) -> Ack:
        """Bring any event to the bot, subscribed to or not, true or not: for hostile tests. True ones are `happenings`."""
        return await self.delivery.event(event_body(self.world, event))

    async def changes(self, name: str, **fields: Any) -> Ack | None:
        """Change someone's user object and tell the bot (`user_change`)."""
        return await self.happenings.changes(self.world.human(name), **fields)

    async def aclose(self) -> None:
        """Close what is open."""
        self._site.close()
        await self.providers.aclose()
        for person in self._persons.values():
            await person.browser.aclose()
        await self.delivery.aclose()

    def asgi(self) -> ASGIApp:
        """The app of the one port."""
        routes = [
            Route("/api/{method}", self._api, methods=["GET", "POST"]),
            Route("/response/{made}", self._response, methods=["POST"]),
            WebSocketRoute("/socket/{ticket}", self.sockets.serve),
            *self._site.routes(),
            Route(
                "/{host}/{path:path}",
                self.providers.answer,
                methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            ),
        ]
        return _only_own_address(Starlette(routes=routes), self)

    async def _api(self, request: Request) -> Response:
        return await answer_call(self.slack, METHODS, request.path_params["method"], request)

    async def _response(self, request: Request) -> Response:
        return await answer_response_url(self.slack, request.path_params["made"], request)


def _only_own_address(app: ASGIApp, sandbox: Sandbox) -> ASGIApp:
    """Answer only requests for our own loopback address, sent by our own pages or by no page (DNS rebinding, foreign forms)."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope.get("headers", [])
        }
        own = sandbox.base_url.removeprefix("http://")
        port = own.partition(":")[2]
        hosts = {own, f"localhost:{port}"}
        origin = headers.get("origin")
        fits = headers.get("host") in hosts and (origin is None or origin.removeprefix("http://") in hosts)
        if fits:
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4003})
        else:
            await PlainTextResponse("not this address", 403)(scope, receive, send)

    return guarded


class _Server(uvicorn.Server):
    """uvicorn inside a loop that is not its own: leaves signals to whoever runs the loop, and stops at once when told."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.told_to_stop = asyncio.Event()

    async def main_loop(self) -> None:
        """Wait to be told, where uvicorn looks ten times a second."""
        await self.on_tick(0)
        await self.told_to_stop.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none."""
        yield


@asynccontextmanager
async def listening(app: ASGIApp, *, port: int = 0) -> AsyncIterator[str]:
    """Serve an app on a loopback port (0 = a free one) until the block ends; gives its base URL.

    Raises OSError when the port is busy.
    """
    # Named as TCP, or asyncio does not switch Nagle off for what it accepts (40 ms an answer).
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(("127.0.0.1", port))
    except OSError:
        bound.close()
        raise
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", date_header=False, timeout_graceful_shutdown=1
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[bound]))
    try:
        while not server.started and not task.done():  # noqa: ASYNC110  uvicorn tells it by a flag only
            await asyncio.sleep(0.005)
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        server.told_to_stop.set()
        await task
        bound.close()


@asynccontextmanager
async def open_sandbox(
    *,
    port: int = 0,
    clock: Clock = wall,
    people: Iterable[Human] | None = None,
    providers: Sequence[Provider] | None = None,
    scopes: frozenset[str] = SCOPES,
    ack_seconds: float = ACK_SECONDS,
    manifest: AppManifest | None = None,
    gallery: Gallery | None = None,
) -> AsyncIterator[Sandbox]:
    """Start the pretend outside world; it ends with the block.

    `clock` rules triggers, response addresses and providers' tokens; signatures use wall time. `people`: who works there
    (world.cast if None); `providers`: all declared ones if None. `manifest` and `gallery` are for the pages. Raises OSError when the port is busy.
    """
    declared = all_providers() if providers is None else providers
    sandbox = Sandbox(
        clock=clock,
        people=people or cast(),
        providers=declared,
        scopes=scopes,
        ack_seconds=ack_seconds,
        manifest=manifest or AppManifest(),
        gallery=gallery or {},
    )
    async with listening(sandbox.asgi(), port=port) as base_url:
        sandbox.slack.base_url = base_url
        try:
            yield sandbox
        finally:
            await sandbox.aclose()
