"""The bot is killed while it tells of a broken account: nothing is said twice in the channel, and nobody is left without."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from store import alert_details, outbox
from store.records import OutboxState, Surface
from tests.e2e.alerting import CHANNEL, channel_chosen
from tests.e2e.checking import connected
from tests.e2e.house import TEAM, House, Log
from tests.e2e.killing import PATIENCE, BotProcess, open_killable
from tests.e2e.ways import ON_POSTGRESQL, ON_SQLITE

POST = "/chat.postMessage"


@pytest.fixture
async def house(database_url: str, mode: str, tmp_path: Path, log: Log) -> AsyncIterator[House]:
    """A house whose bot can be killed."""
    async with open_killable(database_url=database_url, mode=mode, folder=tmp_path, log=log) as made:
        yield made


async def _killed_while_posting(house: House, *, answered: bool) -> None:
    """The account is found broken, and the bot dies as it posts to the channel."""
    bot: BotProcess = house.bot
    await connected(house)
    await channel_chosen(house)
    house.sandbox.provider("twitter").account("@northwind").state = "revoked"
    await house.maria.presses("Check now")
    await house.maria.sees("is disconnected")
    await bot.killed()
    await house.maria.closes(everything=True)
    bot.clock.advance(timedelta(minutes=1))
    gate = bot.detour.stops(POST, answered=answered, about=f'"{CHANNEL}"')
    bot.gates.append(gate)
    await bot.start()
    async with asyncio.timeout(PATIENCE):
        await gate.reached.wait()
        await _dms_are_written(bot)
    await bot.killed()
    await bot.starts_again(later=timedelta(minutes=5))


async def _dms_are_written(bot: BotProcess) -> None:
    """Both DMs of the alert are out, and that is written down."""
    written = 0
    while written < 2:
        await asyncio.sleep(0.05)
        async with bot.store.reading() as tx:
            (found,) = await alert_details.newest(tx, TEAM, limit=1)
            rows = await outbox.fates(tx, TEAM, "alert", found.alert.id)
        written = sum(row.surface is Surface.DM and row.state is OutboxState.SENT for row in rows)


@ON_SQLITE
async def test_killed_after_the_post(house: House) -> None:
    """Killed between Slack's taking the post and our writing that down: it is there once, and both DMs say to look there."""
    await _killed_while_posting(house, answered=True)
    (said,) = house.maria.in_channel(CHANNEL)
    assert "is disconnected" in said.text
    for who in (house.maria, house.ada):
        (mine,) = (one for one in who.dms if "is disconnected" in one.text)
        assert f"Slack did not say whether <#{CHANNEL}> has this" in mine.text


@ON_POSTGRESQL
async def test_killed_before_the_post(house: House) -> None:
    """Killed before Slack was reached: nobody knows, so the channel stays without, and both DMs say to look there."""
    await _killed_while_posting(house, answered=False)
    assert house.maria.in_channel(CHANNEL) == []
    for who in (house.maria, house.ada):
        (mine,) = (one for one in who.dms if "is disconnected" in one.text)
        assert f"Slack did not say whether <#{CHANNEL}> has this" in mine.text
