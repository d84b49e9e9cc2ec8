"""What every provider that tells by itself must keep to: asked at its own hosts only, believed only when it signed."""

import logging
from dataclasses import replace

import pytest
from pydantic import SecretStr

from bot.sandbox.pretend_notices import ShopNotices
from bot.sandbox.pretend_provider import PretendProvider
from bot.sandbox.records import Records
from bot.sandbox.world import wall
from connectors.engine import ClientCredentials, Connectors, Forged, Subscribed, Tokens, Told
from connectors.observation import Misconfigured, Observation, Rejected, Throttled, Unreachable
from connectors.outside import Reroute, open_outside
from connectors.provider import Call, Notices
from connectors.providers import all_providers
from tests.contract.desk import Desk, Desks, provider_of
from tests.contract.pretend import CLIENT_SECRET, FAULTS, Reply, Stage

KEY = "key-that-nobody-may-guess-0123456789"
TELLING = [provider.key for provider in all_providers() if provider.notices is not None]
SIGNERS = {"shopify": ("x-shopify-hmac-sha256", ShopNotices)}
"""How the local workspace signs, which shares no code with the connectors."""


@pytest.fixture(params=TELLING)
def telling(request: pytest.FixtureRequest, desks: Desks) -> Desk:
    """Each provider that tells by itself."""
    return desks(request.param)


def declared(desk: Desk) -> Notices:
    """What the provider declares."""
    assert desk.provider.notices
    return desk.provider.notices


def signed(desk: Desk, body: bytes, secret: str = CLIENT_SECRET) -> dict[str, str]:
    """The example's headers with a signature of this body."""
    header, kind = SIGNERS[desk.provider.key]
    pretend = PretendProvider(desk.provider, wall)
    pretend.client_secret = secret
    return {**declared(desk).example.headers, header: kind(pretend, Records()).sign(body)}


async def subscribe(desk: Desk, tokens: Tokens) -> Subscribed | Observation | None:
    """Ask for notices."""
    return await desk.connectors.subscribe(
        desk.provider, tokens=tokens, address=desk.provider.example.address, key=KEY
    )


def test_shops_tell_by_themselves() -> None:
    """A rule over no provider would prove nothing."""
    assert TELLING == ["shopify"]
    assert set(SIGNERS) == set(TELLING)


async def test_a_genuine_notice_is_read(telling: Desk) -> None:
    """Signed by the provider with our secret: its topic is one we act on, its id and time are known."""
    example = declared(telling).example
    told = telling.connectors.told(telling.provider, headers=signed(telling, example.body), body=example.body)
    assert isinstance(told, Told)
    assert told.topic in declared(telling).topics
    assert told.id
    assert told.at is not None
    assert told.at.tzinfo is not None
    assert told.address == telling.provider.example.address


async def test_what_the_provider_did_not_sign_is_forged(telling: Desk) -> None:
    """No signature, a wrong one, one of another body or by another secret, and any at all where we have no secret."""
    example, connectors = declared(telling).example, telling.connectors
    good = signed(telling, example.body)
    header = SIGNERS[telling.provider.key][0]
    for headers in (
        example.headers,
        {**good, header: ""},
        {**good, header: good[header][:-1]},
        {**good, header: good[header].lower()},
        {**good, header: f" {good[header]}"},
        {**good, header: "é\udcff"},
        signed(telling, example.body, secret="another"),
        signed(telling, example.body + b"\n"),
    ):
        assert connectors.told(telling.provider, headers=headers, body=example.body) == Forged()
    assert connectors.told(telling.provider, headers=good, body=b"") == Forged()
    bare = ClientCredentials(client_id="", client_secret=SecretStr(""))
    for held in ({}, {telling.provider.key: bare}):
        unset = Connectors([telling.provider], held, {}, None, "https://bot.example")  # type: ignore[arg-type]
        unsigned = signed(telling, example.body, secret="")
        assert unset.told(telling.provider, headers=unsigned, body=example.body) == Forged()


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"a": 1, "a": 2}'])
async def test_a_genuine_notice_of_another_shape_is_read_as_nothing(telling: Desk, body: bytes) -> None:
    """Whatever is signed and makes no sense breaks nothing."""
    assert telling.connectors.told(telling.provider, headers=signed(telling, body), body=body) is None


async def test_a_subscription_is_asked_for_at_the_providers_own_host(telling: Desk) -> None:
    """The address with its key goes to the provider over the sign-in's own access, and nowhere else."""
    example = declared(telling).example
    tokens = (await telling.signed_in()).tokens
    for (status, body), outcome in (
        (example.subscribed, Subscribed),
        (example.already, Subscribed),
        (example.refused, Misconfigured),
    ):
        telling.stage.script = lambda _seen, status=status, body=body: Reply(status=status, json=body)
        found = await subscribe(telling, tokens)
        assert isinstance(found, outcome)
    hosts = {
        host.replace("{shop}", telling.provider.example.address or "") for host in telling.provider.hosts
    }
    assert {seen.host for seen in telling.stage.seen} <= hosts
    assert all(f"https://bot.example/hooks/{KEY}".encode() in seen.body for seen in telling.stage.seen)


async def test_no_subscription_is_asked_for_at_another_host(desks: Desks, telling: Desk) -> None:
    """A declaration that names a host the provider does not have sends nothing."""
    tokens = (await telling.signed_in()).tokens
    ask = declared(telling).subscribe
    assert ask

    def elsewhere(url: str) -> Call:
        return replace(ask(url), url="https://evil.example/subscribe")

    wrong = replace(telling.provider, notices=replace(declared(telling), subscribe=elsewhere))
    desk = desks(wrong)
    found = await subscribe(desk, tokens)
    assert isinstance(found, Unreachable)
    assert desk.stage.seen == []


@pytest.mark.parametrize("fault", sorted(FAULTS))
async def test_an_ill_provider_promises_nothing(telling: Desk, fault: str) -> None:
    """Down, slow, a web page, a redirect, too much or nothing at all is no promise to tell, and is asked again."""
    tokens = (await telling.signed_in()).tokens
    telling.stage.script = lambda _seen: FAULTS[fault]
    found = await subscribe(telling, tokens)
    assert isinstance(found, Unreachable)


async def test_a_dead_or_throttled_sign_in_is_told_apart(telling: Desk) -> None:
    """Who was thrown out is no longer asked to tell; who asks too often waits."""
    tokens = (await telling.signed_in()).tokens
    for state, seen in (("revoked", Rejected), ("throttled", Throttled)):
        telling.pretend.state = state
        found = await subscribe(telling, tokens)
        assert isinstance(found, seen)


async def test_a_subscription_can_be_ended(telling: Desk) -> None:
    """Ending one names it and nothing else; what goes wrong with it is only said."""
    tokens = (await telling.signed_in()).tokens
    status, body = declared(telling).example.unsubscribed
    for reply, taken in ((Reply(status=status, json=body), True), (FAULTS["down"], False)):
        telling.stage.script = lambda _seen, reply=reply: reply
        assert taken is await telling.connectors.unsubscribe(
            telling.provider, tokens=tokens, address=telling.provider.example.address, remote_id="gid://7"
        )
    assert all(b"gid://7" in seen.body for seen in telling.stage.seen)


async def test_neither_key_nor_secret_is_in_a_log_line(
    telling: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """At every level, whether it works or not."""
    caplog.set_level(logging.DEBUG)
    signed_in = await telling.signed_in()
    for fault in ("down", "nonsense"):
        telling.stage.script = lambda _seen, fault=fault: FAULTS[fault]
        await subscribe(telling, signed_in.tokens)
    telling.connectors.told(telling.provider, headers={}, body=b"{}")
    for secret in (KEY, CLIENT_SECRET, signed_in.tokens.access_token.get_secret_value()):
        assert secret not in caplog.text


async def test_providers_that_tell_nothing_are_not_asked(desks: Desks) -> None:
    """Nothing leaves for them, and nothing that comes in their name is believed."""
    desk = desks("twitter")
    tokens = (await desk.signed_in()).tokens
    assert await desk.connectors.subscribe(desk.provider, tokens=tokens, address=None, key=KEY) is None
    assert not await desk.connectors.unsubscribe(desk.provider, tokens=tokens, address=None, remote_id="1")
    assert desk.connectors.told(desk.provider, headers={}, body=b"") == Forged()
    assert desk.stage.seen == []


@pytest.mark.parametrize(("url", "arrive"), [("https://bot.example", True), ("http://127.0.0.1:3000", False)])
async def test_only_an_address_that_can_be_called_is_given_away(
    url: str, *, arrive: bool, stage: Stage
) -> None:
    """Providers call https only; a local workspace calls this machine."""
    provider = provider_of("shopify")
    async with open_outside() as outside:
        assert Connectors([provider], {}, {}, outside, url).notices_arrive() is arrive
    async with open_outside(reroute=Reroute(base=stage.base)) as outside:
        assert Connectors([provider], {}, {}, outside, url).notices_arrive()
