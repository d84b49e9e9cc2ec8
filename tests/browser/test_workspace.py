"""What the workspace itself promises whoever sits in front of it: it behaves as Slack does, and loses nothing one has typed."""

import pytest
from playwright.async_api import Locator, expect

from tests.browser.office import Office
from tests.browser.steps import APP, X, bot_calls, opens
from tests.browser.window import GENERAL, Window


def composer(window: Window) -> Locator:
    """Where one types in the conversation."""
    return window.page.locator("#conversation [data-composer] textarea")


async def test_what_only_i_see_goes_on_reload(office: Office) -> None:
    """After a reload one is in the same conversation; messages are still there, what only I could see and open windows are not."""
    await office.house.set_up()
    maria = await office.window("maria")
    await maria.clicks_in_sidebar(APP)
    await bot_calls(office.house, "chat.postMessage", channel="U0MARIA", text="stays for good")
    await bot_calls(
        office.house, "chat.postEphemeral", channel="D0MARIA", user="U0MARIA", text="just for a moment"
    )
    await maria.sees("stays for good", "just for a moment", "Only visible to you")
    await maria.reloads()
    await expect(maria.page.locator("#sidebar a[aria-current=page]")).to_contain_text(APP)
    await maria.sees("stays for good")
    await maria.sees_no("just for a moment")


async def test_a_reload_closes_windows(office: Office) -> None:
    """An open window is gone after a reload, and nothing stays blocked behind it."""
    await office.house.set_up()
    maria = await office.window("maria")
    await opens(maria, X)
    await maria.reloads()
    await maria.sees_no_modal()
    await maria.types("still here")
    await maria.sees("still here")


async def test_windows_lie_three_deep(office: Office) -> None:
    """Three windows lie on each other; Escape closes the top one, and the focus comes back to the button that opened it."""
    house = office.house
    await house.set_up()
    maria = await office.window("maria")
    await opens(maria, X)
    await maria.presses(f"Integrate {X}")
    await maria.sees(f"Continue to {X}")
    trigger = house.sandbox.slack.passes.trigger("U0MARIA", house.maria.modals[-1].id)
    words = {"type": "section", "text": {"type": "mrkdwn", "text": "as deep as it goes"}}
    third = {"type": "modal", "title": {"type": "plain_text", "text": "Third"}, "blocks": [words]}
    await bot_calls(house, "views.push", trigger_id=trigger, view=third)
    await maria.sees("as deep as it goes")
    layers = maria.page.locator(".modal-layer")
    await expect(layers).to_have_count(3)
    await expect(maria.page.locator(".modal-layer[inert]")).to_have_count(2)
    for left in (2, 1):
        await maria.page.keyboard.press("Escape")
        await expect(layers).to_have_count(left)
    await expect(await maria.button(f"Integrate {X}")).to_be_focused()
    await maria.page.keyboard.press("Escape")
    await maria.sees_no_modal()
    await expect(await maria.button(f"Open {X}")).to_be_focused()


async def test_typed_words_survive_what_others_do(office: Office) -> None:
    """A half sentence in the composer stays, with the cursor in it, when a message arrives and when one looks elsewhere meanwhile."""
    maria = await office.window("maria")
    await composer(maria).press_sequentially("a half sent")
    await bot_calls(office.house, "chat.postMessage", channel=GENERAL, text="in between")
    await maria.sees("in between")
    await expect(composer(maria)).to_be_focused()
    await maria.page.keyboard.type("ence")
    await expect(composer(maria)).to_have_value("a half sentence")
    await maria.clicks_in_sidebar(APP)
    await maria.clicks_in_sidebar("#general")
    await expect(composer(maria)).to_have_value("a half sentence")


async def test_a_half_filled_form_survives_what_others_do(office: Office) -> None:
    """A name half typed in a window stays when messages arrive, and what is saved is what was typed."""
    ada = await office.window("ada")
    await ada.types("/lexer")
    await ada.presses("Create the first Group")
    name = ada.modal.get_by_label("Name")
    await name.press_sequentially("Mark")
    await bot_calls(office.house, "chat.postMessage", channel=GENERAL, text="in between")
    await expect(ada.page.locator("#conversation")).to_contain_text("in between")
    await expect(name).to_be_focused()
    await ada.page.keyboard.type("eting")
    await ada.chooses("People", "Maria Silva")
    await expect(name).to_have_value("Marketing")
    await ada.submits()
    await ada.sees("Marketing is created.")


async def test_the_buttons_stay_where_they_are_while_a_list_opens(office: Office) -> None:
    """Save is pressed where it was seen: neither opening a list nor closing it by that very press moves it away."""
    ada = await office.window("ada")
    await ada.types("/lexer")
    await ada.presses("Create the first Group")
    people = ada.modal.get_by_role("combobox", name="People")
    before = await ada.foot("submit").bounding_box()
    await people.click()
    await expect(ada.modal.get_by_role("option").first).to_be_visible()
    assert await ada.foot("submit").bounding_box() == before
    await ada.modal.get_by_label("Name").fill("Marketing")
    await people.click()
    await ada.submits()
    await ada.sees("Marketing is created.")


async def test_a_command_is_completed_by_keyboard(office: Office) -> None:
    """A stroke offers the command, Tab takes it, Enter sends it."""
    await office.house.set_up()
    maria = await office.window("maria")
    await composer(maria).focus()
    await maria.page.keyboard.type("/")
    offered = maria.page.get_by_role("listbox", name="Commands")
    await expect(offered.get_by_role("option").first).to_be_visible()
    await maria.page.keyboard.press("Tab")
    await expect(composer(maria)).to_have_value("/lexer ")
    await maria.page.keyboard.press("Enter")
    await maria.sees("Nothing is connected yet.")
    await expect(composer(maria)).to_have_value("")
    await expect(composer(maria)).to_be_focused()


async def test_a_reply_stands_in_its_thread(office: Office) -> None:
    """A reply is written beside its message; the conversation counts it, for everybody, and stays as it is."""
    await bot_calls(office.house, "chat.postMessage", channel=GENERAL, text="Anybody there?")
    maria, tom = await office.window("maria"), await office.window("tom")
    await maria.page.get_by_role("link", name="Reply in thread").click()
    thread = maria.page.get_by_role("complementary", name="Thread")
    await thread.get_by_role("textbox").fill("I am")
    await thread.get_by_role("textbox").press("Enter")
    await expect(thread.locator(".message")).to_have_count(2)
    await expect(thread.locator(".message").last).to_contain_text("I am")
    await tom.sees("1 reply")
    await tom.sees_no("I am")
    await tom.page.get_by_role("link", name="1 reply").click()
    await expect(tom.page.get_by_role("complementary", name="Thread")).to_contain_text("I am")
    await thread.get_by_role("link", name="Close thread").click()
    await expect(thread).to_have_count(0)


async def test_an_edit_is_marked(office: Office) -> None:
    """Words that change under one's eyes are marked as edited."""
    maria = await office.window("maria", channel="D0MARIA")
    posted = await bot_calls(office.house, "chat.postMessage", channel="U0MARIA", text="It is being tried.")
    await maria.sees("It is being tried.")
    await maria.sees_no("(edited)")
    await bot_calls(
        office.house, "chat.update", channel=posted["channel"], ts=posted["ts"], text="It is done."
    )
    await maria.sees("It is done.", "(edited)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_follows_the_eyes(office: Office, scheme: str) -> None:
    """Whoever has set their machine to dark gets a dark workspace, and a light one otherwise; words stand out in both."""
    await office.house.set_up()
    maria = await office.window("maria", color_scheme=scheme)
    await opens(maria, X)
    for selector in ("body", ".modal", ".panel"):
        ground = await brightness(maria, selector, "background-color")
        ink = await brightness(maria, selector, "color")
        assert (ground < ink) is (scheme == "dark"), selector
        assert abs(ground - ink) > 150, selector


async def brightness(window: Window, selector: str, what: str) -> float:
    """How light a colour of an element is, 0 to 255."""
    script = """([selector, what]) => {
      const canvas = new OffscreenCanvas(1, 1).getContext("2d");
      canvas.fillStyle = getComputedStyle(document.querySelector(selector)).getPropertyValue(what);
      canvas.fillRect(0, 0, 1, 1);
      const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    }"""
    return float(await window.page.evaluate(script, [selector, what]))
