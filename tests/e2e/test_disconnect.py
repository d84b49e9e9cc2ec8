"""Disconnect: who loses what, what becomes of the access at the provider, and that it happens once; Groups chosen later."""

import asyncio
from datetime import timedelta

import pytest

from bot.usecases.disconnect import revoke_due
from store.records import AccountStatus
from tests.e2e.checking import (
    FB,
    ON_PURPOSE,
    another_bot,
    checks,
    connected,
    database_bytes,
    disconnects,
    history,
    kept_secrets,
    shop_connected,
    sign_in,
)
from tests.e2e.house import House
from tests.e2e.ways import BOTH_DATABASES, BY_SOCKET, ON_POSTGRESQL, ON_SQLITE, TWO_WAYS


@ON_SQLITE
async def test_it_asks_first_and_says_who_loses_access(house: House) -> None:
    """Before anything happens a person reads who loses access and what stops; "Keep connected" keeps it."""
    await connected(house)
    maria = house.maria
    await maria.presses("Disconnect", near="@northwind", waits=True)
    await maria.sees("Keep connected")
    assert "2 people can no longer use it (Group: Marketing)." in maria.screen
    assert "Conversations no longer come in." in maria.screen
    await maria.closes()
    assert len(await house.accounts()) == 1
    assert not sign_in(house).ended


async def test_the_last_account_ends_the_sign_in(house: House) -> None:
    """Disconnecting the only account of a sign-in ends it at the provider; modal, detail and history say so; secrets are destroyed."""
    await connected(house)
    await house.opens(house.ada)
    shown = await disconnects(house, near="@northwind")
    assert "@northwind is disconnected." in shown
    assert "Access at Twitter (X) has ended too." in shown
    assert sign_in(house).ended
    assert await house.accounts() == ()
    assert await kept_secrets(house) == 0
    assert "Not connected." in house.ada.screen
    await house.maria.closes()
    assert "disconnected here, by @Maria Silva" in house.maria.screen
    assert "access ended at the provider" in house.maria.screen
    assert ("disconnected", True) in await house.audited()
    await house.maria.closes()
    assert "🔴" not in await house.answer(house.maria, "/lexer")


@BOTH_DATABASES
async def test_a_sibling_keeps_the_sign_in(house: House) -> None:
    """One of five ad accounts is disconnected: the others stay and work; the last one ends the sign-in."""
    await connected(house, FB)
    maria = house.maria
    await maria.presses("Disconnect", near="Northwind Travel", waits=True)
    await maria.sees("Keep connected")
    assert "4 other accounts of the same sign-in stay connected." in maria.screen
    await maria.submits()
    await house.settle()
    assert "Lexer keeps its access at" in maria.screen
    assert not sign_in(house, "facebook_ads").ended
    await maria.closes()
    assert "access stays at the provider" in maria.screen
    assert "🟢 Connected" in await checks(house, near="Northwind Outlet")
    for name in ("Northwind Outlet", "Northwind Home", "Northwind Kids"):
        await disconnects(house, near=name)
        await maria.closes()
    await maria.presses("Disconnect", near="Northwind Retail", waits=True)
    await maria.sees("Keep connected")
    assert "Everything this app may do for the person who signed in ends" in maria.screen
    await maria.submits()
    await house.settle()
    assert "Access at Facebook Ads has ended too." in maria.screen
    assert sign_in(house, "facebook_ads").ended
    assert await kept_secrets(house) == 0


@ON_POSTGRESQL
async def test_a_shop_says_what_ending_does_besides(house: House) -> None:
    """For a shop the person reads that the app is uninstalled there for everybody, and it is."""
    await shop_connected(house)
    await house.maria.presses("Disconnect", near="Northwind", waits=True)
    await house.maria.sees("Keep connected")
    assert "The app is uninstalled from this shop" in house.maria.screen
    await house.maria.submits()
    await house.settle()
    assert "has ended too" in house.maria.screen
    assert sign_in(house, "shopify").ended


@BY_SOCKET
async def test_a_sign_in_that_ran_out_is_renewed_to_be_ended(house: House) -> None:
    """A shop whose access ran out hours ago is still ended at the provider, truly."""
    await shop_connected(house)
    house.clock.advance(timedelta(hours=5))
    shown = await disconnects(house, near="Northwind")
    assert "has ended too" in shown
    assert sign_in(house, "shopify").ended


@BOTH_DATABASES
async def test_a_provider_that_is_down_is_tried_again(house: House) -> None:
    """The provider is down: the account is gone at once, the end of its access is tried until it works, and the modal follows."""
    await connected(house)
    twitter = house.sandbox.provider("twitter")
    twitter.outage = "down"
    assert "is being ended. This updates by itself." in await disconnects(house, near="@northwind")
    assert await house.accounts() == ()
    await house.passes(minutes=1)
    assert not sign_in(house).ended
    twitter.outage = None
    await house.passes(minutes=5)
    assert sign_in(house).ended
    assert "Access at Twitter (X) has ended too." in house.maria.screen
    assert await kept_secrets(house) == 0


@ON_SQLITE
async def test_after_about_a_day_it_is_given_up_in_words(house: House) -> None:
    """The provider stays down: after about a day whoever disconnected is told where to end the access by hand; secrets are destroyed."""
    await connected(house)
    house.sandbox.provider("twitter").outage = "down"
    await disconnects(house, near="@northwind")
    hours = 0
    while await kept_secrets(house):
        await house.passes(hours=1)
        hours += 1
        assert hours < 48
    assert 20 <= hours <= 36
    assert "could not be ended from here" in house.maria.screen
    told = house.maria.read(house.maria.dms[-1])
    assert "x.com/settings/connected_apps" in told
    await house.maria.closes()
    assert "access could not be ended at the provider" in house.maria.screen


@ON_POSTGRESQL
async def test_a_refused_end_is_told_at_once(house: House) -> None:
    """The provider refuses to end the access: no success is claimed; the person reads where to do it, in modal and message."""
    await connected(house)
    twitter = house.sandbox.provider("twitter")
    right, twitter.client_secret = twitter.client_secret, "another"
    house.may_refuse.add("invalid_client")
    shown = await disconnects(house, near="@northwind")
    assert "could not be ended from here" in shown
    assert "x.com/settings/connected_apps" in shown
    assert "x.com/settings/connected_apps" in house.maria.read(house.maria.dms[-1])
    assert await kept_secrets(house) == 0
    twitter.client_secret = right


@BY_SOCKET
async def test_a_disconnected_account_is_told_as_ended(house: House) -> None:
    """An account the provider had ended already is disconnected without trouble."""
    await connected(house, FB)
    house.sandbox.provider("facebook_ads").account("Northwind Retail").state = "revoked"
    await checks(house, near="Northwind Retail")
    for account in house.sandbox.provider("facebook_ads").provider.example.accounts:
        shown = await disconnects(house, near=account.name)
        await house.maria.closes()
    assert "has ended too" in shown
    assert (await history(house, "facebook_ads"))[-1] == "revoked"


@BOTH_DATABASES
async def test_pressing_twice_disconnects_once(house: House) -> None:
    """Two confirmations at once, by one person in two windows and by another: the account goes once, everybody reads the outcome."""
    await connected(house)
    await house.opens(house.ada)
    for who in (house.maria, house.ada):
        await who.presses("Disconnect", near="@northwind", waits=True)
        await who.sees("Keep connected")
    await asyncio.gather(house.maria.submits(), house.ada.submits())
    await house.settle()
    for who in (house.maria, house.ada):
        assert "@northwind is disconnected." in who.screen
        assert "has ended too" in who.screen
    assert (await history(house)).count("removed") == 1
    assert [granted for action, granted in await house.audited() if action == "disconnected"] == [True]


@BOTH_DATABASES
async def test_two_bots_end_it_once(house: House) -> None:
    """Two bots look for sign-ins to end at once: one takes each."""
    await connected(house)
    house.sandbox.provider("twitter").outage = "down"
    await disconnects(house, near="@northwind")
    house.sandbox.provider("twitter").outage = None
    house.clock.advance(timedelta(minutes=5))
    async with another_bot(house) as other:
        tried = await asyncio.gather(*(revoke_due(bot.context) for bot in (house.bot, other)))
    assert sorted(tried) == [0, 1]
    assert (await history(house)).count("revoked") == 1


@pytest.mark.parametrize("label", ["Check now", "Disconnect", "Choose Groups", "Reconnect"])
@ON_SQLITE
async def test_old_buttons_answer_with_the_present(house: House, label: str) -> None:
    """Every button of an account that is gone, pressed in an old window, says that it is gone; nothing happens."""
    await connected(house)
    stale = house.maria.screen.view
    assert stale is not None
    body = dict(stale.body)
    await house.opens(house.ada)
    await disconnects(house, near="@northwind", who=house.ada)
    stale.body = body
    await house.maria.presses(label, near="@northwind")
    await house.settle()
    assert "no longer connected: someone disconnected it" in house.maria.screen
    assert await house.accounts() == ()
    if label == "Check now":
        await house.maria.closes()
        assert "Checking now" not in house.maria.screen
        assert "Not connected." in house.maria.screen


@ON_POSTGRESQL
async def test_a_new_connection_is_a_new_account(house: House) -> None:
    """Disconnected and integrated again: it works, with a new beginning, and the old history stays."""
    await connected(house)
    await disconnects(house, near="@northwind")
    await house.maria.closes(everything=True)
    await house.connects(house.maria)
    (found,) = await house.accounts()
    assert found.account.status is AccountStatus.CONNECTED
    assert await history(house) == ["connected", "removed", "revoked", "connected"]
    assert not sign_in(house).ended


@BY_SOCKET
async def test_nothing_of_a_sign_in_is_left_in_the_file(house: House) -> None:
    """After Disconnect not even the sealed secrets are in a row: what the file holds cannot be opened with any key."""
    await connected(house)
    await disconnects(house, near="@northwind")
    kept = database_bytes(house.folder)
    assert not any(secret.encode() in kept for secret in house.secrets())
    assert await kept_secrets(house) == 0


@ON_SQLITE
async def test_a_waiting_account_can_be_removed(house: House) -> None:
    """A sign-in that waits for its Groups is removed by another Integrator: nobody loses access, it is ended, Save comes too late."""
    house.may_refuse |= ON_PURPOSE
    await house.set_up()
    maria = house.maria
    await house.begins(maria)
    await house.signs_in(maria)
    await house.opens(house.ada)
    await house.ada.presses("Disconnect", near="@northwind", waits=True)
    await house.ada.sees("Keep connected")
    assert "No Group uses it." in house.ada.screen
    await house.ada.submits()
    await house.settle()
    assert sign_in(house).ended
    assert "The account was disconnected in the meantime." in maria.screen
    assert "disconnected in the meantime" in maria.read(maria.dms[-1])


@TWO_WAYS
async def test_groups_can_be_chosen_later(house: House) -> None:
    """Groups of an account are changed afterwards: who is in them sees its name from then on, and at least one is needed."""
    await connected(house)
    await house.opens(house.tom)
    assert "@northwind" not in house.tom.screen
    maria = house.maria
    await maria.presses("Choose Groups", near="@northwind", waits=True)
    await maria.sees("Save")
    await maria.chooses("Who may use", "Sales")
    await maria.submits()
    await house.settle()
    assert "Group: Sales · 1 person" in maria.screen
    assert "@northwind" in house.tom.screen, "his open detail is made anew"
    (found,) = await house.accounts()
    assert [group.name for group in found.groups] == ["Sales"]
    assert (await history(house))[-1] == "groups"
    await maria.presses("Choose Groups", near="@northwind", waits=True)
    await maria.sees("Save")
    await maria.chooses("Who may use")
    await maria.submits()
    assert "Save" in maria.screen
    assert [group.name for group in (await house.accounts())[0].groups] == ["Sales"]
