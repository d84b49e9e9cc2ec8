"""Connecting several accounts behind one sign-in, and with less than was asked for."""

from store.records import AccountStatus
from tests.browser.office import Office
from tests.browser.steps import META, X, begins, opens, saves_groups, signs_in

KEY = "facebook_ads"
WHICH = "Which ad accounts do you want to connect?"
PICKED = ("Northwind Retail", "Northwind Outlet", "Northwind Kids")


async def test_three_of_five(office: Office) -> None:
    """Of five ad accounts three are picked; the Groups are chosen once for all of them, and the listing counts three."""
    maria = await begins(office, META)
    await signs_in(maria, META)
    await maria.sees(WHICH, "Northwind Travel")
    assert await office.house.accounts(KEY) == ()
    await maria.chooses(WHICH, *PICKED)
    await maria.submits()
    await maria.sees("Who may use Northwind Retail, Northwind Outlet and Northwind Kids?")
    await saves_groups(maria, "Marketing", "Sales")
    await maria.sees(*PICKED, "3 people can use them.")
    await maria.sees_no("Northwind Travel")
    await maria.closes(everything=True)
    found = await office.house.accounts(KEY)
    assert {one.account.name for one in found} == set(PICKED)
    assert {tuple(sorted(group.name for group in one.groups)) for one in found} == {("Marketing", "Sales")}
    await maria.types("/lexer")
    await maria.sees("1 connected, all working.", "🟢 Connected · 3 accounts")


async def test_nothing_picked_is_told_beside_the_field(office: Office) -> None:
    """Next without an account stays where it is and says so."""
    maria = await begins(office, META)
    await signs_in(maria, META)
    await maria.sees(WHICH)
    await maria.submits()
    await maria.sees(WHICH, "This is a required field")
    assert await office.house.accounts(KEY) == ()


async def test_a_refused_permission_is_yellow_afterwards(office: Office) -> None:
    """A permission left out at the provider: connected all the same, yellow, and the detail says what is missing."""
    maria = await begins(office)
    await signs_in(maria, X, refuse=("Bring direct messages into Lexer",))
    await saves_groups(maria, "Marketing")
    await maria.sees("🟡 Needs permission: Bring direct messages into Lexer", "Everything else works")
    await maria.closes(everything=True)
    (account,) = await office.house.accounts()
    assert account.account.status is AccountStatus.NEEDS_PERMISSION
    await maria.types("/lexer")
    await maria.sees("🟡 Needs permission")
    await opens(maria, X)
    await maria.sees("🟡 Needs permission: Bring direct messages into Lexer", "to allow it, press Reconnect")
