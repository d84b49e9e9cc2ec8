"""Pages as HTML with the headers that protect them. Loads nothing from anywhere: the style is in the page, allowed by its hash."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.usecases.pages import ConnectPage, ResultPage, StopPage
from bot.web.site import site_of

_STYLE = files("bot.web").joinpath("pages", "lexer.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


@cache
def _pages() -> Any:
    """Jinja's environment, made for the first page: a start that only talks to Slack does not wait for it."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415
    from markupsafe import Markup  # noqa: PLC0415

    pages = Environment(
        loader=PackageLoader("bot.web", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # The text is ours and holds no "<", so that it can neither end its element nor differ from what was hashed.
    pages.globals["style"] = Markup(_STYLE)  # noqa: S704  our own file
    return pages


def connect_page(request: Request, page: ConnectPage, form_targets: str) -> HTMLResponse:
    """The Connect page. `form_targets`: further sources of CSP's form-action, for the redirect that follows the form."""
    html = _pages().get_template("connect.html").render(page=page)
    # With no referrer at all the browser would send the form with the Origin "null".
    return _response(request, html, 200, form_action=f"'self' {form_targets}".strip(), referrer="same-origin")


def result(request: Request, page: ResultPage, *, allow: str | None = None) -> HTMLResponse:
    """How it ended. `allow`: the methods that exist, for 405."""
    html = _pages().get_template("result.html").render(page=page)
    response = _response(request, html, page.status, form_action="'none'", referrer="no-referrer")
    if allow:
        response.headers["Allow"] = allow
    return response


def stop_page(request: Request, page: StopPage) -> HTMLResponse:
    """Asks before e-mails are stopped."""
    html = _pages().get_template("mail_stop.html").render(page=page)
    return _response(request, html, 200, form_action="'self'", referrer="no-referrer")


def _response(request: Request, html: str, status: int, *, form_action: str, referrer: str) -> HTMLResponse:
    policy = (
        "default-src 'none'",
        f"style-src 'sha256-{_STYLE_HASH}'",
        f"form-action {form_action}",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
    headers = {"Content-Security-Policy": "; ".join(policy), **guarded(request, referrer)}
    return HTMLResponse(html, status, headers)


def guarded(request: Request, referrer: str) -> dict[str, str]:
    """The headers every page and redirect of ours carries."""
    headers = {
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": referrer,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
    }
    if site_of(request).is_https:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers
