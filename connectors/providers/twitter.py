"""Twitter (X): OAuth 2 with PKCE, two-hour access tokens, refresh tokens that change at every use."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from connectors.observation import (
    Healthy,
    Misconfigured,
    Observation,
    Reason,
    Rejected,
    ScopeMissing,
    Suspended,
    Throttled,
)
from connectors.provider import (
    AccountAtProvider,
    Answer,
    Call,
    Capability,
    Category,
    Example,
    Identity,
    Json,
    OAuth2,
    Provider,
    RefreshKind,
    Scope,
    TokenAuth,
    confirmed,
    unconfirmed,
)
from connectors.reading import as_id, as_name, as_object

_NEEDED_BY_ME = ("users.read", "tweet.read")
_ME = Call(method="GET", url="https://api.x.com/2/users/me")
_CHECKED = "2026-11-24"
_FLOW = "https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code"
_STEPS = "https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token"


def _read_identity(body: Json) -> Identity:
    user = as_object(as_object(body)["data"])
    external_id = as_id(user["id"])
    username = as_name(user.get("username"), otherwise="")
    return Identity(external_id=external_id, name=f"@{username}" if username else external_id)


def _read_probe(answer: Answer) -> Observation | None:
    if 200 <= answer.status < 300:
        return Healthy(name=_read_identity(answer.json).name)
    match _problem(answer.json):
        case "about:blank" if answer.status == 403:
            return ScopeMissing(scopes=_NEEDED_BY_ME)
        case 64 | "user-suspended":
            return Suspended()
        case 326:
            return Rejected(reason=Reason.CHECKPOINT)
        case "client-forbidden" | "unsupported-authentication":
            return Misconfigured(detail="the app may not use this API")
        case "usage-capped":
            return Throttled()
    return _read_wait(answer) if answer.status == 429 else None


def _read_wait(answer: Answer) -> Observation | None:
    """X says when its window begins anew (Unix seconds) instead of how long to wait; compared with the answer's own date."""
    reset, date = answer.headers.get("x-rate-limit-reset", ""), answer.headers.get("date", "")
    if "retry-after" in answer.headers or not (reset.isascii() and reset.isdigit()):
        return None
    wait = datetime.fromtimestamp(int(reset[:11]), UTC) - parsedate_to_datetime(date).astimezone(UTC)
    return Throttled(retry_after=min(max(wait.total_seconds(), 0.0), 86_400.0))


def _problem(body: Json) -> int | str | None:
    """The last word of a problem's type, or the number of an error of the old kind."""
    if not isinstance(body, dict):
        return None
    kind, errors = body.get("type"), body.get("errors")
    if isinstance(kind, str):
        return kind.rpartition("/")[2]
    first = errors[0] if isinstance(errors, list) and errors else None
    code = first.get("code") if isinstance(first, dict) else None
    return code if isinstance(code, int) else None


def _read_refusal(answer: Answer) -> Observation | None:
    body = answer.json if isinstance(answer.json, dict) else {}
    description = str(body.get("error_description", "")).lower()
    # X calls a dead token or code an invalid request; the same code also covers a wrong redirect address.
    if answer.status == 400 and body.get("error") == "invalid_request":
        if "redirect" in description:
            return Misconfigured(detail="redirect address")
        if "token was invalid" in description or "authorization code" in description:
            return Rejected(reason=Reason.SIGN_IN_REFUSED, permanent=True)
    return None


def _answers(identity: Identity, accounts: tuple[AccountAtProvider, ...]) -> dict[str, Json]:
    account = accounts[0] if accounts else identity
    user = {
        "data": {
            "id": account.external_id,
            "name": account.name.removeprefix("@").title(),
            "username": account.name.removeprefix("@"),
        }
    }
    return {"identity": user, "accounts": None, "probe": user}


_UNAUTHORIZED = (
    401,
    {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"},
)
_DEAD = (
    400,
    {"error": "invalid_request", "error_description": "Value passed for the token was invalid."},
)

PROVIDER = Provider(
    key="twitter",
    name="Twitter (X)",
    aliases=("x", "tweets", "twitter x"),
    category=Category.SERVICE,
    capabilities=frozenset({Capability.CONVERSATIONS}),
    summary="Brings posts and direct messages, to and from your account, into Lexer, so that your team can answer them.",
    guide_url="https://learn.lexer.io/docs/twitter",
    account_noun="X account",
    role_needed="anyone with the handle and password of the account",
    switch_account_hint="Sign out at x.com first, or switch to the right account there; X connects the one you are signed in with.",
    hosts=("api.x.com", "x.com"),
    auth=OAuth2(
        authorize_url="https://x.com/i/oauth2/authorize",
        token_url="https://api.x.com/2/oauth2/token",
        revoke=Call(method="POST", url="https://api.x.com/2/oauth2/revoke"),
        revoke_form={"token": "{token}"},
        revoke_by_hand="At x.com/settings/connected_apps: choose the app, then Revoke app permissions.",
        token_auth=TokenAuth.BASIC,
        refresh=RefreshKind.ROTATING,
        access_token_lifetime=7_200,
        read_refusal=_read_refusal,
    ),
    scopes=(
        Scope(name="users.read", reason="See the name of your account, to show which one is connected."),
        Scope(name="tweet.read", reason="Bring posts and mentions into Lexer."),
        Scope(name="offline.access", reason="Stay connected while nobody is signed in."),
        Scope(name="tweet.write", reason="Answer posts from Lexer.", required=False),
        Scope(name="dm.read", reason="Bring direct messages into Lexer.", required=False),
        Scope(name="dm.write", reason="Answer direct messages from Lexer.", required=False),
    ),
    identity=_ME,
    read_identity=_read_identity,
    accounts=None,
    read_accounts=None,
    probe=_ME,
    read_probe=_read_probe,
    calls_counted=True,
    facts=(
        confirmed(
            "OAuth 2 with PKCE (S256); access tokens live two hours; a refresh token comes only with offline.access",
            _FLOW,
            _CHECKED,
        ),
        confirmed(
            "Confidential clients prove themselves by HTTP Basic at the token endpoint https://api.x.com/2/oauth2/token",
            _STEPS,
            _CHECKED,
        ),
        confirmed(
            "The sign-in page is https://x.com/i/oauth2/authorize; tokens are revoked at https://api.x.com/2/oauth2/revoke",
            _STEPS,
            _CHECKED,
        ),
        confirmed(
            "403 without a problem type = a permission lacks; problem types client-forbidden and usage-capped; a 429 carries x-rate-limit-reset in Unix seconds",
            "https://docs.x.com/x-api/fundamentals/response-codes-and-errors",
            _CHECKED,
        ),
        confirmed(
            "Reading a user is charged for (pay per use); limits are counted per person in windows of 15 minutes, which a check "
            "every 10 minutes stays far under",
            "https://docs.x.com/x-api/getting-started/pricing and https://docs.x.com/x-api/fundamentals/rate-limits",
            _CHECKED,
        ),
        unconfirmed(
            "A refresh token dies when it is used; a dead one is refused with invalid_request, not invalid_grant",
            _FLOW,
            _CHECKED,
        ),
        unconfirmed(
            "Errors 64 (suspended) and 326 (locked until the person signs in), as the older API had them",
            "https://docs.x.com/x-api/fundamentals/response-codes-and-errors",
            _CHECKED,
        ),
    ),
    example=Example(
        address=None,
        identity=Identity(external_id="2244994945", name="@northwind"),
        accounts=(AccountAtProvider(external_id="2244994945", name="@northwind"),),
        token={
            "token_type": "bearer",
            "expires_in": 7_200,
            "access_token": "{access_token}",
            "refresh_token": "{refresh_token}",
            "scope": "{scope}",
        },
        refreshed={
            "token_type": "bearer",
            "expires_in": 7_200,
            "access_token": "{access_token}",
            "refresh_token": "{refresh_token}",
            "scope": "{scope}",
        },
        answers=_answers,
        failures={
            "revoked": _UNAUTHORIZED,
            "password_changed": _UNAUTHORIZED,
            "expired": _UNAUTHORIZED,
            "scope_missing": (
                403,
                {"title": "Forbidden", "type": "about:blank", "status": 403, "detail": "Forbidden"},
            ),
            "suspended": (403, {"errors": [{"code": 64, "message": "Your account is suspended."}]}),
        },
        refused_refresh=_DEAD,
        refused_code=(
            400,
            {
                "error": "invalid_request",
                "error_description": "Value passed for the authorization code was invalid.",
            },
        ),
        refused_client=(
            401,
            {"error": "unauthorized_client", "error_description": "Missing valid authorization header"},
        ),
        throttled=(429, {"title": "Too Many Requests", "type": "about:blank", "status": 429}),
        revoked=(200, {"revoked": True}),
    ),
)
