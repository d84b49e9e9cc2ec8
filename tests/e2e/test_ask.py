"""Ask an Integrator: a member's way to an account they may not connect themselves."""

from store import groups
from store.records import UserId
from tests.e2e.house import TEAM, House
from tests.e2e.ways import TWO_WAYS


async def asks(house: House, name: str = "Twitter (X)") -> str:
    """Tom opens an integration and asks."""
    await house.opens(house.tom, name)
    await house.tom.presses("Ask an Integrator")
    await house.settle()
    seen = house.tom.screen.text
    await house.tom.closes(everything=True)
    return seen


async def two_integrators(house: House) -> None:
    """Maria and Nina are Integrators; Ada made the Groups and is in none of them."""
    await house.set_up()
    async with house.bot.context.store.transaction() as tx:
        marketing, _sales = await groups.all(tx, TEAM)
        await groups.save(tx, marketing, [UserId("U0MARIA"), UserId("U0NINA")])
    await house.sandbox.changes("nina")
    await house.settle()


async def test_each_integrator_gets_one_message(house: House) -> None:
    """One DM to each of them that says who asks for what, with a button that opens it."""
    await two_integrators(house)
    assert "The Integrators got a message from you about Twitter (X)." in await asks(house)
    for name in ("maria", "nina"):
        who = house.sandbox.person(name)
        (dm,) = who.dms
        assert "@Tom Baker asks for Twitter (X)." in who.read(dm)
        await who.presses_in(dm, "Open Twitter (X)")
        await who.sees("Integrate Twitter (X)")
    assert not house.ada.dms
    assert not house.tom.dms
    assert ("ask", True) in await house.audited()


@TWO_WAYS
async def test_asking_again_disturbs_nobody(house: House) -> None:
    """The same question on the same day is not sent again; another integration, and the next day, are."""
    await two_integrators(house)
    await asks(house)
    assert "You already asked about Twitter (X) today." in await asks(house)
    assert len(house.maria.dms) == 1
    await asks(house, "Shopify")
    assert len(house.maria.dms) == 2
    await house.passes(days=1)
    await asks(house)
    assert len(house.maria.dms) == 3


@TWO_WAYS
async def test_there_may_be_nobody_to_ask(house: House) -> None:
    """Where no Group has the permission, or nobody is left in it, the person is sent to an admin instead."""
    await two_integrators(house)
    async with house.bot.context.store.transaction() as tx:
        marketing, _sales = await groups.all(tx, TEAM)
        await groups.save(tx, marketing, [])
    await house.opens(house.tom)
    await house.tom.presses("Ask an Integrator")
    seen = await house.tom.sees("Nobody can connect Twitter (X) yet")
    await house.settle()
    assert "Ask a workspace admin to set one up with /lexer groups." in seen
    assert not house.maria.dms


@TWO_WAYS
async def test_who_left_is_not_asked(house: House) -> None:
    """An Integrator who was deactivated gets no message; the others do."""
    await two_integrators(house)
    await house.sandbox.changes("maria", deleted=True)
    await house.settle()
    await asks(house)
    assert not house.maria.dms
    assert len(house.sandbox.person("nina").dms) == 1
