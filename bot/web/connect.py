"""`/connect/<ticket>`: a page to look at, which changes nothing, and a button, which begins the sign-in."""

from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.usecases import browser
from bot.usecases.context import Context
from bot.usecases.pages import ConnectPage, Cookie, ResultPage
from bot.web.rendering import connect_page, guarded, result
from bot.web.site import Site, origin_of, site_of
from bot.web.words import foreign_form

_NO_VERIFIER = SecretStr("-" * 43)


async def connect(request: Request) -> Response:
    """GET shows, POST departs, HEAD (a scanner's) does nothing."""
    if request.method == "HEAD":
        return Response(status_code=200, headers=guarded(request, "same-origin"))
    if request.method == "POST":
        return await _depart(request)
    site = site_of(request)
    page = await browser.look(site.context, request.path_params["ticket"])
    if isinstance(page, ResultPage):
        return result(request, page)
    response = connect_page(request, page, _form_targets(site.context, page))
    _set(response, page.cookie, site)
    return response


async def _depart(request: Request) -> Response:
    site = site_of(request)
    if request.headers.get("origin") != site.origin:
        return result(request, foreign_form())
    going = await browser.go(site.context, request.path_params["ticket"], request.cookies)
    if isinstance(going, ResultPage):
        return result(request, going)
    return RedirectResponse(going.url, 303, guarded(request, "no-referrer"))


def _set(response: Response, cookie: Cookie, site: Site) -> None:
    response.set_cookie(
        cookie.name,
        cookie.value,
        max_age=cookie.max_age,
        path="/",
        secure=site.is_https,  # http is only allowed on loopback (bot/settings.py), where Secure cookies would be lost
        httponly=True,
        samesite="lax",
    )


def _form_targets(context: Context, page: ConnectPage) -> str:
    """Where the form's redirect may lead: Chromium holds form-action against the whole chain that follows the form.

    So besides the provider's own origin any https address is allowed: providers send people on to sign-in hosts of theirs that
    they do not document (https://github.com/w3c/webappsec-csp/issues/8, read 2026-11-24). The page holds no field to steal.
    """
    provider = next((p for p in context.connectors.providers() if p.name == page.provider), None)
    if provider is None or context.connectors.missing_settings(provider.key):
        return "https:"
    if provider.address is not None and page.address is None:
        return "https:"
    url = context.connectors.authorization_url(
        provider, state="-", verifier=_NO_VERIFIER, address=page.address
    )
    return f"{origin_of(url)} https:"
