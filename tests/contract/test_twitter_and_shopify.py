"""What is particular to Twitter (X) and to Shopify."""

import json
from datetime import timedelta

import pytest

from connectors.engine import Refreshed, RevokeOutcome, SignIn
from connectors.observation import (
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
from connectors.provider import Json
from tests.contract.desk import NOW, Desk, Desks
from tests.contract.pretend import Reply, Seen


@pytest.fixture
def twitter(desks: Desks) -> Desk:
    """A desk for Twitter (X)."""
    return desks("twitter")


@pytest.fixture
def shopify(desks: Desks) -> Desk:
    """A desk for Shopify."""
    return desks("shopify")


async def test_x_is_asked_with_basic_and_never_with_the_secret_in_the_form(twitter: Desk) -> None:
    """X wants its client to prove itself in a header."""
    await twitter.finish()
    token_call = twitter.stage.seen[0]
    assert token_call.headers["authorization"].startswith("Basic ")
    assert "client_secret" not in token_call.form


@pytest.mark.parametrize(
    ("description", "seen"),
    [
        ("Value passed for the token was invalid.", Rejected(reason=Reason.SIGN_IN_REFUSED, permanent=True)),
        ("Value passed for the redirect uri did not match", Misconfigured(detail="redirect address")),
        ("Missing required parameter [grant_type].", Rejected(reason=Reason.SIGN_IN_REFUSED)),
    ],
)
async def test_an_invalid_request_at_x_has_several_meanings(
    twitter: Desk, description: str, seen: Observation
) -> None:
    """X calls a dead token an invalid request; a wrong redirect address is still our own mistake."""
    tokens = (await twitter.signed_in()).tokens
    body = {"error": "invalid_request", "error_description": description}
    twitter.stage.script = lambda _seen: Reply(status=400, json=body)
    assert await twitter.refresh(tokens) == seen


@pytest.mark.parametrize(
    ("status", "body", "seen"),
    [
        (403, {"type": "about:blank"}, ScopeMissing(scopes=("users.read", "tweet.read"))),
        (401, {"title": "Unauthorized"}, Rejected(reason=Reason.SIGN_IN_REFUSED)),
        (403, {"errors": [{"code": 326}]}, Rejected(reason=Reason.CHECKPOINT)),
        (403, {"errors": [{"code": 64}]}, Suspended()),
        (
            403,
            {"type": "https://api.twitter.com/2/problems/client-forbidden"},
            Misconfigured(detail="the app may not use this API"),
        ),
        (429, {"type": "https://api.twitter.com/2/problems/usage-capped"}, Throttled()),
        (403, {"errors": "odd"}, Unreachable(detail="the answer makes no sense")),
        (403, {"errors": []}, Unreachable(detail="the answer makes no sense")),
        (403, [], Unreachable(detail="the answer makes no sense")),
        (200, {"data": {"id": None}}, Unreachable(detail="the answer makes no sense")),
        (200, {"data": {"id": 7, "username": "n"}}, Healthy(name="@n")),
        (200, {"data": {"id": "7"}}, Healthy(name="7")),
    ],
)
async def test_what_x_says_is_read(twitter: Desk, status: int, body: Json, seen: Observation) -> None:
    """Locked, suspended, capped, or simply well: each in X's own words."""
    tokens = (await twitter.signed_in()).tokens
    twitter.stage.script = lambda _seen: Reply(status=status, json=body)
    assert await twitter.probe(tokens) == seen


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"x-rate-limit-reset": "1795521660", "Date": "Tue, 24 Nov 2026 12:00:00 GMT"}, 60.0),
        ({"x-rate-limit-reset": "1795521660", "Date": "Tue, 24 Nov 2026 13:00:00 GMT"}, 0.0),
        ({"x-rate-limit-reset": "99999999999999", "Date": "Tue, 24 Nov 2026 12:00:00 GMT"}, 86_400.0),
        ({"x-rate-limit-reset": "1795521660", "Date": "soon"}, None),
        ({"x-rate-limit-reset": "soon"}, None),
        ({"x-rate-limit-reset": "1795521660", "Retry-After": "7"}, 7.0),
    ],
)
async def test_x_says_when_its_window_begins_anew(
    twitter: Desk, headers: dict[str, str], wait: float | None
) -> None:
    """The wait X asks for is kept, in whichever header it stands."""
    tokens = (await twitter.signed_in()).tokens
    twitter.stage.script = lambda _seen: Reply(status=429, json={}, headers=headers)
    assert await twitter.probe(tokens) == Throttled(retry_after=wait)


async def test_both_tokens_are_revoked_at_x(twitter: Desk) -> None:
    """The refresh token is ended first, then the access token, so that neither goes on working."""
    tokens = (await twitter.signed_in()).tokens
    assert await twitter.revoke(tokens) is RevokeOutcome.REVOKED
    ended = [seen.form["token"] for seen in twitter.stage.seen]
    assert tokens.refresh_token is not None
    assert ended == [tokens.refresh_token.get_secret_value(), tokens.access_token.get_secret_value()]


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(status=400, json={"error": "invalid_client"}), RevokeOutcome.REFUSED),
        (Reply(status=400, json={"error": "invalid_grant"}), RevokeOutcome.ALREADY_GONE),
        (Reply(status=400, json={"error": "unsupported_token_type"}), RevokeOutcome.REFUSED),
        (Reply(json={"revoked": False}), RevokeOutcome.REFUSED),
        (Reply(raw=b""), RevokeOutcome.REVOKED),
        *((Reply(status=status, json={}), RevokeOutcome.REFUSED) for status in (302, 401, 403)),
    ],
)
async def test_a_revoke_is_only_done_when_x_says_so(
    twitter: Desk, reply: Reply, outcome: RevokeOutcome
) -> None:
    """What a person is told of a revoke is what the provider said."""
    tokens = (await twitter.signed_in()).tokens
    twitter.stage.script = lambda _seen: reply
    assert await twitter.revoke(tokens) is outcome


async def test_shopify_is_asked_for_tokens_that_end(shopify: Desk) -> None:
    """The code call asks for one-hour tokens; the refresh token's own end is known."""
    signed_in = await shopify.finish()
    assert isinstance(signed_in, SignIn)
    token_call, shop_call = shopify.stage.seen[0], shopify.stage.seen[1]
    assert (token_call.host, token_call.form["expiring"]) == ("northwind.myshopify.com", "1")
    assert shop_call.headers["x-shopify-access-token"] == signed_in.tokens.access_token.get_secret_value()
    assert "authorization" not in shop_call.headers
    assert signed_in.tokens.expires_at == NOW + timedelta(hours=1)
    assert signed_in.tokens.ends_at == NOW + timedelta(days=90)


async def test_each_shopify_refresh_moves_the_end(shopify: Desk) -> None:
    """A shop that is used stays connected: every refresh begins the ninety days anew."""
    tokens = (await shopify.signed_in()).tokens
    renewed = await shopify.refresh(tokens, now=NOW + timedelta(days=30))
    assert isinstance(renewed, Refreshed)
    assert renewed.tokens.ends_at == NOW + timedelta(days=120)


def graphql(errors: Json) -> Json:
    """A GraphQL answer with errors under 200."""
    return {"errors": errors}


@pytest.mark.parametrize(
    ("status", "body", "seen"),
    [
        (401, {"errors": "[API] Invalid API key"}, Rejected(reason=Reason.SIGN_IN_REFUSED)),
        (402, {"errors": "Unavailable Shop"}, Suspended()),
        (423, {}, Suspended()),
        (403, {"errors": "Forbidden"}, Suspended()),
        (403, {"errors": "approval for read_orders scope"}, ScopeMissing(scopes=("read_orders",))),
        (404, {"errors": "Not Found"}, Suspended(reason=Reason.ACCOUNT_CLOSED)),
        (
            403,
            {"errors": "Non-expiring access tokens are no longer accepted for the Admin API."},
            Misconfigured(detail="tokens that never end are no longer taken"),
        ),
        (200, graphql([{"extensions": {"code": "THROTTLED"}}]), Throttled()),
        (200, graphql([{"extensions": {"code": "SHOP_INACTIVE"}}]), Suspended()),
        (
            200,
            graphql([{"message": "Internal error"}]),
            Unreachable(detail="the provider reports an error of its own"),
        ),
        (200, graphql("odd"), Unreachable(detail="the answer makes no sense")),
        (200, {"data": {"shop": None}}, Unreachable(detail="the answer makes no sense")),
    ],
)
async def test_what_shopify_says_is_read(shopify: Desk, status: int, body: Json, seen: Observation) -> None:
    """Frozen, locked, closed or busy: each is told from a lost sign-in, also when it hides under 200."""
    tokens = (await shopify.signed_in()).tokens
    shopify.stage.script = lambda _seen: Reply(status=status, json=body)
    assert await shopify.probe(tokens) == seen


@pytest.mark.parametrize(
    ("granted", "seen"),
    [
        (["read_customers", "write_orders", "read_products"], Healthy(name="Northwind")),
        (["read_customers"], ScopeMissing(scopes=("read_orders", "read_products"))),
    ],
)
async def test_a_permission_taken_back_at_shopify_is_seen(
    shopify: Desk, granted: list[str], seen: Observation
) -> None:
    """The check also looks at what is still granted; a wider permission includes the narrower one."""
    tokens = (await shopify.signed_in()).tokens
    body = json.loads(
        json.dumps(shopify.provider.example.answers(shopify.provider.example.identity, ())["probe"])
    )
    body["data"]["currentAppInstallation"]["accessScopes"] = [{"handle": name} for name in granted]
    shopify.stage.script = lambda _seen: Reply(json=body)
    assert await shopify.probe(tokens) == seen


def revoking(desk: Desk, *, dead: set[str], ill: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    """The revoke call refuses dead tokens and fails for ill ones; all else is as usual."""

    def script(seen: Seen) -> Reply:
        token = seen.headers.get("x-shopify-access-token", "")
        if seen.method == "DELETE" and token in dead:
            return Reply(status=401, json={"errors": "[API] Invalid API key or access token"})
        return Reply(status=503) if seen.method == "DELETE" and token in ill else desk.pretend(seen)

    desk.stage.script = script


async def test_an_hour_old_token_is_renewed_before_we_say_it_is_gone(shopify: Desk) -> None:
    """Disconnect after the access token ran out still removes the app, instead of claiming that nothing was there."""
    tokens = (await shopify.signed_in()).tokens
    revoking(shopify, dead={tokens.access_token.get_secret_value()})
    assert await shopify.revoke(tokens) is RevokeOutcome.REVOKED
    assert [seen.method for seen in shopify.stage.seen] == ["DELETE", "POST", "DELETE"]


async def test_a_dead_sign_in_at_shopify_is_already_gone(shopify: Desk) -> None:
    """Where the app was already uninstalled, Disconnect says so."""
    tokens = (await shopify.signed_in()).tokens
    shopify.pretend.refresh_dead = True
    revoking(shopify, dead={tokens.access_token.get_secret_value()})
    assert await shopify.revoke(tokens) is RevokeOutcome.ALREADY_GONE


async def test_a_revoke_that_used_up_its_refresh_token_is_not_called_gone(shopify: Desk) -> None:
    """When Shopify fails right after the renewal, the person is told to remove the app there, and not that it is gone."""
    tokens = (await shopify.signed_in()).tokens
    number = len(shopify.pretend.issued)
    revoking(shopify, dead={tokens.access_token.get_secret_value()}, ill={f"access-token-{number}-secret"})
    assert await shopify.revoke(tokens) is RevokeOutcome.REFUSED
