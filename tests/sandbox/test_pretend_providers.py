"""The pretend providers play every declared provider, and are as strict as the real ones."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
from pydantic import SecretStr

from bot.sandbox.workspace import Sandbox, open_sandbox
from bot.sandbox.world import MovableClock
from connectors.engine import Refreshed, RevokeOutcome, SignInFailed, SignInProblem
from connectors.observation import Healthy, Rejected, Throttled, Unreachable
from connectors.provider import Provider, RefreshKind
from connectors.providers import all_providers
from tests.sandbox.desk import Desk, open_desk
from tests.sandbox.fake_bot import FakeBot

PROVIDERS = all_providers()
every_provider = pytest.mark.parametrize("provider", PROVIDERS, ids=[one.key for one in PROVIDERS])
TWITTER = next(one for one in PROVIDERS if one.key == "twitter")


@pytest.fixture
async def desk(sandbox: Sandbox, bot: FakeBot) -> AsyncIterator[Desk]:
    """The connectors aimed at the sandbox."""
    assert sandbox.delivery.bot_url is not None
    async with open_desk(sandbox, sandbox.delivery.bot_url) as made:
        yield made


@every_provider
async def test_someone_signs_in_and_the_sign_in_lives(desk: Desk, provider: Provider) -> None:
    """Every provider can be connected here, with nothing but its own file."""
    done = await desk.signs_in(provider)
    assert done.identity == provider.example.identity
    assert done.accounts == provider.example.accounts
    assert done.missing_scopes == ()
    assert isinstance(await desk.probes(provider, done), Healthy)
    assert desk.sandbox.refusals == []


@every_provider
async def test_another_login_reaches_another_account(desk: Desk, provider: Provider) -> None:
    """Signing in with the wrong account can be played."""
    other = desk.sandbox.provider(provider.key).logins()[1]
    done = await desk.signs_in(provider, login=other.identity.name)
    assert done.identity == other.identity
    assert not {one.external_id for one in done.accounts} & {
        one.external_id for one in provider.example.accounts
    }


@every_provider
async def test_cancel_goes_back_without_a_code(desk: Desk, provider: Provider) -> None:
    """A person who says no is taken at their word."""
    verifier = desk.connectors.new_verifier()
    await desk.to_consent(provider, verifier)
    await desk.browser.cancels()
    done = await desk.finish(provider, verifier)
    assert isinstance(done, SignInFailed)
    assert done.problem is SignInProblem.CANCELLED


@every_provider
async def test_the_consent_page_names_what_is_asked(desk: Desk, provider: Provider) -> None:
    """Whoever signs in reads who asks for what."""
    await desk.to_consent(provider, desk.connectors.new_verifier())
    assert desk.browser.page is not None
    assert provider.name in desk.browser.page.text
    assert all(scope.reason in desk.browser.page.text for scope in provider.scopes)
    assert provider.example.accounts[0].name in desk.browser.page.text


@every_provider
async def test_a_code_works_once(desk: Desk, provider: Provider) -> None:
    """A stolen code is worth nothing, and ends what it gave."""
    verifier = desk.connectors.new_verifier()
    await desk.to_consent(provider, verifier)
    await desk.browser.allows()
    await desk.finish(provider, verifier)
    again = await desk.finish(provider, verifier)
    assert isinstance(again, SignInFailed)
    assert again.problem is SignInProblem.CODE_REFUSED
    assert [refusal.error for refusal in desk.sandbox.refusals] == ["code_used_twice"]


@pytest.mark.parametrize("provider", [one for one in PROVIDERS if one.auth.pkce], ids=lambda one: one.key)
async def test_a_verifier_of_another_attempt_is_refused(desk: Desk, provider: Provider) -> None:
    """PKCE is checked, not carried along."""
    await desk.to_consent(provider, desk.connectors.new_verifier())
    await desk.browser.allows()
    done = await desk.finish(provider, desk.connectors.new_verifier())
    assert isinstance(done, SignInFailed)
    assert desk.sandbox.refusals[-1].error == "pkce_mismatch"


async def test_a_code_runs_out(desk: Desk, clock: MovableClock) -> None:
    """A code is good for ten minutes."""
    verifier = desk.connectors.new_verifier()
    await desk.to_consent(TWITTER, verifier)
    await desk.browser.allows()
    clock.advance(timedelta(minutes=11))
    assert isinstance(await desk.finish(TWITTER, verifier), SignInFailed)
    assert desk.sandbox.refusals[-1].error == "code_expired"


async def test_an_unregistered_callback_is_refused(desk: Desk) -> None:
    """Nobody is sent to an address the app did not register."""
    desk.sandbox.provider("twitter").redirect_uri = "http://127.0.0.1:9/elsewhere"
    await desk.to_consent(TWITTER, desk.connectors.new_verifier())
    assert desk.browser.page is not None
    assert desk.browser.page.status == 400
    assert "redirect_uri" in desk.sandbox.refusals[-1].error


async def test_a_wrong_client_secret_is_refused(desk: Desk) -> None:
    """The client has to prove itself."""
    verifier = desk.connectors.new_verifier()
    await desk.to_consent(TWITTER, verifier)
    await desk.browser.allows()
    desk.sandbox.provider("twitter").client_secret = "another"
    done = await desk.finish(TWITTER, verifier)
    assert isinstance(done, SignInFailed)
    assert done.problem is SignInProblem.MISCONFIGURED


@every_provider
async def test_tokens_run_out_and_are_renewed(desk: Desk, provider: Provider, clock: MovableClock) -> None:
    """Access tokens end by the clock; renewing goes as declared, and a rotated refresh token dies."""
    if provider.auth.refresh is RefreshKind.NONE:
        return
    done = await desk.signs_in(provider)
    if provider.auth.refresh is not RefreshKind.EXCHANGE and done.tokens.expires_at is not None:
        clock.advance(done.tokens.expires_at - clock() + timedelta(seconds=1))
        assert not isinstance(await desk.probes(provider, done), Healthy)
    address = provider.example.address
    renewed = await desk.connectors.refresh(provider, tokens=done.tokens, address=address, now=clock())
    assert isinstance(renewed, Refreshed), renewed
    again = await desk.connectors.refresh(provider, tokens=done.tokens, address=address, now=clock())
    assert isinstance(again, Refreshed) is (provider.auth.refresh is not RefreshKind.ROTATING)


@every_provider
async def test_access_removed_ends_the_old_sign_in_and_leaves_a_new_one(
    desk: Desk, provider: Provider
) -> None:
    """What ended at the provider is over for tokens given before; whoever signs in again lives."""
    done = await desk.signs_in(provider)
    desk.sandbox.provider(provider.key).account(provider.example.accounts[0].name).state = "revoked"
    assert isinstance(await desk.probes(provider, done), Rejected)
    assert isinstance(await desk.probes(provider, await desk.signs_in(provider)), Healthy)


@every_provider
async def test_switches(desk: Desk, provider: Provider) -> None:
    """Throttled and down look as the provider's own answers do; healthy again is healthy."""
    done = await desk.signs_in(provider)
    account = desk.sandbox.provider(provider.key).account(provider.example.accounts[0].name)
    for state, expected in {"throttled": Throttled, "down": Unreachable, "healthy": Healthy}.items():
        account.state = state
        assert isinstance(await desk.probes(provider, done), expected), state
    with pytest.raises(ValueError, match="knows"):
        account.state = "on holiday"


@every_provider
async def test_every_declared_failure_can_be_switched_on(desk: Desk, provider: Provider) -> None:
    """Each state a provider's example knows changes what a check sees."""
    for state in provider.example.failures:
        done = await desk.signs_in(provider)
        account = desk.sandbox.provider(provider.key).account(provider.example.accounts[0].name)
        account.state = state
        assert not isinstance(await desk.probes(provider, done), Healthy), state
        account.state = "healthy"


@every_provider
async def test_revoking_ends_the_sign_in(desk: Desk, provider: Provider) -> None:
    """What we end is over."""
    if provider.auth.revoke is None:
        return
    done = await desk.signs_in(provider)
    outcome = await desk.connectors.revoke(
        provider, tokens=done.tokens, identity_id=done.identity.external_id, address=provider.example.address
    )
    assert outcome is RevokeOutcome.REVOKED
    assert not isinstance(await desk.probes(provider, done), Healthy)


async def test_a_refused_permission_is_missing(desk: Desk) -> None:
    """A permission unticked on the consent page is not granted."""
    verifier = desk.connectors.new_verifier()
    await desk.to_consent(TWITTER, verifier)
    await desk.browser.allows(refuse=["dm.read"])
    done = await desk.finish(TWITTER, verifier)
    assert not isinstance(done, SignInFailed)
    assert done.missing_scopes == ("dm.read",)


async def test_some_accounts_can_be_left_out(desk: Desk) -> None:
    """Where a sign-in reaches several accounts, the person ticks which ones."""
    provider = next(one for one in PROVIDERS if one.accounts is not None)
    first = provider.example.accounts[0]
    for wanted in ([first.name], []):
        verifier = desk.connectors.new_verifier()
        await desk.to_consent(provider, verifier)
        await desk.browser.allows(accounts=wanted)
        done = await desk.finish(provider, verifier)
        assert not isinstance(done, SignInFailed)
        assert [account.name for account in done.accounts] == wanted


async def test_changing_the_login_changes_the_accounts(desk: Desk) -> None:
    """Whoever only picks another login on the page gets that login's accounts."""
    provider = next(one for one in PROVIDERS if one.accounts is not None)
    other = desk.sandbox.provider(provider.key).logins()[1]
    verifier = desk.connectors.new_verifier()
    await desk.to_consent(provider, verifier)
    await desk.browser.allows(login=other.identity.name, accounts=[provider.example.accounts[0].name])
    done = await desk.finish(provider, verifier)
    assert not isinstance(done, SignInFailed)
    assert done.accounts == other.accounts


async def test_the_chosen_login_can_be_set_beforehand(desk: Desk) -> None:
    """A story can say who is signed in at the provider before anybody looks."""
    pretend = desk.sandbox.provider("twitter")
    pretend.add_login("@eastwind")
    pretend.signed_in_as = "@eastwind"
    assert (await desk.signs_in(TWITTER)).identity.name == "@eastwind"


async def test_an_outage_is_everybodys(desk: Desk) -> None:
    """While a provider is down, nothing of it answers; afterwards all is as before."""
    done = await desk.signs_in(TWITTER)
    pretend = desk.sandbox.provider("twitter")
    for outage, expected in (("down", Unreachable), ("throttled", Throttled), (None, Healthy)):
        pretend.outage = outage
        assert isinstance(await desk.probes(TWITTER, done), expected)


async def test_a_slow_account_answers_late(desk: Desk) -> None:
    """Slow is not down."""
    done = await desk.signs_in(TWITTER)
    desk.sandbox.provider("twitter").account("@northwind").slow(0.01)
    assert isinstance(await desk.probes(TWITTER, done), Healthy)


async def test_every_shop_has_its_own_people(sandbox: Sandbox) -> None:
    """Another address is another account, the same each time."""
    shopify = sandbox.provider("shopify")
    known = {login.identity.external_id for login in shopify.logins()}
    (first, *_), (again, *_) = shopify.logins("bakery.myshopify.com"), shopify.logins("bakery.myshopify.com")
    assert first is again
    assert first.identity.external_id not in known
    assert shopify.account("Bakery").state == "healthy"


BAD_REQUESTS = {
    "client_id": "unknown client_id",
    "response_type": "response_type must be code",
    "state": "state is missing",
    "code_challenge": "a code_challenge with S256 is required",
    "code_challenge_method": "a code_challenge with S256 is required",
    "scope": "invalid scope",
}


@pytest.mark.parametrize("left_out", BAD_REQUESTS)
async def test_a_wrong_sign_in_request_stops_at_the_provider(desk: Desk, left_out: str) -> None:
    """What a bot forgets to send is said, and nobody is sent back."""
    url = desk.connectors.authorization_url(
        TWITTER, state="s", verifier=desk.connectors.new_verifier(), address=None
    )
    place, _, query = url.partition("?")
    kept = urlencode([pair for pair in parse_qsl(query) if pair[0] != left_out])
    page = await desk.browser.opens(f"{place}?{kept}")
    assert page is not None
    assert page.status == 400
    assert BAD_REQUESTS[left_out] in page.text


async def test_a_call_nobody_declared_is_refused(desk: Desk) -> None:
    """A token opens what the provider's file names, nothing else; unknown hosts open nothing."""
    done = await desk.signs_in(TWITTER)
    bearer = {"Authorization": f"Bearer {done.tokens.access_token.get_secret_value()}"}
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{desk.sandbox.base_url}/api.x.com/2/tweets", headers=bearer)
        assert answer.status_code == 404
        assert (await client.get(f"{desk.sandbox.base_url}/api.example/2/users/me")).status_code == 404
    assert desk.sandbox.refusals[-1].error.startswith("undeclared call GET")


async def test_a_declared_header_has_to_be_there(clock: MovableClock) -> None:
    """Where a provider's file names a header with one of our settings, a call without it is refused."""
    probe = replace(TWITTER.probe, headers={"Developer-Token": "{DEVELOPER_TOKEN}"})
    strict = replace(TWITTER, probe=probe, identity=probe, extra_settings=("DEVELOPER_TOKEN",))
    async with (
        open_sandbox(clock=clock, providers=[strict]) as sandbox,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        pretend = sandbox.provider("twitter")
        assert pretend.settings["DEVELOPER_TOKEN"] == sandbox.environment()["LEXER_TWITTER_DEVELOPER_TOKEN"]
        login = pretend.login(None)
        token = pretend.new_access(pretend.begin(login, login.accounts, ()), None)
        url, headers = f"{sandbox.base_url}/api.x.com/2/users/me", {"Authorization": f"Bearer {token}"}
        assert (await client.get(url, headers=headers)).status_code == 403
        headers["Developer-Token"] = pretend.settings["DEVELOPER_TOKEN"]
        assert (await client.get(url, headers=headers)).status_code == 200


async def test_an_unknown_token_is_refused(desk: Desk) -> None:
    """Nothing answers to a token nobody gave out."""
    done = await desk.signs_in(TWITTER)
    seen = await desk.connectors.probe(
        TWITTER,
        tokens=type(done.tokens)(access_token=SecretStr("made-up"), refresh_token=None, expires_at=None),
        account_id="1",
        identity_id="1",
        address=None,
    )
    assert isinstance(seen, Rejected)
    assert desk.sandbox.refusals[-1].error == "unknown_access_token"


async def test_an_answered_consent_page_is_over(desk: Desk) -> None:
    """Pressing Allow twice gives one code."""
    await desk.to_consent(TWITTER, desk.connectors.new_verifier())
    page = desk.browser.page
    await desk.browser.allows()
    desk.browser.page = page
    assert (await desk.browser.allows()).status == 400


async def test_stopping_does_not_wait_for_a_slow_provider(caplog: pytest.LogCaptureFixture) -> None:
    """Ctrl-C stays quiet while a slow provider is being asked: the call ends with an answer, not by being torn off."""
    async with httpx.AsyncClient(trust_env=False) as client:
        async with open_sandbox() as sandbox:
            twitter = sandbox.provider("twitter")
            twitter.outage = "slow"
            address = twitter.provider.auth.token_url.replace("https://", f"{sandbox.base_url}/")
            asking = asyncio.create_task(client.post(address, timeout=30))
            while not twitter.outage_met:  # noqa: ASYNC110  nothing rings as a provider is asked
                await asyncio.sleep(0)
        assert (await asking).status_code == 401
    assert not [record for record in caplog.records if record.levelname in {"WARNING", "ERROR"}]
