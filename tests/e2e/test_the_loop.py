"""The whole loop: connect, choose Groups, break, reconnect, disconnect."""

from store.records import AccountStatus
from tests.e2e.house import House


async def test_from_nothing_to_a_connected_account(house: House) -> None:
    """An Integrator connects an account and says who may use it; nothing is active before Save."""
    await house.set_up()
    maria = house.maria
    await house.begins(maria)
    await house.signs_in(maria)
    (waiting,) = await house.accounts()
    assert waiting.account.status is AccountStatus.WAITING
    await maria.chooses("Who may use", "Marketing")
    await maria.submits()
    assert "Connected" in maria.screen
    (connected,) = await house.accounts()
    assert connected.account.status is AccountStatus.CONNECTED
    assert [g.name for g in connected.groups] == ["Marketing"]
    await house.settle()
    assert "connected" in maria.read(maria.dms[-1])


async def test_red_and_green_again(house: House) -> None:
    """Access removed at the provider turns the account red at the next check; reconnecting heals the same account."""
    await house.set_up()
    await house.connects(house.maria)
    (before,) = await house.accounts()
    pretend = house.sandbox.provider("twitter")
    pretend.account(before.account.name).state = "revoked"
    house.may_refuse.add("dead_refresh_token")
    await house.opens(house.maria)
    await house.maria.presses("Check now")
    await house.maria.sees("🔴 Disconnected")
    await house.maria.presses("Reconnect")
    await house.maria.sees("Sign in as")
    await house.settle()
    await house.signs_in(house.maria)
    await house.maria.sees("Reconnected")
    (after,) = await house.accounts()
    assert after.account.id == before.account.id
    assert after.account.status is AccountStatus.CONNECTED
    assert after.groups == before.groups


async def test_disconnect_ends_it_everywhere(house: House) -> None:
    """After Disconnect nothing is left, here or at the provider, and the modal says so."""
    await house.set_up()
    await house.connects(house.maria)
    await house.opens(house.maria)
    await house.maria.presses("Disconnect")
    await house.maria.sees("Keep connected")
    await house.maria.submits()
    await house.settle()
    await house.maria.sees("has ended too")
    assert await house.accounts() == ()
    assert all(signed_in.ended for signed_in in house.sandbox.provider("twitter").sign_ins)
