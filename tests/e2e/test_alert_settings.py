"""`/lexer alerts`: where alerts go, the team's times, and what everybody sets for themselves."""

from bot.sandbox.world import BOT_USER_ID
from store.watch_records import WorkspaceSettings
from tests.e2e.alert_office import (
    AT,
    CHANNEL,
    DAYS,
    FROM,
    UNTIL,
    ZONE,
    channel,
    opens_alerts,
    own,
    posted_in,
    saves,
    set_channels,
    times,
)
from tests.e2e.house import TEAM, House
from tests.e2e.ways import TWO_WAYS


async def test_where_alerts_go_is_chosen_and_seen_again(house: House) -> None:
    """Maria chooses channel, times and quiet hours in one form; the channel has the proof, and the form shows it all again."""
    await house.set_up()
    place = channel(house, "alerts")
    seen = await opens_alerts(house, house.maria)
    assert f"{ZONE}\n" in seen
    assert "Melbourne (Australia), GMT+1" in seen
    assert "☑ Direct messages in Slack" in seen
    await house.maria.chooses(CHANNEL, "#alerts")
    await house.maria.chooses(AT, "08:30")
    await house.maria.chooses(DAYS, "Monday", "Thursday")
    await house.maria.chooses(ZONE, "Berlin (Europe), GMT+1")
    await house.maria.chooses(FROM, "19:00")
    await house.maria.chooses(UNTIL, "07:30")
    seen = await saves(house, house.maria)
    assert "Saved." in seen
    assert "When an account stops working, #C0ALERTS and the Integrators are told." in seen
    assert BOT_USER_ID in place.members
    (proof,) = posted_in(house, place)
    assert "This is a test, sent by @Maria Silva." in house.maria.read(proof)
    assert await set_channels(house) == {None: "C0ALERTS"}
    assert await times(house) == WorkspaceSettings(
        workspace_id=TEAM, tz="Europe/Berlin", digest_at="08:30", digest_days=("mon", "thu")
    )
    mine = await own(house, "U0MARIA")
    assert (mine.dm, mine.quiet_from, mine.quiet_to) == (True, "19:00", "07:30")
    await house.maria.presses("Send a test message")
    await house.maria.sees("A test message is in #C0ALERTS.")
    assert len(posted_in(house, place)) == 2
    await house.maria.closes()
    seen = await opens_alerts(house, house.maria)
    for words in ("C0ALERTS", "08:30", "Monday, Thursday", "Berlin (Europe)", "19:00", "07:30"):
        assert words in seen
    await saves(house, house.maria)
    granted = [action for action, _ in await house.audited() if "alert" in action]
    assert granted == ["alert_channel_set", "alert_times_set", "own_alerts_set", "alert_channels_tested"]
    assert len(posted_in(house, place)) == 2


@TWO_WAYS
async def test_a_group_has_a_channel_of_its_own(house: House) -> None:
    """An Integrator chooses the channel of a single Group, changes it and takes it away; the form below keeps what was typed."""
    await house.set_up()
    sales, other = channel(house, "sales"), channel(house, "other")
    await opens_alerts(house, house.maria)
    await house.maria.chooses(AT, "07:15")
    await house.maria.presses("Choose a channel for a Group", waits=True)
    await house.maria.sees("Choose a Group")
    await house.maria.chooses("Group", "Sales")
    await house.maria.chooses("Channel", "#sales")
    await house.maria.submits()
    seen = await house.maria.sees("Sales has its own channel now.")
    assert "Sales: #C0SALES" in seen
    assert "07:15" in seen
    (proof,) = posted_in(house, sales)
    assert "Alerts about accounts that Sales uses will arrive here." in house.maria.read(proof)
    await house.maria.presses("Change the channel of Sales", waits=True)
    await house.maria.sees("Alerts about accounts that Sales uses go to:")
    await house.maria.chooses("Channel", "#other")
    await house.maria.submits()
    await house.maria.sees("Sales: #C0OTHER")
    assert len(posted_in(house, other)) == 1
    await house.maria.presses("Change the channel of Sales", waits=True)
    await house.maria.sees("Alerts about accounts that Sales uses go to:")
    await house.maria.chooses("Channel")
    await house.maria.submits()
    seen = await house.maria.sees("Sales has no channel of its own any more.")
    assert "Sales: #" not in seen
    await saves(house, house.maria)
    assert await set_channels(house) == {}
    assert (await times(house)).digest_at == "07:15"
