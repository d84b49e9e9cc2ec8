"""`/lexer alerts` with channels that do not work, or work no longer, and what is open when the channel changes.

Played on SQLite and with Slack by HTTP only: the main path in test_alert_settings.py is played on both databases in both ways.
"""

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.world import BOT_USER_ID
from store import alert_settings, alerts, outbox
from store.records import Surface
from store.watch_records import Broken
from tests.e2e.alert_office import (
    AT,
    CHANNEL,
    FROM,
    UNTIL,
    all_channels,
    channel,
    opens_alerts,
    own,
    saves,
    set_channels,
    times,
)
from tests.e2e.house import TEAM, House
from tests.e2e.ways import ON_SQLITE

pytestmark = ON_SQLITE


async def test_a_private_channel_says_how_to_invite(house: House) -> None:
    """A private channel the bot is not in is refused beside the field with what to type; after that the same Save works."""
    await house.set_up()
    house.may_refuse |= {"channel_not_found"}
    place = channel(house, "secret", kind="private")
    await opens_alerts(house, house.maria)
    await house.maria.chooses(CHANNEL, "#secret")
    seen = await saves(house, house.maria)
    assert "type /invite @Lexer in it, then press Save again." in seen
    assert await set_channels(house) == {}
    place.members.add(BOT_USER_ID)
    assert "Saved." in await saves(house, house.maria)
    assert await set_channels(house) == {None: "C0SECRET"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"is_archived": True}, "#odd is archived. Choose another channel."),
        ({"is_ext_shared": True}, "People of other companies are in #odd."),
        ({"is_pending_ext_shared": True}, "People of other companies are in #odd."),
        ({"closed": "restricted_action_read_only_channel"}, "Only some people may post in #odd."),
    ],
)
async def test_a_channel_that_takes_no_alerts(house: House, more: dict[str, object], said: str) -> None:
    """Archived, shared with another company or closed to us: said beside the field, and nothing of the form is saved."""
    await house.set_up()
    house.may_refuse |= {str(value) for value in more.values()}
    channel(house, "odd", **more)
    await opens_alerts(house, house.maria)
    await house.maria.chooses(CHANNEL, "#odd")
    await house.maria.chooses(AT, "06:00")
    assert said in await saves(house, house.maria)
    assert await set_channels(house) == {}
    assert (await times(house)).digest_at == "09:00"


async def test_slack_in_trouble_saves_nothing(house: House) -> None:
    """Where Slack does not answer about the channel, one is told to try again, and that works."""
    await house.set_up()
    house.may_refuse |= {"internal_error"}
    channel(house, "alerts")
    await opens_alerts(house, house.maria)
    await house.maria.chooses(CHANNEL, "#alerts")
    house.sandbox.faults.add(Fault(method="conversations.info", status=500))
    assert "Slack did not answer" in await saves(house, house.maria)
    assert await set_channels(house) == {}
    assert "Saved." in await saves(house, house.maria)


async def test_a_new_channel_has_what_is_open(house: House) -> None:
    """Open alerts are told anew when the channel changes, once each; the one before is replaced."""
    await house.set_up()
    await house.connects(house.maria)
    channel(house, "alerts"), channel(house, "other")
    alert_id = await opens_an_alert(house)
    await opens_alerts(house, house.maria)
    for number, name in enumerate(("#alerts", "#other")):
        if number:
            await house.maria.closes()
            await opens_alerts(house, house.maria)
        await house.maria.chooses(CHANNEL, name)
        await house.maria.submits()
    assert await set_channels(house) == {None: "C0OTHER"}
    async with house.bot.context.store.reading() as tx:
        asked = await outbox.fates(tx, TEAM, "alert", alert_id)
    assert [one.surface for one in asked if not one.recipient] == [Surface.EVERYONE]


async def opens_an_alert(house: House) -> str:
    """An account that stopped working."""
    (detail, *_) = await house.accounts()
    now = house.clock()
    async with house.bot.context.store.transaction() as tx:
        broken = Broken(account_id=detail.account.id, reason="password_changed", since=now)
        opened = await alerts.open_or_join(
            tx, ws=TEAM, provider_key="twitter", accounts=[broken], now=now, tell_at=now, joins_until=now
        )
    return opened.alert_id


async def test_a_slow_slack_is_waited_for(house: House) -> None:
    """Where Slack takes long over a channel, the form says so, and turns into what is wrong with it."""
    await house.set_up()
    channel(house, "odd", is_archived=True)
    await opens_alerts(house, house.maria)
    await house.maria.chooses(CHANNEL, "#odd")
    house.sandbox.faults.add(Fault(method="conversations.info", delay=2.2))
    assert "Working on it." in await house.maria.submits()
    await house.maria.sees("#odd is archived. Choose another channel.")


async def test_a_lost_channel_is_shown_and_comes_back(house: House) -> None:
    """A channel that was lost is shown so; it does not keep one from saving something else, and Save brings it back once it works."""
    await house.set_up()
    house.may_refuse |= {"is_archived"}
    place = channel(house, "alerts")
    await opens_alerts(house, house.maria)
    await house.maria.chooses(CHANNEL, "#alerts")
    await saves(house, house.maria)
    await house.maria.closes()
    place.is_archived = True
    async with house.bot.context.store.transaction() as tx:
        await alert_settings.lose_channel(tx, TEAM, place.id, error="is_archived")
    seen = await opens_alerts(house, house.maria)
    assert "This channel is archived. Choose another channel." in seen
    await house.maria.chooses(FROM, "20:00")
    await house.maria.chooses(UNTIL, "06:00")
    seen = await saves(house, house.maria)
    assert "#C0ALERTS did not get the test message." in seen
    assert (await own(house, "U0MARIA")).quiet_from == "20:00"
    assert [one.state for one in await all_channels(house)] == ["lost"]
    place.is_archived = False
    await house.maria.presses("Send a test message")
    await house.maria.sees("A test message is in #C0ALERTS.")
    assert [one.state for one in await all_channels(house)] == ["ok"]
