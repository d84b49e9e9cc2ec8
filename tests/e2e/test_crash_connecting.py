"""The bot is killed in the middle of connecting: nothing is half connected, and no modal or message goes on lying."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox.people import PersonAtWork
from store.records import AccountStatus
from tests.e2e.house import House, Log
from tests.e2e.killing import BotProcess, open_killable
from tests.e2e.ways import ON_POSTGRESQL, ON_SQLITE


@pytest.fixture
async def house(database_url: str, mode: str, tmp_path: Path, log: Log) -> AsyncIterator[House]:
    """A house whose bot can be killed."""
    async with open_killable(database_url=database_url, mode=mode, folder=tmp_path, log=log) as made:
        yield made


async def _at_the_provider(house: House) -> PersonAtWork:
    await house.set_up()
    maria = house.maria
    await house.begins(maria)
    await maria.presses("Continue to Twitter (X)")
    await maria.browser.continues()
    return maria


async def _saves(house: House, who: PersonAtWork) -> None:
    await who.chooses("Who may use", "Marketing")
    await who.submits()
    await who.sees("Connected")
    await house.settle()


async def test_killed_while_the_sign_in_is_exchanged(house: House) -> None:
    """Killed while the provider was asked for the sign-in: modal and message say it was interrupted, and a new link works."""
    bot: BotProcess = house.bot
    maria = await _at_the_provider(house)
    await bot.stops_at("/2/oauth2/token", maria.browser.allows())
    await bot.starts_again()
    await maria.sees("Something interrupted the sign-in on our side")
    assert "interrupted" in maria.read(maria.dms[-1])
    assert "Continue to" not in maria.read(maria.dms[-1])
    assert await house.accounts() == ()
    await maria.presses("Get a new link", waits=True)
    await maria.sees("Continue to")
    await house.settle()
    await house.signs_in(maria)
    await _saves(house, maria)
    assert [a.account.status for a in await house.accounts()] == [AccountStatus.CONNECTED]


@ON_POSTGRESQL
async def test_killed_after_the_provider_answered(house: House) -> None:
    """Killed with the provider's answer on the way: as above; the code is used up, so only a new link helps."""
    bot: BotProcess = house.bot
    maria = await _at_the_provider(house)
    await bot.stops_at("/2/oauth2/token", maria.browser.allows(), answered=True)
    await bot.starts_again()
    await maria.sees("Something interrupted the sign-in on our side")
    assert await house.accounts() == ()


@ON_SQLITE
async def test_killed_before_the_modal_could_turn(house: House) -> None:
    """Killed when the sign-in was put aside, but Slack not yet told: the modal turns after the restart, and Save works."""
    bot: BotProcess = house.bot
    maria = await _at_the_provider(house)
    await bot.stops_at("/api/views.update", maria.browser.allows(), about=maria.modals[-1].external_id)
    assert "Continue to" in maria.screen
    await bot.starts_again()
    await maria.sees("Who may use")
    await _saves(house, maria)
    (found,) = await house.accounts()
    assert found.account.status is AccountStatus.CONNECTED


@ON_POSTGRESQL
async def test_killed_before_the_link_was_posted(house: House) -> None:
    """Killed with the link's message on the way: it is posted after the restart, and the modal works."""
    bot: BotProcess = house.bot
    await house.set_up()
    maria = house.maria
    await house.opens(maria)
    before = len(maria.dms)
    await bot.stops_at("/api/chat.postMessage", maria.presses("Integrate Twitter (X)"))
    await bot.starts_again()
    assert len(maria.dms) == before + 1
    await house.signs_in(maria)
    await _saves(house, maria)
    assert "connected. 2 people" in maria.read(maria.dms[-1])


@ON_SQLITE
async def test_killed_before_knowing_where_the_link_was_posted(house: House) -> None:
    """Killed when Slack had posted the link, but not told where: it comes again, and pressing the first copy makes it true too."""
    bot: BotProcess = house.bot
    await house.set_up()
    maria = house.maria
    await house.opens(maria)
    await bot.stops_at("/api/chat.postMessage", maria.presses("Integrate Twitter (X)"), answered=True)
    await bot.starts_again()
    first, second = maria.dms[-2:]
    await house.signs_in(maria)
    await _saves(house, maria)
    await maria.closes(everything=True)
    assert "connected. 2 people" in maria.read(second)
    await maria.presses_in(first, "Continue to Twitter (X)", waits=True)
    await house.settle()
    assert maria.browser.page is not None
    assert "Connected" in maria.browser.page.text
    assert "Continue to" not in maria.read(first)
    assert "connected. 2 people" in maria.read(first)


@ON_POSTGRESQL
async def test_killed_before_saving(house: House) -> None:
    """Killed while Save was checked: nothing is connected, the modal still asks, and Save works after the restart."""
    bot: BotProcess = house.bot
    maria = await _at_the_provider(house)
    await maria.browser.allows()
    await maria.sees("Who may use")
    await house.settle()
    await maria.chooses("Who may use", "Marketing")
    await bot.stops_at("/api/users.info", maria.submits())
    assert [a.account.status for a in await house.accounts()] == [AccountStatus.WAITING]
    await bot.starts_again()
    await _saves(house, maria)
    (found,) = await house.accounts()
    assert found.account.status is AccountStatus.CONNECTED


@ON_SQLITE
async def test_killed_right_after_saving(house: House) -> None:
    """Killed when Save was written, but not told: message and modal say so after the restart; pressing Save again changes nothing."""
    bot: BotProcess = house.bot
    maria = await _at_the_provider(house)
    await maria.browser.allows()
    await maria.sees("Who may use")
    await house.settle()
    await maria.chooses("Who may use", "Marketing")
    await bot.stops_at("/api/chat.update", maria.submits())
    await bot.starts_again()
    await maria.sees("Connected")
    assert "connected. 2 people" in maria.read(maria.dms[-1])
    (found,) = await house.accounts()
    assert found.account.status is AccountStatus.CONNECTED
    assert [g.name for g in found.groups] == ["Marketing"]


@ON_POSTGRESQL
async def test_killed_and_away_for_the_night(house: House) -> None:
    """Killed with a link open, started again the next day: modal and message say that the link ran out."""
    bot: BotProcess = house.bot
    await house.set_up()
    maria = house.maria
    await house.begins(maria)
    await bot.killed()
    await bot.starts_again(later=timedelta(hours=10))
    await maria.sees("The link ran out")
    assert "ran out" in maria.read(maria.dms[-1])


@ON_SQLITE
async def test_killed_before_the_opened_modal_had_its_link(house: House) -> None:
    """Killed when the modal had just opened and nothing was written: it says what to do if it stays so, and doing that works."""
    bot: BotProcess = house.bot
    await house.set_up()
    maria = house.maria
    await house.opens(maria)
    await bot.stops_at("/api/users.info", maria.presses("Integrate Twitter (X)"))
    await bot.starts_again()
    assert "If this stays for more than a minute, close it and try again." in maria.screen
    await maria.closes(everything=True)
    await house.connects(maria)
    assert [a.account.status for a in await house.accounts()] == [AccountStatus.CONNECTED]
