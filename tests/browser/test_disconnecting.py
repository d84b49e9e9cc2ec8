"""Disconnect: asked once, said plainly, and over at the provider too."""

from playwright.async_api import expect

from tests.browser.office import Office
from tests.browser.steps import X, opens
from tests.browser.window import Window


async def asks(office: Office) -> Window:
    """Maria, with the question in front of her."""
    await office.house.set_up()
    await office.house.connects(office.house.maria)
    maria = await office.window("maria")
    await opens(maria, X)
    await maria.presses("Disconnect @northwind")
    await maria.sees_title("Disconnect @northwind")
    return maria


async def test_it_says_what_it_means_before_it_happens(office: Office) -> None:
    """Who loses access and what stops is read before anything ends; Keep connected leaves everything as it was."""
    maria = await asks(office)
    await maria.sees(f"Disconnect @northwind from {X}?", "2 people can no longer use it (Group: Marketing).")
    await maria.sees("Conversations no longer come in.", "You can integrate it again at any time.")
    await expect(maria.foot("close")).to_have_text("Keep connected")
    await expect(maria.foot("submit")).to_have_text("Disconnect")
    await maria.closes()
    await maria.sees_title(X)
    await maria.sees("🟢 Connected")
    assert len(await office.house.accounts()) == 1
    assert not office.house.sandbox.provider("twitter").sign_ins[-1].ended


async def test_disconnect_ends_it_everywhere(office: Office) -> None:
    """Disconnect ends the access at the provider and says so; the detail and the listing show it as not connected, nothing red."""
    maria = await asks(office)
    await maria.submits()
    await maria.sees("@northwind is disconnected.", f"Access at {X} has ended too.")
    assert office.house.sandbox.provider("twitter").sign_ins[-1].ended
    await maria.closes()
    await maria.sees("Not connected.", "@northwind disconnected here, by @Maria Silva")
    await maria.closes()
    await maria.types("/lexer")
    await maria.sees("Nothing is connected yet.")
    await maria.sees_no("🔴")


async def test_it_can_be_read_and_refused_by_keyboard(office: Office) -> None:
    """Escape is Keep connected: the question goes, and the focus is where it was."""
    maria = await asks(office)
    await maria.page.keyboard.press("Escape")
    await maria.sees_title(X)
    await expect(maria.modal.get_by_role("button", name="Disconnect @northwind")).to_be_focused()
    assert len(await office.house.accounts()) == 1
