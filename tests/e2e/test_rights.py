"""Who may what: every row and column of the rights table, at every press and submit, with its audit row."""

from collections.abc import Iterator

import pytest

from blocks import choosing, disconnect, groups, integration, listing
from bot.sandbox.world import Json
from store import accounts, attempts
from store import groups as group_rows
from store.records import AccountId, GroupId, UserId
from tests.e2e.by_hand import Hand, words
from tests.e2e.house import TEAM, House
from tests.e2e.ways import ON_SQLITE, TWO_WAYS

# The rights are the same in every mode and database; the stories below the table are played in all four.
REFUSED = {
    "tom": "Only people in a Group with the Integrators permission can do this.",
    "nina": "Only people in a Group with the Integrators permission can do this.",
    "ada": "Only people in a Group with the Integrators permission can do this.",
    "gus": "only open to full members of this workspace",
    "beep": "only open to full members of this workspace",
    "dan": "only open to full members of this workspace",
    "otto": "only open to full members of this workspace",
}
OUTSIDE = ("gus", "beep", "dan", "otto")


async def begins(house: House) -> tuple[AccountId, GroupId]:
    """Maria has connected an account; Ada is in no Group. The account's id and the id of Sales."""
    await house.set_up()
    await house.connects(house.maria)
    async with house.bot.context.store.transaction() as tx:
        marketing, sales = await group_rows.all(tx, TEAM)
        await group_rows.save(tx, marketing, [UserId("U0MARIA")])
    (found,) = await house.accounts()
    return found.account.id, sales.id


async def state(house: House) -> object:
    """Everything a person without the right must not be able to change."""
    async with house.bot.context.store.reading() as tx:
        known = await group_rows.all(tx, TEAM)
        members = [await group_rows.members(tx, TEAM, group.id) for group in known]
        tries = [
            await attempts.living_of_user(tx, TEAM, UserId(human), key)
            for human in house.sandbox.world.humans
            for key in ("twitter", "shopify", "facebook_ads")
        ]
        found = await accounts.of_provider(tx, TEAM, "twitter")
    return known, members, tries, [(d.account.status, d.account.name, d.groups) for d in found]


def managing(hand: Hand, account: AccountId, group: GroupId) -> Iterator[tuple[str, Json]]:
    """What only Integrators may, with the action its audit row names."""
    yield "integrate", hand.press(integration.INTEGRATE, "twitter")
    yield "reconnect", hand.press(f"{integration.RECONNECT}:{account}", account)
    yield "groups", hand.press(f"{integration.GROUPS}:{account}", account)
    yield "check", hand.press(f"{integration.CHECK}:{account}", account)
    yield "disconnect", hand.press(f"{integration.DISCONNECT}:{account}", account)
    option = {"value": group, "text": {"type": "plain_text", "text": "Sales"}}
    chosen = {choosing.GROUPS_BLOCK: {choosing.GROUPS_INPUT: {"selected_options": [option]}}}
    yield "groups", hand.submission(choosing.GROUPS_LATER, values=chosen, private_metadata=account)
    yield "disconnect", hand.submission(disconnect.DISCONNECT_CONFIRM, private_metadata=account)


def administering(hand: Hand, group: GroupId) -> Iterator[tuple[str, Json]]:
    """What only admins may."""
    yield "edit_group", hand.press(groups.CREATE)
    yield "edit_group", hand.press(f"{groups.EDIT}:{group}", group)
    name = {groups.NAME_BLOCK: {groups.NAME_INPUT: {"type": "plain_text_input", "value": "Mine"}}}
    mine = name | {groups.PEOPLE_BLOCK: {groups.PEOPLE_INPUT: {"selected_users": [hand.who.human.id]}}}
    yield "save_group", hand.submission(groups.GROUP_FORM, values=mine)
    kept = f'{{"g":"{group}"}}'
    yield "save_group", hand.submission(groups.GROUP_FORM, values=mine, private_metadata=kept)


def looking(hand: Hand) -> Iterator[Json]:
    """What every full member may."""
    yield hand.press(f"{listing.OPEN}:twitter", "twitter")
    yield hand.press(listing.PICK, type="static_select", selected_option={"value": "twitter"})
    yield hand.press(f"{listing.MORE}:next", '{"w":"","p":1}')
    yield hand.press(f"{integration.DETAIL_MORE}:next", '{"k":"twitter","p":1}')
    yield hand.press(f"{groups.GROUPS_MORE}:next", '{"p":1}')
    yield hand.press(integration.ASK, "twitter")


async def seen_after(house: House, hand: Hand, payload: Json) -> str:
    """Everything the person reads because of it."""
    before = len(hand.who.messages)
    ack = await hand.sends(payload)
    shown = [hand.who.read(posted) for posted in hand.who.messages[before:]]
    modals = [hand.who.screen.text] if hand.who.modals else []
    house.sandbox.world.close_views(hand.who.human.id)
    return "\n".join([words(ack), *shown, *modals])


class TestTheTable:
    """Column by column, by hand: no screen offers these presses to them."""

    pytestmark = ON_SQLITE

    async def test_who_may_not_manage_is_refused(self, house: House) -> None:
        """Nothing changes, the person reads why, and each attempt is on record as refused."""
        account, group = await begins(house)
        before = await state(house)
        for name, why in REFUSED.items():
            hand = Hand(house=house, who=house.sandbox.person(name))
            for action, payload in managing(hand, account, group):
                told = len(await house.audited())
                assert why in await seen_after(house, hand, payload), (name, action)
                assert (await house.audited())[told:] == [(action, False)], name
            assert await state(house) == before, name

    async def test_who_is_no_admin_changes_no_group(self, house: House) -> None:
        """Groups are the admins' alone."""
        _account, group = await begins(house)
        before = await state(house)
        for name in [one for one in REFUSED if one != "ada"]:
            hand = Hand(house=house, who=house.sandbox.person(name))
            for action, payload in administering(hand, group):
                told = len(await house.audited())
                why = (
                    REFUSED[name]
                    if name in OUTSIDE
                    else "Only workspace admins and owners can change Groups."
                )
                assert why in await seen_after(house, hand, payload), (name, action)
                assert (await house.audited())[told:] == [(action, False)], name
            assert await state(house) == before, name

    async def test_an_admin_needs_no_group_to_change_groups(self, house: House) -> None:
        """An admin who is in no Group names them and says who is in them."""
        _account, group = await begins(house)
        before = await state(house)
        hand = Hand(house=house, who=house.ada)
        for _action, payload in administering(hand, group):
            assert "Only workspace admins" not in await seen_after(house, hand, payload)
        assert await state(house) != before

    @pytest.mark.parametrize("name", REFUSED)
    async def test_looking_is_for_full_members(self, house: House, name: str) -> None:
        """Members look at everything; guests, bots, deactivated people and outsiders get one kind sentence."""
        await begins(house)
        hand = Hand(house=house, who=house.sandbox.person(name))
        for payload in looking(hand):
            seen = await seen_after(house, hand, payload)
            assert ("full members of this workspace" in seen) is (name in OUTSIDE), payload["actions"]
        for text in ("", "integrations twitter", "help", "nonsense", "groups"):
            before = len(hand.who.messages)
            ack = await hand.types(hand.command(text))
            shown = [
                words(ack),
                *(hand.who.read(m) for m in hand.who.messages[before:]),
                hand.who.screen.text,
            ]
            assert ("full members of this workspace" in "\n".join(shown)) is (name in OUTSIDE), text
            house.sandbox.world.close_views(hand.who.human.id)


async def test_each_may_what_the_table_says(house: House) -> None:
    """A member gets "Ask an Integrator", an Integrator every button, an admin the names and the Groups."""
    await begins(house)
    for_tom = await house.opens(house.tom)
    assert "[Ask an Integrator]" in for_tom
    assert "1 account that only other Groups may use" in for_tom
    for_maria = await house.opens(house.maria)
    buttons = "[Reconnect] [Choose Groups] [Check now] [Show history] [Disconnect]"
    assert buttons in for_maria
    assert "[Integrate another X account]" in for_maria
    assert "Ask an Integrator" not in for_maria
    for_ada = await house.opens(house.ada)
    assert "@northwind" in for_ada
    assert "[Ask an Integrator]" in for_ada
    assert buttons not in for_ada
    assert {action for action, granted in await house.audited() if granted} >= {"integrate", "connected"}


@TWO_WAYS
async def test_what_an_integrator_does_is_on_record(house: House) -> None:
    """Integrate, check, Groups, reconnect and disconnect each leave a row that says it was granted, and who."""
    await begins(house)
    maria = house.maria
    await house.opens(maria)
    await maria.presses("Check @northwind now")
    await house.settle()
    await maria.presses("Choose Groups")
    await maria.sees("Who may use")
    await maria.chooses("Who may use", "Sales")
    await maria.submits()
    await house.settle()
    await maria.presses("Reconnect")
    await maria.sees("Continue to")
    await house.settle()
    await maria.closes()
    await maria.presses("Disconnect @northwind")
    await maria.sees("Keep connected")
    await maria.submits()
    await house.settle()
    rows = [row for row in await house.audited() if row[0] != "group_saved"]
    assert rows == [
        ("integrate", True),
        ("connected", True),
        ("check", True),
        ("groups", True),
        ("reconnect", True),
        ("disconnected", True),
    ]
