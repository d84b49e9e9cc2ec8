"""`/healthz`: whether this process can do its work, for whoever restarts it. No secrets, no details."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse

from bot.web.site import Site, site_of

_SECONDS = 2.0


async def healthz(request: Request) -> JSONResponse:
    """200 when everything answers, 503 when not."""
    site = site_of(request)
    store, slack = await asyncio.gather(_store(site), _slack(site))
    well = store == "ok" and slack != "not connected"
    body = {"status": "ok" if well else "unwell", "store": store, "slack": slack}
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return JSONResponse(body, 200 if well else 503, headers)


async def _store(site: Site) -> str:
    try:
        async with asyncio.timeout(_SECONDS):
            return "ok" if await site.context.store.healthy() else "no answer"
    except Exception:  # noqa: BLE001  whatever it is, the store does not answer
        return "no answer"


async def _slack(site: Site) -> str:
    if site.socket_connected is None:
        return "http"
    return "connected" if await site.socket_connected() else "not connected"
