"""What a browser gets: pages that explain themselves, protected by their headers, and nothing of what does not concern it."""

import base64
import hashlib
import re
from dataclasses import replace

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.app import Bot
from bot.errors import UserFacingError
from bot.usecases.pages import ConnectPage, Cookie, ResultPage
from bot.web.rendering import connect_page, result
from bot.web.site import origin_of
from bot.web.words import worded
from tests.edges.conftest import PUBLIC_URL

PAGE = ConnectPage(
    provider="Shopify",
    account_noun="shop",
    workspace="Acme <b>& Sons</b>",
    person="Maria",
    number="07",
    permissions=("Read orders", "Read customers"),
    role_needed="You must own the shop.",
    address="acme.myshopify.com",
    cookie=Cookie(name="lexer_x", value="v", max_age=60),
)


async def rendered(bot: Bot, page: ConnectPage | ResultPage) -> httpx.Response:
    """A page as a browser gets it from a bot of this address."""

    async def show(request: Request) -> Response:
        if isinstance(page, ResultPage):
            return result(request, page)
        return connect_page(request, page, "https://acme.myshopify.com")

    app = Starlette(routes=[Route("/", show)])
    app.state.site = bot.asgi.state.site
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as client:
        return await client.get("/")


async def test_the_connect_page_says_what_is_about_to_happen(bot: Bot) -> None:
    """Which account, which workspace, for whom, the number to compare, what is asked, and how to leave."""
    text = (await rendered(bot, PAGE)).text
    for words in ("Shopify", "07", "Maria", "acme.myshopify.com", "Read orders", "You must own the shop."):
        assert words in text
    assert "Continue only if you are" in text
    assert "close this page" in text
    assert '<form method="post">' in text


async def test_nothing_from_outside_acts_in_a_page(bot: Bot) -> None:
    """Names are shown as text, whatever they hold."""
    text = (await rendered(bot, PAGE)).text
    assert "<b>&" not in text
    assert "&lt;b&gt;&amp; Sons" in text


async def test_reconnecting_names_the_account(bot: Bot) -> None:
    """The page of a reconnect says whom to sign in as and how to switch."""
    page = replace(PAGE, reconnect="@acme", switch_hint="Sign out there first.")
    text = (await rendered(bot, page)).text
    assert "Reconnect Shopify" in text
    assert "@acme" in text
    assert "Sign out there first." in text


async def test_pages_are_locked_down(bot: Bot) -> None:
    """No script, no frame, no foreign style, no cache, no sniffing, and TLS from then on."""
    answer = await rendered(bot, PAGE)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' https://acme.myshopify.com" in policy
    assert "unsafe" not in policy
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "strict-transport-security" in answer.headers


async def test_the_style_is_allowed_by_its_hash(bot: Bot) -> None:
    """The page's own style passes its own policy."""
    answer = await rendered(bot, PAGE)
    style = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["content-security-policy"]


async def test_pages_load_nothing_from_elsewhere(bot: Bot) -> None:
    """No third party learns that a page was opened."""
    text = (await rendered(bot, PAGE)).text
    assert re.findall(r"""(?:src|href|url\()\s*=?\s*["']?(?:https?:)?//""", text) == []


async def test_a_result_page_leads_back_to_slack(bot: Bot) -> None:
    """After signing in there is one thing to do: open Slack."""
    page = ResultPage(
        status=200,
        tone="good",
        title="You are signed in",
        sentences=("Go back.",),
        slack_url="https://slack.com/x",
    )
    answer = await rendered(bot, page)
    assert "Open Slack" in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "form-action 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("url", "links"), [("http://127.0.0.1:8080/client/T1/D1", 1), ("javascript:alert(1)", 0), ("//x", 0)]
)
async def test_open_slack_is_an_address_or_nothing(bot: Bot, url: str, links: int) -> None:
    """A Slack on this machine can be opened; what is no address of a page is not made a link."""
    page = ResultPage(status=200, tone="good", title="Connected", sentences=(), slack_url=url)
    text = (await rendered(bot, page)).text
    assert text.count(f'href="{url}"') == text.count("Open Slack") == links


FAULTS = [(UserFacingError("That is over.", "Start again in Slack."), 400), (RuntimeError("a secret"), 500)]


@pytest.mark.parametrize(("fault", "status"), FAULTS)
async def test_an_error_becomes_a_page(bot: Bot, fault: Exception, status: int) -> None:
    """What goes wrong behind a page is said in words, a bug under a reference."""

    async def fails(_request: Request) -> Response:
        raise fault

    app = Starlette(routes=[Route("/", worded(fails))])
    app.state.site = bot.asgi.state.site
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as client:
        answer = await client.get("/")
    assert answer.status_code == status
    assert "a secret" not in answer.text
    assert ("That is over." if status == 400 else "reference") in answer.text


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://a.example/x?y", "https://a.example"),
        ("https://a.example:443", "https://a.example"),
        ("http://127.0.0.1:3000/x", "http://127.0.0.1:3000"),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ],
)
def test_an_origin_is_written_as_browsers_do(url: str, origin: str) -> None:
    """The form's Origin is compared with what a browser really sends."""
    assert origin_of(url) == origin
