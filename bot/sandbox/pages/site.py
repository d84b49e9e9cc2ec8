"""The addresses of the pages, and what protects them."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from bot.sandbox.finding import CannotDo
from bot.sandbox.pages.asked import FIRST_CHANNEL, Asked, read_asked
from bot.sandbox.pages.doing import DEEDS, do
from bot.sandbox.pages.draw import draw_options
from bot.sandbox.pages.gallery import gallery_family, gallery_index
from bot.sandbox.pages.guide import guide_of
from bot.sandbox.pages.hours import hours_view
from bot.sandbox.pages.inspector import exchange_view, inspector_view
from bot.sandbox.pages.mails import LETTER_POLICY, letter, mails_view
from bot.sandbox.pages.offering import offer
from bot.sandbox.pages.outside import outside_view
from bot.sandbox.pages.screen import readable, screen
from bot.sandbox.pages.stage import Stage
from bot.sandbox.pages.templating import environment

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_LARGEST = 200_000
"""Bytes of an order."""
_GLANCE = 0.3
"""Seconds between two looks at time that passes quickly."""


class Site:
    """The pages of one workspace."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._templates: Environment = environment()
        self._closing = asyncio.Event()

    def close(self) -> None:
        """Let everybody who listens go."""
        self._closing.set()
        self._stage.records.ring()

    def routes(self) -> list[BaseRoute]:
        """Every address of ours; none can be a provider's, whose first part is a host with a dot."""
        return [
            Route("/", self._first),
            Route("/client/{team}", self._first),
            Route("/client/{team}/{channel}", self._client),
            Route("/do/{what}", self._do, methods=["POST"]),
            Route("/options", self._options),
            Route("/exchange/{number:int}", self._exchange),
            Route("/letter/{number:int}", self._letter),
            Route("/gallery", self._gallery),
            Route("/gallery/{family}", self._family),
            WebSocketRoute("/live", self._live),
            Mount("/assets", StaticFiles(packages=[("bot.sandbox.pages", "assets")])),
        ]

    async def _first(self, request: Request) -> Response:
        query = dict(request.query_params)
        try:
            asked = read_asked(self._stage.world, FIRST_CHANNEL, query)
        except LookupError:
            asked = read_asked(self._stage.world, FIRST_CHANNEL, {})
        return RedirectResponse(asked.url(), 303)

    async def _client(self, request: Request) -> Response:
        """A whole page, or with X-Lexer-Part only what the script puts in its place."""
        try:
            asked = read_asked(self._stage.world, request.path_params["channel"], dict(request.query_params))
        except LookupError:
            return RedirectResponse("/", 303)
        part = request.headers.get("x-lexer-part") == "app"
        since = request.headers.get("x-lexer-since") if part else None
        since = since or self._stage.world.ts()
        seen = not part or request.headers.get("x-lexer-seen") == "1"
        html = self._rendered(
            "app.html" if part else "workspace.html", **self._shown(asked, since, seen=seen)
        )
        if seen:
            self._stage.unread.see(asked.human.id, readable(self._stage, asked, since))
        return html

    def _shown(self, asked: Asked, since: str, *, seen: bool) -> dict[str, Any]:
        stage, panel = self._stage, asked.panel
        if seen and panel == "mails" and asked.mail:
            stage.read_mails.add(asked.mail)
        return {
            "screen": screen(stage, asked, since, seen=seen),
            "guide": guide_of(stage),
            "hours": hours_view(stage, asked.human.tz),
            "mails": mails_view(stage, asked) if panel == "mails" else None,
            "outside": outside_view(stage.providers, stage.records) if panel == "outside" else None,
            "inspector": inspector_view(stage.records, asked) if panel == "inspector" else None,
        }

    async def _do(self, request: Request) -> Response:
        what = request.path_params["what"]
        if what not in DEEDS or request.headers.get("origin") is None:
            return JSONResponse({"problem": "There is nothing of that name to do."}, 404)
        raw = await request.body()
        try:
            order = json.loads(raw) if len(raw) <= _LARGEST else None
            # Half a character (a lone surrogate) can be written in JSON, but neither be sent nor shown.
            json.dumps(order, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            order = None
        if not isinstance(order, dict):
            return JSONResponse({"problem": "This cannot be read."}, 400)
        try:
            return JSONResponse({"notice": await do(self._stage, what, order)})
        except CannotDo as problem:
            # Not a 4xx: a browser's console would show what only a person did wrong as an error of the page.
            return JSONResponse({"problem": str(problem).partition("\n")[0]})

    async def _options(self, request: Request) -> Response:
        try:
            listed = await offer(self._stage, dict(request.query_params))
        except CannotDo as problem:
            return JSONResponse({"problem": str(problem)}, 409)
        return self._guarded(
            HTMLResponse(draw_options(listed.groups, listed.reader, listed.chosen, listed.hint))
        )

    async def _exchange(self, request: Request) -> Response:
        found = exchange_view(self._stage.records, request.path_params["number"])
        if found is None:
            return self._guarded(HTMLResponse("<p>This is not kept any more.</p>", 404))
        return self._rendered("exchange.html", exchange=found)

    async def _letter(self, request: Request) -> Response:
        found = letter(self._stage, request.path_params["number"])
        shown = HTMLResponse("<p>There is no such e-mail.</p>", 404) if found is None else HTMLResponse(found)
        return self._guarded(shown, {"Content-Security-Policy": LETTER_POLICY})

    async def _gallery(self, _request: Request) -> Response:
        return self._rendered("gallery.html", **gallery_index(self._stage.gallery))

    async def _family(self, request: Request) -> Response:
        family, kind = request.path_params["family"], request.query_params.get("kind", "")
        try:
            found = gallery_family(self._stage.gallery, family, kind)
        except LookupError:
            return RedirectResponse("/gallery", 303)
        return self._rendered("gallery.html", **found)

    async def _live(self, socket: WebSocket) -> None:
        """Says "changed" whenever something has; the other end says nothing, so that hearing from it means it has gone."""
        await socket.accept()
        gone = asyncio.ensure_future(socket.receive())
        try:
            while not gone.done() and not self._closing.is_set():
                bell = asyncio.ensure_future(self._stage.records.bell().wait())
                await socket.send_text("changed")
                await asyncio.wait({gone, bell}, return_when=asyncio.FIRST_COMPLETED)
                bell.cancel()
                if self._stage.passing.under_way is not None:
                    # Drawing every moment of a day would make it a long one.
                    await asyncio.wait({gone}, timeout=_GLANCE)
        finally:
            gone.cancel()

    def _rendered(self, name: str, **data: Any) -> Response:
        return self._guarded(HTMLResponse(self._templates.get_template(name).render(**data)))

    def _guarded(self, response: Response, headers: Mapping[str, str] | None = None) -> Response:
        response.headers.update(
            {
                "Content-Security-Policy": POLICY,
                "Cache-Control": "no-store",
                "Referrer-Policy": "same-origin",
                "X-Content-Type-Options": "nosniff",
                **(headers or {}),
            }
        )
        return response
