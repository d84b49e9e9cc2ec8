"""One engine for all providers: authorization link, exchange, refresh, probe, revoke. Knows nothing of Slack or the store."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from pydantic import SecretStr

from connectors.classify import Detail, classify_refusal, observe, observe_refusal
from connectors.line import ClientCredentials, Line
from connectors.observation import (
    Expired,
    Misconfigured,
    Observation,
    Rejected,
    Throttled,
    Unreachable,
)
from connectors.outside import Outside, OutsideFailed, OutsideRefused
from connectors.provider import Answer, Call, Provider, RefreshKind
from connectors.signing_in import (
    SignIn,
    SignInFailed,
    SignInProblem,
    exchanged,
    new_tokens,
    sign_in,
    unreachable,
)
from connectors.tokens import Tokens

__all__ = [
    "ClientCredentials",
    "Connectors",
    "Refreshed",
    "RevokeOutcome",
    "SignIn",
    "SignInFailed",
    "SignInProblem",
    "Tokens",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """New tokens; store them before use."""

    tokens: Tokens


class RevokeOutcome(StrEnum):
    """What became of a revoke."""

    REVOKED = "revoked"
    ALREADY_GONE = "already_gone"
    NOT_SUPPORTED = "not_supported"
    REFUSED = "refused"
    TRY_AGAIN = "try_again"


class Connectors:
    """All providers behind one door.

    Made once by the composition root with the outgoing client, the providers and our credentials (`credentials` by provider key;
    `extra_settings`: provider key -> name as in `Provider.extra_settings` -> value). A provider without credentials is
    "not set up on this bot": calling it then raises KeyError.
    """

    def __init__(
        self,
        providers: Sequence[Provider],
        credentials: Mapping[str, ClientCredentials],
        extra_settings: Mapping[str, Mapping[str, SecretStr]],
        outside: Outside,
        public_url: str,
    ) -> None:
        self._providers = tuple(sorted(providers, key=lambda provider: provider.name.casefold()))
        self._by_key = {provider.key: provider for provider in self._providers}
        self._credentials = credentials
        self._extra_settings = extra_settings
        self._outside = outside
        self._public_url = public_url.rstrip("/")

    def providers(self) -> tuple[Provider, ...]:
        """Every known provider, set up or not, sorted by name."""
        return self._providers

    def get(self, key: str) -> Provider | None:
        """The provider of this key."""
        return self._by_key.get(key)

    def missing_settings(self, key: str) -> tuple[str, ...]:
        """Names of the settings this provider still needs, e.g. LEXER_SHOPIFY_CLIENT_ID; empty = set up."""
        held = self._credentials.get(key)
        extra = self._extra_settings.get(key, {})
        needs = {
            "CLIENT_ID": bool(held and held.client_id),
            "CLIENT_SECRET": bool(held and held.client_secret.get_secret_value()),
        }
        for name in self._by_key[key].extra_settings:
            needs[name] = name in extra and bool(extra[name].get_secret_value())
        return tuple(f"LEXER_{key.upper()}_{name}" for name, there in needs.items() if not there)

    def redirect_uri(self, key: str) -> str:
        """The callback address to register: <public url>/oauth/callback/<key>."""
        return f"{self._public_url}/oauth/callback/{key}"

    def new_verifier(self) -> SecretStr:
        """A PKCE verifier (RFC 7636 4.1), 43 characters or more."""
        return SecretStr(secrets.token_urlsafe(48))

    def authorization_url(
        self, provider: Provider, *, state: str, verifier: SecretStr, address: str | None
    ) -> str:
        """Where the browser goes to sign in (already rerouted when a local workspace plays the provider)."""
        return self._line(provider, address).authorization_url(
            redirect_uri=self.redirect_uri(provider.key), state=state, verifier=verifier
        )

    async def finish(
        self,
        provider: Provider,
        *,
        query: Mapping[str, str],
        verifier: SecretStr,
        address: str | None,
        now: datetime,
    ) -> SignIn | SignInFailed:
        """Turn a callback's query (each parameter once; duplicates were refused before) into a sign-in.

        Genuine? code -> tokens -> scopes -> identity -> accounts. Raises nothing for what a provider can do.
        """
        return await sign_in(
            self._line(provider, address),
            query=query,
            verifier=verifier,
            redirect_uri=self.redirect_uri(provider.key),
            now=now,
        )

    async def refresh(
        self, provider: Provider, *, tokens: Tokens, address: str | None, now: datetime
    ) -> Refreshed | Observation:
        """New tokens or what was seen instead (Rejected, Expired, Throttled, Unreachable, Misconfigured)."""
        line = self._line(provider, address)
        found: tuple[Tokens, Answer] | Observation
        match provider.auth.refresh:
            case RefreshKind.ROTATING | RefreshKind.STATIC if tokens.refresh_token is not None:
                parameters = {"refresh_token": tokens.refresh_token.get_secret_value()}
                found = await new_tokens(line, "refresh_token", parameters, now=now, before=tokens)
            case RefreshKind.EXCHANGE if tokens.expires_at is None or tokens.expires_at > now:
                found = await exchanged(line, tokens, now=now)
            case _:
                return Expired()
        return Refreshed(tokens=found[0]) if isinstance(found, tuple) else found

    async def probe(
        self, provider: Provider, *, tokens: Tokens, account_id: str, identity_id: str, address: str | None
    ) -> Observation:
        """Ask the provider whether this sign-in still lives for this account."""
        line = self._line(provider, address)
        try:
            answer = await line.call(
                provider.probe, tokens.access_token, identity=identity_id, account=account_id
            )
        except (OutsideFailed, OutsideRefused) as error:
            return unreachable(error)
        return observe(provider, answer)

    async def revoke(
        self, provider: Provider, *, tokens: Tokens, identity_id: str, address: str | None
    ) -> RevokeOutcome:
        """End the sign-in at the provider."""
        line = self._line(provider, address)
        call, form = provider.auth.revoke, provider.auth.revoke_form
        if call is None:
            return RevokeOutcome.NOT_SUPPORTED
        if form is None:
            return await self._revoke_by_call(line, call, tokens, identity_id, address)
        return await _revoke_by_form(line, call, form, tokens)

    async def _revoke_by_call(
        self, line: Line, call: Call, tokens: Tokens, identity_id: str, address: str | None
    ) -> RevokeOutcome:
        outcome = await _revoke_once(line, call, tokens, identity_id)
        if outcome is not RevokeOutcome.ALREADY_GONE or tokens.refresh_token is None:
            return outcome
        # The access token may merely have run out. What comes back is used at once and never kept, so `now` does not matter.
        renewed = await self.refresh(line.provider, tokens=tokens, address=address, now=datetime.now(UTC))
        match renewed:
            case Refreshed(tokens=fresh):
                again = await _revoke_once(line, call, fresh, identity_id)
                # The refresh token may be used up by now; a second try would take its refusal for "gone".
                return RevokeOutcome.REFUSED if again is RevokeOutcome.TRY_AGAIN else again
            case _:
                return _outcome(renewed)

    def _line(self, provider: Provider, address: str | None) -> Line:
        return Line(
            provider=provider,
            credentials=self._credentials[provider.key],
            settings=self._extra_settings.get(provider.key, {}),
            outside=self._outside,
            address=address,
        )


async def _revoke_once(line: Line, call: Call, tokens: Tokens, identity_id: str) -> RevokeOutcome:
    try:
        answer = await line.call(call, tokens.access_token, identity=identity_id)
    except OutsideFailed:
        return RevokeOutcome.TRY_AGAIN
    except OutsideRefused:
        return RevokeOutcome.REFUSED
    seen = observe(line.provider, answer)
    # The body of a revoke's answer has its own shape, which a probe cannot read; only an error under 200 counts.
    if _agrees(answer) and not isinstance(seen, Rejected | Expired | Throttled):
        return RevokeOutcome.REVOKED
    return _outcome(seen)


def _agrees(answer: Answer) -> bool:
    """Whether a revoke's answer says yes: a 2xx with nothing, or with JSON that does not say no. A web page says nothing."""
    if not 200 <= answer.status < 300 or (answer.json is None and answer.body.strip()):
        return False
    said = answer.json if isinstance(answer.json, dict) else {}
    return said.get("success") is not False and said.get("revoked") is not False


async def _revoke_by_form(line: Line, call: Call, form: Mapping[str, str], tokens: Tokens) -> RevokeOutcome:
    """Each token held, the refresh token first: at some providers revoking the other leaves it alive."""
    outcomes = []
    for filled in _filled(form, tokens):
        outcome = await _send_revoke(line, call, filled)
        if outcome in {RevokeOutcome.TRY_AGAIN, RevokeOutcome.REFUSED}:
            return outcome
        outcomes.append(outcome)
    return RevokeOutcome.REVOKED if RevokeOutcome.REVOKED in outcomes else RevokeOutcome.ALREADY_GONE


def _filled(form: Mapping[str, str], tokens: Tokens) -> list[dict[str, str]]:
    access = tokens.access_token.get_secret_value()
    refresh = tokens.refresh_token.get_secret_value() if tokens.refresh_token else None
    each = [held for held in (refresh, access) if held] if "{token}" in form.values() else [access]
    return [
        {
            name: value.replace("{token}", held)
            .replace("{access_token}", access)
            .replace("{refresh_token}", refresh or access)
            for name, value in form.items()
        }
        for held in each
    ]


async def _send_revoke(line: Line, call: Call, form: Mapping[str, str]) -> RevokeOutcome:
    try:
        answer = await line.send_form(call, form)
    except OutsideFailed:
        return RevokeOutcome.TRY_AGAIN
    except OutsideRefused:
        return RevokeOutcome.REFUSED
    seen = observe_refusal(line.provider, answer)
    if seen is None and _agrees(answer):
        return RevokeOutcome.REVOKED
    return _outcome(seen or classify_refusal(answer))


def _outcome(seen: Observation | Refreshed) -> RevokeOutcome:
    match seen:
        case Rejected() | Expired():
            return RevokeOutcome.ALREADY_GONE
        case Unreachable(detail=Detail.UNREADABLE | Detail.REDIRECT | Detail.NOT_ALLOWED) | Misconfigured():
            return RevokeOutcome.REFUSED
        case Throttled() | Unreachable():
            return RevokeOutcome.TRY_AGAIN
        case _:
            return RevokeOutcome.REFUSED
