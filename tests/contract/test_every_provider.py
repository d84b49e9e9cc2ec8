"""One suite for all providers: what holds for each of them, whatever its oddities."""

import logging
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import date
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.engine import Refreshed, RevokeOutcome, SignIn, SignInFailed, SignInProblem, Tokens
from connectors.observation import (
    Expired,
    Healthy,
    Misconfigured,
    Rejected,
    ScopeMissing,
    Suspended,
    Throttled,
    Unreachable,
)
from connectors.provider import RefreshKind
from connectors.providers import all_providers
from tests.contract.desk import STATE, VERIFIER, Desk, Desks
from tests.contract.pretend import CLIENT_ID, CLIENT_SECRET


def test_there_are_three_providers() -> None:
    """Twitter (X), Shopify and Facebook Ads are there, each under its key."""
    assert {provider.key for provider in all_providers()} == {"facebook_ads", "shopify", "twitter"}


async def test_the_link_leads_to_the_provider_with_state_and_challenge(desk: Desk) -> None:
    """Signing in begins at the provider's own page, bound to this attempt by state and PKCE."""
    link = urlsplit(desk.link())
    query = {name: values[0] for name, values in parse_qs(link.query).items()}
    challenge = urlsafe_b64encode(sha256(VERIFIER.get_secret_value().encode()).digest()).rstrip(b"=").decode()
    declared = urlsplit(
        desk.provider.auth.authorize_url.replace("{shop}", desk.provider.example.address or "")
    )
    assert (
        f"{link.scheme}://{link.netloc}{link.path}" == f"{desk.stage.base}/{declared.netloc}{declared.path}"
    )
    assert query["state"] == STATE
    assert (query["code_challenge"], query["code_challenge_method"]) == (challenge, "S256")
    assert (query["client_id"], query["response_type"]) == (CLIENT_ID, "code")
    assert query["redirect_uri"] == f"https://bot.example/oauth/callback/{desk.provider.key}"
    asked = query["scope"].split(desk.provider.auth.scope_separator)
    assert asked == [scope.name for scope in desk.provider.scopes]
    assert VERIFIER.get_secret_value() not in desk.link()


async def test_cancelling_at_the_provider_is_its_own_outcome(desk: Desk) -> None:
    """Who says no at the provider is told that nothing was connected, and nothing is asked of the provider."""
    outcome = await desk.finish({**desk.provider.example.cancelled, "state": STATE})
    assert outcome == SignInFailed(problem=SignInProblem.CANCELLED)
    assert desk.stage.seen == []


async def test_a_good_code_becomes_a_sign_in(desk: Desk) -> None:
    """After the provider's yes we know who signed in, what was granted and which accounts lie behind it."""
    outcome = await desk.finish()
    assert isinstance(outcome, SignIn)
    assert outcome.identity == desk.provider.example.identity
    assert outcome.accounts == desk.provider.example.accounts
    assert outcome.missing_scopes == ()
    assert {scope.name for scope in desk.provider.scopes} <= set(outcome.granted_scopes)
    assert outcome.tokens.expires_at is not None
    carried = desk.stage.seen[0].form or dict(desk.stage.seen[0].query)
    assert carried["code_verifier"] == VERIFIER.get_secret_value()


async def test_a_used_code_is_refused(desk: Desk) -> None:
    """A code that was used before connects nothing."""
    outcome = await desk.finish(desk.callback("used-code"))
    assert outcome == SignInFailed(problem=SignInProblem.CODE_REFUSED)


async def test_a_wrong_client_secret_blames_us(desks: Desks, desk: Desk) -> None:
    """With a wrong secret nobody's account is to blame: sign-in and refresh both say misconfigured."""
    tokens = (await desk.signed_in()).tokens
    wrong = desks(desk.provider, secret="not-the-secret")
    example = desk.provider.example
    query = dict(example.callback({"code": "good-code", "state": STATE}, "not-the-secret", example.address))
    assert await wrong.finish(query) == SignInFailed(problem=SignInProblem.MISCONFIGURED)
    assert isinstance(await wrong.refresh(tokens), Misconfigured)


async def test_refresh_brings_new_tokens(desk: Desk) -> None:
    """A sign-in is kept alive without asking anybody."""
    tokens = (await desk.signed_in()).tokens
    renewed = await desk.refresh(tokens)
    assert isinstance(renewed, Refreshed)
    assert renewed.tokens.access_token != tokens.access_token
    if desk.provider.auth.refresh is RefreshKind.ROTATING:
        assert renewed.tokens.refresh_token not in {None, tokens.refresh_token}


async def test_a_dead_refresh_token_is_final(desk: Desk) -> None:
    """When the provider will not renew a sign-in, that is seen as final."""
    tokens = (await desk.signed_in()).tokens
    desk.pretend.refresh_dead = True
    seen = await desk.refresh(tokens)
    assert isinstance(seen, Rejected | Expired)
    assert seen.permanent


async def test_a_living_sign_in_is_healthy(desk: Desk) -> None:
    """The provider's ordinary answer is health, with the account's present name."""
    tokens = (await desk.signed_in()).tokens
    assert await desk.probe(tokens) == Healthy(name=desk.provider.example.accounts[0].name)


async def test_every_declared_failure_is_seen_for_what_it_is(desk: Desk) -> None:
    """Each state a provider knows leads to the kind of observation its name promises."""
    kinds = {
        "revoked": Rejected,
        "password_changed": Rejected,
        "checkpoint": Rejected,
        "invalidated": Rejected,
        "account_gone": Rejected,
        "expired": Rejected | Expired,
        "suspended": Suspended,
        "closed": Suspended,
        "scope_missing": ScopeMissing,
    }
    tokens = (await desk.signed_in()).tokens
    assert {"revoked", "expired", "suspended"} <= set(desk.provider.example.failures)
    for state in desk.provider.example.failures:
        desk.pretend.state = state
        assert isinstance(await desk.probe(tokens), kinds[state]), state


@pytest.mark.parametrize(
    ("fault", "probe", "problem"),
    [
        ("throttled", Throttled, SignInProblem.PROVIDER_BUSY),
        ("down", Unreachable, SignInProblem.PROVIDER_DOWN),
        ("slow", Unreachable, SignInProblem.PROVIDER_DOWN),
        ("nonsense", Unreachable, SignInProblem.UNREADABLE),
        ("redirect", Unreachable, SignInProblem.UNREADABLE),
        ("huge", Unreachable, SignInProblem.UNREADABLE),
        ("empty", Unreachable, SignInProblem.UNREADABLE),
    ],
)
async def test_an_ill_provider_blames_no_account(
    desk: Desk, fault: str, probe: type, problem: SignInProblem
) -> None:
    """Busy, down, slow or talking nonsense: the provider's own trouble is never taken for a lost sign-in."""
    tokens = (await desk.signed_in()).tokens
    desk.pretend.state = fault
    assert isinstance(await desk.probe(tokens), probe)
    assert isinstance(await desk.refresh(tokens), probe)
    assert await desk.finish() == SignInFailed(problem=problem)
    assert {seen.host for seen in desk.stage.seen} <= {
        host.replace("{shop}", desk.provider.example.address or "") for host in desk.provider.hosts
    }


async def test_the_wait_a_provider_asks_for_is_kept(desk: Desk) -> None:
    """Retry-After reaches whoever plans the next check (Meta sends its own limits in the body, without one)."""
    tokens = (await desk.signed_in()).tokens
    desk.pretend.state = "throttled"
    seen = await desk.probe(tokens)
    assert seen in {Throttled(retry_after=30.0), Throttled()}


async def test_revoking_ends_the_sign_in(desk: Desk) -> None:
    """Disconnect reaches the provider, carrying the token it is about."""
    tokens = (await desk.signed_in()).tokens
    assert await desk.revoke(tokens) is RevokeOutcome.REVOKED
    auth = desk.provider.auth
    assert auth.revoke is not None
    carried = [*desk.stage.seen[0].headers.values(), *desk.stage.seen[0].form.values()]
    held = [tokens.access_token, *([tokens.refresh_token] if tokens.refresh_token else [])]
    assert any(token.get_secret_value() in value for token in held for value in carried)


@pytest.mark.parametrize("fault", ["down", "slow", "throttled"])
async def test_a_revoke_is_tried_again_while_the_provider_is_ill(desk: Desk, fault: str) -> None:
    """An outage during Disconnect does not count as done."""
    tokens = (await desk.signed_in()).tokens
    desk.pretend.state = fault
    assert await desk.revoke(tokens) is RevokeOutcome.TRY_AGAIN


async def test_a_web_page_is_no_revoke(desk: Desk) -> None:
    """A page with 200 in the provider's place does not make us say that access was removed."""
    tokens = (await desk.signed_in()).tokens
    desk.pretend.state = "nonsense"
    assert await desk.revoke(tokens) is RevokeOutcome.REFUSED


async def test_too_few_permissions_are_named(desk: Desk) -> None:
    """Who ticks off a needed permission learns which one, and the tokens come along so that they can be ended."""
    needed = next(scope.name for scope in desk.provider.scopes if scope.required)
    desk.pretend.granted = tuple(name for name in desk.pretend.granted if name != needed)
    outcome = await desk.finish()
    assert isinstance(outcome, SignInFailed)
    assert (outcome.problem, outcome.missing_scopes) == (SignInProblem.TOO_FEW_PERMISSIONS, (needed,))
    assert outcome.tokens is not None


async def test_no_request_leaves_for_an_undeclared_host(desks: Desks, desk: Desk) -> None:
    """A declaration that points elsewhere sends nothing there."""
    tokens = (await desk.signed_in()).tokens
    elsewhere = replace(
        desk.provider,
        auth=replace(desk.provider.auth, token_url="https://evil.example/token"),
        probe=replace(desk.provider.probe, url="https://evil.example/me"),
    )
    astray = desks(elsewhere)
    assert isinstance(await astray.probe(tokens), Unreachable)
    assert isinstance(await astray.refresh(tokens), Unreachable)
    assert isinstance(await astray.finish(), SignInFailed)
    assert astray.stage.seen == []


async def test_no_secret_in_any_log_line_or_repr(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """Tokens, codes, verifiers, states and our secret stay out of logs and reprs, in good times and bad."""
    caplog.set_level(logging.DEBUG)
    seen: list[object] = [desk.link() and desk.connectors]
    for state in (None, "revoked", "throttled", "down", "nonsense"):
        desk.pretend.state = None
        signed_in = await desk.finish()
        assert isinstance(signed_in, SignIn)
        desk.pretend.state = state
        seen += [signed_in, await desk.finish(), await desk.refresh(signed_in.tokens)]
        seen += [await desk.probe(signed_in.tokens), await desk.revoke(signed_in.tokens)]
    secrets = [*desk.pretend.issued, "good-code", STATE, VERIFIER.get_secret_value(), CLIENT_SECRET]
    assert len(desk.pretend.issued) > 4
    text = caplog.text + repr(seen)
    assert [secret for secret in secrets if secret in text] == []


async def test_tokens_come_back_from_sealing_as_they_were(desk: Desk) -> None:
    """What is stored is what was granted."""
    tokens = (await desk.signed_in()).tokens
    assert Tokens.load(tokens.dump()) == tokens


async def test_missing_settings_are_named(desk: Desk) -> None:
    """An administrator reads which settings a provider still needs."""
    key = desk.provider.key
    assert desk.connectors.missing_settings(key) == ()
    bare = type(desk.connectors)([desk.provider], {}, {}, desk.connectors._outside, "https://bot.example")
    prefix = f"LEXER_{key.upper()}"
    assert bare.missing_settings(key) == (f"{prefix}_CLIENT_ID", f"{prefix}_CLIENT_SECRET")


def test_every_fact_is_dated_and_every_permission_explained() -> None:
    """Each provider file says where its facts come from, and why it asks for each permission."""
    for provider in all_providers():
        assert provider.facts
        for fact in provider.facts:
            assert date.fromisoformat(fact.checked) <= date(2026, 11, 24)
            assert fact.source.startswith("https://")
        assert all(scope.reason.endswith(".") for scope in provider.scopes)
        assert provider.auth.revoke_by_hand
