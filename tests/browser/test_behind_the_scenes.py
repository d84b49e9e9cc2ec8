"""When something goes wrong between Slack and the bot: what a person is told, and what a developer can read about it."""

from playwright.async_api import expect

from tests.browser.office import Office
from tests.browser.steps import X, bot_calls, opens
from tests.browser.window import GENERAL
from tests.e2e.house import free_port

SILENT = "connection_failed"


async def test_a_silent_bot_is_told_of(office: Office) -> None:
    """The bot does not answer: a press says so in a short notice, a command in its place; when it is back, everything works again."""
    house = office.house
    await house.set_up()
    house.may_refuse.add(SILENT)
    maria = await office.window("maria")
    await opens(maria, X)
    there, house.sandbox.delivery.bot_url = house.sandbox.delivery.bot_url, f"http://127.0.0.1:{free_port()}"
    await maria.presses(f"Integrate {X}")
    await maria.is_told("This app did not answer")
    await expect(await maria.button(f"Integrate {X}")).not_to_have_attribute("aria-busy", "true")
    await maria.is_told_no_more()
    await maria.closes()
    await maria.types("/lexer")
    await maria.sees(f'/lexer failed with the error "{SILENT}"')
    house.sandbox.delivery.bot_url = there
    await maria.types("/lexer")
    await maria.sees("Nothing is connected yet.")


async def test_every_request_can_be_read(office: Office) -> None:
    """An entry of the inspector shows what was sent, what was answered, and how long it took."""
    await office.house.set_up()
    maria = await office.window("maria")
    await maria.types("/lexer integrations shopify")
    await maria.sees("Shopify")
    await maria.opens_exchange("/lexer integrations shopify")
    entry = maria.panel.locator("details.exchange[open]")
    await expect(entry.locator("summary")).to_contain_text(" ms")
    await expect(entry.get_by_label("What Slack sent")).to_contain_text('"text": "integrations shopify"')
    await expect(entry.get_by_label("What bot answered")).to_contain_text("Open Shopify")
    await expect(entry).to_contain_text("Answered with status 200 after")
    await expect(entry).not_to_contain_text(office.house.sandbox.signing_secret)
    await expect(entry).not_to_contain_text(office.house.sandbox.bot_token)


async def test_a_refused_message_shows_why_and_where(office: Office) -> None:
    """What Slack refuses never shows in the conversation; the inspector names Slack's error, the offending place, and what stands there."""
    house = office.house
    house.may_refuse.add("invalid_blocks")
    maria = await office.window("maria")
    good = {"type": "section", "text": {"type": "mrkdwn", "text": "fine"}}
    wrong = {"type": "section", "text": {"type": "mrkdwn", "text": "too long " * 400}}
    answer = await bot_calls(house, "chat.postMessage", channel=GENERAL, text="hi", blocks=[good, wrong])
    assert answer["error"] == "invalid_blocks"
    await maria.goes(panel="inspector")
    await maria.sees_no("fine")
    await maria.panel.get_by_role("link", name="Refused").click()
    await expect(maria.panel.locator("details.exchange")).to_have_count(1)
    await maria.opens_exchange("chat.postMessage")
    shown = maria.panel.locator("details.exchange[open] .wrong")
    await expect(shown).to_contain_text("invalid_blocks")
    await expect(shown.locator(".pointer")).to_contain_text("/blocks/1/text")
    await expect(shown.locator("pre")).to_contain_text("too long too long")
    # Refused on purpose: not for the judge who looks at everything sent.
    house.sandbox.sent.clear()


async def test_an_open_entry_stays_while_more_come(office: Office) -> None:
    """Whoever reads an entry goes on reading it while newer ones arrive above it."""
    await office.house.set_up()
    maria = await office.window("maria")
    await maria.types("/lexer integrations shopify")
    await maria.sees("Shopify")
    await maria.opens_exchange("/lexer integrations shopify")
    before = await maria.panel.locator("details.exchange").count()
    await maria.types("/lexer help")
    await maria.sees("What you can type")
    await expect(maria.panel.locator("details.exchange")).not_to_have_count(before)
    entry = maria.panel.locator("details.exchange[open]")
    await expect(entry).to_have_count(1)
    await expect(entry.locator("summary")).to_contain_text("/lexer integrations shopify")
    await expect(entry.locator(".exchange-body")).to_contain_text("Open Shopify")
