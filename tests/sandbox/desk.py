"""The connectors as the bot composes them, aimed at the sandbox, and a browser that signs in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from pydantic import SecretStr

from bot.sandbox.browser import Browser
from bot.sandbox.workspace import Sandbox
from connectors.engine import ClientCredentials, Connectors, SignIn, SignInFailed
from connectors.outside import Reroute, open_outside
from connectors.provider import Provider
from connectors.providers import all_providers


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a test of providers holds in its hands."""

    sandbox: Sandbox
    connectors: Connectors
    browser: Browser

    async def to_consent(self, provider: Provider, verifier: SecretStr, state: str = "state-1") -> None:
        """Go to the provider's sign-in page."""
        url = self.connectors.authorization_url(
            provider, state=state, verifier=verifier, address=provider.example.address
        )
        await self.browser.opens(url)

    def callback(self) -> dict[str, str]:
        """The query the browser came back with."""
        return dict(parse_qsl(urlsplit(self.browser.history[-1]).query))

    async def finish(self, provider: Provider, verifier: SecretStr) -> SignIn | SignInFailed:
        """What the engine makes of that."""
        return await self.connectors.finish(
            provider,
            query=self.callback(),
            verifier=verifier,
            address=provider.example.address,
            now=self.sandbox.clock(),
        )

    async def signs_in(self, provider: Provider, *, login: str | None = None) -> SignIn:
        """The whole way, allowed."""
        verifier = self.connectors.new_verifier()
        await self.to_consent(provider, verifier)
        await self.browser.allows(login=login)
        done = await self.finish(provider, verifier)
        assert isinstance(done, SignIn), done
        return done

    async def probes(self, provider: Provider, done: SignIn) -> object:
        """Whether the sign-in lives."""
        return await self.connectors.probe(
            provider,
            tokens=done.tokens,
            account_id=done.accounts[0].external_id,
            identity_id=done.identity.external_id,
            address=provider.example.address,
        )


@asynccontextmanager
async def open_desk(sandbox: Sandbox, public_url: str) -> AsyncIterator[Desk]:
    """Connectors aimed at the sandbox."""
    made = [sandbox.provider(provider.key) for provider in all_providers()]
    credentials = {
        one.key: ClientCredentials(client_id=one.client_id, client_secret=SecretStr(one.client_secret))
        for one in made
    }
    extra = {one.key: {name: SecretStr(value) for name, value in one.settings.items()} for one in made}
    browser = Browser()
    async with open_outside(reroute=Reroute(base=sandbox.base_url)) as outside:
        connectors = Connectors(all_providers(), credentials, extra, outside, public_url)
        yield Desk(sandbox=sandbox, connectors=connectors, browser=browser)
    await browser.aclose()
