"""Two people at one integration, each in a browser of their own: what one does the other sees, and nobody is left with a puzzle."""

import asyncio

from playwright.async_api import expect

from store.records import AccountStatus
from tests.browser.office import Office
from tests.browser.steps import OVER, X, opens, signs_in
from tests.browser.window import Window


async def looks(office: Office, who: str) -> Window:
    """Somebody with the integration open in front of them; Ada made the Group, so she is an Integrator too."""
    window = await office.window(who)
    await opens(window, X)
    await window.sees("Read the guide")
    return window


async def test_one_connects_and_the_other_sees_it(office: Office) -> None:
    """Ada watches: while Maria connects, the account appears in her window by itself, with its name and Groups."""
    await office.house.set_up()
    maria, ada = await looks(office, "maria"), await looks(office, "ada")
    await ada.sees("Not connected.")
    await maria.presses(f"Integrate {X}")
    await signs_in(maria, X)
    await ada.sees("@northwind", "🟡 Waiting for Groups", "Only @Maria Silva can choose its Groups.")
    await maria.chooses("Who may use", "Marketing")
    await maria.submits()
    await ada.sees("🟢 Connected", "Group: Marketing · 2 people", "Connected by @Maria Silva")
    await maria.closes()
    await maria.sees("🟢 Connected")


async def test_one_disconnects_and_the_other_sees_it(office: Office) -> None:
    """Maria disconnects the account Ada is looking at: it goes from Ada's window by itself, and the history says who it was."""
    await office.house.set_up()
    await office.house.connects(office.house.maria)
    maria, ada = await looks(office, "maria"), await looks(office, "ada")
    await maria.presses("Disconnect @northwind")
    await maria.sees("2 people can no longer use it")
    await maria.submits()
    await ada.sees("Not connected.", "@northwind disconnected here, by @Maria Silva")
    await expect(ada.modal.get_by_role("button", name="Disconnect @northwind")).to_have_count(0)


async def test_both_disconnect_at_once(office: Office) -> None:
    """Two people confirm at the same moment: it happens once, and both read that it is done."""
    await office.house.set_up()
    await office.house.connects(office.house.maria)
    both = [await looks(office, who) for who in ("maria", "ada")]
    for who in both:
        await who.presses("Disconnect @northwind")
        await who.sees("Keep connected", "2 people can no longer use it")
    await asyncio.gather(*(who.submits() for who in both))
    for who in both:
        await who.sees("@northwind is disconnected.", f"Access at {X} has ended too.")
    assert [granted for action, granted in await office.house.audited() if action == "disconnected"] == [True]


async def test_who_comes_too_late_is_told_kindly(office: Office) -> None:
    """While Ada reads what Disconnect means, Maria has done it; Ada's confirmation is answered with how things are now."""
    await office.house.set_up()
    await office.house.connects(office.house.maria)
    maria, ada = await looks(office, "maria"), await looks(office, "ada")
    await ada.presses("Disconnect @northwind")
    await ada.sees("Keep connected")
    await maria.presses("Disconnect @northwind")
    await maria.sees("Keep connected")
    await maria.submits()
    await maria.sees("@northwind is disconnected.")
    await ada.submits()
    await ada.sees("@northwind is disconnected.")
    await ada.closes()
    await ada.sees("Not connected.")


async def test_both_reconnect_at_once(office: Office) -> None:
    """Both press Reconnect on what broke: whoever signs in first heals it, and the other one reads that nothing is left to do."""
    house = office.house
    house.may_refuse |= OVER
    await house.set_up()
    await house.connects(house.maria)
    maria, ada = await looks(office, "maria"), await looks(office, "ada")
    await maria.removes_access("@northwind")
    await maria.presses("Check @northwind now")
    for who in (maria, ada):
        await who.sees("🔴 Disconnected")
        await who.presses("Reconnect @northwind")
        await who.sees("Sign in as @northwind.")
    await signs_in(maria, X)
    await maria.sees("Reconnected.")
    await ada.sees("Somebody else has just connected this account.", "There is nothing left to do")
    await expect(ada.modal.get_by_role("link", name=f"Continue to {X}")).to_have_count(0)
    await ada.closes()
    await ada.sees("🟢 Connected")
    (found,) = await house.accounts()
    assert found.account.status is AccountStatus.CONNECTED
