"""Who one is decides what one sees: member, guest, admin at the very beginning, and one tab that plays several people."""

from playwright.async_api import Locator, expect

from tests.browser.office import Office
from tests.browser.steps import APP, X, opens
from tests.browser.window import Window

FIRST = "Create the first Group"


def unread_of(window: Window) -> Locator:
    """The count beside the app's name."""
    return window.page.locator("#sidebar a").filter(has_text=APP).locator(".badge")


async def test_a_member_asks_an_integrator(office: Office) -> None:
    """A member asks with one press; the Integrator sees an unread message and opens the integration from it."""
    await office.house.set_up()
    tom, maria = await office.window("tom"), await office.window("maria")
    await expect(unread_of(maria)).to_have_count(0)
    await opens(tom, X)
    await tom.presses("Ask an Integrator")
    await tom.sees(f"The Integrators got a message from you about {X}.")
    await tom.sees_no("Ask an Integrator")
    unread = unread_of(maria)
    await expect(unread).to_have_text("1")
    await expect(maria.page).to_have_title("(1) #general · Acme")
    await maria.clicks_in_sidebar(APP)
    await maria.sees(f"@Tom Baker asks for {X}.")
    await expect(unread).to_have_count(0)
    await maria.presses(f"Open {X}")
    await maria.sees_title(X)
    await maria.presses(f"Integrate {X}")
    await maria.sees(f"Continue to {X}")


async def test_a_guest_reads_one_kind_sentence(office: Office) -> None:
    """A guest is told in one sentence whom to turn to, and there is nothing to press."""
    await office.house.set_up()
    gus = await office.window("gus")
    await gus.types("/lexer")
    await gus.sees("This is for full members of this workspace.", "A member you work with")
    answer = gus.page.locator("#conversation .message.is-ephemeral")
    await expect(answer).to_have_count(1)
    await expect(answer.locator("[data-do], [data-select]")).to_have_count(0)


async def test_the_steps_say_who_takes_them(office: Office) -> None:
    """Whoever looks at the first steps as somebody who may not take them is led to the one who may."""
    await office.house.set_up()
    tab = await office.window("gus")
    await expect(tab.panel).to_contain_text("These steps are for Maria, who may connect accounts.")
    await tab.panel.get_by_role("link", name="Be Maria").click()
    await expect(tab.page.locator("#app[data-as=maria]")).to_be_attached()
    await expect(tab.panel).not_to_contain_text("These steps are for")


async def test_the_first_run_begins_with_an_admin(office: Office) -> None:
    """Nobody can do anything until an admin has made the first Group: others read who that is, the admin gets the button."""
    tom, ada = await office.window("tom"), await office.window("ada")
    await tom.types("/lexer")
    await tom.sees("@Ada Lovell can create the first Group")
    await expect(tom.page.locator(".message [data-do]")).to_have_count(0)
    await ada.types("/lexer")
    await ada.presses(FIRST)
    await ada.fills("Name", "Marketing")
    await ada.chooses("People", "Maria Silva")
    await ada.submits()
    await ada.sees("Marketing is created. 2 people in it.")
    await ada.closes(everything=True)
    maria = await office.window("maria")
    await opens(maria, X)
    await maria.presses(f"Integrate {X}")
    await maria.sees(f"Continue to {X}")


async def test_one_tab_plays_several_people(office: Office) -> None:
    """The switch "you are" shows each person their own screen, and each finds it again as they left it."""
    await office.house.set_up()
    tab = await office.window("maria")
    await opens(tab, X)
    await tab.sees(f"Integrate {X}")
    await tab.becomes("tom", "Tom")
    await tab.sees_no_modal()
    await tab.sees_no("Integrations")
    await opens(tab, X)
    await tab.sees("Ask an Integrator")
    await tab.sees_no(f"Integrate {X}")
    await tab.becomes("maria", "Maria")
    await tab.sees_title(X)
    await tab.sees(f"Integrate {X}")
    await tab.sees_no("Ask an Integrator")
    await tab.closes()
    await tab.sees("Only visible to you", "nothing connected yet.")
