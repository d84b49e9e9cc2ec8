"""What people want, and may know, at the moment they would be told: not what they wanted when it was planned."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.sandbox.world import BOT_USER_ID
from store import accounts, alert_settings, groups
from store.records import UserId
from store.watch_records import AlertChannel, PersonalSettings
from tests.e2e.alerting import CHANNEL, told
from tests.e2e.house import TEAM, House
from tests.e2e.test_alerts import ADA, MARIA, alarms, breaks, ids, places, replies, watched, works
from tests.e2e.ways import ON_SQLITE

# Neither the database nor Slack's way in matters to whom a message goes.
pytestmark = ON_SQLITE


async def wants(house: House, user_id: UserId, **wish: object) -> None:
    """As somebody set it with /lexer alerts."""
    async with house.bot.context.store.transaction() as tx:
        settings = PersonalSettings(workspace_id=TEAM, user_id=user_id, **wish)  # type: ignore[arg-type]
        await alert_settings.save_personal(tx, settings)


async def integrators(house: House, *people: UserId) -> None:
    """Only these are in the Group of Integrators from now on."""
    async with house.bot.context.store.transaction() as tx:
        for group in await groups.all(tx, TEAM):
            if group.integrators:
                await groups.save(tx, group, people)


def local(house: House, moment: timedelta) -> str:
    """The time of day in Melbourne, where Maria is, `moment` from now."""
    return (house.clock() + moment).astimezone(ZoneInfo("Australia/Melbourne")).strftime("%H:%M")


async def test_no_mail_in_quiet_hours_that_begin_meanwhile(house: House) -> None:
    """Mails wait five minutes for what is repaired by itself; quiet hours that begin in between hold them back."""
    names = await watched(house, 1)
    for user_id in (MARIA, ADA):
        begins, ends = local(house, timedelta(minutes=3)), local(house, timedelta(hours=9))
        await wants(house, user_id, quiet_from=begins, quiet_to=ends)
    await breaks(house, names)
    await told(house)
    assert len(alarms(house)) == 3
    house.clock.advance(timedelta(minutes=6))
    await house.settle()
    assert house.mails() == []
    house.clock.advance(timedelta(hours=9))
    await house.settle()
    assert len(house.mails()) == 2


async def test_a_mute_reaches_what_waits_for_the_morning(house: House) -> None:
    """A DM waits for the end of the night; muted, or without the permission by then, its reader is not told."""
    names = await watched(house, 1)
    for user_id in (MARIA, ADA):
        await wants(house, user_id, quiet_from="19:30", quiet_to="06:00", mail=False)
    await breaks(house, names)
    await told(house)
    assert places(alarms(house)) == [CHANNEL]
    await wants(house, MARIA, dm=False, mail=False)
    await integrators(house, MARIA)
    house.clock.advance(timedelta(hours=10, minutes=30))
    await house.settle()
    assert places(alarms(house)) == [CHANNEL]


async def test_a_mute_reaches_the_end_too(house: House) -> None:
    """Told by day and repaired by night: who muted their DMs by the morning finds their message edited and no reply."""
    names = await watched(house, 1)
    await breaks(house, names)
    await told(house)
    await wants(house, MARIA, quiet_from="19:30", quiet_to="06:00", mail=False)
    await works(house, names)
    await wants(house, MARIA, dm=False, mail=False)
    house.clock.advance(timedelta(hours=10, minutes=30))
    await house.settle()
    dm = house.sandbox.world.dm(MARIA).id
    (said,) = (one for one in alarms(house) if one.channel == dm)
    assert "works again" in said.text
    assert replies(house, said) == []


async def test_an_integrator_who_comes_later(house: House) -> None:
    """Nobody could be told when it broke; whoever gets the permission while it is broken is told at once."""
    names = await watched(house, 1, channel=False)
    await breaks(house, names)
    await integrators(house)
    await told(house)
    assert alarms(house) == []
    await house.ada.types("/lexer groups", waits=True)
    await house.ada.sees("Marketing")
    await house.ada.presses("Edit Group Marketing", waits=True)
    await house.ada.sees("Name")
    await house.ada.chooses("People", "Maria Silva")
    await house.ada.submits()
    await house.settle()
    assert places(alarms(house)) == [house.sandbox.world.dm(MARIA).id]


async def test_accounts_of_two_groups_in_one_alert(house: House) -> None:
    """Two break together, and only one Group has a channel of its own: the other's is told in the workspace's."""
    names = await watched(house, 2)
    mine, other = await ids(house, names)
    house.sandbox.world.channels["C0GENERAL"].members.add(BOT_USER_ID)
    async with house.bot.context.store.transaction() as tx:
        marketing, sales = await groups.all(tx, TEAM)
        await accounts.set_groups(tx, TEAM, mine, (marketing.id,))
        await accounts.set_groups(tx, TEAM, other, (sales.id,))
        own = AlertChannel(
            workspace_id=TEAM, channel_id="C0GENERAL", group_id=marketing.id, set_by=ADA, set_at=house.clock()
        )
        await alert_settings.set_channel(tx, own)
    await breaks(house, names)
    await told(house)
    assert len(house.maria.in_channel("C0GENERAL")) == 1
    assert len(house.maria.in_channel(CHANNEL)) == 1, "the other Group has none"
