"""A Slack that says yes, writes down what it was asked, and fails on demand. Strictness is the local workspace's business, not its."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

Answer = tuple[int, Mapping[str, str], Any]
TEAM, PERSON = "T0LEXER", "U0MARIA"
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
TOKEN = "xoxb-of-the-tests"


@dataclass
class Call:
    """One request to the Web API or a response_url."""

    method: str
    args: Mapping[str, Any]
    authorization: str | None


@dataclass
class PretendSlack:
    """Answers every method with ok; `answers` replaces a method's answer, `delays` (seconds) holds it back."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: dict[str, Callable[[Call], Answer]] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def api_url(self) -> str:
        """For SLACK_API_URL."""
        return f"{self.url}/api/"

    @property
    def response_url(self) -> str:
        """Where an interaction may be answered."""
        return f"{self.url}/response/1"

    def of(self, method: str) -> list[Mapping[str, Any]]:
        """The arguments of each call of a method, in order."""
        return [call.args for call in self.calls if call.method == method]

    async def until(self, method: str, number: int = 1) -> Mapping[str, Any]:
        """Wait for the number-th call of a method."""
        async with asyncio.timeout(10):
            while len(self.of(method)) < number:
                self.arrived.clear()
                await self.arrived.wait()
        return self.of(method)[number - 1]

    def refuse(self, method: str, error: str, status: int = 200, **headers: str) -> None:
        """Answer a method with one of Slack's errors from now on."""
        self.answers[method] = lambda _call: (status, headers, {"ok": False, "error": error})

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        method = request.match_info.get("method", "response_url")
        raw = await request.read()
        if request.content_type == "application/json":
            args = json.loads(raw)
        else:
            args = {**request.query, **(await request.post() if raw else {})}
        call = Call(method=method, args=args, authorization=request.headers.get("Authorization"))
        self.calls.append(call)
        self.arrived.set()
        await asyncio.sleep(self.delays.get(method, 0))
        status, headers, body = self.answers.get(method, _yes)(call)
        if isinstance(body, str):
            return web.Response(status=status, headers=headers, text=body)
        return web.json_response(body, status=status, headers=headers)


def _yes(call: Call) -> Answer:
    user = {"id": PERSON, "team_id": TEAM, "name": "maria", "profile": {"display_name": "Maria"}}
    extra: Mapping[str, Any] = {
        "auth.test": {"team_id": TEAM, "team": "Acme", "user_id": "U0BOT", "bot_id": "B0BOT"},
        "views.open": {"view": {"id": "V0OPENED"}},
        "views.push": {"view": {"id": "V0PUSHED"}},
        "chat.postMessage": {"channel": "D0MARIA", "ts": "1700000000.000100"},
        "users.info": {"user": user},
        "users.list": {"members": [user]},
    }
    if call.method == "response_url":
        return 200, {}, "ok"
    return 200, {}, {"ok": True, **extra.get(call.method, {})}


@asynccontextmanager
async def open_pretend_slack() -> AsyncIterator[PretendSlack]:
    """Listen on a free port until the block ends."""
    slack = PretendSlack()
    app = web.Application(client_max_size=4_000_000)
    app.router.add_route("*", "/api/{method}", slack.handle)
    app.router.add_post("/response/{id}", slack.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield slack
    finally:
        await runner.cleanup()


def signed(body: bytes, *, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    """The headers of a genuine request."""
    timestamp = str(int(time.time() if at is None else at))
    mac = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={mac}",
        "Content-Type": "application/x-www-form-urlencoded",
    }


def command(text: str, **more: str) -> bytes:
    """A slash command's body."""
    fields = {
        "command": "/lexer",
        "text": text,
        "team_id": TEAM,
        "user_id": PERSON,
        "trigger_id": "1.2.abc",
        "api_app_id": "A0LEXER",
        **more,
    }
    return urlencode(fields).encode()


def interaction(kind: str, **more: Any) -> bytes:
    """An interaction's body."""
    payload = {
        "type": kind,
        "team": {"id": TEAM},
        "user": {"id": PERSON, "team_id": TEAM},
        "trigger_id": "1.2.abc",
        "api_app_id": "A0LEXER",
        **more,
    }
    return urlencode({"payload": json.dumps(payload)}).encode()


def press(action_id: str, value: str = "", **more: Any) -> bytes:
    """A button's press."""
    return interaction(
        "block_actions",
        actions=[{"type": "button", "action_id": action_id, "value": value, "block_id": "b"}],
        **more,
    )


def submit(callback_id: str, **view: Any) -> bytes:
    """A modal's submit."""
    shown = {"id": "V0OPENED", "type": "modal", "callback_id": callback_id, "state": {"values": {}}, **view}
    return interaction("view_submission", view=shown)
