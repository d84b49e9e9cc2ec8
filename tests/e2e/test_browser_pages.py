"""The pages in a browser: whom they name, what scanners and foreign pages can do with them, what their headers allow."""

import re
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from bot.sandbox.browser import Browser
from store.records import AccountStatus, Stage
from tests.e2e.connecting import attempt_of, attempts_kept, newest_link, shared_house, visit, way_back
from tests.e2e.house import House

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Bot and world, shared: what is on the pages depends neither on the database nor on Slack's way in."""
    async with shared_house(tmp_path_factory) as made:
        yield made


async def linked(house: House) -> str:
    """Maria has a new link."""
    maria = house.maria
    if maria.modals:
        await maria.closes(everything=True)
    maria.browser.forget_cookies()
    await house.begins(maria)
    return newest_link(maria)


async def test_the_page_names_whom_it_is_for(house: House) -> None:
    """Workspace, person, number, permissions and what hangs on it stand on the page before anything happens."""
    link = await linked(house)
    page = await house.maria.browser.opens(link)
    assert page is not None
    attempt = await attempt_of(house, house.maria)
    for words in (
        "Acme",
        "Maria Silva",
        f"{attempt.number:02d}",
        "X account",
        "Bring posts and mentions into Lexer.",
        "Continue only if you are Maria Silva: whatever you sign in to will be used by the workspace Acme.",
        "If you did not ask for this, close this page.",
    ):
        assert words in page
    assert f"*{attempt.number:02d}*" in str(house.sandbox.sent)


async def test_another_person_opens_the_link(house: House) -> None:
    """Whoever else opens it sees whom it is for; if they sign in all the same, nothing is active without Maria's Save."""
    link = await linked(house)
    tom = house.tom
    page = await tom.browser.opens(link)
    assert page is not None
    assert "Maria Silva" in page
    assert "Tom" not in page.text
    await tom.browser.continues()
    await tom.browser.allows(login="@southwind")
    await house.settle()
    (waiting,) = await house.accounts()
    assert waiting.account.status is AccountStatus.WAITING
    assert waiting.groups == ()
    assert "Who may use @southwind?" in house.maria.screen
    assert tom.modals == []
    assert tom.dms == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_scanners_change_nothing(house: House, method: str) -> None:
    """Mail and chat scanners may open a link as often as they like; the person's own press still works."""
    link = await linked(house)
    before = await attempts_kept(house)
    for _ in range(3):
        await visit(link, method=method)
    assert await attempts_kept(house) == before
    await house.signs_in(house.maria)
    assert "Who may use @northwind?" in house.maria.screen


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE"])
async def test_a_callback_asked_for_in_another_way(house: House, method: str) -> None:
    """Only the browser's GET uses a way back up; a scanner's HEAD or a POST leaves it whole."""
    await linked(house)
    maria = house.maria
    await maria.presses("Continue to Twitter (X)")
    await maria.browser.continues()
    back = await way_back(maria.browser)
    answer = await visit(back, method=method, cookies=maria.browser.cookies)
    assert answer.status_code == 405
    await maria.browser.opens(back)
    await house.settle()
    assert "Who may use @northwind?" in maria.screen


@pytest.mark.parametrize(
    "origin",
    [None, "null", "https://evil.example", "http://127.0.0.1", "http://localhost:1", "HTTP://EVIL", ""],
)
async def test_a_post_from_elsewhere(house: House, origin: str | None) -> None:
    """A form on another page cannot begin a sign-in, even with Maria's cookie."""
    link = await linked(house)
    browser = house.maria.browser
    await browser.opens(link)
    headers = {} if origin is None else {"Origin": origin}
    answer = await visit(link, method="POST", cookies=browser.cookies, headers=headers)
    assert answer.status_code == 403
    assert "location" not in answer.headers
    attempt = await attempt_of(house, house.maria)
    assert attempt.stage is Stage.LINK


@pytest.mark.parametrize("cookie", [None, "", "x", "a.b", "é", "x" * 5_000])
async def test_a_post_without_its_cookie(house: House, cookie: str | None) -> None:
    """Without the cookie this page set, Continue goes nowhere."""
    link = await linked(house)
    browser = house.maria.browser
    await browser.opens(link)
    name = next(iter(browser.cookies))
    headers: dict[str, str | bytes] = {"Origin": house.url}
    if cookie is not None:
        headers["Cookie"] = f"{name}={cookie}".encode()
    answer = await visit(link, method="POST", headers=headers)
    assert answer.status_code == 403
    attempt = await attempt_of(house, house.maria)
    assert attempt.stage is Stage.LINK


async def test_changed_tickets_open_nothing(house: House) -> None:
    """A link with any part changed is nobody's."""
    link = await linked(house)
    base, _, ticket = link.rpartition("/")
    attempt_id, _, mac = ticket.partition(".")
    flipped = mac[:-2] + ("AA" if mac[-2:] != "AA" else "BB")
    for bad in (
        attempt_id,
        f"{attempt_id}.",
        f".{mac}",
        f"{attempt_id}.{flipped}",
        f"x{ticket}",
        "%00",
        "é" * 9,
    ):
        answer = await visit(f"{base}/{bad}")
        assert answer.status_code == 404
        assert "Maria" not in answer.text
        assert "set-cookie" not in answer.headers
    assert (await visit(f"{base}/{'a' * 5_000}.{mac}")).status_code == 404


async def test_the_headers_hold_in_a_browser(house: House) -> None:
    """The Connect page's rules let its own form through to the provider; no page of ours is kept, framed or told of."""
    link = await linked(house)
    browser = Browser()
    try:
        page = await browser.opens(link)
        assert page is not None
        assert page.headers["referrer-policy"] == "same-origin"
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        cookie = page.headers["set-cookie"]
        assert re.search(r"httponly", cookie, re.IGNORECASE)
        assert re.search(r"samesite=lax", cookie, re.IGNORECASE)
        assert "secure" not in cookie.lower()  # this bot is on loopback, where http is all there is
        assert urlsplit(link).path.rpartition("/")[2] not in cookie
        await browser.continues()
        result = await browser.allows()
    finally:
        await browser.aclose()
    assert "You are signed in" in result
    assert result.headers["referrer-policy"] == "no-referrer"
    assert "form-action 'none'" in result.headers["content-security-policy"]
    for shown in (page, result):
        assert shown.headers["cache-control"] == "no-store"
        assert shown.headers["x-frame-options"] == "DENY"
        assert shown.headers["x-content-type-options"] == "nosniff"
        slack = re.escape(house.sandbox.base_url)
        assert not re.findall(rf"""(?:src|href)=["'](?!{slack}/client/)""", shown.html)
        assert "<script" not in shown.html


async def test_a_way_back_names_no_other_place(house: House) -> None:
    """Nothing in a query can make our pages lead anywhere but to Slack."""
    link = await linked(house)
    for name in ("return_to", "redirect_uri", "next", "url"):
        for target in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
            for address in (link, f"{house.url}/oauth/callback/twitter"):
                answer = await visit(address, params={name: target})
                assert "location" not in answer.headers
                assert "evil.example" not in answer.text
                assert "javascript:" not in answer.text
