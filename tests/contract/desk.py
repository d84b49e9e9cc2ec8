"""Connectors for one provider at a time, wired to the pretend server, with the calls every test makes."""

from datetime import UTC, datetime

from pydantic import SecretStr

from connectors.engine import (
    ClientCredentials,
    Connectors,
    Refreshed,
    RevokeOutcome,
    SignIn,
    SignInFailed,
    Tokens,
)
from connectors.observation import Observation
from connectors.outside import Outside
from connectors.provider import Provider
from connectors.providers import all_providers
from tests.contract.pretend import CLIENT_ID, CLIENT_SECRET, Pretend, Stage

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
VERIFIER = SecretStr("verifier-" + "v" * 43)
STATE = "state-that-nobody-may-see"


def provider_of(key: str) -> Provider:
    """The provider of this key."""
    return next(provider for provider in all_providers() if provider.key == key)


class Desk:
    """Connectors for some providers, wired to the stage, with the calls every test makes."""

    def __init__(self, connectors: Connectors, stage: Stage, provider: Provider) -> None:
        self.connectors = connectors
        self.stage = stage
        self.provider = provider
        self.pretend = Pretend(provider)
        stage.script = self.pretend

    def link(self) -> str:
        """The authorization link."""
        return self.connectors.authorization_url(
            self.provider, state=STATE, verifier=VERIFIER, address=self.provider.example.address
        )

    def callback(self, code: str = "good-code") -> dict[str, str]:
        """A genuine callback's query."""
        example = self.provider.example
        return dict(example.callback({"code": code, "state": STATE}, CLIENT_SECRET, example.address))

    async def finish(self, query: dict[str, str] | None = None) -> SignIn | SignInFailed:
        """What became of a callback."""
        return await self.connectors.finish(
            self.provider,
            query=self.callback() if query is None else query,
            verifier=VERIFIER,
            address=self.provider.example.address,
            now=NOW,
        )

    async def signed_in(self) -> SignIn:
        """A sign-in that worked; what the server saw is forgotten."""
        outcome = await self.finish()
        assert isinstance(outcome, SignIn), outcome
        self.stage.seen.clear()
        return outcome

    async def refresh(self, tokens: Tokens, now: datetime = NOW) -> Refreshed | Observation:
        """One refresh."""
        return await self.connectors.refresh(
            self.provider, tokens=tokens, address=self.provider.example.address, now=now
        )

    async def probe(self, tokens: Tokens, account_id: str | None = None) -> Observation:
        """One probe, of the first account unless told."""
        example = self.provider.example
        return await self.connectors.probe(
            self.provider,
            tokens=tokens,
            account_id=account_id or example.accounts[0].external_id,
            identity_id=example.identity.external_id,
            address=example.address,
        )

    async def revoke(self, tokens: Tokens) -> RevokeOutcome:
        """One revoke."""
        example = self.provider.example
        return await self.connectors.revoke(
            self.provider, tokens=tokens, identity_id=example.identity.external_id, address=example.address
        )


class Desks:
    """Makes a desk for any provider, also one that a test changed."""

    def __init__(self, stage: Stage, outside: Outside) -> None:
        self._stage = stage
        self._outside = outside

    def __call__(self, provider: Provider | str, secret: str = CLIENT_SECRET) -> Desk:
        """A desk; `secret` is the client secret we hold."""
        chosen = provider_of(provider) if isinstance(provider, str) else provider
        credentials = ClientCredentials(client_id=CLIENT_ID, client_secret=SecretStr(secret))
        connectors = Connectors(
            [chosen], {chosen.key: credentials}, {}, self._outside, "https://bot.example/"
        )
        return Desk(connectors, self._stage, chosen)
