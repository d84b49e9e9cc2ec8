"""A shop tells by itself that the app was uninstalled: the bot asks at once instead of at its next check, and believes only the answer."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from store.records import AccountStatus
from tests.e2e.checking import history, shop_connected
from tests.e2e.fleet import sweeps
from tests.e2e.house import House
from tests.e2e.shops import is_asked, kept, key_of, post, shop_of, status, subscription, uninstalled
from tests.e2e.ways import ON_SQLITE

GREEN, RED = AccountStatus.CONNECTED, AccountStatus.DISCONNECTED


async def test_an_uninstalled_app_is_noticed_within_two_sweeps(house: House) -> None:
    """Nobody waits ten minutes: the shop tells, the bot asks and doubts, and a minute later it is sure."""
    await shop_connected(house)
    (hook,) = await kept(house)
    (asked_for,) = shop_of(house).subscriptions
    assert asked_for.uri == f"{house.url}/hooks/{hook.id}"
    assert (hook.registered_at, hook.remote_id, hook.tries) == (house.clock(), asked_for.id, 0)
    # Well before its next check, and long enough after it was seen well for two refusals to be believed.
    house.clock.advance(timedelta(minutes=6))
    uninstalled(house)
    await shop_of(house).told()
    await house.settle()
    assert [sent.status for sent in shop_of(house).sent] == [200]
    assert "🟡 Looks disconnected" in house.maria.screen
    assert await status(house) is GREEN
    await sweeps(house, seconds=70)
    assert await status(house) is RED
    assert (await history(house, "shopify"))[-1] == "disconnected"
    written = "\n".join(house.log.lines)
    assert hook.id not in written
    assert "POST /hooks/<key> 200" in written


@ON_SQLITE
class TestWhoeverPosts:
    """Anybody may call the address; only what the provider signed is looked into, and even that decides nothing."""

    @pytest.mark.parametrize(
        "change",
        [
            {"X_Shopify_Hmac_SHA256": ""},
            {"X_Shopify_Hmac_SHA256": "é"},
            {"X_Shopify_Hmac_SHA256": "0" * 64},
            {"X_Shopify_Hmac_SHA256": "other body"},
            {"X_Shopify_Hmac_SHA256": "other secret"},
        ],
        ids=lambda change: change["X_Shopify_Hmac_SHA256"] or "none",
    )
    async def test_a_wrong_signature_does_nothing(self, house: House, change: dict[str, str]) -> None:
        """Missing, mangled, of another body, by another secret: refused, and nothing is asked."""
        await shop_connected(house)
        key = await key_of(house)
        house.clock.advance(timedelta(minutes=1))
        headers, body = shop_of(house).notice(subscription())
        signature = change["X_Shopify_Hmac_SHA256"]
        if signature == "other body":
            body += b" "
        elif signature == "other secret":
            house.sandbox.provider("shopify").client_secret = "another"
            headers["X-Shopify-Hmac-SHA256"] = shop_of(house).sign(body)
        else:
            headers["X-Shopify-Hmac-SHA256"] = signature.encode("latin-1", "replace").decode("latin-1")
        sent = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(f"{house.url}/hooks/{key}", headers=list(sent.items()), content=body)
        await house.settle()
        assert answer.status_code == 401
        assert not await is_asked(house)

    async def test_other_addresses_and_ways_in_are_refused(self, house: House) -> None:
        """A key nobody gave, a key no database takes, another method, far too much: each a plain answer of its own."""
        await shop_connected(house)
        key = await key_of(house)
        headers, body = shop_of(house).notice(subscription())
        for other in ("a" * 43, "short", "%00" * 20, "a" * 5_000, "caf%C3%A9" * 4):
            assert await post(house, other, headers, body) == 404
        async with httpx.AsyncClient(trust_env=False) as client:
            for method in ("GET", "HEAD", "PUT"):
                answer = await client.request(method, f"{house.url}/hooks/{key}")
                assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
        assert await post(house, key, headers, b"x" * 1_000_001) == 413

        async def pieces() -> object:
            for _ in range(30):
                yield b"x" * 50_000

        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(f"{house.url}/hooks/{key}", headers=headers, content=pieces())
            assert answer.status_code == 413

    async def test_a_genuine_notice_that_says_nothing_new_is_harmless(self, house: House) -> None:
        """Another topic, another shop, days old, unreadable: taken, so that it is not sent again, and nothing is asked."""
        await shop_connected(house)
        key, told = await key_of(house), shop_of(house)
        house.clock.advance(timedelta(minutes=1))
        old = (house.clock() - timedelta(days=3)).isoformat()
        for changed in (
            {"X_Shopify_Topic": "orders/create"},
            {"X_Shopify_Triggered_At": old},
            {"X_Shopify_Triggered_At": "soon"},
            {"X_Shopify_Webhook_Id": ""},
        ):
            headers, body = told.notice(subscription())
            headers |= {name.replace("_", "-"): value for name, value in changed.items()}
            assert await post(house, key, headers, body) == 200
        headers, _ = told.notice(subscription())
        for body in (
            b"",
            b"{",
            b"[" * 100_000,
            b"null",
            b"\xff",
            b'{"myshopify_domain": "other.myshopify.com"}',
        ):
            signed = headers | {"X-Shopify-Hmac-SHA256": told.sign(body)}
            assert await post(house, key, signed, body) == 200
        assert house.clock() not in {one.account.checked_at for one in await house.accounts("shopify")}

    async def test_a_notice_alone_never_disconnects(self, house: House) -> None:
        """The shop says it is gone and answers as ever: it is asked once, and stays green, however often it is said."""
        await shop_connected(house)
        key, told = await key_of(house), shop_of(house)
        before = await history(house, "shopify")
        house.clock.advance(timedelta(minutes=1))
        headers, body = told.notice(subscription())
        answers = await asyncio.gather(*(post(house, key, headers, body) for _ in range(5)))
        assert answers == [200] * 5
        assert await is_asked(house)
        house.clock.advance(timedelta(seconds=5))
        for _ in range(3):
            headers, body = told.notice(subscription())
            assert await post(house, key, headers, body) == 200
        assert not await is_asked(house)
        assert await status(house) is GREEN
        assert await history(house, "shopify") == before
