"""A tiny bot for the sandbox's own tests: does what a test tells it, and keeps what it was sent."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.methods import METHODS
from bot.sandbox.workspace import Sandbox, listening

Json = dict[str, Any]
Answer = Callable[[Json], Any]


@dataclass(slots=True)
class FakeBot:
    """`answer` gets each payload (form of a command, or decoded interaction) and gives the ack's JSON, None = empty."""

    sandbox: Sandbox
    client: httpx.AsyncClient
    answer: Answer = lambda _payload: None
    got: list[Json] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    delay: float = 0.0
    status: int = 200

    async def events(self, request: Request) -> Response:
        """The bot's one door."""
        raw = await request.body()
        self.headers.append(dict(request.headers))
        if request.headers["content-type"].startswith("application/json"):
            payload = json.loads(raw)
        else:
            form = {
                name: values[0] for name, values in parse_qs(raw.decode(), keep_blank_values=True).items()
            }
            payload = json.loads(form["payload"]) if "payload" in form else form
        self.got.append(payload)
        await asyncio.sleep(self.delay)
        body = self.answer(payload)
        if hasattr(body, "__await__"):
            body = await body
        if isinstance(body, str):
            return Response(body, self.status, media_type="text/plain")
        return Response(status_code=self.status) if body is None else JSONResponse(body, self.status)

    async def call(self, method: str, *, token: str | None = None, **args: Any) -> Json:
        """A Web API call with the bot's token, or another."""
        bearer = {"Authorization": f"Bearer {token or self.sandbox.bot_token}"}
        url = f"{self.sandbox.api_url}{method}"
        known = METHODS.get(method)
        body: Json = {"json": args} if known is None or known.takes_json else {"data": args}
        return dict((await self.client.post(url, headers=bearer, **body)).json())

    async def respond(self, url: str, **body: Any) -> httpx.Response:
        """A POST to a response address."""
        return await self.client.post(url, json=body)


@asynccontextmanager
async def open_bot(sandbox: Sandbox) -> AsyncIterator[FakeBot]:
    """Serve the fake bot and point the sandbox at it."""
    async with httpx.AsyncClient(trust_env=False) as client:
        bot = FakeBot(sandbox, client)
        app = Starlette(routes=[Route("/slack/events", bot.events, methods=["POST"])])
        async with listening(app) as url:
            sandbox.point_at(url)
            yield bot


def section(text: str, **more: Any) -> Json:
    """A paragraph."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(text: str, action: str = "press", **more: Any) -> Json:
    """A button."""
    return {"type": "button", "text": {"type": "plain_text", "text": text}, "action_id": action, **more}


def row(*elements: Json, **more: Any) -> Json:
    """Buttons."""
    return {"type": "actions", "elements": list(elements), **more}


def field_block(label: str, block: str = "name", **element: Any) -> Json:
    """A text field."""
    inner = {"type": "plain_text_input", "action_id": "typed", **element}
    return {
        "type": "input",
        "block_id": block,
        "label": {"type": "plain_text", "text": label},
        "element": inner,
    }


def modal(*blocks: Json, title: str = "A modal", submit: str | None = None, **more: Any) -> Json:
    """A modal."""
    view: Json = {
        "type": "modal",
        "title": {"type": "plain_text", "text": title},
        "blocks": list(blocks),
        **more,
    }
    if submit is not None:
        view["submit"] = {"type": "plain_text", "text": submit}
    return view
