"""Settings, addresses and further headers a provider may need."""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from connectors.engine import ClientCredentials, Connectors, Tokens
from connectors.observation import Healthy
from connectors.outside import Reroute, open_outside
from tests.contract.desk import STATE, VERIFIER, Desk, provider_of
from tests.contract.pretend import Stage


def test_a_verifier_is_new_each_time_and_long_enough(desk: Desk) -> None:
    """No two sign-ins share the secret that binds the code to them (RFC 7636 4.1)."""
    made = {desk.connectors.new_verifier().get_secret_value() for _ in range(20)}
    assert len(made) == 20
    assert all(43 <= len(one) <= 128 for one in made)


async def test_an_extra_setting_is_asked_for_and_sent(stage: Stage) -> None:
    """A provider that needs a further setting is not set up without it, and its calls carry it."""
    plain = provider_of("twitter")
    probe = replace(plain.probe, headers={"developer-token": "{DEVELOPER_TOKEN}"})
    provider = replace(plain, extra_settings=("DEVELOPER_TOKEN",), probe=probe)
    credentials = {"twitter": ClientCredentials(client_id="id", client_secret=SecretStr(""))}
    extra = {"twitter": {"DEVELOPER_TOKEN": SecretStr("dev-secret")}}
    async with open_outside(reroute=Reroute(base=stage.base)) as outside:
        bare = Connectors([provider], credentials, {}, outside, "https://bot.example")
        assert bare.missing_settings("twitter") == (
            "LEXER_TWITTER_CLIENT_SECRET",
            "LEXER_TWITTER_DEVELOPER_TOKEN",
        )
        full = Connectors([provider], credentials, extra, outside, "https://bot.example")
        assert full.missing_settings("twitter") == ("LEXER_TWITTER_CLIENT_SECRET",)
        desk = Desk(full, stage, provider)
        tokens = Tokens(access_token=SecretStr("at-secret"), refresh_token=None, expires_at=None)
        assert await desk.probe(tokens) == Healthy(name="@northwind")
    assert stage.seen[-1].headers["developer-token"] == "dev-secret"


async def test_a_shop_without_its_address_is_a_bug(stage: Stage) -> None:
    """No half-made link ever reaches a person."""
    provider = provider_of("shopify")
    credentials = {"shopify": ClientCredentials(client_id="id", client_secret=SecretStr("secret"))}
    async with open_outside(reroute=Reroute(base=stage.base)) as outside:
        connectors = Connectors([provider], credentials, {}, outside, "https://bot.example")
        with pytest.raises(ValueError, match="shopify needs an address"):
            connectors.authorization_url(provider, state=STATE, verifier=VERIFIER, address=None)
