"""What happened to an account: read by Integrators, in plain words, also when it is gone."""

from datetime import timedelta

from tests.e2e.by_hand import Hand
from tests.e2e.checking import checks, connected, disconnects, history
from tests.e2e.fleet import sweeps
from tests.e2e.house import House
from tests.e2e.ways import ON_POSTGRESQL, ON_SQLITE


async def read_history(house: House, button: str = "Show history", *, near: str | None = "@northwind") -> str:
    """Press it and read what is on top."""
    await house.maria.presses(button, near=near, waits=True)
    await house.maria.sees("What happened to")
    await house.settle()
    text = house.maria.screen.text
    await house.maria.closes()
    return text


@ON_POSTGRESQL
async def test_an_account_s_history_tells_what_changed(house: House) -> None:
    """Problems of the provider with their length in one line, the disconnection with its reason, the repair, the removal: each once."""
    await connected(house)
    x = house.sandbox.provider("twitter")
    x.outage = "down"
    for _ in range(3):
        await checks(house, near="@northwind")
        house.clock.advance(timedelta(minutes=10))
    x.outage = None
    await checks(house, near="@northwind")
    assert (await history(house))[-2:] == ["provider_problem", "provider_works"]
    said = await read_history(house)
    assert "@northwind could not be checked for 30 min: the provider had problems" in said
    assert "the provider" not in house.maria.screen.text, "the five in the detail are about the accounts"
    x.account("@northwind").state = "revoked"
    await checks(house, near="@northwind")
    x.account("@northwind").state = "healthy"
    await checks(house, near="@northwind")
    said = await read_history(house)
    lines = [line for line in said.splitlines() if "@northwind " in line]
    assert "works again" in lines[0]
    assert "disconnected by the provider (the sign-in is no longer accepted)" in lines[1]
    assert "connected, by @Maria Silva" in lines[-1]
    await disconnects(house, near="@northwind")
    await house.maria.closes(everything=True)
    await house.opens(house.maria)
    said = await read_history(house, "Show all history", near=None)
    assert "@northwind disconnected here, by @Maria Silva" in said
    assert "@northwind could not be checked for 30 min" in said


@ON_SQLITE
async def test_an_outage_is_remembered_once(house: House) -> None:
    """However often it is checked while its provider is down, its history has a beginning and, when it is over, an end."""
    await connected(house)
    house.sandbox.provider("twitter").outage = "down"
    for _ in range(6):
        await sweeps(house, minutes=12)
    assert (await history(house)).count("provider_problem") == 1
    assert "cannot be checked: the provider has problems" in await read_history(house)


@ON_SQLITE
async def test_history_is_for_integrators(house: House) -> None:
    """A member sees no such button, and is refused when the press is made up."""
    await connected(house)
    (found,) = await house.accounts()
    screen = await house.opens(house.tom)
    assert "Show history" not in screen
    hand = Hand(house=house, who=house.tom)
    await hand.sends(hand.press("account.history:made-up", found.account.id, view=screen.view))
    assert "Only people in a Group with the Integrators permission" in house.tom.screen.text
