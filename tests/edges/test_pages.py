"""What a browser gets: pages that explain themselves, protected by their headers, and nothing of what does not concern it."""

import base64
import hashlib
import logging
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
from bot.web import Site, web
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


async def test_a_scanner_changes_nothing(browser: httpx.AsyncClient) -> None:
    """A HEAD on a link answers and sets no cookie."""
    answer = await browser.head("/connect/whatever")
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers


async def test_an_invented_link_is_explained(browser: httpx.AsyncClient) -> None:
    """A link nobody made leads to words."""
    answer = await browser.get("/connect/invented.ticket")
    assert answer.status_code == 404
    assert "Slack" in answer.text


ORIGINS = [
    None,
    "null",
    "https://evil.example",
    "http://lexer.example.com",
    f"{PUBLIC_URL}.evil.example",
    f"{PUBLIC_URL}:444",
]


@pytest.mark.parametrize("origin", ORIGINS)
async def test_a_form_from_elsewhere_is_refused(browser: httpx.AsyncClient, origin: str | None) -> None:
    """Only our own page can begin a sign-in."""
    headers = {} if origin is None else {"Origin": origin}
    assert (await browser.post("/connect/x.y", headers=headers)).status_code == 403


async def test_our_own_form_is_let_through(browser: httpx.AsyncClient) -> None:
    """With our Origin the link itself decides."""
    assert (await browser.post("/connect/x.y", headers={"Origin": PUBLIC_URL})).status_code == 404


@pytest.mark.parametrize("method", ["HEAD", "POST"])
async def test_only_a_get_comes_back_from_a_provider(browser: httpx.AsyncClient, method: str) -> None:
    """A scanner's HEAD or a POST at the callback uses nothing up."""
    answer = await browser.request(method, "/oauth/callback/shopify?code=c&state=s")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"


BAD_QUERIES = [
    "",
    "code=c",
    "state=s",
    "code=c&code=d&state=s",
    "state=s&state=s&code=c",
    "state=%00&code=c",
    "state=%ff%fe&code=c",
    "state=a%0d%0ab&code=c",
    "&".join(f"a{number}=1" for number in range(60)),
    "error=access_denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E",
]


@pytest.mark.parametrize("query", BAD_QUERIES)
async def test_a_broken_callback_is_explained(browser: httpx.AsyncClient, query: str) -> None:
    """A callback that makes no sense gets words and a 4xx, and repeats nothing of itself."""
    answer = await browser.get(f"/oauth/callback/shopify?{query}")
    assert 400 <= answer.status_code < 500
    assert "<script" not in answer.text
    assert "Slack" in answer.text


async def test_a_huge_callback_is_cut_short(browser: httpx.AsyncClient) -> None:
    """A state of 60 kB is refused unread."""
    assert (await browser.get(f"/oauth/callback/shopify?state={'x' * 60_000}")).status_code == 414


async def test_an_unknown_provider_is_explained(browser: httpx.AsyncClient) -> None:
    """A callback for a provider that does not exist gets words."""
    assert 400 <= (await browser.get("/oauth/callback/nobody?code=c&state=s")).status_code < 500


@pytest.mark.parametrize("path", ["/", "/favicon.ico", "/connect/", "/connect/a/b", "/admin", "/healthz/"])
async def test_other_paths_get_a_short_page(browser: httpx.AsyncClient, path: str) -> None:
    """There is nothing else here, said shortly."""
    answer = await browser.get(path)
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


async def test_health_tells_no_secret(browser: httpx.AsyncClient) -> None:
    """The health check says whether all is well, and nothing more."""
    answer = await browser.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "store": "ok", "slack": "http"})


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


async def test_the_access_log_keeps_to_itself(
    browser: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """A request leaves its method, route and status in the log, never a ticket, a query or a referrer."""
    with caplog.at_level(logging.DEBUG, logger="bot"):
        await browser.get("/connect/my-ticket.of-mine", headers={"Referer": "https://referrer.example/"})
        await browser.get("/oauth/callback/shopify?code=my-code&state=my-state")
        await browser.get("/my-invented-path")
    lines = [record.getMessage() for record in caplog.records if record.name == "bot.web.access"]
    assert [line.rsplit(" ", 2)[0] for line in lines] == [
        "GET /connect/<ticket> 404",
        "GET /oauth/callback/<key> 400",
        "GET (unknown) 404",
    ]
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("bot"))
    assert "my-" not in ours


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


async def test_in_socket_mode_slacks_address_does_not_exist(bot: Bot) -> None:
    """With Socket Mode nothing can be sent to /slack/events."""
    site: Site = replace(bot.asgi.state.site, dispatch=None)
    transport = httpx.ASGITransport(app=web(site))
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as client:
        assert (await client.post("/slack/events", content=b"x")).status_code == 404
