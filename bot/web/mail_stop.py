"""`/mail/stop/<signed>`: a page that asks, and a button, or a mail program's one click, that stops a person's e-mails."""

from starlette.requests import Request
from starlette.responses import Response

from bot.usecases import mail_stops
from bot.usecases.pages import ResultPage
from bot.web.rendering import guarded, result, stop_page
from bot.web.site import site_of


async def mail_stop(request: Request) -> Response:
    """GET asks, POST stops, HEAD (a scanner's) does nothing.

    A mail program's POST (RFC 8058 3.2: body "List-Unsubscribe=One-Click", no cookie, no Origin of ours) and the button's do the
    same, so the body is not read; the link itself is the permission.
    """
    context, signed = site_of(request).context, request.path_params["signed"]
    if request.method == "HEAD":
        return Response(status_code=200, headers=guarded(request, "no-referrer"))
    if request.method == "POST":
        return result(request, await mail_stops.stop(context, signed))
    page = await mail_stops.look(context, signed)
    return result(request, page) if isinstance(page, ResultPage) else stop_page(request, page)
