"""The accounts behind one sign-in: none, thousands, odd names, odd ids. Facebook Ads is the provider that has a list."""

import pytest

from connectors.engine import SignIn, SignInFailed, SignInProblem
from connectors.provider import Json
from tests.contract.desk import Desk, Desks
from tests.contract.pretend import Reply, Seen


@pytest.fixture
def facebook(desks: Desks) -> Desk:
    """A desk for Facebook Ads."""
    return desks("facebook_ads")


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
