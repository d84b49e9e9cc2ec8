"""Slack has trouble, or a channel is gone, while an alert is told: never twice in one place, and nobody is left without."""

import asyncio
from datetime import timedelta

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.world import Posted
from bot.usecases import alerting, notify
from store import alert_settings, outbox
from store.records import OutboxState, Surface, UserId
from store.watch_records import AlertChannel, Fate, PersonalSettings
from tests.e2e.alerting import CHANNEL, alert_of, channel_chosen, told
from tests.e2e.checking import another_bot
from tests.e2e.house import TEAM, House
from tests.e2e.test_alerts import (
    ADA,
    MARIA,
    alarms,
    breaks,
    everywhere,
    places,
    plain,
    replies,
    watched,
    works,
)
from tests.e2e.ways import ON_POSTGRESQL, ON_SQLITE


async def muted(house: House, *people: UserId, dm: bool = False, mail: bool = False) -> None:
    """They want no DMs and no mails, or want them again."""
    async with house.bot.context.store.transaction() as tx:
        for user_id in people:
            wish = PersonalSettings(workspace_id=TEAM, user_id=user_id, dm=dm, mail=mail)
            await alert_settings.save_personal(tx, wish)


async def fates(house: House) -> dict[tuple[Surface, str], Fate]:
    """What became of the newest alert's messages."""
    alert = (await alert_of(house)).alert
    async with house.bot.context.store.reading() as tx:
        found = await outbox.fates(tx, TEAM, "alert", alert.id)
    return {(one.surface, one.recipient): one for one in found if one.surface is not Surface.EVERYONE}


def in_dm(house: House, who: UserId) -> list[Posted]:
    """What one person was told."""
    return [one for one in alarms(house) if one.channel == house.sandbox.world.dm(who).id]


@pytest.mark.parametrize("way", [{"status": 500, "worked": True}, {"cut": "after"}])
@ON_SQLITE
async def test_nobody_knows_whether_the_channel_has_it(house: House, way: dict[str, object]) -> None:
    """Slack took the post and lost the answer: it is there once, never again, and the DM says to look there."""
    names = await watched(house, 2)
    await muted(house, MARIA, ADA)
    house.sandbox.faults.add(Fault(method="chat.postMessage", **way))  # type: ignore[arg-type]
    await breaks(house, names)
    await told(house)
    assert places(alarms(house)) == [CHANNEL]
    assert (await fates(house))[Surface.CHANNEL, CHANNEL].state is OutboxState.UNKNOWN
    await muted(house, MARIA, dm=True)
    await works(house, names[:1])
    house.clock.advance(timedelta(seconds=6))
    await house.settle()
    (said,) = in_dm(house, MARIA)
    assert f"Slack did not say whether <#{CHANNEL}> has this" in said.text
    house.clock.advance(timedelta(hours=1))
    await house.settle()
    assert places(alarms(house)) == sorted([CHANNEL, said.channel])


@ON_POSTGRESQL
async def test_nobody_knows_whether_a_dm_arrived(house: House) -> None:
    """Where there is nothing else to tell a person it is said once more, and no third time."""
    names = await watched(house, 1, channel=False)
    await muted(house, ADA)
    await muted(house, MARIA, dm=True)
    house.sandbox.faults.add(Fault(method="chat.postMessage", status=503, worked=True, times=2))
    await breaks(house, names)
    await told(house)
    assert len(in_dm(house, MARIA)) == 1
    for _ in range(5):
        await told(house)
    assert len(in_dm(house, MARIA)) == 2
    assert (await fates(house))[Surface.DM, MARIA].state is OutboxState.UNKNOWN


@ON_POSTGRESQL
async def test_a_dm_of_which_nobody_knows_beside_a_channel(house: House) -> None:
    """The channel has it, so the DM that may have arrived is not repeated; when it is over the person is told in any case."""
    names = await watched(house, 1)
    await muted(house, MARIA, ADA)
    await breaks(house, names)
    await told(house)
    await muted(house, MARIA, dm=True)
    house.sandbox.faults.add(Fault(method="chat.postMessage", cut="after"))
    alert_id = (await alert_of(house)).alert.id
    async with house.bot.context.store.transaction() as tx:
        await alerting.tell(house.bot.context, tx, TEAM, alert_id)
    for _ in range(5):
        await told(house)
    (said,) = in_dm(house, MARIA)
    await works(house, names)
    first, last = house.maria.dms[-2:]
    assert first == said
    assert "works again" in last.text


@ON_SQLITE
async def test_an_archived_channel_is_replaced(house: House) -> None:
    """The Group's channel is archived: the alert goes to the workspace's, people have it by DM, and who chose the channel is told."""
    names = await watched(house, 1)
    house.may_refuse |= {"is_archived"}
    async with house.bot.context.store.transaction() as tx:
        old = AlertChannel(
            workspace_id=TEAM, channel_id="C0OLD", group_id=None, set_by=ADA, set_at=house.clock()
        )
        await alert_settings.set_channel(tx, old)
    await breaks(house, names)
    await told(house)
    assert sorted(places(alarms(house))) == sorted(set(everywhere(house)) - {CHANNEL})
    told_ada = house.ada.read(house.ada.dms[-1])
    assert "no longer reach" in told_ada
    assert "archived" in told_ada
    await channel_chosen(house)
    house.clock.advance(timedelta(minutes=1))
    await breaks(house, names)
    await works(house, names)
    assert places(alarms(house)).count(CHANNEL) == 0


@ON_POSTGRESQL
async def test_a_pause_slack_asks_for_holds_one_recipient(house: House) -> None:
    """429 with Retry-After: that place waits as long as it is asked to, the others have the alert at once, each has it once."""
    names = await watched(house, 1)
    house.sandbox.faults.add(Fault(method="chat.postMessage", status=429, retry_after=30))
    await breaks(house, names)
    await told(house)
    assert len(alarms(house)) == 2
    house.clock.advance(timedelta(seconds=28))
    await house.settle()
    assert len(alarms(house)) == 2
    house.clock.advance(timedelta(seconds=3))
    await house.settle()
    assert places(alarms(house)) == everywhere(house)
    assert {one.tries for one in (await fates(house)).values()} == {0}


@ON_SQLITE
async def test_a_deleted_message(house: House) -> None:
    """Somebody deletes the alert: while it is open it is said anew when it changes; once it is over only the line says so."""
    names = await watched(house, 3)
    house.may_refuse |= {"message_not_found", "thread_not_found"}
    await muted(house, MARIA, ADA)
    await breaks(house, names[:1])
    await told(house)
    (first,) = alarms(house)
    house.sandbox.world.messages.remove(first)
    await breaks(house, names[1:2])
    await told(house)
    (second,) = alarms(house)
    assert "2 X accounts" in plain(second)
    house.sandbox.world.messages.remove(second)
    await works(house, names[:2])
    (line,) = alarms(house)
    assert "work again" in line.text


@ON_POSTGRESQL
async def test_three_bots_tell_once(house: House) -> None:
    """Three bots on one database do everything at once: one message in each place, one line in each thread."""
    names = await watched(house, 3)
    async with another_bot(house) as second, another_bot(house) as third:
        bots = (house.bot.context, second.context, third.context)

        async def all_deliver() -> None:
            await asyncio.gather(*(notify.deliver_due(ctx) for ctx in bots))

        await breaks(house, names)
        house.clock.advance(timedelta(seconds=31))
        await all_deliver()
        await house.settle()
        said = alarms(house)
        assert places(said) == everywhere(house)
        await works(house, names)
        await all_deliver()
        await house.settle()
    assert alarms(house) == said
    assert [len(replies(house, one)) for one in said] == [1, 1, 1]


@ON_SQLITE
async def test_a_mail_instead_of_a_dm_of_which_nobody_knows(house: House) -> None:
    """Slack never said whether the DM arrived: the person has a mail at once, and the DM is not repeated."""
    names = await watched(house, 1, channel=False)
    await muted(house, ADA)
    await muted(house, MARIA, dm=True, mail=True)
    house.sandbox.faults.add(Fault(method="chat.postMessage", status=500, worked=True))
    await breaks(house, names)
    await told(house)
    for _ in range(4):
        await told(house)
    assert len(house.mails("maria")) == 1
    assert len(in_dm(house, MARIA)) == 1
