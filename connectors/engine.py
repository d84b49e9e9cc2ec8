"""One engine for all providers: authorization link, exchange, refresh, probe, revoke, notices. Knows nothing of Slack or the store."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr

from connectors import notices, subscribing
from connectors.classify import observe
from connectors.line import ClientCredentials, Line
from connectors.observation import Observation
from connectors.outside import Outside, OutsideFailed, OutsideRefused
from connectors.provider import Provider, Subscribed, Told
from connectors.renewing import renewed, unreachable
from connectors.revoking import RevokeOutcome, revoke
from connectors.signing_in import SignIn, SignInFailed, SignInProblem, sign_in
from connectors.tokens import Tokens

__all__ = [
    "ClientCredentials",
    "Connectors",
    "Forged",
    "Refreshed",
    "RevokeOutcome",
    "SignIn",
    "SignInFailed",
    "SignInProblem",
    "Subscribed",
    "Tokens",
    "Told",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """New tokens; store them before use."""

    tokens: Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Forged:
    """A notice the provider did not sign."""


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
        self._missing = {provider.key: self._still_needed(provider) for provider in self._providers}

    def providers(self) -> tuple[Provider, ...]:
        """Every known provider, set up or not, sorted by name."""
        return self._providers

    def get(self, key: str) -> Provider | None:
        """The provider of this key."""
        return self._by_key.get(key)

    def missing_settings(self, key: str) -> tuple[str, ...]:
        """Names of the settings this provider still needs, e.g. LEXER_SHOPIFY_CLIENT_ID; empty = set up."""
        return self._missing[key]

    def _still_needed(self, provider: Provider) -> tuple[str, ...]:
        key = provider.key
        held = self._credentials.get(key)
        extra = self._extra_settings.get(key, {})
        needs = {
            "CLIENT_ID": bool(held and held.client_id),
            "CLIENT_SECRET": bool(held and held.client_secret.get_secret_value()),
        }
        for name in provider.extra_settings:
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

    def notices_arrive(self) -> bool:
        """Whether providers can tell us anything: they call https only; a local workspace also calls this machine itself."""
        return self._outside.is_rerouted or self._public_url.startswith("https://")

    def told(self, provider: Provider, *, headers: Mapping[str, str], body: bytes) -> Told | Forged | None:
        """What a notice says, once its signature was checked over the raw body; None where a genuine one cannot be read.

        `headers`: names in lower case.
        """
        held = self._credentials.get(provider.key)
        secret = held.client_secret.get_secret_value() if held else ""
        if provider.notices is None or not provider.notices.is_genuine(headers, body, secret):
            return Forged()
        return notices.read(provider.notices, headers, body)

    async def subscribe(
        self, provider: Provider, *, tokens: Tokens, address: str | None, key: str
    ) -> Subscribed | Observation | None:
        """Ask the provider to send its notices to <public url>/hooks/<key>; None where it cannot be asked by a call."""
        if provider.notices is None or provider.notices.subscribe is None:
            return None
        call = provider.notices.subscribe(f"{self._public_url}/hooks/{key}")
        return await subscribing.subscribe(self._line(provider, address), provider.notices, call, tokens)

    async def unsubscribe(
        self, provider: Provider, *, tokens: Tokens, address: str | None, remote_id: str
    ) -> bool:
        """Ask the provider to end a subscription; whether it took the call."""
        if provider.notices is None or provider.notices.unsubscribe is None:
            return False
        call = provider.notices.unsubscribe(remote_id)
        return await subscribing.unsubscribe(self._line(provider, address), call, tokens)

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
        """New tokens or what was seen instead (Rejected, Expired, Suspended, Throttled, Unreachable, Misconfigured)."""
        found = await renewed(self._line(provider, address), tokens, now=now)
        return Refreshed(tokens=found) if isinstance(found, Tokens) else found

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
        return await revoke(self._line(provider, address), tokens, identity_id)

    def _line(self, provider: Provider, address: str | None) -> Line:
        return Line(
            provider=provider,
            credentials=self._credentials[provider.key],
            settings=self._extra_settings.get(provider.key, {}),
            outside=self._outside,
            address=address,
        )
