"""What may come back to the callback address instead of a good code."""

from dataclasses import replace

import pytest

from connectors.engine import SignIn, SignInFailed, SignInProblem
from tests.contract.desk import STATE, Desk, Desks, provider_of
from tests.contract.pretend import CLIENT_SECRET

ISSUER = "https://x.example/issuer"


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({}, SignInProblem.NO_CODE),
        ({"state": STATE}, SignInProblem.NO_CODE),
        ({"state": STATE, "code": ""}, SignInProblem.NO_CODE),
        ({"state": STATE, "error": "access_denied"}, SignInProblem.CANCELLED),
        ({"state": STATE, "error": "access_denied", "code": "good-code"}, SignInProblem.CANCELLED),
        ({"state": STATE, "error": "server_error"}, SignInProblem.PROVIDER_DOWN),
        ({"state": STATE, "error": "temporarily_unavailable"}, SignInProblem.PROVIDER_BUSY),
        ({"state": STATE, "error": "unauthorized_client"}, SignInProblem.MISCONFIGURED),
        ({"state": STATE, "error": "invalid_scope"}, SignInProblem.MISCONFIGURED),
        ({"state": STATE, "error": "redirect_uri_mismatch"}, SignInProblem.MISCONFIGURED),
        ({"state": STATE, "error": "<!channel> *anything*"}, SignInProblem.CODE_REFUSED),
        ({"state": STATE, "code": "c" * 10_240}, SignInProblem.CODE_REFUSED),
        ({"state": STATE, "code": "good\r\ncode"}, SignInProblem.CODE_REFUSED),
        ({"state": STATE, "code": "good\x00code"}, SignInProblem.CODE_REFUSED),
        ({"state": STATE, "code": "góod-code"}, SignInProblem.CODE_REFUSED),
    ],
)
async def test_a_callback_without_a_usable_code_asks_nothing(
    desks: Desks, query: dict[str, str], problem: SignInProblem
) -> None:
    """Whatever comes back in a good code's place has its own outcome and sends no request."""
    desk = desks("twitter")
    assert await desk.finish(query) == SignInFailed(problem=problem)
    assert desk.stage.seen == []


async def test_the_providers_own_words_are_not_repeated(desk: Desk) -> None:
    """An error description with markup or mentions never reaches a person."""
    words = "<!channel> <b>*click* https://evil.example</b>" * 100
    outcome = await desk.finish({"state": STATE, "error": "access_denied", "error_description": words})
    assert outcome == SignInFailed(problem=SignInProblem.CANCELLED)
    assert "evil" not in repr(outcome)


@pytest.mark.parametrize("iss", [None, "https://other.example", f"{ISSUER}/"])
async def test_a_callback_of_another_issuer_is_refused(desks: Desks, iss: str | None) -> None:
    """Where a provider promises to say who it is, a callback that says otherwise, or nothing, connects nothing (RFC 9207)."""
    desk = desks(replace(provider_of("twitter"), issuer=ISSUER))
    query = {**desk.callback(), **({"iss": iss} if iss else {})}
    assert await desk.finish(query) == SignInFailed(problem=SignInProblem.NOT_GENUINE)
    assert desk.stage.seen == []


async def test_a_callback_of_the_promised_issuer_connects(desks: Desks) -> None:
    """The promised issuer's callback is taken."""
    desk = desks(replace(provider_of("twitter"), issuer=ISSUER))
    assert isinstance(await desk.finish({**desk.callback(), "iss": ISSUER}), SignIn)


@pytest.mark.parametrize(
    "change",
    [
        {"code": "other-code"},
        {"shop": "other.myshopify.com"},
        {"timestamp": "1"},
        {"hmac": ""},
        {"hmac": "0" * 64},
        {"hmac": "ü"},
        {"extra": "1"},
    ],
)
async def test_a_shopify_callback_that_was_changed_is_refused(desks: Desks, change: dict[str, str]) -> None:
    """Shopify signs its callbacks; one letter changed and nothing is asked of anybody."""
    desk = desks("shopify")
    outcome = await desk.finish({**desk.callback(), **change})
    assert outcome == SignInFailed(problem=SignInProblem.NOT_GENUINE)
    assert desk.stage.seen == []


async def test_a_shopify_callback_cannot_be_cut_up_anew(desks: Desks) -> None:
    """A genuine signature does not fit the same text shared out among other parameters."""
    desk = desks("shopify")
    genuine = desk.callback()
    shop, state = genuine.pop("shop"), genuine.pop("state")
    query = {**genuine, "code": f"{genuine['code']}&shop={shop}&state={state}"}
    assert await desk.finish({**query, "shop": shop}) == SignInFailed(problem=SignInProblem.NOT_GENUINE)
    assert await desk.finish(query) == SignInFailed(problem=SignInProblem.NOT_GENUINE)


async def test_a_shopify_callback_without_signature_is_refused(desks: Desks) -> None:
    """No signature counts as a wrong one."""
    desk = desks("shopify")
    query = {name: value for name, value in desk.callback().items() if name != "hmac"}
    assert await desk.finish(query) == SignInFailed(problem=SignInProblem.NOT_GENUINE)


async def test_a_genuine_callback_of_another_shop_is_refused(desks: Desks) -> None:
    """A well-signed callback of another shop does not connect in place of the one that was typed."""
    desk = desks("shopify")
    query = {"code": "good-code", "state": STATE}
    other = desk.provider.example.callback(query, CLIENT_SECRET, "other.myshopify.com")
    assert await desk.finish(dict(other)) == SignInFailed(problem=SignInProblem.NOT_GENUINE)
    assert desk.stage.seen == []
