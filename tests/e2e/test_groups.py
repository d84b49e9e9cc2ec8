"""`/lexer groups`: who is together, and which Groups may connect integrations."""

import asyncio

from bot.sandbox.people import PersonAtWork, Screen
from store import groups
from store.records import Group
from tests.e2e.by_hand import Hand, words
from tests.e2e.crowd import make_groups
from tests.e2e.house import TEAM, House
from tests.e2e.ways import TWO_WAYS


async def kept(house: House) -> dict[str, Group]:
    """The Groups by name."""
    async with house.bot.context.store.reading() as tx:
        return {group.name: group for group in await groups.all(tx, TEAM)}


async def members(house: House, name: str) -> set[str]:
    """Who is in a Group."""
    async with house.bot.context.store.reading() as tx:
        (group,) = [g for g in await groups.all(tx, TEAM) if g.name == name]
        return set(await groups.members(tx, TEAM, group.id))


async def opens_list(house: House, who: PersonAtWork) -> Screen:
    """The Groups modal."""
    await who.types("/lexer groups")
    await who.sees("A Group is a set of people")
    await house.settle()
    return who.screen


async def begins_group(house: House, who: PersonAtWork) -> None:
    """An empty form."""
    await opens_list(house, who)
    await who.presses("Create a Group", waits=True)
    await who.sees("Permission")
    await house.settle()


async def saves(house: House, who: PersonAtWork) -> Screen:
    """Save, and what comes of it."""
    await who.submits()
    await house.settle()
    return who.screen


@TWO_WAYS
async def test_the_first_group_has_who_made_it(house: House) -> None:
    """An admin who creates the first Group is in it, with the permission, and is told the next step."""
    await house.answer(house.ada, "/lexer")
    await house.ada.presses("Create the first Group")
    seen = await house.ada.sees("Add me to this Group")
    assert "☑ Integrators" in seen
    assert "☑ Add me to this Group" in seen
    await house.ada.fills("Name", "  Marketing   team ")
    seen = await saves(house, house.ada)
    assert "Marketing team is created. 1 person in it." in seen
    assert "type /lexer integrations" in seen.text.replace("`", "")
    assert await members(house, "Marketing team") == {"U0ADA"}
    assert (await kept(house))["Marketing team"].integrators


@TWO_WAYS
async def test_who_makes_the_first_group_may_stay_out(house: House) -> None:
    """Whoever unticks "Add me" is not in the Group."""
    await house.answer(house.ada, "/lexer")
    await house.ada.presses("Create the first Group")
    await house.ada.sees("Add me to this Group")
    await house.ada.chooses("You")
    await house.ada.fills("Name", "Marketing")
    await house.ada.chooses("People", "Maria Silva")
    await saves(house, house.ada)
    assert await members(house, "Marketing") == {"U0MARIA"}


async def test_a_group_is_created_and_changed(house: House) -> None:
    """Name, permission and people of a Group can be changed; the list below shows it at once."""
    await house.set_up()
    await begins_group(house, house.ada)
    assert "Add me" not in house.ada.screen
    await house.ada.fills("Name", "Support")
    await house.ada.chooses("People", "Nina Park", "Tom Baker")
    seen = await saves(house, house.ada)
    assert "Support is created." in seen
    assert "Support\n│ 2 people" in seen
    await house.ada.presses("Edit Group Support")
    seen = await house.ada.sees("Nina Park, Tom Baker")
    assert "☐ Integrators" in seen
    await house.ada.fills("Name", "Support & Sales")
    await house.ada.chooses("Permission", "Integrators")
    await house.ada.chooses("People", "Nina Park")
    seen = await saves(house, house.ada)
    assert "Support & Sales is saved." in seen
    assert "Support & Sales\n│ 1 person · Integrators: may connect accounts" in seen
    assert await members(house, "Support & Sales") == {"U0NINA"}
    assert await house.audited() == [("group_saved", True)] * 4


@TWO_WAYS
async def test_names_are_checked_beside_the_field(house: House) -> None:
    """Two Groups cannot look alike and none is without a name; what was typed stays."""
    await house.set_up()
    await begins_group(house, house.ada)
    for name in ("Sales", "  sALES ", "\uff33ales"):
        await house.ada.fills("Name", name)
        assert "There is already a Group with this name." in await saves(house, house.ada)
    await house.ada.fills("Name", "   ")
    assert "Type a name of 1 to 80 characters." in await saves(house, house.ada)
    await house.ada.fills("Name", "*Sales* <!channel> & co")
    assert "<!channel> & co is created." in await saves(house, house.ada)
    sections = [b for v in house.sandbox.sent for b in v.get("blocks", ()) if b["type"] == "section"]
    shown = [section["text"] for section in sections]
    assert "<!channel>" not in str(shown)


@TWO_WAYS
async def test_who_cannot_be_in_a_group_is_named_beside_the_field(house: House) -> None:
    """Guests, bots, deactivated people and people of other organisations are refused by name, and nothing is saved."""
    await house.set_up()
    await begins_group(house, house.ada)
    await house.ada.fills("Name", "Everybody")
    for name in ("Gus Guest", "Beep Bot", "Dan Gone", "Otto Other", "Slackbot", "Lexer"):
        await house.ada.chooses("People", "Tom Baker", name)
        seen = await saves(house, house.ada)
        assert "cannot be in a Group. Take out: " in seen, name
        assert f"Take out: {name}." in seen
    assert "Everybody" not in await kept(house)
    await house.ada.chooses("People", "Tom Baker")
    assert "Everybody is created." in await saves(house, house.ada)


@TWO_WAYS
async def test_a_form_sent_twice_makes_one_group(house: House) -> None:
    """Two presses on Save, or Slack sending it again, create one Group, also both at once."""
    await house.set_up()
    await begins_group(house, house.ada)
    await house.ada.fills("Name", "Support")
    (*_, view) = house.ada.modals
    hand = Hand(house=house, who=house.ada)
    payload = hand.resubmission(view)
    acks = await asyncio.gather(*(hand.sends(payload) for _ in range(3)))
    assert {ack.status for ack in acks} == {200}
    assert not any("errors" in words(ack) for ack in acks)
    assert sorted(await kept(house)) == ["Marketing", "Sales", "Support"]


@TWO_WAYS
async def test_others_see_groups_and_change_nothing(house: House) -> None:
    """A member and an Integrator see every Group and who can change it, and get no button."""
    await house.set_up()
    for who in (house.tom, house.maria):
        seen = await opens_list(house, who)
        assert "Sales\n│ 1 person" in seen
        assert "@Ada Lovell can create and change them." in seen
        assert "[Edit Group]" not in seen
        assert "[Create a Group]" not in seen


@TWO_WAYS
async def test_many_groups_come_in_pages(house: House) -> None:
    """A hundred Groups are read forty at a time, in the same window."""
    await house.set_up()
    await make_groups(house, 100)
    seen = await opens_list(house, house.tom)
    assert "Page 1 of 3 · 102 Groups" in seen
    await house.tom.presses("Show more Groups")
    await house.tom.sees("Page 2 of 3")
    await house.tom.presses("Show more Groups")
    assert "Team 099" in await house.tom.sees("Page 3 of 3")
    assert "[Show more Groups]" not in house.tom.screen
    await house.tom.presses("Show previous Groups")
    await house.tom.sees("Page 2 of 3")
    assert len(house.tom.modals) == 1


@TWO_WAYS
async def test_everyone_in_the_workspace_fits_into_a_group(house: House) -> None:
    """A Group of 2 people or of 300 is saved the same way; people the bot never met are looked up."""
    await house.set_up()
    from_slack = house.sandbox.world.humans
    model = from_slack["U0NINA"]
    for n in range(300):
        made = type(model)(id=f"U9{n:04}", name=f"p{n}", real_name=f"Person {n}")
        from_slack[made.id] = made
    await begins_group(house, house.ada)
    await house.ada.fills("Name", "Everybody")
    await house.ada.chooses("People", *[f"Person {n}" for n in range(300)])
    await house.ada.submits()
    await house.settle()
    assert (await kept(house))["Everybody"].people == 300
