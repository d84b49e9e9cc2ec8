"""Rights lost between two steps: each step asks again, and nothing half-done stays behind."""

import pytest

from bot.sandbox.people import PersonAtWork
from store import groups as group_rows
from store.records import UserId
from tests.e2e.by_hand import Hand
from tests.e2e.house import TEAM, House
from tests.e2e.test_rights import begins, managing, seen_after, state
from tests.e2e.ways import TWO_WAYS


async def lose(house: House, how: str, who: PersonAtWork) -> None:
    """Take the Integrators permission away."""
    match how:
        case "removed from the Group":
            async with house.bot.context.store.transaction() as tx:
                marketing, _sales = await group_rows.all(tx, TEAM)
                await group_rows.save(tx, marketing, [UserId("U0ADA")])
        case "deactivated":
            await house.sandbox.changes(who.human.name, deleted=True)
            await house.settle()
        case _:
            # No event reached us: only asking Slack tells.
            who.human.is_restricted = True


HOW = pytest.mark.parametrize(
    ("how", "database_url", "mode"),
    [
        ("removed from the Group", "sqlite", "http"),
        ("deactivated", "postgresql", "socket"),
        ("made a guest unnoticed", "sqlite", "socket"),
    ],
    indirect=["database_url", "mode"],
)
"""Asking again is the same code at every step: each step meets each loss, each database and each way in once."""


@HOW
async def test_rights_lost_while_a_window_is_open(house: House, how: str) -> None:
    """Each button of a window opened before answers by the rights of now."""
    account, group = await begins(house)
    await house.opens(house.maria)
    hand = Hand(house=house, who=house.maria)
    before = await state(house)
    told = len(await house.audited())
    await lose(house, how, house.maria)
    seen = []
    for _action, payload in managing(hand, account, group):
        seen.append(await seen_after(house, hand, payload))
    why = ("Only people in a Group with", "only open to full members")
    assert all(any(one in text for one in why) for text in seen)
    rows = (await house.audited())[told:]
    assert len(rows) == len(seen)
    assert not any(granted for _, granted in rows)
    unchanged = await state(house)
    assert how == "removed from the Group" or unchanged[3][0][:2] == before[3][0][:2]  # type: ignore[index]


@HOW
async def test_rights_lost_before_the_link_is_followed(house: House, how: str) -> None:
    """The Connect page sends nobody on who lost the permission; page, modal and DM say so."""
    await house.set_up()
    await house.begins(house.maria)
    await house.maria.presses("Continue to Twitter (X)")
    await lose(house, how, house.maria)
    await house.maria.browser.continues()
    await house.settle()
    assert "You no longer have the permission" in str(
        house.maria.browser.page and house.maria.browser.page.text
    )
    assert "You no longer have the permission" in house.maria.screen
    assert ("sign_in", False) in await house.audited()
    assert not house.sandbox.provider("twitter").sign_ins


@HOW
async def test_rights_lost_at_the_provider(house: House, how: str) -> None:
    """Whoever lost the permission while signing in brings nothing back; no code is exchanged."""
    await house.set_up()
    await house.begins(house.maria)
    await house.maria.presses("Continue to Twitter (X)")
    await house.maria.browser.continues()
    await lose(house, how, house.maria)
    await house.maria.browser.allows()
    await house.settle()
    assert "You no longer have the permission" in str(
        house.maria.browser.page and house.maria.browser.page.text
    )
    assert not await house.accounts()
    assert ("sign_in", False) in await house.audited()


@HOW
async def test_rights_lost_before_save(house: House, how: str) -> None:
    """Groups chosen by someone who lost the permission activate nothing."""
    await house.set_up()
    await house.begins(house.maria)
    await house.signs_in(house.maria)
    await house.maria.chooses("Who may use", "Sales")
    await lose(house, how, house.maria)
    seen = await house.maria.submits()
    await house.settle()
    assert "Not possible" in seen
    (found,) = await house.accounts()
    assert found.account.status == "waiting"
    assert ("connect", False) in await house.audited()


@HOW
async def test_rights_lost_before_the_address_is_sent(house: House, how: str) -> None:
    """A shop address typed by someone who lost the permission makes no link."""
    await house.set_up()
    await house.begins(house.maria, "Shopify")
    await house.maria.fills("Shop address", "northwind.myshopify.com")
    await lose(house, how, house.maria)
    seen = await house.maria.submits()
    await house.settle()
    assert "Not possible" in seen
    assert "Continue to" not in house.maria.screen
    assert ("address", False) in await house.audited()


@TWO_WAYS
async def test_an_admin_who_is_one_no_longer_saves_no_group(house: House) -> None:
    """A Group form left open by a former admin is refused, whether or not Slack told us."""
    await house.set_up()
    for unnoticed in (False, True):
        house.ada.human.is_admin = house.ada.human.is_owner = True
        await house.sandbox.changes("ada")
        await house.settle()
        await house.ada.types("/lexer groups")
        await house.ada.sees("Create a Group")
        await house.ada.presses("Create a Group", waits=True)
        await house.ada.sees("Permission")
        await house.settle()
        await house.ada.fills("Name", "Too late")
        if unnoticed:
            house.ada.human.is_admin = house.ada.human.is_owner = False
        else:
            await house.sandbox.changes("ada", is_admin=False, is_owner=False)
            await house.settle()
        assert "Only workspace admins and owners can change Groups." in await house.ada.submits()
        await house.ada.closes(everything=True)
    assert [row for row in await house.audited() if not row[1]] == [("save_group", False)] * 2
