"""The end of an old sign-in never ends a newer one of the same account at the provider."""

from store.records import AccountStatus
from tests.e2e.checking import checks, connected, disconnects, history, sign_in
from tests.e2e.house import House
from tests.e2e.ways import BOTH_DATABASES, ON_SQLITE


@BOTH_DATABASES
async def test_connected_again_before_the_old_access_could_be_ended(house: House) -> None:
    """Disconnected while the provider is down and connected again: the late end of the old access leaves the new connection alive."""
    await connected(house)
    maria, twitter = house.maria, house.sandbox.provider("twitter")
    twitter.outage = "down"
    assert "is being ended. This updates by itself." in await disconnects(house, near="@northwind")
    twitter.outage = None
    await maria.closes(everything=True)
    await house.connects(maria)
    await house.passes(minutes=10)
    assert not sign_in(house).ended
    await house.opens(maria)
    assert "@northwind is connected." in await checks(house)
    (found,) = await house.accounts()
    assert found.account.status is AccountStatus.CONNECTED
    assert (await history(house)).count("still_shared") == 1


@ON_SQLITE
async def test_disconnected_while_a_sign_in_waits_for_its_answer(house: House) -> None:
    """Someone has signed in anew and not yet said that it was them: disconnecting the old account does not end what they just gave."""
    await connected(house)
    maria = house.maria
    await maria.closes(everything=True)
    await house.begins(maria)
    await maria.presses("Continue to Twitter (X)")
    await maria.browser.continues()
    maria.browser.forget_cookies()
    await maria.browser.allows()
    await house.settle()
    assert "Did you just sign in" in maria.screen
    dm = maria.dms[-1]
    await maria.closes(everything=True)
    await house.opens(maria)
    assert "keeps its access at Twitter (X)" in await disconnects(house, near="@northwind")
    await maria.closes(everything=True)
    await maria.presses_in(dm, "Yes, that was me")
    await house.settle()
    assert not sign_in(house).ended
    (found,) = await house.accounts()
    assert found.account.status is AccountStatus.WAITING
