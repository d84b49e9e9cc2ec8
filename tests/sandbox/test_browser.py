"""The pretend browser obeys the rules real ones do, so that a page only it would accept is noticed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.sandbox.browser import Browser
from bot.sandbox.finding import CannotDo
from bot.sandbox.workspace import listening

FORM = '<form method="post"><input type="hidden" name="kept" value="1"><button>Continue to X</button></form>'


@asynccontextmanager
async def _site(
    policy: str, referrer: str, target: str = "/done"
) -> AsyncIterator[tuple[str, list[Request]]]:
    seen: list[Request] = []

    async def page(request: Request) -> Response:
        seen.append(request)
        if request.method == "POST":
            await request.body()
            return RedirectResponse(target, 303)
        headers = {
            "Content-Security-Policy": policy,
            "Referrer-Policy": referrer,
            "Set-Cookie": "a=b; HttpOnly",
        }
        return HTMLResponse(
            FORM if request.url.path == "/" else "<h1>Done</h1><script>no</script>", headers=headers
        )

    app = Starlette(routes=[Route("/{path:path}", page, methods=["GET", "POST"])])
    async with listening(app) as url:
        yield url, seen


@asynccontextmanager
async def _browser() -> AsyncIterator[Browser]:
    browser = Browser()
    yield browser
    await browser.aclose()


async def test_a_form_is_sent_with_cookies_and_origin() -> None:
    """What a real browser sends along, this one does."""
    async with _site("form-action 'self'", "same-origin") as (url, seen), _browser() as browser:
        await browser.opens(url + "/")
        page = await browser.continues()
        assert (page.text, page.url) == ("Done", f"{url}/done")
        assert seen[1].headers["origin"] == url
        assert seen[1].headers["cookie"] == "a=b"
        assert await seen[1].body() == b"kept=1"
        browser.forget_cookies()
        assert browser.cookies == {}


async def test_without_referrers_the_origin_is_null() -> None:
    """A page that keeps its address to itself hides it from its own form too."""
    async with _site("", "no-referrer") as (url, seen), _browser() as browser:
        await browser.opens(url + "/")
        await browser.continues()
        assert seen[1].headers["origin"] == "null"


async def test_form_action_covers_redirects() -> None:
    """A policy that forgets where the form leads next stops the person, as in a real browser."""
    async with _site("", "") as (other, _), _browser() as browser:
        async with _site("form-action 'self'", "same-origin", target=f"{other}/done") as (url, _seen):
            await browser.opens(url + "/")
            with pytest.raises(CannotDo, match="form-action"):
                await browser.continues()
        async with _site(f"form-action 'self' {other}", "same-origin", target=f"{other}/done") as (
            url,
            _seen,
        ):
            await browser.opens(url + "/")
            assert (await browser.continues()).url == f"{other}/done"


async def test_it_does_not_leave_this_computer() -> None:
    """No test reaches the real world."""
    async with _browser() as browser:
        assert await browser.opens("https://learn.lexer.io/") is None
        assert browser.asked_for == ["https://learn.lexer.io/"]
        with pytest.raises(CannotDo, match="shows nothing"):
            await browser.continues()
        async with _site("", "", target="https://evil.example/") as (url, _seen):
            await browser.opens(url + "/")
            with pytest.raises(CannotDo, match="not on this computer"):
                await browser.continues()
