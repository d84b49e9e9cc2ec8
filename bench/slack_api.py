"""Just enough of Slack's API for a bot to start and answer: who am I, and who is Maria."""

import asyncio
from collections.abc import AsyncIterator
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


async def answer(request: Request) -> JSONResponse:
    """Yes to everything."""
    return JSONResponse({"ok": True, **ANSWERS.get(request.path_params["method"], {})})


@asynccontextmanager
async def slack_api() -> AsyncIterator[str]:
    """Its address while it runs, in this process: it is only asked when a bot starts."""
    port = free_port()
    app = Starlette(routes=[Route("/api/{method}", answer, methods=["GET", "POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", access_log=False))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  uvicorn tells it no other way
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}/api/"
    finally:
        server.should_exit = True
        await running
