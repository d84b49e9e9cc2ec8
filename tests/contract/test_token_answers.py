"""Token answers of every odd shape; X serves as the provider, for its declaration has no oddity of its own here."""

import json
from datetime import timedelta

import pytest

from connectors.engine import Refreshed, SignIn, SignInFailed, SignInProblem
from connectors.observation import Expired, Misconfigured, Rejected, Throttled, Unreachable
from connectors.provider import Json
from tests.contract.desk import NOW, Desk, Desks
from tests.contract.pretend import Reply, Seen

GOOD = {"access_token": "at-secret", "refresh_token": "rt-secret", "token_type": "bearer", "expires_in": 7200}
SCOPES = ("users.read", "tweet.read", "offline.access", "tweet.write", "dm.read", "dm.write")


def answering(desk: Desk, reply: Reply) -> None:
    """Every token call is answered with `reply`, all else as usual."""

    def script(seen: Seen) -> Reply:
        return reply if seen.path.endswith("/token") else desk.pretend(seen)

    desk.stage.script = script


async def signed_in_with(desks: Desks, reply: Reply) -> SignIn | SignInFailed:
    """The outcome when the token endpoint answers `reply`."""
    desk = desks("twitter")
    answering(desk, reply)
    return await desk.finish()


async def test_an_error_under_200_is_an_error(desks: Desks) -> None:
    """A refusal that travels under HTTP 200 is a refusal."""
    reply = Reply(json={**GOOD, "error": "invalid_grant", "error_description": "used"})
    assert await signed_in_with(desks, reply) == SignInFailed(problem=SignInProblem.CODE_REFUSED)


@pytest.mark.parametrize("life", [None, 0, -5, 1e12, "soon", True, [], {}, 10**400, "1e400"])
async def test_a_life_that_makes_no_sense_is_the_declared_one(desks: Desks, life: Json) -> None:
    """An access token's life that is missing or absurd is taken to be what the provider documents."""
    outcome = await signed_in_with(desks, Reply(json={**GOOD, "expires_in": life}))
    assert isinstance(outcome, SignIn)
    assert outcome.tokens.expires_at == NOW + timedelta(hours=2)


async def test_a_life_of_nan_is_the_declared_one(desks: Desks) -> None:
    """NaN, which is no JSON, does not stop a sign-in."""
    raw = json.dumps({**GOOD, "expires_in": float("nan")}).encode()
    outcome = await signed_in_with(desks, Reply(raw=raw))
    assert isinstance(outcome, SignIn)
    assert outcome.tokens.expires_at == NOW + timedelta(hours=2)


@pytest.mark.parametrize("life", [3600, "3600", 3600.7, " 3600 "])
async def test_a_life_may_come_as_text(desks: Desks, life: Json) -> None:
    """Seconds as a number or as text mean the same."""
    outcome = await signed_in_with(desks, Reply(json={**GOOD, "expires_in": life}))
    assert isinstance(outcome, SignIn)
    assert outcome.tokens.expires_at == NOW + timedelta(hours=1)


async def test_without_a_refresh_token_the_sign_in_ends_with_the_access_token(desks: Desks) -> None:
    """Where nothing can renew a sign-in we know when it ends, and say so instead of asking the provider."""
    desk = desks("twitter")
    answering(desk, Reply(json={**GOOD, "refresh_token": None}))
    outcome = await desk.finish()
    assert isinstance(outcome, SignIn)
    assert outcome.tokens.refresh_token is None
    assert outcome.tokens.ends_at == outcome.tokens.expires_at
    assert await desk.refresh(outcome.tokens) == Expired()


@pytest.mark.parametrize(
    "again", [{"refresh_token": "rt-secret"}, {"refresh_token": None}, {"refresh_token": ""}]
)
async def test_the_same_refresh_token_may_come_again(desks: Desks, again: dict[str, Json]) -> None:
    """A refresh that brings the same refresh token, or none, keeps the one we hold."""
    desk = desks("twitter")
    answering(desk, Reply(json=GOOD))
    tokens = (await desk.signed_in()).tokens
    answering(desk, Reply(json={**GOOD, "access_token": "at-2-secret", **again}))
    renewed = await desk.refresh(tokens)
    assert isinstance(renewed, Refreshed)
    assert renewed.tokens.refresh_token == tokens.refresh_token


@pytest.mark.parametrize("kind", ["mac", "DPoP", 7, ""])
async def test_a_token_of_unknown_type_is_not_used(desks: Desks, kind: Json) -> None:
    """A token that has to be used in a way we do not know is not used (RFC 6749 7.1)."""
    outcome = await signed_in_with(desks, Reply(json={**GOOD, "token_type": kind}))
    assert outcome == SignInFailed(problem=SignInProblem.UNREADABLE)


@pytest.mark.parametrize("kind", ["Bearer", "BEARER", None])
async def test_a_bearer_token_is_one_in_any_case(desks: Desks, kind: Json) -> None:
    """Upper or lower case, or nothing said, is a bearer token."""
    assert isinstance(await signed_in_with(desks, Reply(json={**GOOD, "token_type": kind})), SignIn)


@pytest.mark.parametrize(
    "token", [None, "", 7, ["a"], "with blank", "line\r\nbreak", "ünicode", "t" * 20_000]
)
async def test_a_token_that_cannot_travel_is_not_used(desks: Desks, token: Json) -> None:
    """What could break the header it travels in is no token."""
    outcome = await signed_in_with(desks, Reply(json={**GOOD, "access_token": token}))
    assert outcome == SignInFailed(problem=SignInProblem.UNREADABLE)


@pytest.mark.parametrize(
    ("told", "missing"),
    [
        ({}, ()),
        ({"scope": None}, ()),
        ({"scope": " ".join(reversed(SCOPES))}, ()),
        ({"scope": ",".join(SCOPES)}, ()),
        ({"scope": list(SCOPES)}, ()),
        ({"scope": " ".join([*SCOPES, "like.read"])}, ()),
        ({"scope": "users.read tweet.read offline.access"}, ("tweet.write", "dm.read", "dm.write")),
    ],
)
async def test_permissions_are_read_however_they_are_written(
    desks: Desks, told: dict[str, Json], missing: tuple[str, ...]
) -> None:
    """Nothing said means as asked; order, commas and extra ones do not matter; optional ones that lack are named."""
    outcome = await signed_in_with(desks, Reply(json={**GOOD, **told}))
    assert isinstance(outcome, SignIn)
    assert outcome.missing_scopes == missing


@pytest.mark.parametrize("told", ["", "users.read", "tweet.read"])
async def test_too_few_permissions_come_with_tokens_to_end(desks: Desks, told: str) -> None:
    """Needed permissions that lack stop the sign-in; an empty answer means that nothing was granted."""
    outcome = await signed_in_with(desks, Reply(json={**GOOD, "scope": told}))
    assert isinstance(outcome, SignInFailed)
    assert outcome.problem is SignInProblem.TOO_FEW_PERMISSIONS
    assert "offline.access" in outcome.missing_scopes
    assert outcome.tokens is not None
    assert outcome.identity is not None


FORM = b"access_token=at-secret&refresh_token=rt-secret&token_type=bearer&expires_in=3600&scope=" + b"+".join(
    scope.encode() for scope in SCOPES
)


async def test_a_form_encoded_answer_is_read(desks: Desks) -> None:
    """Old servers answer as a form; it says the same."""
    reply = Reply(raw=FORM, headers={"Content-Type": "application/x-www-form-urlencoded"})
    outcome = await signed_in_with(desks, reply)
    assert isinstance(outcome, SignIn)
    assert outcome.tokens.expires_at == NOW + timedelta(hours=1)
    assert outcome.missing_scopes == ()


async def test_a_byte_order_mark_does_no_harm(desks: Desks) -> None:
    """JSON behind a byte order mark is JSON."""
    assert isinstance(
        await signed_in_with(desks, Reply(raw=b"\xef\xbb\xbf" + json.dumps(GOOD).encode())), SignIn
    )


@pytest.mark.parametrize(
    "raw",
    [
        b'{"access_token": "one", "access_token": "two", "token_type": "bearer"}',
        b'{"access_token": "one", "deep": ' + b"[" * 1_000 + b"]" * 1_000 + b"}",
        b"[" * 100_000 + b"]" * 100_000,
        b'{"access_token": "one", "pad": "' + b"x" * 10_000_000 + b'"}',
        b"<!doctype html><title>Log in</title>",
        b'{"access_token": "cut',
        b"\xff\xfe{",
        b"",
        b"null",
        b'"access_token"',
        b'["access_token"]',
        b'{"expires_in": 3600}',
    ],
    ids=lambda raw: repr(raw[:30]),
)
async def test_an_unreadable_answer_connects_nothing(desks: Desks, raw: bytes) -> None:
    """A key twice, absurd depth or size, a login page, half an answer: none is taken for tokens."""
    assert await signed_in_with(desks, Reply(raw=raw)) == SignInFailed(problem=SignInProblem.UNREADABLE)


async def test_a_redirected_token_call_is_not_followed(desks: Desks) -> None:
    """Our secret and the code go to the provider's own address, never where a redirect points."""
    desk = desks("twitter")
    answering(desk, Reply(status=307, json={}, headers={"Location": f"{desk.stage.base}/evil.example/token"}))
    assert await desk.finish() == SignInFailed(problem=SignInProblem.UNREADABLE)
    assert [seen.host for seen in desk.stage.seen] == ["api.x.com"]


@pytest.mark.parametrize(
    ("reply", "seen"),
    [
        (Reply(status=400, json={"error": "invalid_grant"}), Rejected),
        (Reply(status=400, json={"error": "invalid_client"}), Misconfigured),
        (Reply(status=401, json={"error": "unauthorized_client"}), Misconfigured),
        (Reply(status=400, json={"error": "temporarily_unavailable"}), Unreachable),
        (Reply(status=400, json={"error": "slow_down"}), Throttled),
        (Reply(status=401, json={}), Rejected),
        (Reply(status=403, raw=b"blocked"), Unreachable),
        (Reply(status=500, json={"error": "invalid_grant"}), Unreachable),
        (Reply(status=429, json={"error": "invalid_grant"}, headers={"Retry-After": "7"}), Throttled),
    ],
)
async def test_a_refused_refresh_is_seen_for_what_it_is(desks: Desks, reply: Reply, seen: type) -> None:
    """Dead tokens, our own mistake and the provider's trouble are told apart; no trouble of theirs ends a sign-in."""
    desk = desks("twitter")
    tokens = (await desk.signed_in()).tokens
    answering(desk, reply)
    assert isinstance(await desk.refresh(tokens), seen)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "30"}, 30.0),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "999999999999"}, 86_400.0),
        ({"Retry-After": "Tue, 24 Nov 2026 12:01:00 GMT", "Date": "Tue, 24 Nov 2026 12:00:00 GMT"}, 60.0),
        ({"Retry-After": "Tue, 24 Nov 2026 11:00:00 GMT", "Date": "Tue, 24 Nov 2026 12:00:00 GMT"}, 0.0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "³"}, None),
        ({}, None),
    ],
)
async def test_the_wait_is_read_as_seconds_or_date(
    desks: Desks, headers: dict[str, str], wait: float | None
) -> None:
    """Retry-After counts as seconds, as a date, or not at all."""
    desk = desks("twitter")
    tokens = (await desk.signed_in()).tokens
    desk.stage.script = lambda _seen: Reply(status=429, json={}, headers=headers)
    assert await desk.probe(tokens) == Throttled(retry_after=wait)
