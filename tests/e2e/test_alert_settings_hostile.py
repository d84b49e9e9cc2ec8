"""`/lexer alerts` by people who may not, by two at once, and with values nobody can have chosen.

Played on SQLite and with Slack by HTTP only: the main path in test_alert_settings.py is played on both databases in both ways.
"""

from blocks import alert_channels
from blocks import alert_settings as screens
from bot.usecases import mail_stops
from store import groups
from store.records import UserId
from tests.e2e.alert_office import (
    AT,
    CHANNEL,
    DAYS,
    FROM,
    TELL_BY,
    UNTIL,
    ZONE,
    channel,
    opens_alerts,
    own,
    saves,
    set_channels,
    times,
)
from tests.e2e.by_hand import Hand, words
from tests.e2e.house import TEAM, House
from tests.e2e.ways import ON_SQLITE

pytestmark = ON_SQLITE


async def test_a_member_sees_where_alerts_go_and_whom_to_ask(house: House) -> None:
    """Who is neither Integrator nor admin changes nothing, also by hand, and it is noted; a guest is told kindly no."""
    await house.set_up()
    channel(house, "alerts")
    await house.tom.types("/lexer alerts")
    seen = await house.tom.sees("Only Integrators and workspace admins can change where alerts go.")
    assert "No channel is chosen" in seen
    assert seen.view is not None
    assert "submit" not in seen.view.body
    hand = Hand(house=house, who=house.tom)
    values = {
        alert_channels.CHANNEL_BLOCK: {alert_channels.CHANNEL_INPUT: {"selected_conversation": "C0ALERTS"}},
        screens.ME_BLOCK: {screens.ME_INPUT: {"selected_options": []}},
    }
    for payload in (
        hand.submission(screens.ALERT_SETTINGS, values=values, shown=True),
        hand.submission(alert_channels.GROUP_CHANNEL, values=values, private_metadata='{"g":"x"}'),
    ):
        assert "Only Integrators and workspace admins" in words(await hand.sends(payload))
    for action in (screens.TEST, screens.ADD_GROUP_CHANNEL, f"{screens.EDIT_GROUP_CHANNEL}:0"):
        await hand.sends(hand.press(action, "x"))
    assert await set_channels(house) == {}
    assert (await own(house, "U0TOM")).dm
    assert ("set_alerts", False) in await house.audited()
    gus = house.sandbox.person("gus")
    await gus.types("/lexer alerts")
    await gus.sees("only open to full members")


async def only_integrator(house: House, user_id: str) -> None:
    """Nobody else has the permission from now on."""
    async with house.bot.context.store.transaction() as tx:
        (group,) = [one for one in await groups.all(tx, TEAM) if one.integrators]
        await groups.save(tx, group, [UserId(user_id)])


async def test_an_admin_chooses_but_is_not_told(house: House) -> None:
    """An admin who is no Integrator sets where alerts go, and sees nothing about themselves."""
    await house.set_up()
    await only_integrator(house, "U0MARIA")
    channel(house, "alerts")
    seen = await opens_alerts(house, house.ada)
    assert TELL_BY not in seen
    await house.ada.chooses(CHANNEL, "#alerts")
    assert "Saved." in await saves(house, house.ada)
    assert await set_channels(house) == {None: "C0ALERTS"}
    assert (await own(house, "U0ADA")).dm


async def test_quiet_hours_and_days(house: House) -> None:
    """Half of the quiet hours, or none long, is refused beside the field; no day means no daily message; both can be taken back."""
    await house.set_up()
    await opens_alerts(house, house.maria)
    await house.maria.chooses(FROM, "19:00")
    assert "Choose both times, or none." in await saves(house, house.maria)
    await house.maria.chooses(UNTIL, "19:00")
    assert "Choose two different times." in await saves(house, house.maria)
    await house.maria.chooses(FROM)
    assert "Choose both times, or none." in await saves(house, house.maria)
    await house.maria.chooses(UNTIL)
    await house.maria.chooses(DAYS)
    await house.maria.chooses(TELL_BY)
    assert "No daily message repeats what is still broken." in await saves(house, house.maria)
    assert (await times(house)).digest_days == ()
    mine = await own(house, "U0MARIA")
    assert (mine.dm, mine.mail, mine.quiet_from, mine.quiet_to) == (False, False, None, None)
    await house.maria.closes()
    seen = await opens_alerts(house, house.maria)
    assert "☐ Direct messages in Slack" in seen
    assert "☐ E-mails" in seen


async def test_two_who_save_at_once_keep_each_others_changes(house: House) -> None:
    """Maria opened the form before Ada changed the channel; saving her quiet hours does not take Ada's choice back."""
    await house.set_up()
    channel(house, "alerts")
    await opens_alerts(house, house.maria)
    await opens_alerts(house, house.ada)
    await house.ada.chooses(CHANNEL, "#alerts")
    await house.ada.chooses(AT, "10:00")
    await saves(house, house.ada)
    await house.maria.chooses(FROM, "20:00")
    await house.maria.chooses(UNTIL, "06:00")
    assert "#C0ALERTS and the Integrators are told." in await saves(house, house.maria)
    assert await set_channels(house) == {None: "C0ALERTS"}
    assert (await times(house)).digest_at == "10:00"


async def test_a_form_from_before_does_not_undo_an_unsubscription(house: House) -> None:
    """Maria's form was open when she stopped her e-mails from one of them; saving it for something else leaves them stopped."""
    await house.set_up()
    await opens_alerts(house, house.maria)
    ctx = house.bot.context
    await mail_stops.stop(ctx, mail_stops.link(ctx, TEAM, UserId("U0MARIA")).rpartition("/")[2])
    await house.maria.chooses(FROM, "20:00")
    await house.maria.chooses(UNTIL, "06:00")
    await saves(house, house.maria)
    mine = await own(house, "U0MARIA")
    assert (mine.mail, mine.quiet_from) == (False, "20:00")


async def test_who_lost_the_permission_saves_nothing(house: House) -> None:
    """Rights are asked again at Save."""
    await house.set_up()
    channel(house, "alerts")
    await opens_alerts(house, house.maria)
    await house.maria.chooses(CHANNEL, "#alerts")
    await only_integrator(house, "U0NINA")
    assert "Only Integrators and workspace admins" in await saves(house, house.maria)
    assert await set_channels(house) == {}


ODD = (
    None,
    7,
    [],
    {},
    "",
    "D0MARIA",
    "C0NOSUCH",
    "U0MARIA",
    "<!channel>",
    "C0" + "X" * 4000,
    "25:00",
    "9:00",
)


async def test_values_nobody_can_choose(house: House) -> None:
    """Whatever is sent in place of a channel, time, day or zone: no error, nothing odd is kept."""
    await house.set_up()
    house.may_refuse |= {"channel_not_found", "invalid_arguments"}
    hand = Hand(house=house, who=house.maria)
    for odd in ODD:
        chosen = {"selected_option": {"value": odd}, "selected_options": [{"value": odd}], "value": odd}
        chosen |= {"selected_conversation": odd, "selected_time": odd}
        values = {
            alert_channels.CHANNEL_BLOCK: {alert_channels.CHANNEL_INPUT: chosen},
            alert_channels.GROUP_BLOCK: {alert_channels.GROUP_INPUT: chosen},
            screens.DIGEST_AT_BLOCK: {screens.DIGEST_AT_INPUT: chosen},
            screens.DIGEST_DAYS_BLOCK: {screens.DIGEST_DAYS_INPUT: chosen},
            screens.ZONE_BLOCK: {screens.ZONE_SEARCH: chosen},
            screens.ME_BLOCK: {screens.ME_INPUT: chosen},
            screens.QUIET_FROM_BLOCK: {screens.QUIET_FROM_INPUT: chosen},
            screens.QUIET_TO_BLOCK: {screens.QUIET_TO_INPUT: chosen},
        }
        for callback in (screens.ALERT_SETTINGS, alert_channels.GROUP_CHANNEL):
            for kept in ("", "{}", '{"c":7,"g":[],"d":null,"m":"x"}'):
                payload = hand.submission(callback, values=values, private_metadata=kept)
                ack = await hand.sends(payload)
                assert ack.status == 200
                assert "went wrong" not in words(ack)
    assert await set_channels(house) == {}
    now = await times(house)
    assert (now.tz, now.digest_at, now.digest_days) == (None, "09:00", ("mon", "tue", "wed", "thu", "fri"))


async def test_a_zone_is_searched(house: House) -> None:
    """One types a city, or how far it is from Greenwich; guests and nonsense find nothing."""
    await house.set_up()
    await opens_alerts(house, house.maria)
    for typed in ("berlin", "gmt+1", "Munich"):
        offered = await house.maria.searches(ZONE, typed)
        assert "Europe/Berlin" in [one["value"] for one in offered], typed
    assert (await house.maria.searches(ZONE, ""))[0]["value"] == "Australia/Melbourne"
    assert await house.maria.searches(ZONE, "x" * 3000) == []
