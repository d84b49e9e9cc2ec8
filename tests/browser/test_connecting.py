"""Connecting in a real browser: Slack in one tab, the provider in another."""

from store.records import AccountStatus
from tests.browser.office import Office
from tests.browser.window import Window

X = "Twitter (X)"


async def begins(office: Office, name: str = X) -> Window:
    """Maria, with the link in front of her."""
    await office.house.set_up()
    maria = await office.window("maria")
    await maria.types(f"/lexer integrations {name}")
    await maria.presses(f"Open {name}")
    await maria.presses(f"Integrate {name}")
    await maria.sees(f"Continue to {name}")
    return maria


async def test_the_modal_turns_by_itself(office: Office) -> None:
    """While one is away at the provider, the open window turns into the choice of Groups; nothing is active before Save."""
    maria = await begins(office)
    tab = await maria.opens_in_new_tab(f"Continue to {X}")
    await tab.sees("Maria Silva", "Acme")
    await tab.continues()
    await tab.sees(X)
    await tab.allows()
    await tab.sees("You can close this page.")
    await tab.closes()
    await maria.sees("Who may use")
    (waiting,) = await office.house.accounts()
    assert waiting.account.status is AccountStatus.WAITING
    await maria.chooses("Who may use", "Marketing")
    await maria.submits()
    await maria.sees("Connected.")
    await maria.closes(everything=True)
    (connected,) = await office.house.accounts()
    assert [group.name for group in connected.groups] == ["Marketing"]
    await maria.types("/lexer")
    await maria.sees("1 connected, all working.", "🟢 Connected")


async def test_the_number_is_the_same_on_both_sides(office: Office) -> None:
    """The number in Slack and the number on our page are one, so that a foreign link is recognised."""
    maria = await begins(office)
    tab = await maria.opens_in_new_tab(f"Continue to {X}")
    number = await tab.page.locator(".number").inner_text()
    await maria.sees(number)
    await tab.closes()


async def test_nothing_happens_without_a_group(office: Office) -> None:
    """Save without a Group stays where it is and says so beside the field."""
    maria = await begins(office)
    tab = await maria.opens_in_new_tab(f"Continue to {X}")
    await tab.continues()
    await tab.allows()
    await maria.sees("Who may use")
    await maria.submits()
    await maria.sees("Who may use")
    (waiting,) = await office.house.accounts()
    assert waiting.account.status is AccountStatus.WAITING
