"""Which addresses answer, to whom, and what of a request is kept."""

import logging
from dataclasses import replace

import httpx
import pytest

from bot.app import Bot
from bot.web import Site, web
from tests.edges.conftest import PUBLIC_URL


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


async def test_in_socket_mode_slacks_address_does_not_exist(bot: Bot) -> None:
    """With Socket Mode nothing can be sent to /slack/events."""
    site: Site = replace(bot.asgi.state.site, dispatch=None)
    transport = httpx.ASGITransport(app=web(site))
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as client:
        assert (await client.post("/slack/events", content=b"x")).status_code == 404
