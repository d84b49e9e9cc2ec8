"""Socket Mode: the same bot, with Slack's requests over a WebSocket it opens itself."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from aiohttp import WSMsgType, web

from bot.app import open_bot
from bot.errors import SettingsProblems
from bot.settings import load
from tests.edges.acts import Acts
from tests.edges.conftest import PUBLIC_URL
from tests.edges.pretend_slack import PretendSlack, command, press


class Socket:
    """Slack's end: sends envelopes, collects acks."""

    def __init__(self) -> None:
        self.url = ""
        self.connected = asyncio.Event()
        self.acks: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._ws: web.WebSocketResponse | None = None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One connection."""
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        self._ws = ws
        await ws.send_json({"type": "hello", "num_connections": 1})
        self.connected.set()
        async for message in ws:
            if message.type is WSMsgType.TEXT:
                ack = json.loads(message.data)
                self.acks.pop(ack["envelope_id"]).set_result(ack)
        return ws

    async def send(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        """An envelope; its ack."""
        assert self._ws is not None
        name = f"e{len(self.acks)}"
        self.acks[name] = asyncio.get_running_loop().create_future()
        waited = self.acks[name]
        await self._ws.send_json({"type": kind, "envelope_id": name, "payload": payload})
        async with asyncio.timeout(10):
            return await waited


@asynccontextmanager
async def open_socket_server() -> AsyncIterator[Socket]:
    """Listen on a free port until the block ends."""
    found = Socket()
    app = web.Application()
    app.router.add_get("/socket", found.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"ws://127.0.0.1:{runner.addresses[0][1]}/socket"
    try:
        yield found
    finally:
        await runner.cleanup()


@pytest.fixture
async def connection(slack: PretendSlack) -> AsyncIterator[Socket]:
    """Slack's end, with its address given out by the Web API."""
    async with open_socket_server() as opened:
        slack.answers["apps.connections.open"] = lambda _call: (200, {}, {"ok": True, "url": opened.url})
        yield opened


@pytest.fixture
def with_app_token(environment: dict[str, str]) -> dict[str, str]:
    """Settings of Socket Mode: no signing secret."""
    return {**environment, "SLACK_SIGNING_SECRET": "", "SLACK_APP_TOKEN": "xapp-1-test"}


async def test_commands_and_presses_come_over_the_socket(
    slack: PretendSlack, connection: Socket, with_app_token: dict[str, str], acts: Acts
) -> None:
    """A command is answered in its ack and a press reaches its handler, as over HTTP."""
    async with open_bot(load(with_app_token, None), ticking=False, handlers=acts.handlers()) as bot:
        async with asyncio.timeout(10):
            await connection.connected.wait()
        ack = await connection.send("slash_commands", dict(parse_qsl(command("do it").decode())))
        payload = json.loads(dict(parse_qsl(press("press", "x").decode()))["payload"])
        await connection.send("interactive", payload)
        await bot.drain()
        transport = httpx.ASGITransport(app=bot.asgi)
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as browser:
            health = await browser.get("/healthz")
            door = await browser.post("/slack/events", content=b"x")
    assert ack["payload"]["text"] == "done: it"
    assert acts.calls[1].value == "x"
    assert health.json()["slack"] == "connected"
    assert door.status_code == 404
    assert slack.calls[1].authorization == "Bearer xapp-1-test"


async def test_an_unknown_kind_is_acknowledged_too(
    connection: Socket, with_app_token: dict[str, str], acts: Acts
) -> None:
    """An envelope the bot has no use for is acknowledged, or the person would see an error."""
    async with open_bot(load(with_app_token, None), ticking=False, handlers=acts.handlers()):
        async with asyncio.timeout(10):
            await connection.connected.wait()
        ack = await connection.send(
            "interactive", {"type": "shortcut", "callback_id": "x", "team": {"id": "T0LEXER"}}
        )
    assert "envelope_id" in ack


async def test_a_refused_app_token_is_a_wrong_setting(
    slack: PretendSlack, with_app_token: dict[str, str], acts: Acts
) -> None:
    """When Slack refuses the app-level token the start says so by the setting's name."""
    slack.refuse("apps.connections.open", "invalid_auth")
    with pytest.raises(SettingsProblems, match="SLACK_APP_TOKEN is refused"):
        async with open_bot(load(with_app_token, None), ticking=False, handlers=acts.handlers()):
            pass
