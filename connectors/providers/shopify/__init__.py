"""Shopify: the shop's address is typed by the person, the callback is signed, tokens live one hour and rotate."""

import hashlib
import hmac
import re
from collections.abc import Mapping

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
from connectors.provider import (
    AccountAtProvider,
    AddressField,
    Answer,
    BadAddress,
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
from connectors.providers.shopify.admin_api import graphql
from connectors.providers.shopify.notices import NOTICES
from connectors.reading import as_id, as_list, as_name, as_object

_CHECKED = "2026-11-24"
_DOCS = "https://shopify.dev/docs/apps/build/authentication-authorization"
_WEBHOOKS = "https://shopify.dev/docs/apps/build/webhooks"
_TYPE_THIS = "Type the address that ends in .myshopify.com, for example northwind.myshopify.com."
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?"
_PATH = r"(?:/[a-z0-9/_-]*)?"
_ADDRESSES = (
    re.compile(rf"(?:https://)?({_LABEL})\.myshopify\.com{_PATH}"),
    re.compile(rf"(?:https://)?admin\.shopify\.com/store/({_LABEL}){_PATH}"),
    # The name alone, but nothing that could be a number: nobody's shop is typed as 0 or 2130706433.
    re.compile(rf"(?=[a-z])({_LABEL})"),
)
_SCOPES = (
    Scope(name="read_customers", reason="Bring your customers into Lexer.", implied_by=("write_customers",)),
    Scope(
        name="read_orders",
        reason="Bring your orders of the last 60 days into Lexer.",
        implied_by=("write_orders",),
    ),
    Scope(name="read_products", reason="Name the products in those orders.", implied_by=("write_products",)),
)
_PROBE = graphql("{ shop { id name myshopifyDomain } currentAppInstallation { accessScopes { handle } } }")


def _parse(typed: str) -> str:
    """`<label>.myshopify.com` from what was typed or pasted. Raises `BadAddress`; the message never repeats the input."""
    text = typed.strip().lower()
    if len(text) > 300 or not text.isascii():
        raise BadAddress(f"That is not a shop address. {_TYPE_THIS}")
    for pattern in _ADDRESSES:
        if found := pattern.fullmatch(text):
            return _host(found.group(1))
    raise BadAddress(f"{_what_is_wrong(text)} {_TYPE_THIS}")


def _host(label: str) -> str:
    if label.startswith("xn--"):
        # A name written in other letters that looks like another's; Shopify gives out none.
        raise BadAddress(f"That is not a shop address. {_TYPE_THIS}")
    return f"{label}.myshopify.com"


def _what_is_wrong(text: str) -> str:
    if "@" in text:
        return "An address with a name or password in it is not accepted."
    if text.startswith("http:"):
        return "The address has to begin with https:// or with the shop's name."
    if "." in text and "myshopify.com" not in text:
        return (
            "That may be your shop's own web address; Shopify needs the one it gave you (Settings, Domains)."
        )
    return "That is not a shop address."


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("&", "%26")


def _signature(query: Mapping[str, str], secret: str) -> str:
    """The hmac of a callback: every other parameter, sorted, as name=value joined by & (SHA-256, hexadecimal)."""
    # Percent and ampersand escaped as Shopify's own libraries do: no value can pose as a further parameter.
    pairs = sorted(
        (_escaped(name).replace("=", "%3D"), _escaped(value))
        for name, value in query.items()
        if name != "hmac"
    )
    message = "&".join(f"{name}={value}" for name, value in pairs)
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()


def _check_callback(query: Mapping[str, str], secret: str, address: str | None) -> bool:
    told = query.get("hmac", "").encode()
    genuine = hmac.compare_digest(_signature(query, secret).encode(), told)
    return genuine and address is not None and query.get("shop") == address


def _sign_callback(query: Mapping[str, str], secret: str, address: str | None) -> dict[str, str]:
    whole = {**query, "shop": address or "", "timestamp": "1795536000"}
    return {**whole, "hmac": _signature(whole, secret)}


def _read_identity(body: Json) -> Identity:
    shop = as_object(as_object(as_object(body)["data"])["shop"])
    domain = as_name(shop.get("myshopifyDomain"), otherwise="shop")
    return Identity(external_id=as_id(shop["id"]), name=as_name(shop.get("name"), otherwise=domain))


def _read_scopes(body: Json) -> frozenset[str]:
    installation = as_object(as_object(as_object(body)["data"])["currentAppInstallation"])
    return frozenset(as_id(as_object(scope)["handle"]) for scope in as_list(installation["accessScopes"]))


def _read_probe(answer: Answer) -> Observation | None:
    match answer.status:
        case 402 | 423:
            return Suspended()
        case 403:
            return _forbidden(answer.json)
        case 404:
            return Suspended(reason=Reason.ACCOUNT_CLOSED)
        case status if 200 <= status < 300:
            return _read_graphql(answer.json)
    return None


def _forbidden(body: Json) -> Observation:
    """Shopify's 403 usually means a permission; the probe needs none, so without a named one the shop itself is blocked."""
    text = str(body.get("errors", "")) if isinstance(body, dict) else ""
    if "Non-expiring access tokens" in text:
        return Misconfigured(detail="tokens that never end are no longer taken")
    named = tuple(scope.name for scope in _SCOPES if scope.name in text)
    return ScopeMissing(scopes=named) if named else Suspended()


def _read_graphql(body: Json) -> Observation:
    errors = as_object(body).get("errors")
    if errors:
        return _read_error(as_object(as_object(as_list(errors)[0]).get("extensions", {})).get("code"))
    granted = _read_scopes(body)
    missing = tuple(scope.name for scope in _SCOPES if not {scope.name, *scope.implied_by} & granted)
    return ScopeMissing(scopes=missing) if missing else Healthy(name=_read_identity(body).name)


def _read_error(code: Json) -> Observation:
    match code:
        case "THROTTLED" | "MAX_COST_EXCEEDED":
            return Throttled()
        case "SHOP_INACTIVE":
            return Suspended()
        case "ACCESS_DENIED":
            return ScopeMissing(scopes=tuple(scope.name for scope in _SCOPES))
        case _:
            return Unreachable(detail="the provider reports an error of its own")


def _read_refusal(answer: Answer) -> Observation | None:
    body = answer.json if isinstance(answer.json, dict) else {}
    match (answer.status, body.get("error")):
        case (400 | 401, "invalid_grant" | "invalid_subject_token"):
            return Rejected(reason=Reason.ACCESS_REMOVED, permanent=True)
        case (400 | 401, "application_cannot_be_found"):
            return Misconfigured(detail="client id")
        case (402 | 423, _):
            return Suspended()
        case (404, _):
            return Suspended(reason=Reason.ACCOUNT_CLOSED)
    return None


def _answers(identity: Identity, accounts: tuple[AccountAtProvider, ...]) -> dict[str, Json]:
    shop = accounts[0] if accounts else identity
    body = {
        "data": {
            "shop": {"id": shop.external_id, "name": shop.name, "myshopifyDomain": "northwind.myshopify.com"},
            "currentAppInstallation": {"accessScopes": [{"handle": scope.name} for scope in _SCOPES]},
        }
    }
    return {"identity": body, "accounts": None, "probe": body}


_TOKEN = {
    "access_token": "{access_token}",
    "scope": "{scope}",
    "expires_in": 3_600,
    "refresh_token": "{refresh_token}",
    "refresh_token_expires_in": 7_776_000,
}
_UNAUTHORIZED = (
    401,
    {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"},
)

PROVIDER = Provider(
    key="shopify",
    name="Shopify",
    aliases=("shop", "store", "shopify store"),
    category=Category.ECOMMERCE,
    capabilities=frozenset({Capability.ORDERS}),
    summary="Brings your customers, their orders and the products they ordered into Lexer.",
    guide_url="https://help.shopify.com/en/manual/apps",
    account_noun="shop",
    role_needed="the shop's owner, or staff who may manage and install apps",
    switch_account_hint="Sign out at Shopify first if you are signed in there with another account.",
    hosts=("{shop}",),
    auth=OAuth2(
        authorize_url="https://{shop}/admin/oauth/authorize",
        token_url="https://{shop}/admin/oauth/access_token",
        token_params={"expiring": "1"},
        scope_separator=",",
        refresh=RefreshKind.ROTATING,
        access_token_lifetime=3_600,
        token_header="X-Shopify-Access-Token",
        check_callback=_check_callback,
        read_refusal=_read_refusal,
        revoke=Call(method="DELETE", url="https://{shop}/admin/api_permissions/current.json"),
        revoke_side_effect="The app is uninstalled from this shop, for everybody who uses it there.",
        revoke_by_hand="In the shop's admin: Settings, Apps and sales channels, then uninstall the app.",
    ),
    scopes=_SCOPES,
    identity=_PROBE,
    read_identity=_read_identity,
    accounts=None,
    read_accounts=None,
    probe=_PROBE,
    read_probe=_read_probe,
    address=AddressField(
        placeholder="shop",
        label="Shop address",
        example="northwind.myshopify.com",
        parse=_parse,
        where="In Shopify it stands under Settings, Domains.",
    ),
    notices=NOTICES,
    facts=(
        confirmed(
            "Sign-in at https://{shop}/admin/oauth/authorize, code at /admin/oauth/access_token; hmac and shop are checked",
            f"{_DOCS}/authenticate-standalone-apps",
            _CHECKED,
        ),
        confirmed(
            "Expiring offline tokens (expiring=1) live 3,600 seconds; the refresh token is replaced at every use",
            "https://shopify.dev/changelog/offline-access-tokens-now-support-expiry-and-refresh",
            _CHECKED,
        ),
        confirmed(
            "Public apps must use expiring tokens: new ones since 2026-04-01, all from 2027-01-01",
            f"{_DOCS}/access-tokens/offline-access-tokens",
            _CHECKED,
        ),
        confirmed(
            "A used refresh token stays good until its replacement is used (since 2026-08-28)",
            "https://shopify.dev/changelog/more-resilient-refreshes-for-expiring-offline-access-tokens",
            _CHECKED,
        ),
        confirmed(
            "API calls carry X-Shopify-Access-Token; the Admin API's version is 2026-10",
            f"{_DOCS}/access-tokens",
            _CHECKED,
        ),
        confirmed(
            "DELETE /admin/api_permissions/current.json uninstalls the app",
            f"{_DOCS}/app-installation/uninstall-app-api-request",
            _CHECKED,
        ),
        confirmed(
            "The Admin API's limit is 100 points a second or more, for each app in each shop by itself: a query of one object "
            "every 10 minutes is nothing",
            "https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits",
            _CHECKED,
        ),
        confirmed(
            "402 frozen shop, 403 no permission, 423 locked shop",
            "https://shopify.dev/docs/api/usage/response-codes",
            _CHECKED,
        ),
        confirmed(
            "Notices are signed by HMAC-SHA256 of the raw body with the client secret; X-Shopify-Webhook-Id tells deliveries apart",
            f"{_WEBHOOKS}/delivery-structure and {_WEBHOOKS}/verify-deliveries",
            _CHECKED,
        ),
        confirmed(
            "A notice that is not answered with 2xx is sent 8 more times in 4 hours",
            "https://shopify.dev/changelog/updates-to-webhook-retry-mechanism",
            _CHECKED,
        ),
        confirmed(
            "webhookSubscriptionCreate takes the address as uri since version 2025-10",
            "https://shopify.dev/changelog/consolidate-webhook-graphql-surfaces",
            _CHECKED,
        ),
        unconfirmed(
            "A notice must be answered within 5 seconds; a subscription whose deliveries keep failing goes, and all go with the app",
            f"{_WEBHOOKS}/subscribe/https",
            _CHECKED,
        ),
        unconfirmed(
            "The code_challenge and code_verifier of PKCE are ignored (RFC 6749 3.1), not checked",
            f"{_DOCS}/authenticate-standalone-apps",
            _CHECKED,
        ),
        unconfirmed(
            "A second subscription for one address is refused with 'Address for this topic has already been taken'",
            "https://shopify.dev/docs/api/admin-graphql/latest/enums/pubsubwebhooksubscriptioncreateusererrorcode",
            _CHECKED,
        ),
        unconfirmed(
            "Refresh tokens live 90 days; a dead one is refused with 400 invalid_grant; 404 = closed shop",
            f"{_DOCS}/access-tokens/offline-access-tokens",
            _CHECKED,
        ),
    ),
    example=Example(
        address="northwind.myshopify.com",
        identity=Identity(external_id="gid://shopify/Shop/548380009", name="Northwind"),
        accounts=(AccountAtProvider(external_id="gid://shopify/Shop/548380009", name="Northwind"),),
        token=_TOKEN,
        refreshed=_TOKEN,
        answers=_answers,
        callback=_sign_callback,
        failures={
            "revoked": _UNAUTHORIZED,
            "expired": _UNAUTHORIZED,
            "suspended": (402, {"errors": "Unavailable Shop"}),
            "closed": (404, {"errors": "Not Found"}),
            "scope_missing": (
                403,
                {"errors": "[API] This action requires merchant approval for read_orders scope."},
            ),
        },
        refused_refresh=(
            400,
            {"error": "invalid_grant", "error_description": "The refresh token is not valid"},
        ),
        refused_code=(
            400,
            {
                "error": "invalid_request",
                "error_description": "The authorization code was not found or was already used",
            },
        ),
        throttled=(429, {"errors": "Exceeded 2 calls per second for api client."}),
    ),
)
