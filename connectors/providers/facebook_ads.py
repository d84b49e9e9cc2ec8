"""Facebook Ads (Meta): several ad accounts behind one sign-in; a long-lived token is exchanged, never refreshed."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

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
    confirmed,
    unconfirmed,
)
from connectors.reading import as_id, as_list, as_name, as_object

_CHECKED = "2026-11-24"
_GRAPH = "https://graph.facebook.com/v25.0"
_ERRORS = "https://developers.facebook.com/docs/graph-api/guides/error-handling"
_LONG_LIVED = "https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived"
_LOGIN = "https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow"
_SIXTY_DAYS = 5_184_000


def _read_identity(body: Json) -> Identity:
    person = as_object(body)
    external_id = as_id(person["id"])
    return Identity(external_id=external_id, name=as_name(person.get("name"), otherwise=external_id))


def _read_accounts(body: Json) -> tuple[AccountAtProvider, ...]:
    return tuple(_read_account(as_object(account)) for account in as_list(as_object(body)["data"]))


def _read_account(account: Json) -> AccountAtProvider:
    external_id = as_id(account["account_id"])
    return AccountAtProvider(
        external_id=external_id, name=as_name(account.get("name"), otherwise=f"Ad account {external_id}")
    )


def _next_page(body: Json) -> str | None:
    following = as_object(as_object(body).get("paging") or {}).get("next")
    if following is None:
        return None
    if not isinstance(following, str):
        raise TypeError("no address")
    parts = urlsplit(following)
    # Meta repeats the token there; ours travels in a header, where no log or proxy keeps it.
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "access_token"]
    return urlunsplit(parts._replace(query=urlencode(kept)))


def _read_permissions(body: Json) -> tuple[str, ...]:
    rows = [as_object(row) for row in as_list(as_object(body)["data"])]
    return tuple(as_id(row["permission"]) for row in rows if row.get("status") == "granted")


def _read_probe(answer: Answer) -> Observation | None:
    body = answer.json
    if not isinstance(body, dict):
        return None
    if "error" in body:
        return _read_error(body["error"])
    if 200 <= answer.status < 300:
        return _read_account_state(body)
    return None


def _read_account_state(body: Json) -> Observation:
    match body.get("account_status"):
        case 2:
            return Suspended()
        case 100 | 101:
            return Suspended(reason=Reason.ACCOUNT_CLOSED)
    return Healthy(name=_read_account(body).name)


def _read_error(error: Json) -> Observation | None:
    """What Meta's error object says; None for one that is not in its list."""
    if not isinstance(error, dict):
        return None
    match (error.get("code"), error.get("error_subcode")):
        case (190 | 102, subcode):
            return _read_dead_token(subcode)
        case (100 | 803, 33):
            # The person was taken off this one ad account (or it is gone); the sign-in itself lives.
            return Rejected(reason=Reason.ACCESS_REMOVED, permanent=True)
        case (10, _):
            return ScopeMissing(scopes=("ads_management",))
        case (int(code), _) if 200 <= code <= 299:
            return ScopeMissing(scopes=("ads_management",))
        case (4 | 17 | 32 | 341 | 368 | 613, _):
            return Throttled()
        case (int(code), _) if 80_000 <= code <= 80_014:
            return Throttled()
        case (1 | 2, _):
            return Unreachable(detail="the provider reports an error of its own")
    return None


def _read_dead_token(subcode: Json) -> Observation:
    match subcode:
        case 458:
            return Rejected(reason=Reason.ACCESS_REMOVED, permanent=True)
        case 459 | 464:
            # Lives again once the person has answered Facebook's question, so not final.
            return Rejected(reason=Reason.CHECKPOINT)
        case 460:
            return Rejected(reason=Reason.PASSWORD_CHANGED, permanent=True)
        case 463:
            return Expired()
        case _:
            # 467, or none: "expired, been revoked, or is otherwise invalid"; Meta says to sign in again.
            return Rejected(reason=Reason.SIGN_IN_REFUSED, permanent=True)


def _read_refusal(answer: Answer) -> Observation | None:
    error = answer.json.get("error") if isinstance(answer.json, dict) else None
    if not isinstance(error, dict):
        return None
    match (error.get("code"), error.get("error_subcode")):
        case (100, 36_008) | (191 | 101, _):
            return Misconfigured(detail="app id or redirect address")
        case (100, 36_007 | 36_009):
            return Rejected(reason=Reason.SIGN_IN_REFUSED, permanent=True)
        case (1, _) if "client secret" in str(error.get("message", "")):
            return Misconfigured(detail="app secret")
    return _read_error(error) or Rejected(reason=Reason.SIGN_IN_REFUSED)


def _error(code: int, subcode: int | None, message: str) -> Json:
    error: dict[str, Json] = {
        "message": message,
        "type": "OAuthException",
        "code": code,
        "fbtrace_id": "A0example",
    }
    return {"error": error if subcode is None else {**error, "error_subcode": subcode}}


def _answers(identity: Identity, accounts: tuple[AccountAtProvider, ...]) -> dict[str, Json]:
    rows = [
        {
            "account_id": account.external_id,
            "name": account.name,
            "account_status": 1,
            "id": f"act_{account.external_id}",
        }
        for account in accounts
    ]
    return {
        "identity": {"id": identity.external_id, "name": identity.name},
        "accounts": {"data": rows, "paging": {"cursors": {"before": "QVFI", "after": "QVFJ"}}},
        "probe": rows[0] if rows else _error(100, 33, "Unsupported get request."),
    }


def _granted(scopes: tuple[str, ...]) -> Json:
    asked = ("public_profile", *(scope.name for scope in _SCOPES))
    return {
        "data": [
            {
                "permission": name,
                "status": "granted" if name in scopes or name == "public_profile" else "declined",
            }
            for name in asked
        ]
    }


_SCOPES = (
    Scope(
        name="ads_management",
        reason="Send your segments to the ad account as audiences and keep them current.",
    ),
    Scope(
        name="business_management",
        reason="Find the ad accounts that belong to your business portfolio.",
        required=False,
    ),
)

PROVIDER = Provider(
    key="facebook_ads",
    name="Facebook Ads",
    aliases=("facebook", "meta", "meta ads", "fb", "fb ads", "instagram ads"),
    category=Category.MARKETING,
    capabilities=frozenset({Capability.SEGMENTS}),
    summary="Sends your Lexer segments to Facebook and Instagram as audiences for your ads.",
    guide_url="https://learn.lexer.io/docs/activate-overview",
    account_noun="ad account",
    role_needed="a person who manages the ad account in Meta Business settings",
    switch_account_hint="Sign out at facebook.com first if you are signed in there as somebody else.",
    hosts=("graph.facebook.com", "www.facebook.com"),
    auth=OAuth2(
        authorize_url="https://www.facebook.com/v25.0/dialog/oauth",
        # Asks again for a permission the person once declined; Facebook otherwise leaves it out silently.
        authorize_params={"auth_type": "rerequest"},
        token_url=f"{_GRAPH}/oauth/access_token",
        token_method="GET",
        scope_separator=",",
        refresh=RefreshKind.EXCHANGE,
        exchange_grant="fb_exchange_token",
        exchange_after_code=True,
        access_token_lifetime=_SIXTY_DAYS,
        read_refusal=_read_refusal,
        revoke=Call(method="DELETE", url=f"{_GRAPH}/{{identity}}/permissions"),
        revoke_side_effect="Everything this app may do for the person who signed in ends, for all their ad accounts.",
        revoke_by_hand="At facebook.com: Settings and privacy, Settings, Business integrations, then remove the app.",
    ),
    scopes=_SCOPES,
    identity=Call(method="GET", url=f"{_GRAPH}/me", query={"fields": "id,name"}),
    read_identity=_read_identity,
    accounts=Call(
        method="GET",
        url=f"{_GRAPH}/me/adaccounts",
        query={"fields": "account_id,name,account_status", "limit": "100"},
    ),
    read_accounts=_read_accounts,
    next_page=_next_page,
    permissions=Call(method="GET", url=f"{_GRAPH}/me/permissions"),
    read_permissions=_read_permissions,
    probe=Call(
        method="GET", url=f"{_GRAPH}/act_{{account}}", query={"fields": "account_id,name,account_status"}
    ),
    read_probe=_read_probe,
    probe_interval=900,
    facts=(
        confirmed(
            "A short-lived token is exchanged by GET oauth/access_token?grant_type=fb_exchange_token for one of about 60 days; "
            "an expired one cannot be exchanged; Graph API v25.0",
            _LONG_LIVED,
            _CHECKED,
        ),
        confirmed(
            "Error 190 with 458 app removed, 459 checkpoint, 460 password changed, 463 expired, 464 unconfirmed, 467 invalid; "
            "10 and 200-299 permission; 4, 17, 341, 368 wait; 1, 2 outage",
            _ERRORS,
            _CHECKED,
        ),
        confirmed(
            "GET /{user}/permissions lists granted and declined ones; DELETE of it revokes",
            "https://developers.facebook.com/docs/graph-api/reference/user/permissions",
            _CHECKED,
        ),
        confirmed(
            "Sign-in at https://www.facebook.com/v25.0/dialog/oauth; auth_type=rerequest asks again for what was declined",
            _LOGIN,
            _CHECKED,
        ),
        confirmed(
            "account_status 1 active, 2 disabled, 3 unsettled, 7 in review, 9 grace period, 100 closing, 101 closed",
            "https://developers.facebook.com/docs/marketing-api/reference/ad-account",
            _CHECKED,
        ),
        confirmed(
            "The Marketing API has limits of its own that depend on the app's access tier and are small at the limited one: "
            "every 15 minutes, one call an ad account",
            "https://developers.facebook.com/documentation/ads-commerce/marketing-api/overview/rate-limiting",
            _CHECKED,
        ),
        confirmed(
            "Error 100 with subcode 33 = an object this person cannot see",
            "https://github.com/singer-io/tap-facebook/issues/93",
            _CHECKED,
        ),
        unconfirmed(
            "DELETE without a permission's name ends the app's whole access for that person; Bearer headers are accepted; "
            "36007 to 36009, 101, 191 at the token endpoint; unknown parameters (PKCE) are ignored",
            _LOGIN,
            _CHECKED,
        ),
    ),
    example=Example(
        address=None,
        identity=Identity(external_id="10158000000000001", name="Maria Lopez"),
        accounts=(
            AccountAtProvider(external_id="120000000000001", name="Northwind Retail"),
            AccountAtProvider(external_id="120000000000002", name="Northwind Outlet"),
            AccountAtProvider(external_id="120000000000003", name="Northwind Travel"),
            AccountAtProvider(external_id="120000000000004", name="Northwind Home"),
            AccountAtProvider(external_id="120000000000005", name="Northwind Kids"),
        ),
        token={"access_token": "{access_token}", "token_type": "bearer", "expires_in": 5_400},
        refreshed={"access_token": "{access_token}", "token_type": "bearer", "expires_in": 5_183_944},
        answers=_answers,
        granted=_granted,
        cancelled={
            "error": "access_denied",
            "error_code": "200",
            "error_reason": "user_denied",
            "error_description": "Permissions error",
        },
        failures={
            "revoked": (400, _error(190, 458, "The user has not authorized application.")),
            "password_changed": (400, _error(190, 460, "The session has been invalidated.")),
            "expired": (400, _error(190, 463, "Session has expired.")),
            "checkpoint": (400, _error(190, 459, "You cannot access the app till you log in.")),
            "invalidated": (400, _error(190, 467, "The access token is invalid.")),
            "scope_missing": (403, _error(200, None, "(#200) ads_management was not granted.")),
            "account_gone": (
                400,
                _error(100, 33, "Unsupported get request. Object does not exist or cannot be loaded."),
            ),
            "suspended": (
                200,
                {
                    "account_id": "120000000000001",
                    "name": "Northwind Retail",
                    "account_status": 2,
                    "id": "act_120000000000001",
                },
            ),
        },
        refused_refresh=(400, _error(190, 460, "The session has been invalidated.")),
        refused_code=(400, _error(100, 36_009, "This authorization code has been used.")),
        refused_client=(400, _error(1, None, "Error validating client secret.")),
        throttled=(400, _error(17, None, "User request limit reached")),
        revoked=(200, {"success": True}),
    ),
)
