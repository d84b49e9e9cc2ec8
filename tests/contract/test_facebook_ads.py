"""Facebook Ads: many ad accounts behind one sign-in, an exchange in place of a refresh, reasons in subcodes."""

from datetime import timedelta

import pytest

from connectors.engine import Refreshed, RevokeOutcome, SignIn
from connectors.observation import (
    Expired,
    Healthy,
    Misconfigured,
    Observation,
    Reason,
    Rejected,
    ScopeMissing,
    Suspended,
    Throttled,
    Unreachable,
)
from connectors.provider import AccountAtProvider, Json
from tests.contract.desk import NOW, Desk, Desks
from tests.contract.pretend import Reply


@pytest.fixture
def facebook(desks: Desks) -> Desk:
    """A desk for Facebook Ads."""
    return desks("facebook_ads")


def error(code: int, subcode: int | None = None, message: str = "m") -> dict[str, Json]:
    """Meta's error object."""
    return {"error": {"code": code, "error_subcode": subcode, "type": "OAuthException", "message": message}}


def row(number: int, name: Json = "Same name") -> Json:
    """One ad account in a list."""
    return {"account_id": str(number), "id": f"act_{number}", "name": name, "account_status": 1}


async def test_the_short_token_is_exchanged_at_once(facebook: Desk) -> None:
    """What is kept is the token of sixty days, not the one of two hours, and we know the day it ends."""
    signed_in = await facebook.finish()
    assert isinstance(signed_in, SignIn)
    first, second = facebook.stage.seen[:2]
    assert (first.method, first.query["grant_type"]) == ("GET", "authorization_code")
    assert (second.query["grant_type"], second.query["fb_exchange_token"]) == (
        "fb_exchange_token",
        facebook.pretend.issued[0],
    )
    assert signed_in.tokens.access_token.get_secret_value() == facebook.pretend.issued[2]
    assert signed_in.tokens.ends_at == signed_in.tokens.expires_at == NOW + timedelta(seconds=5_183_944)


async def test_a_token_that_ran_out_is_not_exchanged(facebook: Desk) -> None:
    """After sixty days the person signs in again; Facebook is not even asked."""
    tokens = (await facebook.signed_in()).tokens
    assert await facebook.refresh(tokens, now=NOW + timedelta(days=61)) == Expired()
    assert facebook.stage.seen == []
    renewed = await facebook.refresh(tokens, now=NOW + timedelta(days=50))
    assert isinstance(renewed, Refreshed)
    assert renewed.tokens.ends_at == NOW + timedelta(days=50, seconds=5_183_944)


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        (error(190, 458), Rejected(reason=Reason.ACCESS_REMOVED, permanent=True)),
        (error(190, 459), Rejected(reason=Reason.CHECKPOINT)),
        (error(190, 460), Rejected(reason=Reason.PASSWORD_CHANGED, permanent=True)),
        (error(190, 463), Expired()),
        (error(190, 467), Rejected(reason=Reason.SIGN_IN_REFUSED, permanent=True)),
        (error(190), Rejected(reason=Reason.SIGN_IN_REFUSED, permanent=True)),
        (error(10), ScopeMissing(scopes=("ads_management",))),
        (error(200), ScopeMissing(scopes=("ads_management",))),
        (error(299), ScopeMissing(scopes=("ads_management",))),
        (error(100, 33), Rejected(reason=Reason.ACCESS_REMOVED, permanent=True)),
        (error(4), Throttled()),
        (error(17), Throttled()),
        (error(80_004), Throttled()),
        (error(2), Unreachable(detail="the provider reports an error of its own")),
        (error(12_345), Unreachable(detail="the answer makes no sense")),
        ({"error": "odd"}, Unreachable(detail="the answer makes no sense")),
        ({"error": {"code": "190"}}, Unreachable(detail="the answer makes no sense")),
    ],
)
async def test_the_reason_is_read_from_code_and_subcode(
    facebook: Desk, body: Json, seen: Observation
) -> None:
    """Password changed, app removed, checkpoint, permission lost: each is told from the others."""
    tokens = (await facebook.signed_in()).tokens
    facebook.stage.script = lambda _seen: Reply(status=400, json=body)
    assert await facebook.probe(tokens) == seen


async def test_one_account_is_lost_and_its_siblings_live(facebook: Desk) -> None:
    """Who was taken off one ad account loses that one only."""
    tokens = (await facebook.signed_in()).tokens
    one, two, three, *_ = facebook.provider.example.accounts
    facebook.pretend.accounts = (one, three)
    assert await facebook.probe(tokens, two.external_id) == Rejected(
        reason=Reason.ACCESS_REMOVED, permanent=True
    )
    assert await facebook.probe(tokens, three.external_id) == Healthy(name=three.name)


@pytest.mark.parametrize(
    ("status", "seen"),
    [
        (1, Healthy(name="Same name")),
        (3, Healthy(name="Same name")),
        (9, Healthy(name="Same name")),
        (2, Suspended()),
        (101, Suspended(reason=Reason.ACCOUNT_CLOSED)),
        ("2", Healthy(name="Same name")),
    ],
)
async def test_the_accounts_state_is_read(facebook: Desk, status: Json, seen: Observation) -> None:
    """A disabled or closed ad account is told from one that merely owes a payment."""
    tokens = (await facebook.signed_in()).tokens
    facebook.stage.script = lambda _seen: Reply(json={**row(1), "account_status": status})
    assert await facebook.probe(tokens) == seen


async def test_a_declined_permission_is_read_from_facebooks_own_list(facebook: Desk) -> None:
    """The optional permission a person declined is named; the sign-in goes on without it."""
    facebook.pretend.granted = ("ads_management",)
    signed_in = await facebook.signed_in()
    assert signed_in.missing_scopes == ("business_management",)


async def test_revoking_says_whose_access_and_reaches_further(facebook: Desk) -> None:
    """Revoking names the person, and the declaration says that it ends all of that person's ad accounts."""
    tokens = (await facebook.signed_in()).tokens
    assert await facebook.revoke(tokens) is RevokeOutcome.REVOKED
    seen = facebook.stage.seen[0]
    assert (seen.method, seen.path) == ("DELETE", "/v25.0/10158000000000001/permissions")
    assert not facebook.provider.auth.revoke_reaches_only_this_sign_in
    facebook.pretend.state = "revoked"
    assert await facebook.revoke(tokens) is RevokeOutcome.ALREADY_GONE
    facebook.stage.script = lambda _seen: Reply(json={"success": False})
    assert await facebook.revoke(tokens) is RevokeOutcome.REFUSED


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        (error(100, 36_008), Misconfigured),
        (error(101), Misconfigured),
        (error(1, message="Error validating client secret."), Misconfigured),
        (error(1, message="An unknown error has occurred."), Unreachable),
        (error(190, 460), Rejected),
        (error(100), Rejected),
    ],
)
async def test_a_refused_exchange_is_read(facebook: Desk, body: Json, seen: type) -> None:
    """Our own mistakes, Facebook's outages and dead sign-ins are told apart at the exchange too."""
    tokens = (await facebook.signed_in()).tokens
    facebook.stage.script = lambda _seen: Reply(status=400, json=body)
    assert isinstance(await facebook.refresh(tokens), seen)


def test_the_example_has_several_accounts(facebook: Desk) -> None:
    """The local workspace can show picking accounts."""
    assert len(facebook.provider.example.accounts) > 1
    assert all(isinstance(account, AccountAtProvider) for account in facebook.provider.example.accounts)
