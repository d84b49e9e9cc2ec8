"""Groups, people in them, and the rights that follow."""

import pytest

from store import groups, people
from store.database import Conflict, Store
from store.records import UserId
from tests.store.made import LATER, MARIA, NOW, OMAR, T1, T2, group, person, put, put_in, settle


async def test_name_taken(store: Store) -> None:
    """Two Groups of a workspace cannot have the same name, whatever the case or spaces."""
    await put(store, group("g1", name="Straße Team"), group("g2", workspace_id=T2, name="STRASSE team"))
    with pytest.raises(Conflict) as raised:
        await put(store, group("g3", name=" STRASSE  TEAM"))
    assert raised.value.constraint == "group_name"


async def test_name_taken_leaves_the_rest(store: Store) -> None:
    """A refused name loses nothing else of what was being saved."""
    await put(store, group("g1", name="Sales"))
    async with store.transaction() as tx:
        await people.save(tx, person())
        with pytest.raises(Conflict):
            await groups.save(tx, group("g2", name="sales"), [MARIA])
    async with store.reading() as tx:
        assert await people.get(tx, T1, MARIA) == person()
        assert [found.id for found in await groups.all(tx, T1)] == ["g1"]


async def test_renaming_itself(store: Store) -> None:
    """A Group keeps its name, or changes its case, without a complaint."""
    await put(store, group("g1", name="Sales"))
    await put(store, group("g1", name="SALES"))
    async with store.reading() as tx:
        found = await groups.get(tx, T1, group("g1").id)
    assert found is not None
    assert found.name == "SALES"


async def test_address(store: Store) -> None:
    """The mail address Slack gave is kept, is not shown where a person is printed, and goes when Slack gives none."""
    await put(store, person(email="maria@acme.example"))
    async with store.reading() as tx:
        found = await people.get(tx, T1, MARIA)
    assert found == person(email="maria@acme.example")
    assert "acme.example" not in repr(found)
    await put(store, person(seen_at=LATER))
    async with store.reading() as tx:
        assert await people.get(tx, T1, MARIA) == person(seen_at=LATER)


async def test_rights(store: Store) -> None:
    """A full member has the rights of all their Groups."""
    await put(store, person(), group("g1", integrators=False), group("g2"))
    await put_in(store, group("g1", integrators=False), [MARIA])
    await put_in(store, group("g2"), [MARIA, OMAR])
    async with store.reading() as tx:
        rights = await groups.rights(tx, T1, MARIA)
    assert rights.person == person()
    assert (rights.is_integrator, rights.group_ids, rights.has_groups) == (True, {"g1", "g2"}, True)


@pytest.mark.parametrize("flag", ["is_guest", "is_bot", "is_deactivated", "is_outsider"])
async def test_no_rights(store: Store, flag: str) -> None:
    """Guests, bots, deactivated people and people of other organisations have no rights, even in a Group."""
    outsider = person(**{flag: True})
    await put(store, outsider, person(OMAR), group())
    await put_in(store, group(), [MARIA, OMAR])
    async with store.reading() as tx:
        rights = await groups.rights(tx, T1, MARIA)
        assert rights.person == outsider
        assert (rights.is_integrator, rights.group_ids) == (False, frozenset())
        assert await groups.integrators(tx, T1) == (OMAR,)
        assert await groups.people_of(tx, T1, [group().id]) == 1
        assert [found.people for found in await groups.all(tx, T1)] == [1]
        assert await groups.members(tx, T1, group().id) == (MARIA, OMAR)


async def test_unknown_person(store: Store) -> None:
    """Somebody Slack was never asked about has no rights yet, and the answer says so."""
    await settle(store)
    await put_in(store, group(), [MARIA])
    async with store.reading() as tx:
        rights = await groups.rights(tx, T1, MARIA)
    assert (rights.person, rights.is_integrator, rights.group_ids, rights.has_groups) == (
        None,
        False,
        frozenset(),
        True,
    )


async def test_leaving_a_group(store: Store) -> None:
    """Somebody taken out of a Group loses its rights at once."""
    await put(store, person(), group())
    await put_in(store, group(), [MARIA, MARIA])
    await put_in(store, group(), [])
    async with store.reading() as tx:
        assert (await groups.rights(tx, T1, MARIA)).is_integrator is False
        assert await groups.integrators(tx, T1) == ()


async def test_counted_once(store: Store) -> None:
    """Somebody in two Groups is one person."""
    await put(store, person(), person(OMAR), group("g1"), group("g2"))
    await put_in(store, group("g1"), [MARIA])
    await put_in(store, group("g2"), [MARIA, OMAR])
    async with store.reading() as tx:
        assert await groups.people_of(tx, T1, [group("g1").id, group("g2").id]) == 2
        assert await groups.people_of(tx, T1, []) == 0
        assert await groups.integrators(tx, T1) == (MARIA, OMAR)


async def test_big_group(store: Store) -> None:
    """A Group of 10,000 people is saved and counted."""
    await put(store, person(), group())
    await put_in(store, group(), [MARIA, *(f"U{number}" for number in range(9_999))])
    async with store.reading() as tx:
        assert len(await groups.members(tx, T1, group().id)) == 10_000
        assert len(await people.names(tx, T1, await groups.members(tx, T1, group().id))) == 1


async def test_older_news(store: Store) -> None:
    """What Slack said earlier never overwrites what it said later."""
    await put(store, person(is_deactivated=True))
    await put(store, person(seen_at=NOW.replace(year=2025)))
    async with store.reading() as tx:
        assert await people.get(tx, T1, MARIA) == person(is_deactivated=True)


async def test_admins(store: Store) -> None:
    """Only active admins are named to people who need one, by name."""
    await put(
        store,
        person("U1", name="zoe", is_admin=True),
        person("U2", name="Adam", is_admin=True),
        person("U3", is_admin=True, is_deactivated=True),
        person("U4"),
    )
    async with store.reading() as tx:
        assert [admin.name for admin in await people.admins(tx, T1)] == ["Adam", "zoe"]


async def test_a_whole_member_list_is_kept_at_once(store: Store) -> None:
    """Thousands of people are remembered quickly, and what was seen later still wins."""
    await put(store, person("U7", name="Newer", seen_at=LATER))
    async with store.transaction() as tx:
        await people.save_all(tx, T1, [person(f"U{number}") for number in range(2500)])
        await people.save_all(tx, T1, [])
        known = await people.names(tx, T1, [UserId(f"U{number}") for number in range(2500)])
    assert len(known) == 2500
    assert known[UserId("U7")].name == "Newer"
