"""`/healthz`: whether this process can do its work, for whoever restarts it. No secrets, no details."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse

from bot.web.site import Site, site_of
from store import workspaces

_SECONDS = 2.0
_TAKEN_OUT = "taken out"


async def healthz(request: Request) -> JSONResponse:
    """200 when everything answers, 503 when not. A bot taken out of Slack says so with 200: a restart helps nobody then, and ends its e-mails."""
    site = site_of(request)
    store, slack = await asyncio.gather(_store(site), _slack(site))
    well = store == "ok" and slack != "not connected"
    status = "unwell" if not well or slack == _TAKEN_OUT else "ok"
    body = {"status": status, "store": store, "slack": slack}
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return JSONResponse(body, 200 if well else 503, headers)


async def _store(site: Site) -> str:
    try:
        async with asyncio.timeout(_SECONDS):
            return "ok" if await site.context.store.healthy() else "no answer"
    except Exception:  # noqa: BLE001  whatever it is, the store does not answer
        return "no answer"


async def _slack(site: Site) -> str:
    if await _taken_out(site):
        return _TAKEN_OUT
    if site.socket_connected is None:
        return "http"
    return "connected" if await site.socket_connected() else "not connected"


async def _taken_out(site: Site) -> bool:
    """As the store has it: another process may have been told."""
    try:
        async with asyncio.timeout(_SECONDS), site.context.store.reading() as tx:
            return bool(await workspaces.left(tx))
    except Exception:  # noqa: BLE001  that the store does not answer is told beside it
        return False
