"""Shops are asked to tell: after connecting, again when that fails, anew every day, and no more when the sign-in is over."""

from collections.abc import Callable
from datetime import timedelta

from store.records import AccountStatus
from tests.e2e.checking import ON_PURPOSE, disconnects, shop_connected
from tests.e2e.fleet import sweeps
from tests.e2e.house import House
from tests.e2e.shops import SHOP, is_asked, kept, post, shop_of, status, subscription, uninstalled
from tests.e2e.ways import ON_SQLITE

# Neither the way Slack comes in nor the database matters here; both are played in test_provider_notices.py.
GREEN, RED = AccountStatus.CONNECTED, AccountStatus.DISCONNECTED


@ON_SQLITE
async def test_a_shop_that_is_down_is_asked_again(house: House) -> None:
    """Connecting does not wait for it; a notice may even come before the subscription is known to stand."""
    told = shop_of(house)
    pretend = house.sandbox.provider("shopify")
    await _connected(house, between=lambda: setattr(pretend, "outage", "down"))
    (hook,) = await kept(house)
    assert (hook.registered_at, hook.tries, told.subscriptions) == (None, 1, [])
    headers, body = told.notice(subscription())
    assert await post(house, hook.id, headers, body) == 200
    assert await is_asked(house)
    for minutes, tries in ((0.5, 1), (1, 2), (1, 2), (1.5, 3)):
        house.clock.advance(timedelta(minutes=minutes))
        await house.bot.tick("subscribe")
        assert [one.tries for one in await kept(house)] == [tries]
    pretend.outage = None
    house.clock.advance(timedelta(minutes=5))
    await house.bot.tick("subscribe")
    assert len(told.subscriptions) == 1
    assert [one.registered_at for one in await kept(house)] == [house.clock()]


async def _connected(house: House, *, between: Callable[[], None]) -> None:
    """Connected, with something that happens after the sign-in and before Save."""
    house.may_refuse |= ON_PURPOSE
    await house.set_up()
    maria = house.maria
    await house.begins(maria, "Shopify")
    await maria.fills("Shop address", SHOP)
    await maria.submits()
    await maria.sees("Continue to")
    await house.settle()
    await house.signs_in(maria, provider="Shopify")
    between()
    await maria.chooses("Who may use", "Marketing")
    await maria.submits()
    await house.settle()


@ON_SQLITE
async def test_a_subscription_that_stands_is_adopted(house: House) -> None:
    """Asked again every day: one that is there stays the only one, and one the shop dropped is made anew."""
    await shop_connected(house)
    (before,) = shop_of(house).subscriptions
    for _ in range(2):
        house.clock.advance(timedelta(days=1.2))
        await house.bot.tick("subscribe")
        (hook,) = await kept(house)
        assert (hook.registered_at, hook.remote_id) == (house.clock(), before.id)
        assert shop_of(house).subscriptions == [before]
    shop_of(house).subscriptions.clear()
    house.clock.advance(timedelta(days=1.2))
    await house.bot.tick("subscribe")
    (after,) = shop_of(house).subscriptions
    assert after.uri == before.uri
    assert after.id != before.id


@ON_SQLITE
async def test_an_app_that_is_gone_already_is_found_out_by_asking_to_be_told(house: House) -> None:
    """Uninstalled between the sign-in and Save, so nobody could be told: the refused call has it checked at once."""
    await _connected(house, between=lambda: uninstalled(house))
    assert shop_of(house).subscriptions == []
    (found,) = await house.accounts("shopify")
    assert (found.account.failures, found.account.checked_at) == (1, house.clock())


@ON_SQLITE
async def test_after_a_reconnect_the_old_subscription_goes(house: House) -> None:
    """The new sign-in has an address of its own; what still comes to the old one, days late, changes nothing."""
    await shop_connected(house)
    told = shop_of(house)
    (old,) = told.subscriptions
    await _reconnected(house)
    assert len(told.subscriptions) == len(await kept(house)) == 2
    house.clock.advance(timedelta(minutes=1))
    headers, body = told.notice(old)
    key = old.uri.rpartition("/")[2]
    assert await post(house, key, headers, body) == 200
    assert not await is_asked(house)
    house.clock.advance(timedelta(days=1.2))
    await house.bot.tick("subscribe")
    (left,) = await kept(house)
    assert [one.uri for one in told.subscriptions] == [f"{house.url}/hooks/{left.id}"]
    assert key != left.id
    house.clock.advance(timedelta(days=1.8))
    assert await post(house, key, headers, body) == 404
    assert await status(house) is GREEN


async def _reconnected(house: House) -> None:
    house.clock.advance(timedelta(minutes=1))
    pretend = house.sandbox.provider("shopify")
    for one in pretend.sign_ins:
        one.access.clear()
        one.refresh.clear()
    await sweeps(house, minutes=12)
    await sweeps(house, minutes=2)
    await sweeps(house, minutes=6)
    await sweeps(house, minutes=6)
    assert await status(house) is RED
    await house.maria.presses("Reconnect", waits=True)
    await house.maria.sees("Continue to")
    await house.settle()
    await house.signs_in(house.maria, provider="Shopify")
    assert await status(house) is GREEN


@ON_SQLITE
async def test_what_we_end_ourselves_is_told_and_harmless(house: House) -> None:
    """Disconnect uninstalls the app, of which the shop tells too: taken at the first try, and a day later all is forgotten."""
    await shop_connected(house)
    await disconnects(house, near="Northwind")
    await shop_of(house).told()
    await house.settle()
    assert [sent.status for sent in shop_of(house).sent] == [200]
    house.clock.advance(timedelta(days=1.2))
    await house.bot.tick("subscribe")
    assert await kept(house) == ()
