"""Our own access log: method, route, status, milliseconds. Never the rest of a path, a query, a referrer or a body."""

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger("bot.web.access")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_ROUTES = (
    ("/connect/", "/connect/<ticket>"),
    ("/oauth/callback/", "/oauth/callback/<key>"),
    ("/hooks/", "/hooks/<key>"),
    ("/mail/stop/", "/mail/stop/<signed>"),
)


class AccessLog:
    """Writes a line when an answer is complete. Slack's requests turn off here to `door`: they need none of what comes after."""

    def __init__(self, app: ASGIApp, door: ASGIApp) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and watch the status go by."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        at_the_door = scope["path"] == "/slack/events" and scope["method"] == "POST"
        try:
            await (self._door if at_the_door else self._app)(scope, receive, watched)
        finally:
            _write(scope, status, (time.perf_counter() - began) * 1000)


def _write(scope: Scope, status: int, milliseconds: float) -> None:
    route = route_of(scope["path"])
    # Answered requests of Slack are by far the most; a line each would cost a tenth of their time.
    routine = route in {"/healthz", "/metrics"} or (route == "/slack/events" and status == 200)
    level = logging.DEBUG if routine else logging.INFO
    if _log.isEnabledFor(level):
        method = scope["method"] if scope["method"] in _METHODS else "other"
        _log.log(level, "%s %s %d %.0f ms", method, route, status, milliseconds)


def route_of(path: str) -> str:
    """The route's template; paths we do not have are not repeated."""
    if path in {"/slack/events", "/healthz", "/metrics"}:
        return path
    return next((template for start, template in _ROUTES if path.startswith(start)), "(unknown)")
