"""Answers over HTTP that Starlette has no word for: Slack's JSON, and a connection that breaks off."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.sandbox.world import Json


def api_answer(body: Json, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Slack's JSON."""
    raw = json.dumps(body, ensure_ascii=False).encode()
    return Response(
        raw, status_code=status, headers=dict(headers or {}), media_type="application/json; charset=utf-8"
    )


@dataclass(frozen=True, slots=True)
class Cut:
    """An answer that promises more than it sends; the server then closes the connection."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Begin and stop."""
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b'{"ok":', "more_body": True})


class _CutResponse(Response):
    """Starlette's door takes a Response; this one hands over to `Cut`."""

    def __init__(self, cut: Cut) -> None:
        super().__init__()
        self._cut = cut

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Break off."""
        await self._cut(scope, receive, send)


def cut_off(cut: Cut) -> Response:
    """The connection breaks off in the middle of the answer."""
    return _CutResponse(cut)
