"""An account stops working: the right people are told once, what they read stays true, and it ends by itself."""

from collections.abc import Sequence
from datetime import timedelta

from bot.sandbox.world import Posted
from store import alert_settings
from store.records import AccountId, AccountStatus, UserId
from store.watch_records import PersonalSettings
from tests.e2e.alerting import CHANNEL, channel_chosen, told
from tests.e2e.checking import check, disconnects
from tests.e2e.fleet import fleet, standing, sweeps, switch
from tests.e2e.house import TEAM, House
from tests.e2e.ways import BOTH_DATABASES, ON_POSTGRESQL, ON_SQLITE

MARIA, ADA = UserId("U0MARIA"), UserId("U0ADA")


def alarms(house: House) -> list[Posted]:
    """Everything about what is broken in the channel and by DM to Maria and Ada, replies left out: what was said, as it now reads."""
    places = {CHANNEL, house.sandbox.world.dm(MARIA).id, house.sandbox.world.dm(ADA).id}
    told_of = ("disconnected", "works again", "work again", "were", "was ", "has problems")
    return [
        one
        for one in house.sandbox.world.messages
        if one.channel in places and not one.is_reply and any(words in one.text for words in told_of)
    ]


def plain(posted: Posted) -> str:
    """What it says, without the marks around names."""
    return posted.text.replace("\u2068", "").replace("\u2069", "")


def places(posted: Sequence[Posted]) -> list[str]:
    """Where they are."""
    return sorted(one.channel for one in posted)


def everywhere(house: House) -> list[str]:
    """Once in the channel, once to each Integrator."""
    return sorted([CHANNEL, house.sandbox.world.dm(MARIA).id, house.sandbox.world.dm(ADA).id])


def replies(house: House, posted: Posted) -> list[str]:
    """What stands in its thread."""
    return [one.text for one in house.sandbox.world.replies(posted)]


async def watched(house: House, number: int, *, channel: bool = True) -> list[str]:
    """So many connected accounts, Integrators Maria and Ada, and a channel."""
    await house.set_up()
    if channel:
        await channel_chosen(house)
    return await fleet(house, number)


async def ids(house: House, names: Sequence[str]) -> list[AccountId]:
    """Ids of accounts by their names."""
    by_name = {found.account.name: found.account.id for found in await house.accounts()}
    return [by_name[name] for name in names]


async def breaks(house: House, names: Sequence[str]) -> None:
    """Their access is removed, and somebody looks."""
    switch(house, list(names), "revoked")
    await looks(house, names)


async def works(house: House, names: Sequence[str]) -> None:
    """They are let in again, and somebody looks."""
    switch(house, list(names), "healthy")
    await looks(house, names)


async def looks(house: House, names: Sequence[str]) -> None:
    """Check now."""
    for account_id in await ids(house, names):
        await check(house.bot, account_id)
    await house.settle()


@BOTH_DATABASES
async def test_what_breaks_together_is_told_together(house: House) -> None:
    """Three within half a minute are one message; what breaks within five minutes joins it; what is repaired is counted off."""
    names = await watched(house, 5)
    await breaks(house, names[:2])
    house.clock.advance(timedelta(seconds=20))
    await breaks(house, names[2:3])
    await told(house)
    said = alarms(house)
    assert places(said) == everywhere(house)
    assert all("3 X accounts at Twitter (X) are disconnected" in plain(one) for one in said)
    house.clock.advance(timedelta(minutes=2))
    await breaks(house, names[3:4])
    house.clock.advance(timedelta(seconds=6))
    await house.settle()
    assert alarms(house) == said
    assert all("4 X accounts at Twitter (X) are disconnected" in plain(one) for one in said)
    await works(house, names[:1])
    house.clock.advance(timedelta(seconds=6))
    await house.settle()
    assert alarms(house) == said
    assert all("3 of 4 X accounts at Twitter (X) are still disconnected" in plain(one) for one in said)
    await works(house, names[1:4])
    assert alarms(house) == said
    assert [len(replies(house, one)) for one in said] == [1, 1, 1]
    house.clock.advance(timedelta(minutes=6))
    await breaks(house, names[4:])
    await told(house)
    assert len(alarms(house)) == 6


@BOTH_DATABASES
async def test_repaired_before_it_was_told(house: House) -> None:
    """What works again within the half minute is told to nobody."""
    names = await watched(house, 1)
    before = len(house.sandbox.world.messages)
    await breaks(house, names)
    await works(house, names)
    await told(house)
    await told(house)
    assert len(house.sandbox.world.messages) == before


@ON_POSTGRESQL
async def test_every_way_it_can_end(house: House) -> None:
    """Access given back and found by a sweep, and Disconnect: each ends the alert and says how."""
    names = await watched(house, 2)
    await breaks(house, names)
    await told(house)
    said = alarms(house)
    switch(house, names[:1], "healthy")
    await sweeps(house, minutes=66)
    await sweeps(house, minutes=6)
    assert await standing(house) == {names[0]: AccountStatus.CONNECTED, names[1]: AccountStatus.DISCONNECTED}
    await house.opens(house.maria)
    await disconnects(house, near=names[1])
    await house.maria.closes(everything=True)
    house.clock.advance(timedelta(seconds=6))
    await house.settle()
    assert alarms(house) == said
    for one in said:
        assert "1 works again and 1 disconnected by <@U0MARIA>" in one.text
        assert len(replies(house, one)) == 1


@BOTH_DATABASES
async def test_quiet_hours_and_mutes(house: House) -> None:
    """A night's rest holds the DM back until its end, a mute keeps it away for good, and the channel has it at once."""
    names = await watched(house, 1)
    async with house.bot.context.store.transaction() as tx:
        # By her own clock, in Melbourne, where it is eight in the evening.
        quiet = PersonalSettings(workspace_id=TEAM, user_id=MARIA, quiet_from="19:30", quiet_to="06:00")
        await alert_settings.save_personal(tx, quiet)
        await alert_settings.save_personal(tx, PersonalSettings(workspace_id=TEAM, user_id=ADA, dm=False))
    await breaks(house, names)
    await told(house)
    assert places(alarms(house)) == [CHANNEL]
    house.clock.advance(timedelta(hours=10))
    await house.settle()
    assert places(alarms(house)) == sorted([CHANNEL, house.sandbox.world.dm(MARIA).id])
    await works(house, names)
    (channel,) = (one for one in alarms(house) if one.channel == CHANNEL)
    assert len(replies(house, channel)) == 1


@BOTH_DATABASES
async def test_a_wave_is_one_message_that_counts_down(house: House) -> None:
    """Many sign-ins of one provider really ended: one message to each, which counts what is left."""
    names = await watched(house, 30)
    switch(house, names, "revoked")
    await sweeps(house, minutes=12)
    for _ in range(10):
        await sweeps(house, minutes=1)
    await sweeps(house, seconds=31)
    await told(house)
    said = alarms(house)
    assert places(said) == everywhere(house)
    assert all("30 X accounts at Twitter (X) are disconnected" in plain(one) for one in said)
    await works(house, names[:25])
    house.clock.advance(timedelta(seconds=6))
    await house.settle()
    assert alarms(house) == said
    assert all("5 of 30 X accounts at Twitter (X) are still disconnected" in plain(one) for one in said)


@BOTH_DATABASES
async def test_an_outage_is_told_once_and_its_end(house: House) -> None:
    """A provider is down: one message in the channel and none by DM, no account is blamed, and the same message says when it is over."""
    await watched(house, 6)
    house.sandbox.provider("twitter").outage = "down"
    await sweeps(house, minutes=12)
    for _ in range(6):
        await sweeps(house, minutes=5)
    (said,) = alarms(house)
    assert said.channel == CHANNEL
    assert "has problems" in said.text
    house.sandbox.provider("twitter").outage = None
    for _ in range(5):
        await sweeps(house, minutes=12)
    assert alarms(house) == [said]
    assert "works again" in said.text
    (line,) = replies(house, said)
    assert "works again" in line


@ON_SQLITE
async def test_without_a_channel_people_are_told(house: House) -> None:
    """No Integrator channel: DMs alone, also of an outage."""
    names = await watched(house, 6, channel=False)
    await breaks(house, names[:1])
    await told(house)
    assert len(alarms(house)) == 2
    house.sandbox.provider("twitter").outage = "down"
    await sweeps(house, minutes=12)
    await house.settle()
    assert sum("has problems" in one.text for one in alarms(house)) == 2
