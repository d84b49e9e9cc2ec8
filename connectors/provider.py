"""What a provider file declares. Data for what is ordinary, a function only for what is odd."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from connectors.observation import Observation

Json = Any
"""A decoded JSON value."""


class Category(StrEnum):
    """The four categories of Lexer's Integrations page."""

    MARKETING = "marketing"
    ECOMMERCE = "ecommerce"
    SERVICE = "service"
    OTHER = "other"


class Capability(StrEnum):
    """What moves between Lexer and the provider."""

    SEGMENTS = "segments"
    ENGAGEMENT = "engagement"
    ORDERS = "orders"
    CONVERSATIONS = "conversations"


class TokenAuth(StrEnum):
    """How our client proves itself at the token endpoint."""

    BASIC = "client_secret_basic"
    POST = "client_secret_post"
    """Among the request's parameters: the form of a POST, the query of a GET."""


class RefreshKind(StrEnum):
    """How a sign-in is kept alive."""

    ROTATING = "rotating"
    """refresh_token grant; the answer carries a new refresh token and the old one dies."""
    STATIC = "static"
    """refresh_token grant; the refresh token stays."""
    EXCHANGE = "exchange"
    """The living access token is exchanged for a new one (Meta); an expired one cannot be."""
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One permission asked for, with its reason in words a marketer reads.

    `implied_by`: names of wider permissions that include this one (Shopify answers write_orders and leaves read_orders out).
    """

    name: str
    reason: str
    required: bool = True
    implied_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressField:
    """The address a person types before signing in (shop address, subdomain).

    `parse` takes what was typed and returns the canonical host or label; it raises `BadAddress` with words for the person.
    `placeholder` is the name by which URLs refer to it: "shop" for "{shop}"; `where`: a sentence about where the person finds it.
    """

    placeholder: str
    label: str
    example: str
    parse: Callable[[str], str]
    where: str = ""


class BadAddress(ValueError):
    """The typed address cannot be one of this provider's. The message says what to type instead, for the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Where a fact comes from: `source` (address of the document), `checked` (ISO date), `verified` False = could not be confirmed."""

    fact: str
    source: str
    checked: str
    verified: bool


def confirmed(fact: str, source: str, checked: str) -> Notice:
    """A fact that its source was seen to say."""
    return Notice(fact=fact, source=source, checked=checked, verified=True)


def unconfirmed(fact: str, source: str, checked: str) -> Notice:
    """A fact we build on although its source was not seen to say it."""
    return Notice(fact=fact, source=source, checked=checked, verified=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAtProvider:
    """One account behind a sign-in. `role`: the person's role there, if the provider tells."""

    external_id: str
    name: str
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who signed in at the provider."""

    external_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A provider's HTTP answer as classifiers see it: status, lower-case headers, decoded JSON (None if it was none).

    `body` is the raw answer (at most 1 MB), for the rare form-encoded token answer. Neither it nor `json` shows in a repr.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    json: Json = field(repr=False)
    body: bytes = field(repr=False, default=b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One API call the engine makes with the access token.

    `url` may hold "{<address placeholder>}", "{identity}" or "{account}". `body` is sent as JSON, `query` is appended;
    "{NAME}" in a header value is the provider's extra setting of that name.
    """

    method: str
    url: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Json = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth2:
    """An authorization code sign-in."""

    authorize_url: str
    token_url: str
    token_method: str = "POST"
    """"POST" sends the parameters as a form, "GET" in the query (Meta documents only that)."""
    revoke: Call | None = None
    """The revoke call. Without `revoke_form` it carries the access token as every API call does."""
    revoke_form: Mapping[str, str] | None = None
    """Form fields of the revoke call, sent with our client's credentials (RFC 7009). In its values "{access_token}" and
    "{refresh_token}" are filled in; with "{token}" the call is made once for each token held, the refresh token first."""
    revoke_reaches_only_this_sign_in: bool = False
    """True only where the provider documents that revoking ends nothing but these tokens."""
    revoke_side_effect: str | None = None
    """In words for the person: what else ends when we revoke."""
    revoke_by_hand: str = ""
    """Where a person removes the access at the provider when revoking failed, in words."""
    token_auth: TokenAuth = TokenAuth.POST
    pkce: bool = True
    scope_separator: str = " "
    authorize_params: Mapping[str, str] = field(default_factory=dict)
    token_params: Mapping[str, str] = field(default_factory=dict)
    """Further parameters of the authorization_code call."""
    refresh: RefreshKind = RefreshKind.NONE
    exchange_grant: str = ""
    """EXCHANGE: the grant_type of the exchange and the name of the parameter that carries the living token."""
    exchange_after_code: bool = False
    """True where the first token is short-lived and is exchanged at once for the long-lived one (Meta)."""
    access_token_lifetime: int | None = None
    """Seconds, used when the answer carries no usable expires_in; None = does not expire."""
    refresh_token_lifetime: int | None = None
    """Seconds, used when the answer carries no refresh_token_expires_in; None = not known to end."""
    check_callback: Callable[[Mapping[str, str], str, str | None], bool] | None = None
    """(query, client secret, address) -> is this callback genuine (Shopify's hmac and shop)."""
    read_refusal: Callable[[Answer], Observation | None] = lambda _answer: None
    """Looks at odd answers of the token and revoke endpoints first; None leaves them to the engine's own rules."""
    token_header: str | None = None
    """Header that carries the access token on API calls; None = `Authorization: Bearer`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Answers in the provider's own shape, for the contract suite, the local workspace and the docs.

    How a pretend provider plays its part from the declarations alone:

    - *Which provider*: the host, against `Provider.hosts` ("{shop}" matches the address that was typed).
    - *Authorize* (a browser's GET of `auth.authorize_url`): parameters client_id, redirect_uri, scope, state, code_challenge.
      Yes: back to redirect_uri with `callback({"code": ..., "state": ...}, client secret, address)`; no: with `cancelled` and state.
    - *Token* (`auth.token_method` of `auth.token_url`; form, or query for GET), told apart by grant_type: "authorization_code"
      -> `token`, "refresh_token" or `auth.exchange_grant` -> `refreshed`. In both, "{access_token}", "{refresh_token}"
      and "{scope}" (scope names joined by `auth.scope_separator`) are to be filled in. A dead refresh token -> `refused_refresh`;
      an unknown code -> `refused_code`; wrong client credentials -> `refused_client`.
    - *API calls*: method and URL of `identity`, `accounts`, `permissions`, `probe` (two may be the very same call with the
      same answer); the access token is in `auth.token_header` or `Authorization: Bearer`. Answer 200 with
      `answers(identity, accounts)["identity" | "accounts"]`, `granted(scopes)` for permissions, and
      `answers(identity, (account,))["probe"]` where `account` is the one named by "{account}" in the probe's URL (the only one
      where the URL names none).
    - *Revoke*: `auth.revoke`'s method and URL; the token is a form value (`auth.revoke_form`) or the call's access token -> `revoked`.
    - *Failing*: `failures[state]`. States "revoked", "password_changed" and "expired" belong to the whole sign-in (every API call),
      "suspended", "scope_missing" and "account_gone" (this person was taken off this account) to one account's probe.
      `throttled` answers any call. A provider lists the states it knows.
    """

    address: str | None
    identity: Identity
    accounts: tuple[AccountAtProvider, ...]
    token: Mapping[str, Json]
    refreshed: Mapping[str, Json]
    answers: Callable[[Identity, tuple[AccountAtProvider, ...]], Mapping[str, Json]]
    """-> {"identity": body, "accounts": body, "probe": body} as the provider would send them."""
    granted: Callable[[tuple[str, ...]], Json] | None = None
    """Granted permission names -> body of the `permissions` call, where the provider has one."""
    callback: Callable[[Mapping[str, str], str, str | None], Mapping[str, str]] = (
        lambda query, _secret, _address: query
    )
    """(code and state, client secret, address) -> the callback's whole query."""
    cancelled: Mapping[str, str] = field(default_factory=lambda: {"error": "access_denied"})
    failures: Mapping[str, tuple[int, Json]]
    """state -> (HTTP status, body) of an API call."""
    refused_refresh: tuple[int, Json]
    """(HTTP status, body) of the token endpoint when the refresh token is dead."""
    refused_code: tuple[int, Json] = (400, {"error": "invalid_grant"})
    refused_client: tuple[int, Json] = (401, {"error": "invalid_client"})
    throttled: tuple[int, Json] = (429, {})
    revoked: tuple[int, Json] = (200, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a provider's notice says of itself. `id` is the same whenever the same notice is sent again.

    `at`: when it happened; `address`: which shop or subdomain it is about; None where it does not say.
    """

    topic: str
    id: str
    at: datetime | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """A provider will tell us, or does already. `id`: the subscription's at the provider, where it was told."""

    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesExample:
    """Answers and a notice in the provider's own shape."""

    subscribed: tuple[int, Json]
    """(HTTP status, body) where a subscription was made."""
    already: tuple[int, Json]
    """The same where there was one for this address before."""
    refused: tuple[int, Json]
    """The same where the provider will not send to this address."""
    unsubscribed: tuple[int, Json]
    headers: Mapping[str, str]
    """Of a notice of one of the topics, without its signature; names in lower case."""
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """What a provider tells by itself, at an address of ours.

    A notice only makes us ask: what the provider then answers decides. `topics`: those after which a sign-in is asked at once.
    """

    topics: frozenset[str]
    is_genuine: Callable[[Mapping[str, str], bytes, str], bool]
    """(headers with lower-case names, raw body, client secret) -> whether the provider signed this. Looks into nothing else."""
    read: Callable[[Mapping[str, str], bytes], Told]
    """Reads a genuine notice."""
    subscribe: Callable[[str], Call] | None = None
    """Address of ours -> the API call that asks for notices there; None where a person has to (`by_hand`)."""
    read_subscribed: Callable[[Answer], Subscribed | Observation | None] = lambda _answer: None
    """Looks at the answer of `subscribe` first; None leaves it to the rules for any API answer."""
    unsubscribe: Callable[[str], Call] | None = None
    """Id of a subscription -> the call that ends it."""
    by_hand: str = ""
    """Where a person asks for notices, in words, where there is no call for it."""
    example: NoticesExample


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One integration: everything that differs between providers.

    Its functions that read an answer may raise ValueError, TypeError, LookupError or AttributeError on one of another shape: the
    engine calls that answer unreadable.
    """

    key: str
    name: str
    aliases: tuple[str, ...]
    category: Category
    capabilities: frozenset[Capability]
    summary: str
    """What it does, one sentence for a marketer."""
    guide_url: str
    account_noun: str
    """"X account", "shop", "ad account"."""
    role_needed: str
    """Which role at the provider a person needs to connect, in words."""
    switch_account_hint: str
    """How to switch accounts at the provider before signing in, in words."""
    hosts: tuple[str, ...]
    """Allowed hosts, exact; "{shop}" stands for the parsed address."""
    auth: OAuth2
    scopes: tuple[Scope, ...]
    identity: Call
    read_identity: Callable[[Json], Identity]
    accounts: Call | None
    """None: the identity is the account."""
    read_accounts: Callable[[Json], tuple[AccountAtProvider, ...]] | None
    next_page: Callable[[Json], str | None] | None = None
    """Body of an accounts answer -> URL of the next page (its host is checked like any other), None = last."""
    permissions: Call | None = None
    """Asked where the token answer does not say what was granted."""
    read_permissions: Callable[[Json], tuple[str, ...]] | None = None
    probe: Call
    read_probe: Callable[[Answer], Observation | None] = lambda _answer: None
    """Looks at every API answer first; None leaves it to the engine's own rules."""
    probe_interval: int = 600
    """Seconds between checks; one of `facts` says why."""
    calls_counted: bool = False
    """Whether the provider charges for calls or counts them against a quota: what is long healthy is then asked less often."""
    address: AddressField | None = None
    extra_settings: tuple[str, ...] = ()
    """Further settings the provider needs, e.g. "DEVELOPER_TOKEN" for LEXER_<KEY>_DEVELOPER_TOKEN."""
    notices: Notices | None = None
    """What it tells by itself; None where it tells nothing."""
    issuer: str | None = None
    """RFC 9207 `iss` the provider promises at the callback, if it does."""
    facts: tuple[Notice, ...] = ()
    example: Example
