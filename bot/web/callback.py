"""`/oauth/callback/<key>`: the way back from a provider. Only a GET takes the sign-in's state; a scanner's HEAD cannot use it up."""

import asyncio
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from bot.usecases import browser
from bot.web.rendering import result
from bot.web.site import site_of
from bot.web.words import too_long, wrong_method

_LONGEST_QUERY = 16_384
_MOST_FIELDS = 50


async def callback(request: Request) -> Response:
    """Finish a sign-in and say how it ended."""
    if request.method != "GET":
        return result(request, wrong_method(), allow="GET")
    raw: bytes = request.scope["query_string"]
    if len(raw) > _LONGEST_QUERY:
        return result(request, too_long())
    site = site_of(request)
    finishing = browser.finish(site.context, request.path_params["key"], _fields(raw), request.cookies)
    # The code can be used once: a browser that goes away, or a stop of the bot, must not cut this off half way.
    page = await asyncio.shield(site.in_flight.start(finishing))
    return result(request, page)


def _fields(raw: bytes) -> list[tuple[str, str]]:
    """The query's fields in order, repeated ones too; none if it cannot be read, which is no callback of a provider."""
    try:
        return parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        return []
