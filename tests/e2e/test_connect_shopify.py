"""Connecting a shop: its address first, then the way there and back."""

from datetime import timedelta

import pytest

from store.records import AccountStatus, Stage
from tests.e2e.connecting import (
    attempt_of,
    attempts_kept,
    query_of,
    secrets_kept,
    visit,
    way_back,
    with_query,
)
from tests.e2e.house import House
from tests.e2e.ways import ON_SQLITE, TWO_WAYS

SHOP = "northwind.myshopify.com"


async def to_continue(house: House) -> None:
    """Up to the modal with the link."""
    await house.set_up()
    await house.begins(house.maria, "Shopify")
    await house.maria.fills("Shop address", SHOP)
    await house.maria.submits()


async def test_a_shop_is_connected(house: House) -> None:
    """Address, Continue, sign-in, Groups: one modal turns from each to the next, and the DM comes with the link."""
    await house.set_up()
    maria = house.maria
    await house.begins(maria, "Shopify")
    assert maria.dms == []
    await maria.fills("Shop address", "https://admin.shopify.com/store/northwind")
    await maria.submits()
    assert f"Shopify ({SHOP})" in maria.screen
    await house.settle()
    await house.signs_in(maria, provider="Shopify")
    assert "Who may use Northwind?" in maria.screen
    await maria.chooses("Who may use", "Marketing")
    await maria.submits()
    await house.settle()
    assert "Connected. 2 people can use it." in maria.screen
    (account,) = await house.accounts("shopify")
    assert account.account.status is AccountStatus.CONNECTED
    assert account.grant.address == SHOP
    assert "connected" in maria.read(maria.dms[-1])


@TWO_WAYS
async def test_a_wrong_address_is_told_beside_the_field(house: House) -> None:
    """What was typed stays, the words say what is wrong, and the second try goes on."""
    await house.set_up()
    maria = house.maria
    await house.begins(maria, "Shopify")
    await maria.fills("Shop address", "shop.northwind.com")
    await maria.submits()
    assert "Shopify needs the one it gave you" in maria.screen
    assert maria.dms == []
    await maria.fills("Shop address", "northwind")
    await maria.submits()
    assert f"Shopify ({SHOP})" in maria.screen


@ON_SQLITE
class TestTheWayBack:
    """Shopify signs its callback and names the shop."""

    @pytest.mark.parametrize(
        "change",
        [
            {"hmac": "0" * 64},
            {"hmac": None},
            {"hmac": "é"},
            {"shop": "evil.myshopify.com"},
            {"shop": None},
            {"timestamp": "1"},
            {"added": "1"},
            {"code": "another"},
        ],
        ids=str,
    )
    async def test_a_changed_callback_connects_nothing(
        self, house: House, change: dict[str, str | None]
    ) -> None:
        """A callback with anything added, changed or left out is not used, and its code goes nowhere."""
        await to_continue(house)
        maria = house.maria
        await maria.presses("Continue to Shopify")
        await maria.browser.continues()
        genuine = await way_back(maria.browser)
        page = await visit(with_query(genuine, **change), cookies=maria.browser.cookies)
        await house.settle()
        assert "did not fit this sign-in" in page.text
        assert "did not fit this sign-in" in maria.screen
        assert "Get a new link" in maria.screen
        assert await house.accounts("shopify") == ()
        assert await secrets_kept(house) == 0
        (code,) = house.sandbox.provider("shopify").codes.values()
        assert not code.used

    async def test_a_signed_callback_of_another_shop_is_refused(self, house: House) -> None:
        """A callback that is genuine for another shop does not fit this attempt's address."""
        await to_continue(house)
        maria, pretend = house.maria, house.sandbox.provider("shopify")
        await maria.presses("Continue to Shopify")
        await maria.browser.continues()
        told = query_of(await way_back(maria.browser))
        other = pretend.provider.example.callback(
            {"code": told["code"], "state": told["state"]}, pretend.client_secret, "other.myshopify.com"
        )
        base = f"{house.url}/oauth/callback/shopify"
        page = await visit(with_query(base, **dict(other)), cookies=maria.browser.cookies)
        assert "did not fit this sign-in" in page.text
        assert await house.accounts("shopify") == ()

    async def test_cancelled_at_the_shop(self, house: House) -> None:
        """Cancel at Shopify says so in Slack, and a new link remembers the address."""
        await to_continue(house)
        maria = house.maria
        await maria.presses("Continue to Shopify")
        await maria.browser.continues()
        await maria.browser.cancels()
        await house.settle()
        assert "cancelled" in maria.screen
        house.may_refuse.add("not_found")
        await maria.presses("Get a new link")
        await house.settle()
        assert f"Shopify ({SHOP})" in maria.screen
        assert (await attempt_of(house, maria)).address == SHOP


class TestAddressRanOut:
    """The Address modal lives 30 minutes like every link."""

    pytestmark = ON_SQLITE

    async def test_typed_too_late(self, house: House) -> None:
        """An address typed after 30 minutes leads to words and a new start, not to a dead link."""
        await house.set_up()
        maria = house.maria
        await house.begins(maria, "Shopify")
        house.clock.advance(timedelta(minutes=31))
        await maria.fills("Shop address", SHOP)
        await maria.submits()
        assert "The link ran out" in maria.screen
        house.may_refuse.add("not_found")
        await maria.presses("Get a new link", waits=True)
        await house.settle()
        await maria.fills("Shop address", SHOP)
        await maria.submits()
        assert f"Shopify ({SHOP})" in maria.screen
        stages = [attempt.stage for attempt in await attempts_kept(house)]
        assert stages == [Stage.FAILED, Stage.LINK]
