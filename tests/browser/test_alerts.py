"""An account stops working while nobody looks: time passes in the panel, and what then stands in Slack and in the e-mails."""

from datetime import timedelta

from playwright.async_api import expect

from tests.browser.office import Office
from tests.browser.steps import APP, OVER, X, signs_in
from tests.e2e.alerting import alerted

ACCOUNT = "@northwind"
BROKEN, WHOLE = f"{ACCOUNT} at {X} is disconnected", f"{ACCOUNT} at {X} works again"
INTEGRATIONS = "#integrations"


async def test_nobody_looks_and_everybody_knows(office: Office) -> None:
    """Password changed, 15 minutes pass: channel, message and e-mail tell of it once; "I'm on it"; Reconnect from the message; all say so."""
    house = office.house
    await house.set_up()
    await house.connects(house.maria)
    house.may_refuse |= OVER
    maria = await office.window("maria")
    await maria.types("/lexer alerts")
    await maria.chooses("Channel for alerts", INTEGRATIONS)
    await maria.submits()
    await maria.sees("Saved.")
    await maria.closes()
    await maria.changes_password(ACCOUNT)
    await maria.lets_pass("15 minutes pass")
    await maria.clicks_in_sidebar(APP)
    await maria.sees(BROKEN)
    await maria.clicks_in_sidebar(INTEGRATIONS)
    await maria.sees(BROKEN)
    await expect(maria.conversation.get_by_text(BROKEN)).to_have_count(1)
    assert [mail.subject for mail in house.mails("maria")] == [BROKEN]
    await maria.presses("I'm on it")
    await maria.sees("@Maria Silva is on it")
    letter = await maria.opens_mail("Maria Silva")
    await expect(letter.get_by_role("heading")).to_have_text(f"{BROKEN}.")
    dm = await maria.follows(letter.get_by_role("link", name="Open Lexer in Slack"))
    await dm.sees("You are on it")
    await dm.presses("Reconnect")
    await dm.sees(f"Sign in as {ACCOUNT}")
    await signs_in(dm, X)
    await dm.sees("Reconnected.")
    await dm.closes()
    await dm.sees(WHOLE)
    await dm.sees_no(BROKEN)
    await maria.sees(WHOLE, "Reconnected by @Maria Silva", "1 reply")
    await maria.sees_no(BROKEN)
    await maria.conversation.get_by_role("link", name="1 reply").click()
    await expect(maria.page.get_by_role("complementary", name="Thread")).to_contain_text("Reconnected by")


async def test_a_member_in_the_channel_is_refused_kindly(office: Office) -> None:
    """Tom may not reconnect: pressing it tells him alone who can, and the alert stays as it is."""
    await alerted(office.house)
    tom, maria = await office.window("tom"), await office.window("maria")
    for window in (tom, maria):
        await window.clicks_in_sidebar(INTEGRATIONS)
        await window.sees(BROKEN)
    await tom.presses("Reconnect")
    await tom.sees(f"Only Integrators can reconnect {ACCOUNT}", "Only visible to you")
    await maria.sees(BROKEN)
    await maria.sees_no("Only Integrators can reconnect")
    await tom.sees_no_modal()


async def test_no_more_emails(office: Office) -> None:
    """The link at the foot of the e-mail asks first, then stops them; the settings say so, and can turn them on again."""
    await alerted(office.house)
    await office.house.sandbox.passing.passes(timedelta(minutes=10))
    maria = await office.window("maria")
    letter = await maria.opens_mail("Maria Silva")
    page = (await maria.follows(letter.get_by_role("link", name="Stop these e-mails"))).page
    assert office.house.mails("maria")
    await page.get_by_role("button", name="Stop").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Lexer sends you no more e-mails")
    await page.close()
    await maria.types("/lexer alerts")
    box = maria.screen.get_by_role("checkbox", name="E-mails", exact=True)
    await expect(box).not_to_be_checked()
    await box.check()
    await maria.submits()
    await maria.sees("Saved.")
