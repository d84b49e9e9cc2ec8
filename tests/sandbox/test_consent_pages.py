"""The pretend providers' sign-in pages: who, what for, which accounts, Allow or Cancel, and nothing from elsewhere."""

import re
from collections.abc import AsyncIterator
from importlib.resources import files

import httpx
import pytest

from bot.sandbox.page import Page
from bot.sandbox.workspace import Sandbox
from connectors.engine import SignIn
from connectors.provider import AccountAtProvider, Provider
from connectors.providers import all_providers
from tests.sandbox.desk import Desk, open_desk
from tests.sandbox.fake_bot import FakeBot

PROVIDERS = {one.key: one for one in all_providers()}
every_provider = pytest.mark.parametrize("provider", PROVIDERS.values(), ids=list(PROVIDERS))
FACEBOOK = PROVIDERS["facebook_ads"]


@pytest.fixture
async def desk(sandbox: Sandbox, bot: FakeBot) -> AsyncIterator[Desk]:
    """The connectors aimed at the sandbox."""
    assert sandbox.delivery.bot_url is not None
    async with open_desk(sandbox, sandbox.delivery.bot_url) as made:
        yield made


async def page_of(desk: Desk, provider: Provider) -> Page:
    """The sign-in page."""
    await desk.to_consent(provider, desk.connectors.new_verifier())
    assert desk.browser.page is not None
    return desk.browser.page


@every_provider
async def test_it_says_that_it_is_pretended(desk: Desk, provider: Provider) -> None:
    """Nobody types a real password here, for no field asks for one."""
    page = await page_of(desk, provider)
    assert "A pretend provider on this computer" in page
    assert f"Sign in to {provider.name}" in page
    assert {box.name for form in page.forms for box in form.boxes} <= {"login", "account", "scope"}
    assert 'type="password"' not in page.html


@every_provider
async def test_its_policy_lets_nothing_in_and_the_browser_back_out(desk: Desk, provider: Provider) -> None:
    """No script, no style inside the page, no address but our own; and Allow still leads back to Lexer."""
    page = await page_of(desk, provider)
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'")
    assert f"form-action 'self' {desk.sandbox.delivery.bot_url};" in policy
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page.html)
    assert set(re.findall(r'(?:href|src)="([^"]*)"', page.html)) == {
        "/assets/consent.css",
        "/assets/mark.svg",
    }
    await desk.browser.allows()
    assert desk.browser.history[-1].startswith(f"{desk.sandbox.delivery.bot_url}/oauth/callback/")


async def test_the_address_is_named(desk: Desk) -> None:
    """Whoever typed a shop's address sees it again."""
    assert "at northwind.myshopify.com" in await page_of(desk, PROVIDERS["shopify"])


def test_only_the_chosen_logins_accounts_are_seen() -> None:
    """For each of nine logins there is a rule that hides the other lists."""
    css = files("bot.sandbox.pages").joinpath("assets/consent.css").read_text(encoding="utf-8")
    for number in range(1, 10):
        assert f"form:has(#login-{number}:checked) .accounts:not(.of-{number})" in css
    assert "@import" not in css
    assert "url(" not in css


async def signed_in(desk: Desk, login: str | None, unticked: set[str]) -> SignIn:
    """Allow as a browser without script sends it: hidden lists too."""
    verifier = desk.connectors.new_verifier()
    await desk.to_consent(FACEBOOK, verifier)
    form = desk.browser._form("Allow")
    for box in form.boxes:
        if box.name == "login" and login is not None:
            box.ticked = box.value == login
        if box.name == "account" and box.value in unticked:
            box.ticked = False
    await desk.browser.presses("Allow")
    done = await desk.finish(FACEBOOK, verifier)
    assert isinstance(done, SignIn)
    return done


def ids(accounts: tuple[AccountAtProvider, ...]) -> set[str]:
    """Their ids."""
    return {one.external_id for one in accounts}


@pytest.mark.parametrize("place", [0, 1])
async def test_one_gets_the_accounts_one_left_ticked(desk: Desk, place: int) -> None:
    """Of whoever signs in: all, some, or none, as ticked; hidden ticks of others count for nothing."""
    login = desk.sandbox.provider("facebook_ads").logins()[place]
    own = ids(login.accounts)
    one = min(own)
    for unticked in (set[str](), {one}, own):
        done = await signed_in(desk, login.identity.name, unticked)
        assert ids(done.accounts) == own - unticked


async def test_a_withheld_account_is_not_offered_and_cannot_be_taken(desk: Desk) -> None:
    """What the sign-in does not offer is not got by sending its id all the same."""
    pretend, first = desk.sandbox.provider("facebook_ads"), FACEBOOK.example.accounts[0]
    pretend.withheld.add(first.external_id)
    verifier = desk.connectors.new_verifier()
    await desk.to_consent(FACEBOOK, verifier)
    form = desk.browser._form("Allow")
    assert first.external_id not in {box.value for box in form.boxes}
    form.boxes[-1].name, form.boxes[-1].value, form.boxes[-1].ticked = "account", first.external_id, True
    await desk.browser.presses("Allow")
    done = await desk.finish(FACEBOOK, verifier)
    assert isinstance(done, SignIn)
    assert ids(done.accounts) == ids(FACEBOOK.example.accounts[1:])


async def test_a_sign_in_that_reaches_nothing_says_so(desk: Desk) -> None:
    """Someone without any account sees why the list is empty."""
    desk.sandbox.provider("facebook_ads").withheld |= ids(FACEBOOK.example.accounts)
    assert "This sign-in reaches no ad account." in await page_of(desk, FACEBOOK)
    await desk.browser.allows()
    assert "code=" in desk.browser.history[-1]


async def test_a_permission_that_will_be_refused_is_shown_so(desk: Desk) -> None:
    """What was decided in the panel is seen on the page and holds."""
    desk.sandbox.provider("twitter").refused_scopes.add("dm.read")
    page = await page_of(desk, PROVIDERS["twitter"])
    assert "You refuse this." in page
    ticked = {box.value for form in page.forms for box in form.boxes if box.ticked}
    assert "dm.read" not in ticked


@pytest.mark.parametrize("evil", ["<script>alert(1)</script>", '"><img src=x>', "'; DROP TABLE"])
async def test_names_are_text_never_markup(desk: Desk, evil: str) -> None:
    """A login called like markup is shown as what it is, and can sign in."""
    desk.sandbox.provider("twitter").add_login(evil)
    page = await page_of(desk, PROVIDERS["twitter"])
    assert evil in page
    assert "<script" not in page.html
    assert "<img" not in page.html
    await desk.browser.allows(login=evil)
    assert "code=" in desk.browser.history[-1]


async def test_a_stranger_in_the_form_is_refused(desk: Desk) -> None:
    """A name that cannot sign in gets a page that says so, not a broken one."""
    page = await page_of(desk, PROVIDERS["twitter"])
    form = page.forms[0]
    async with httpx.AsyncClient(trust_env=False) as client:
        data = {"consent": form.fields["consent"], "login": "<nobody>", "decision": "allow"}
        answer = await client.post(page.url, data=data)
    assert answer.status_code == 400
    assert "Nobody of that name can sign in here." in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
