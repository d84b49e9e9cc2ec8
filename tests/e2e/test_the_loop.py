"""The whole loop: list, connect, choose Groups, break, reconnect, disconnect."""

from tests.e2e.house import House

from store.records import AccountStatus


async def test_an_admin_makes_the_first_group(house: House) -> None:
    """The first /lexer of a workspace leads an admin to the first Group."""
    seen = await house.ada.types("/lexer")
    assert "Create the first Group" in seen
    await house.set_up()
    assert "Connect" in await house.maria.types("/lexer integrations") or house.maria.screen.text


async def test_maria_connects_twitter(house: House) -> None:
    """An Integrator connects an account and says who may use it; nothing is active before Save."""
    await house.set_up()
    maria = house.maria
    await house.begins(maria)
    print(maria.screen)
    await house.signs_in(maria)
    (waiting,) = await house.accounts()
    assert waiting.account.status is AccountStatus.WAITING
    await maria.chooses("Who may use", "Marketing")
    await maria.submits()
    assert "Connected" in maria.screen
    (connected,) = await house.accounts()
    assert connected.account.status is AccountStatus.CONNECTED
    assert [g.name for g in connected.groups] == ["Marketing"]
