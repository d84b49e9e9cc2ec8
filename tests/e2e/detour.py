"""A road between the bot and the sandbox on which a request can be stopped, before it arrives or before its answer is back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.workspace import listening

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_OWN = frozenset({"connection", "content-length", "transfer-encoding", "host", "origin", "date", "server"})


@dataclass(slots=True, kw_only=True)
class Gate:
    """Stops the next request whose path ends so and whose body holds `about`; `answered`: only its answer, after the sandbox has done its work."""

    path: str
    answered: bool
    about: str = ""
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    lost: bool = False
    """Whoever asked is dead: the request never arrives."""
    free: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True, kw_only=True)
class Detour:
    """The road. `url` takes the place of the sandbox's address."""

    url: str = ""
    host: str = ""
    """What the sandbox is told it is called."""
    gates: list[Gate] = field(default_factory=list)

    def stops(self, path: str, *, answered: bool = False, about: str = "") -> Gate:
        """Stop the next request to a path ending so."""
        gate = Gate(path=path, answered=answered, about=about)
        self.gates.append(gate)
        return gate

    def taken(self, path: str, body: bytes) -> Gate | None:
        """The gate in the way of this request, if any; it stops one request only."""
        for gate in self.gates:
            if path.endswith(gate.path) and gate.about.encode() in body:
                self.gates.remove(gate)
                return gate
        return None


@asynccontextmanager
async def open_detour(target: str) -> AsyncIterator[Detour]:
    """A detour to `target` (http://host:port), until the block ends."""
    detour = Detour(host=target.removeprefix("http://"))
    async with httpx.AsyncClient(trust_env=False, timeout=60, follow_redirects=False) as client:

        async def onward(request: Request) -> Response:
            body = await request.body()
            gate = detour.taken(request.url.path, body)
            if gate is not None and not gate.answered:
                await _held(gate)
                if gate.lost:
                    return Response(status_code=502)
            kept = [(name, value) for name, value in request.headers.items() if name not in _OWN]
            kept.append(("host", detour.host))
            path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            answer = await client.request(request.method, f"{target}{path}", headers=kept, content=body)
            if gate is not None and gate.answered:
                await _held(gate)
            shown = {name: value for name, value in answer.headers.items() if name not in _OWN}
            return Response(answer.content, answer.status_code, shown)

        app = Starlette(routes=[Route("/{path:path}", onward, methods=_METHODS)])
        async with listening(app) as url:
            detour.url = url
            yield detour
            for gate in detour.gates:
                gate.free.set()


async def _held(gate: Gate) -> None:
    gate.reached.set()
    await gate.free.wait()
