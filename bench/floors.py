"""The floors under the bot: Bolt alone, with and without its poll, and a page with one word.

`python -m bench.floors pbr|stock|word PORT` serves one.
"""

import sys
from typing import Any

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bench.slash import SIGNING_SECRET


async def authorize(**_: Any) -> AuthorizeResult:
    """From memory, for a floor that asks Slack each time would be none."""
    return AuthorizeResult(enterprise_id=None, team_id="T", bot_token="xoxb-0", bot_id="B", bot_user_id="U")


def bare_bolt(*, process_before_response: bool) -> Starlette:
    """The least a Bolt app can be: one command that answers "ok"."""
    app = AsyncApp(
        signing_secret=SIGNING_SECRET, authorize=authorize, process_before_response=process_before_response
    )

    @app.command("/lexer")
    async def answer(ack: Any) -> None:
        await ack("ok")

    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"])])


def one_word() -> Starlette:
    """The least a page can be that has something to paint."""

    async def page(_request: Request) -> Response:
        return HTMLResponse('<!doctype html><html lang="en"><title>word</title><p>word</p></html>')

    return Starlette(routes=[Route("/", page)])


if __name__ == "__main__":
    kind, port = sys.argv[1:]
    uvicorn.run(
        one_word() if kind == "word" else bare_bolt(process_before_response=kind == "pbr"),
        port=int(port),
        log_level="warning",
        access_log=False,
    )
