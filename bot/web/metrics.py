"""`/metrics`: numbers for a monitoring system, in Prometheus' text format, read anew at every request.

Answered only to this machine: the bot's port faces the internet, and how much waits or fails is nobody's business there. A
request from a loopback address that names somebody it was passed on for came through a proxy, so it is not this machine's.
Everybody else reads that there is no such page. A collector on the same machine scrapes it (or one elsewhere through it).
"""

from ipaddress import ip_address

from starlette.requests import Request
from starlette.responses import Response

from bot.web.rendering import result
from bot.web.site import site_of
from bot.web.words import wrong_path

_PASSED_ON = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


async def metrics(request: Request) -> Response:
    """The numbers, or 404 for whoever is not this machine."""
    if not _is_local(request):
        return result(request, wrong_path(404))
    # It brings Prometheus' client, which no start should wait for.
    from bot.web.exposition import CONTENT_TYPE, exposition  # noqa: PLC0415

    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(await exposition(site_of(request)), headers=headers, media_type=CONTENT_TYPE)


def _is_local(request: Request) -> bool:
    host = request.client.host if request.client else ""
    try:
        loopback = ip_address(host).is_loopback
    except ValueError:
        return False
    return loopback and not any(name in request.headers for name in _PASSED_ON)
