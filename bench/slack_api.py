"""Just enough of Slack's API for a bot to start and answer: who am I, and who is Maria."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bench.processes import free_port
from bench.slash import INTEGRATOR, WORKSPACE

ANSWERS: dict[str, dict[str, Any]] = {
    "auth.test": {"team_id": WORKSPACE, "team": "Bench", "user_id": "U00000LEXER", "bot_id": "B00000LEXER"},
    "users.info": {"user": {"id": INTEGRATOR, "team_id": WORKSPACE, "name": "maria", "is_admin": True}},
}


Hear = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
"""A method and what was sent with it -> what the answer holds beside "ok"."""


def _nothing(_method: str, _body: Mapping[str, Any]) -> Mapping[str, Any]:
    return {}


async def answer(request: Request) -> JSONResponse:
    """Yes to everything."""
    method, body = request.path_params["method"], await request.body()
    told = json.loads(body) if body.startswith(b"{") else {}
    heard = request.app.state.hear(method, told)
    return JSONResponse({"ok": True, **ANSWERS.get(method, {}), **heard})


@asynccontextmanager
async def slack_api(hear: Hear = _nothing) -> AsyncIterator[str]:
    """Its address while it runs, in this process; `hear` gets every call."""
    port = free_port()
    app = Starlette(routes=[Route("/api/{method}", answer, methods=["GET", "POST"])])
    app.state.hear = hear
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", access_log=False))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  uvicorn tells it no other way
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}/api/"
    finally:
        server.should_exit = True
        await running
