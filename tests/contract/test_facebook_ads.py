"""Facebook Ads: many ad accounts behind one sign-in, an exchange in place of a refresh, reasons in subcodes."""

from datetime import timedelta

import pytest

from connectors.engine import Refreshed, RevokeOutcome, SignIn, SignInFailed, SignInProblem
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
from tests.contract.pretend import Reply, Seen


@pytest.fixture
def facebook(desks: Desks) -> Desk:
    """A desk for Facebook Ads."""
    return desks("facebook_ads")


def error(code: int, subcode: int | None = None, message: str = "m") -> dict[str, Json]:
    """Meta's error object."""
    return {"error": {"code": code, "error_subcode": subcode, "type": "OAuthException", "message": message}}


def listing(desk: Desk, pages: list[Json]) -> None:
    """The accounts call answers with these pages, each naming the next."""

    def script(seen: Seen) -> Reply:
        if not seen.path.endswith("/me/adaccounts"):
            return desk.pretend(seen)
        return Reply(json=pages[int(seen.query.get("after", "0"))])

    desk.stage.script = script


def page(rows: list[Json], following: str | None = None) -> Json:
    """One page of an account list."""
    return {"data": rows, "paging": {"next": following} if following else {}}


def row(number: int, name: Json = "Same name") -> Json:
    """One ad account in a list."""
    return {"account_id": str(number), "id": f"act_{number}", "name": name, "account_status": 1}


NEXT = "https://graph.facebook.com/v25.0/me/adaccounts?limit=100&access_token=at-secret&after="


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
    one, two, three = facebook.provider.example.accounts
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


async def test_no_account_behind_a_sign_in_is_a_sign_in(facebook: Desk) -> None:
    """Nobody's account is missing by mistake: an empty list comes back empty."""
    listing(facebook, [page([])])
    assert (await facebook.signed_in()).accounts == ()


async def test_all_pages_are_read_once_each(facebook: Desk) -> None:
    """Accounts on later pages are found, without sending the token in an address, and repeats count once."""
    listing(facebook, [page([row(1), row(2)], f"{NEXT}1"), page([row(2), row(3)])])
    signed_in = await facebook.finish()
    assert isinstance(signed_in, SignIn)
    assert [account.external_id for account in signed_in.accounts] == ["1", "2", "3"]
    second = facebook.stage.seen[-1]
    assert "access_token" not in second.query
    assert second.headers["authorization"].startswith("Bearer ")


async def test_five_thousand_accounts_and_no_more(facebook: Desk) -> None:
    """A list of five thousand is read whole; beyond that we stop asking."""
    listing(
        facebook,
        [page([row(n) for n in range(p * 1_000, (p + 1) * 1_000)], f"{NEXT}{p + 1}") for p in range(9)],
    )
    signed_in = await facebook.finish()
    assert isinstance(signed_in, SignIn)
    assert len(signed_in.accounts) == 5_000


async def test_pages_that_lead_in_a_circle_end(facebook: Desk) -> None:
    """A list that names itself as its next page does not hang the sign-in."""
    listing(facebook, [page([row(1)], f"{NEXT}0")])
    assert [account.external_id for account in (await facebook.signed_in()).accounts] == ["1"]


@pytest.mark.parametrize(
    "following", ["https://evil.example/?after=1", "http://graph.facebook.com/x", "/relative", 7]
)
async def test_a_next_page_elsewhere_is_not_asked(facebook: Desk, following: Json) -> None:
    """The token is not sent where a list points, unless that is Facebook itself."""
    listing(facebook, [page([row(1)], following)])
    outcome = await facebook.finish()
    assert isinstance(outcome, SignInFailed)
    assert outcome.problem is SignInProblem.UNREADABLE
    assert outcome.tokens is not None
    assert {seen.host for seen in facebook.stage.seen} == {"graph.facebook.com"}


async def test_names_are_kept_as_they_are(facebook: Desk) -> None:
    """Same names, markup and right-to-left marks are the provider's; only what no database keeps is taken out."""
    odd = ["*Same* <@U1> `x` & ~y~", "\u202eright to left", "a\x00b\ncd\ud800e", "", None, "n" * 5_000]
    listing(facebook, [page([row(n, name) for n, name in enumerate(odd)])])
    accounts = (await facebook.signed_in()).accounts
    assert [account.name for account in accounts[:4]] == [
        "*Same* <@U1> `x` & ~y~",
        "\u202eright to left",
        "a b cde",
        "Ad account 3",
    ]
    assert [len(account.name) for account in accounts[4:]] == [len("Ad account 4"), 255]


@pytest.mark.parametrize("identity", [1234567890123456789012, "1234567890123456789012"])
async def test_an_id_is_the_same_as_number_and_text(facebook: Desk, identity: Json) -> None:
    """Who signed in is the same person whether the id comes as a number or as text."""

    def script(seen: Seen) -> Reply:
        return Reply(json={"id": identity}) if seen.path.endswith("/me") else facebook.pretend(seen)

    facebook.stage.script = script
    assert (await facebook.signed_in()).identity.external_id == "1234567890123456789012"


@pytest.mark.parametrize("identity", [None, "", True, 1.5, [], "line\nbreak", "i" * 300])
async def test_an_id_that_is_none_connects_nothing(facebook: Desk, identity: Json) -> None:
    """Without knowing who signed in nothing is connected."""
    facebook.stage.script = lambda seen: (
        Reply(json={"id": identity}) if seen.path.endswith("/me") else facebook.pretend(seen)
    )
    outcome = await facebook.finish()
    assert isinstance(outcome, SignInFailed)
    assert outcome.problem is SignInProblem.UNREADABLE


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
