"""axe-core finds nothing serious on any page, in the light and in the dark."""

from datetime import timedelta
from typing import Literal

import pytest

from bot.sandbox.opening import opening
from tests.browser.axe import axe
from tests.browser.office import Office
from tests.browser.window import Window
from tests.e2e.alerting import alerted

X = "Twitter (X)"
LOOKS = pytest.mark.parametrize("look", ["light", "dark"])
Look = Literal["light", "dark"]


async def at_work(office: Office, look: Look, **differently: object) -> Window:
    """Maria, in a workspace that has its Groups."""
    await opening(office.house.sandbox, office.house.settle)
    return await office.window("maria", color_scheme=look, **differently)


@LOOKS
async def test_the_workspace(office: Office, look: Look) -> None:
    """Channel with a listing, the commands while typing, the panel, the app's messages."""
    await office.house.set_up()
    await office.house.connects(office.house.maria)
    maria = await office.window("maria", color_scheme=look)
    await maria.types("/lexer integrations")
    await maria.sees("1 connected")
    await maria.page.locator("#conversation form[data-composer] textarea").fill("/")
    await axe(maria.page)
    await maria.page.locator("#conversation form[data-composer] textarea").fill("")
    await maria.clicks_in_sidebar("Lexer")
    await maria.sees("connected")
    await axe(maria.page)


@LOOKS
async def test_each_modal_and_the_pages_between(office: Office, look: Look) -> None:
    """Detail, link, choice of Groups, outcome; our pages and the provider's."""
    maria = await at_work(office, look)
    await maria.types("/lexer integrations twitter")
    await maria.presses(f"Open {X}")
    await maria.sees("Not connected.")
    await axe(maria.page)
    await maria.presses(f"Integrate {X}")
    await maria.sees("Leave this window open")
    await axe(maria.page)
    tab = await maria.opens_in_new_tab(f"Continue to {X}")
    await axe(tab.page)
    await tab.continues()
    await tab.sees("Allow")
    await axe(tab.page)
    await tab.allows()
    await tab.sees("You can close this page.")
    await axe(tab.page)
    await tab.closes()
    await maria.sees("Who may use")
    await axe(maria.page)
    await maria.submits()
    await axe(maria.page)
    await maria.chooses("Who may use", "Marketing")
    await maria.submits()
    await maria.sees("Connected.")
    await axe(maria.page)


@LOOKS
async def test_forms_and_selects(office: Office, look: Look) -> None:
    """A text field with an error, people to choose from, an open list."""
    maria = await at_work(office, look)
    await maria.types("/lexer integrations shopify")
    await maria.presses("Open Shopify")
    await maria.presses("Integrate Shopify")
    await maria.fills("Shop address", "no shop")
    await maria.submits()
    await maria.sees("Shop address")
    await axe(maria.page)
    ada = await office.window("ada", color_scheme=look)
    await ada.types("/lexer groups")
    await ada.presses("Create a Group")
    await ada.sees("Name")
    await ada.screen.get_by_role("combobox", name="People").click()
    await ada.screen.get_by_role("option").first.wait_for()
    await axe(ada.page)


@LOOKS
async def test_behind_the_scenes(office: Office, look: Look) -> None:
    """The panel that plays the providers, and the inspector with one exchange open."""
    await office.house.set_up()
    await office.house.connects(office.house.maria)
    maria = await office.window("maria", color_scheme=look)
    await axe(maria.page)
    await maria.types("/lexer")
    await maria.sees("1 connected")
    await maria.opens_exchange("/lexer")
    await axe(maria.page)


@LOOKS
async def test_an_alert(office: Office, look: Look) -> None:
    """The alert in the channel, the list of e-mails, and one of them in both forms."""
    await alerted(office.house)
    await office.house.sandbox.passing.passes(timedelta(minutes=10))
    maria = await office.window("maria", channel="C0INTEGRATIONS", color_scheme=look)
    await maria.sees("is disconnected")
    await axe(maria.page)
    await maria.goes("C0INTEGRATIONS", panel="mails")
    await axe(maria.page)
    await maria.opens_mail("Maria Silva")
    await axe(maria.page)
    await maria.panel.get_by_role("link", name="Plain text").click()
    await maria.panel.locator(".letter-text").wait_for()
    await axe(maria.page)


@LOOKS
async def test_the_gallery(office: Office, look: Look) -> None:
    """Every view there is."""
    maria = await at_work(office, look)
    await maria.goes_to("/gallery")
    await axe(maria.page)
    families = maria.page.locator(".gallery-nav a[href^='/gallery/']")
    for address in {str(await one.get_attribute("href")) for one in await families.all()}:
        await maria.goes_to(address)
        await axe(maria.page)


@LOOKS
async def test_at_phone_width(office: Office, look: Look) -> None:
    """With the drawers closed, and with each open."""
    maria = await at_work(office, look, viewport={"width": 360, "height": 740})
    await maria.types("/lexer")
    await maria.sees("Nothing is connected yet.")
    await axe(maria.page)
    for drawer in ("sidebar", "panel"):
        await maria.page.locator(f"[data-toggle={drawer}]").click()
        await axe(maria.page)
        await maria.page.keyboard.press("Escape")
