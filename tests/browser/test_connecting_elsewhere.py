"""Connecting when it does not go straight on: the window closed, the cookie lost, the link run out, Cancel at the provider."""

from store.records import AccountStatus
from tests.browser.office import Office
from tests.browser.provider_tab import ProviderTab
from tests.browser.steps import APP, CLOSED_MODAL, X, begins, saves_groups, signs_in
from tests.browser.window import Window


async def test_finished_from_the_message(office: Office) -> None:
    """Whoever closed the window finds link and next step in Lexer's message, which is marked unread and changes in place."""
    maria = await begins(office)
    office.house.may_refuse.add(CLOSED_MODAL)
    await maria.sees(f"Continue to {X}")
    await maria.closes(everything=True)
    await maria.has_unread(APP, 1)
    await maria.clicks_in_sidebar(APP)
    await maria.has_unread(APP, 0)
    await signs_in(maria, X)
    await maria.sees("You are signed in to @northwind.")
    await maria.presses("Choose Groups")
    await saves_groups(maria, "Marketing")
    await maria.closes(everything=True)
    await maria.sees("@northwind at Twitter (X): connected. 2 people can use it.")
    await maria.sees_no("Choose Groups", "Continue to")
    (account,) = await office.house.accounts()
    assert account.account.status is AccountStatus.CONNECTED


async def _comes_back_without_cookie(office: Office) -> tuple[Window, ProviderTab]:
    maria = await begins(office)
    tab = await maria.opens_in_new_tab(f"Continue to {X}")
    await tab.continues()
    await tab.sees("Allow")
    await maria.context.clear_cookies()
    await tab.allows()
    return maria, tab


async def test_a_lost_cookie_is_asked_about(office: Office) -> None:
    """Coming back without the cookie, one is asked in Slack whether that was oneself; Yes leads on to the Groups."""
    maria, tab = await _comes_back_without_cookie(office)
    await tab.sees("One question in Slack")
    await tab.closes()
    await maria.sees("Did you just sign in to Twitter (X) as @northwind?")
    assert await office.house.accounts() == ()
    await maria.presses("Yes, that was me")
    await saves_groups(maria, "Marketing")
    (account,) = await office.house.accounts()
    assert account.account.status is AccountStatus.CONNECTED


async def test_no_ends_it(office: Office) -> None:
    """No throws the sign-in away: nothing is connected, nothing is left at the provider, and it says so."""
    maria, tab = await _comes_back_without_cookie(office)
    await tab.closes()
    await maria.sees("Did you just sign in to Twitter (X) as @northwind?")
    await maria.presses("No, throw it away")
    await maria.sees("You said this sign-in was not yours", "Nothing was connected.")
    await maria.sees_no("Yes, that was me")
    await office.house.settle()
    assert await office.house.accounts() == ()
    assert all(one.ended for one in office.house.sandbox.provider("twitter").sign_ins)


async def test_a_link_that_ran_out_is_renewed(office: Office) -> None:
    """After half an hour the open window says by itself that the link ran out; a new one is one press away and works."""
    maria = await begins(office)
    await maria.sees(f"Continue to {X}")
    await office.house.passes(minutes=31)
    await maria.sees("The link ran out.")
    await maria.sees_no(f"Continue to {X}")
    await maria.presses("Get a new link")
    await maria.sees(f"Continue to {X}")
    await signs_in(maria, X)
    await saves_groups(maria, "Marketing")


async def test_an_old_page_says_that_its_link_ran_out(office: Office) -> None:
    """A page left open for half an hour begins nothing and sends one back to Slack."""
    maria = await begins(office)
    tab = await maria.opens_in_new_tab(f"Continue to {X}")
    await office.house.passes(minutes=31)
    maria.watch.may_say.add("410 (Gone)")
    await tab.continues()
    await tab.sees("This link ran out", "Get a new link in Slack")
    await tab.closes()
    await maria.sees("The link ran out.")


async def test_cancelled_and_tried_again(office: Office) -> None:
    """Cancel at the provider is told kindly in the page and in the open window, and a second try works."""
    maria = await begins(office)
    tab = await maria.opens_in_new_tab(f"Continue to {X}")
    await tab.continues()
    await tab.cancels()
    await tab.sees("Not connected", "The sign-in at Twitter (X) was cancelled.")
    await tab.closes()
    await maria.sees("The sign-in at Twitter (X) was cancelled.", "Nothing was connected.")
    assert await office.house.accounts() == ()
    await maria.presses("Get a new link")
    await maria.sees(f"Continue to {X}")
    await signs_in(maria, X)
    await saves_groups(maria, "Marketing")
