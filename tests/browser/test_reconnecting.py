"""The provider ends the access; somebody here finds out, and mends it, at first as the wrong account."""

from store.records import AccountStatus
from tests.browser.office import Office
from tests.browser.steps import META, OVER, X, opens, signs_in
from tests.browser.window import Window

ACCOUNT, AD_ACCOUNT = "@northwind", "Northwind Retail"


async def connected(office: Office, name: str = X) -> Window:
    """Maria, with the detail of a connected integration in front of her."""
    await office.house.set_up()
    await office.house.connects(office.house.maria, name)
    office.house.may_refuse |= OVER
    maria = await office.window("maria")
    await opens(maria, name)
    await maria.sees("🟢 Connected")
    return maria


async def test_wrong_account_then_the_right_one(office: Office) -> None:
    """Access removed: Check now turns it red; the wrong account changes nothing and is named; the right one makes it green."""
    maria = await connected(office)
    (before,) = await office.house.accounts()
    await maria.removes_access(ACCOUNT)
    await maria.presses("Check now")
    await maria.sees("🔴 Disconnected: the sign-in is no longer accepted")
    (red,) = await office.house.accounts()
    await maria.presses("Reconnect")
    await maria.sees(f"Sign in as {ACCOUNT}")
    await signs_in(maria, X, login="@southwind")
    await maria.sees(f"You signed in as @southwind. This needs {ACCOUNT}.", "Nothing was changed.")
    assert await office.house.accounts() == (red,)
    await maria.presses("Get a new link")
    await maria.sees(f"Sign in as {ACCOUNT}")
    await signs_in(maria, X, login=ACCOUNT)
    await maria.sees("Reconnected.")
    await maria.closes()
    await maria.sees_title(X)
    await maria.sees("🟢 Connected")
    (after,) = await office.house.accounts()
    assert (after.account.id, after.groups) == (before.account.id, before.groups)
    assert after.account.status is AccountStatus.CONNECTED


async def test_a_changed_password(office: Office) -> None:
    """A changed password is told as the reason, in the detail and in the listing, and Reconnect mends it."""
    maria = await connected(office, META)
    await maria.changes_password(AD_ACCOUNT)
    await maria.presses("Check now", near=AD_ACCOUNT)
    await maria.sees("🔴 Disconnected: the password was changed")
    await maria.closes(everything=True)
    await maria.types("/lexer")
    await maria.sees("1 connected, and it needs attention.", "🔴 5 disconnected: the password was changed")
    await opens(maria, META)
    await maria.presses("Reconnect", near=AD_ACCOUNT)
    await maria.sees(f"Sign in as {AD_ACCOUNT}")
    await signs_in(maria, META)
    await maria.sees("Reconnected.", AD_ACCOUNT)
    await maria.closes(everything=True)
    await maria.types("/lexer")
    await maria.sees("1 connected, all working.")


async def test_cancelling_leaves_it_as_it_was(office: Office) -> None:
    """Reconnect given up at the provider: the account stays red and can be tried again."""
    maria = await connected(office)
    await maria.removes_access(ACCOUNT)
    await maria.presses("Check now")
    await maria.sees("🔴 Disconnected")
    await maria.presses("Reconnect")
    tab = await maria.opens_in_new_tab(f"Continue to {X}")
    await tab.continues()
    await tab.cancels()
    await tab.sees("Not reconnected")
    await tab.closes()
    await maria.sees("The sign-in at Twitter (X) was cancelled.", "Nothing was changed.")
    await maria.closes()
    await maria.sees("🔴 Disconnected")
