"""`POST /hooks/<key>`: what providers tell by themselves. Size, then key, then signature over the raw bytes; nothing is parsed before."""

import asyncio
import re

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from bot.usecases.provider_notices import Taken, take
from bot.web.site import site_of

LARGEST_BODY = 1_000_000
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
_STATUS = {Taken.UNKNOWN: 404, Taken.FORGED: 401, Taken.IGNORED: 200, Taken.CHECKING: 200}


async def hook(request: Request) -> Response:
    """Answer one notice. Any 2xx is "taken"; a provider sends what was not taken again, so a bug of ours is a 500."""
    try:
        body = await _whole(request)
    except ClientDisconnect:
        return PlainTextResponse("broken off", 400)
    if body is None:
        return PlainTextResponse("too large", 413)
    key = request.path_params["key"]
    if not _KEY.fullmatch(key):
        return PlainTextResponse(Taken.UNKNOWN.value, 404)
    site = site_of(request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    # A provider that goes away, or a stop of the bot, must not cut this off half way.
    try:
        taken = await asyncio.shield(site.in_flight.start(take(site.context, key, headers, body)))
    except Exception:  # noqa: BLE001  logged where it was under way; the provider tries again
        return PlainTextResponse("something broke", 500)
    return PlainTextResponse("" if _STATUS[taken] == 200 else taken.value, _STATUS[taken])


async def _whole(request: Request) -> bytes | None:
    """The raw body; None where it is larger than any notice."""
    announced = request.headers.get("content-length", "0")
    if not announced.isascii() or not announced.isdigit() or int(announced[:12]) > LARGEST_BODY:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)
