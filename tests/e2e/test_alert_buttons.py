"""The buttons of an alert: who is on it, until when it is snoozed, what is known of it, and the way to its repair."""

import copy
import json
from datetime import timedelta

from blocks import alerts, integration
from bot.sandbox.people import PersonAtWork
from store import groups as group_rows
from store.records import AccountStatus, UserId
from store.watch_records import Alert
from tests.e2e.alerting import CHANNEL, alert_of, alerted, in_channel, in_dm, only_for, snoozes
from tests.e2e.by_hand import Hand
from tests.e2e.checking import FB
from tests.e2e.house import TEAM, House
from tests.e2e.ways import BY_SOCKET, ON_POSTGRESQL, ON_SQLITE


async def test_everybody_sees_who_is_on_it(house: House) -> None:
    """Taken, taken over, handed back and snoozed from DM and channel alike: every message says so, until the repair from a DM."""
    await alerted(house)
    ada, maria = house.ada, house.maria
    await maria.presses_in(in_dm(maria), "I'm on it")
    await house.settle()
    assert "You are on it" in maria.read(in_dm(maria))
    assert "@Maria Silva is on it" in ada.read(in_dm(ada))
    assert "@Maria Silva is on it" in ada.read(in_channel(house))
    taken = (await alert_of(house)).alert
    assert (taken.taken_by, taken.remind_at) == ("U0MARIA", house.clock() + timedelta(hours=4))

    await ada.presses_in(in_channel(house), "Take over")
    await house.settle()
    assert "@Maria Silva had taken @northwind at Twitter (X). Now you are on it" in only_for(ada)[-1]
    assert "@Ada Lovell is on it" in maria.read(in_dm(maria))
    await ada.presses_in(in_dm(ada), "Hand it back")
    await house.settle()
    assert "on it, since" not in maria.read(in_channel(house))

    await snoozes(ada, in_channel(house), "Snooze for 4 hours")
    await house.settle()
    assert "Snoozed by @Ada Lovell until" in maria.read(in_dm(maria))
    assert (await alert_of(house)).alert.snoozed_until == house.clock() + timedelta(hours=4)
    await maria.presses_in(in_channel(house), "I'm on it")
    await house.settle()
    assert "Snoozed" not in maria.read(in_dm(maria)), "who takes it wants to be reminded"

    await maria.presses_in(in_dm(maria), "Show details", waits=True)
    await house.settle()
    for line in (
        "1 X account disconnected",
        "@Ada Lovell handed it back",
        "snoozed by @Ada Lovell until",
        "direct message to @Ada Lovell: sent",
        f"{CHANNEL}: sent",
        "e-mail to @Maria Silva: on its way",
    ):
        assert line in maria.screen
    await maria.closes()

    await maria.presses_in(in_dm(maria), "Reconnect", waits=True)
    await maria.sees("Continue to")
    assert len(maria.modals) == 1
    await house.settle()
    await house.signs_in(maria)
    await house.settle()
    for told in (maria.read(in_dm(maria)), ada.read(in_dm(ada)), ada.read(in_channel(house))):
        assert "🟢 @northwind at Twitter (X) works again" in told
        assert "Reconnected by @Maria Silva" in told
    rows = [row for row in await house.audited() if row[0].startswith("alert_")]
    assert rows == [(f"alert_{done}", True) for done in ("take", "take", "let_go", "snooze", "take")]


@ON_SQLITE
async def test_a_member_is_refused_kindly(house: House) -> None:
    """Tom presses each button in the channel: only he reads who can do it, no window opens, nothing changes, and it is on record."""
    await alerted(house)
    before, posted, tom = await alert_of(house), in_channel(house), house.tom
    shown = copy.deepcopy(posted.blocks)
    for label, can in (
        ("Reconnect", "Only Integrators can reconnect @northwind at Twitter (X)."),
        ("I'm on it", "Only Integrators can take care of @northwind at Twitter (X)."),
        ("Show details", "Only Integrators can see more of @northwind at Twitter (X)."),
    ):
        await tom.presses_in(posted, label)
        await house.settle()
        said = only_for(tom)[-1]
        assert can in said
        assert "write to @Ada Lovell or @Maria Silva" in said
        assert not tom.modals
    await snoozes(tom, posted, "Snooze for 1 hour")
    await house.settle()
    assert "Only Integrators can snooze @northwind" in only_for(tom)[-1]
    assert len(only_for(tom)) == 4
    assert not [said for said in only_for(house.maria) if "Only Integrators" in said]
    assert await alert_of(house) == before
    assert posted.blocks == shown
    refused = [action for action, granted in await house.audited() if not granted]
    assert refused == ["reconnect", "alert_take", "alert_details", "alert_snooze"]

    await house.maria.presses_in(in_dm(house.maria), "I'm on it")
    await house.settle()
    await tom.presses_in(posted, "Reconnect")
    await house.settle()
    assert "@Maria Silva is on it" in only_for(tom)[-1], "whom to ask is said"


@BY_SOCKET
async def test_a_member_may_not_open_many_from_an_alert(house: House) -> None:
    """Several accounts have "Open" for a button: Tom is refused kindly, Maria sees the accounts and Reconnect."""
    await alerted(house, FB)
    tom, maria = house.tom, house.maria
    await tom.presses_in(in_channel(house), f"Open {FB}")
    await house.settle()
    assert f"Only Integrators can see more of 5 ad accounts at {FB}." in only_for(tom)[-1]
    assert not tom.modals
    await maria.presses_in(in_channel(house), f"Open {FB}", waits=True)
    await maria.sees("Read the guide")
    await house.settle()
    assert "Reconnect" in maria.screen


@ON_SQLITE
async def test_who_keeps_it_is_asked_again_later(house: House) -> None:
    """Pressed again by the one who took it, it stays theirs since then, and the next reminder is four hours away."""
    await alerted(house)
    maria, taken_at = house.maria, house.clock()
    hand = Hand(house=house, who=maria)
    await maria.presses_in(in_dm(maria), "I'm on it")
    await house.settle()
    house.clock.advance(timedelta(hours=4, minutes=1))
    found = await alert_of(house)
    await hand.sends(hand.press(alerts.TAKE, found.alert.id))
    kept: Alert = (await alert_of(house)).alert
    assert (kept.taken_by, kept.taken_at) == ("U0MARIA", taken_at)
    assert kept.remind_at == house.clock() + timedelta(hours=4)
    assert "You are still on it" in only_for(maria)[-1]


@ON_POSTGRESQL
async def test_the_wrong_account_leaves_it_open(house: House) -> None:
    """Reconnect from the channel, signed in with another account: the alert stays as it was, and can be reconnected again."""
    await alerted(house)
    maria = house.maria
    await reconnects(house, maria, login="@southwind")
    assert "This needs @northwind." in maria.screen
    await maria.closes(everything=True)
    assert (await alert_of(house)).open == 1
    assert "🔴 @northwind" in maria.read(in_channel(house))
    await reconnects(house, maria, login="@northwind")
    assert (await alert_of(house)).alert.resolved_at is not None
    assert (await house.accounts())[0].account.status is AccountStatus.CONNECTED


async def reconnects(house: House, who: PersonAtWork, **consent: object) -> None:
    """Reconnect in the channel's message, up to the provider's answer."""
    await who.presses_in(in_channel(house), "Reconnect", waits=True)
    await who.sees("Continue to")
    await house.settle()
    await house.signs_in(who, **consent)
    await house.settle()


@ON_SQLITE
async def test_details_say_who_was_not_told(house: House) -> None:
    """Ada has muted her messages: Details say so, and who lost the permission meanwhile can do nothing from there."""
    await alerted(house, muted=[UserId("U0ADA")])
    maria = house.maria
    await maria.presses_in(in_dm(maria), "Show details", waits=True)
    await house.settle()
    assert "direct message to @Ada Lovell: not sent: muted by this person" in maria.screen
    assert "direct message to @Maria Silva: sent" in maria.screen
    stale = maria.modals[-1]
    async with house.bot.context.store.transaction() as tx:
        marketing, _sales = await group_rows.all(tx, TEAM)
        await group_rows.save(tx, marketing, [UserId("U0ADA")])
    hand = Hand(house=house, who=maria)
    account = (await alert_of(house)).accounts[0].account_id
    value = json.dumps({"a": (await alert_of(house)).alert.id, "i": account})
    await hand.sends(hand.press(f"{integration.RECONNECT}:{account}", value, view=stale))
    assert "Only Integrators can reconnect @northwind" in maria.screen
