"""Presses on an alert that no screen offers: altered, out of date, of another workspace, or by people who may do nothing."""

import json
from collections.abc import Iterator

from blocks import alerts, integration, listing
from bot.sandbox.world import Json
from store import alerts as alert_rows
from store import workspaces
from store.records import Workspace, WorkspaceId
from store.watch_records import AlertDetail, AlertId
from tests.e2e.alerting import alert_of, alerted, in_dm, only_for
from tests.e2e.by_hand import Hand
from tests.e2e.house import House
from tests.e2e.ways import BY_SOCKET, ON_POSTGRESQL, ON_SQLITE

OUTDATED = "That button is from an older version of this bot."


def presses(hand: Hand, found: AlertDetail, alert_id: str = "", *, over: str = "") -> Iterator[Json]:
    """Every control of an alert, as a client sends it; `alert_id` in place of its own."""
    told, account = alert_id or found.alert.id, found.accounts[0].account_id
    both = json.dumps({"a": told, "i": account})
    yield hand.press(f"{integration.RECONNECT}:{account}", both)
    yield hand.press(f"{listing.OPEN}:twitter", json.dumps({"a": told, "k": "twitter"}))
    yield hand.press(alerts.TAKE, json.dumps({"a": told, "o": over}) if over else told)
    yield hand.press(alerts.LET_GO, told)
    yield hand.press(alerts.DETAILS, told)
    yield snooze(hand, told, 1)


def snooze(hand: Hand, alert_id: str, hours: object) -> Json:
    """A choice of Snooze."""
    value = json.dumps({"a": alert_id, "h": hours})
    return hand.press(f"{alerts.SNOOZE}:0", type="static_select", selected_option={"value": value})


@ON_SQLITE
async def test_guests_and_strangers_get_one_kind_sentence(house: House) -> None:
    """In a shared channel a guest or somebody of another organisation presses: one sentence, only they read it."""
    await alerted(house)
    found = await alert_of(house)
    for name in ("gus", "otto", "dan", "beep"):
        hand = Hand(house=house, who=house.sandbox.person(name))
        for payload in presses(hand, found):
            before = len(only_for(hand.who))
            await hand.sends(payload)
            (said,) = only_for(hand.who)[before:]
            assert "Lexer integrations are only open to full members of this workspace." in said, name
            assert not hand.who.modals
    assert await alert_of(house) == found


@ON_POSTGRESQL
async def test_buttons_that_lead_nowhere(house: House) -> None:
    """Invented ids, another workspace's alert and impossible hours: the answer for old buttons, and nothing changes."""
    await alerted(house)
    found, hand = await alert_of(house), Hand(house=house, who=house.maria)
    foreign = await elsewhere(house)
    for invented in (foreign, "nonsense", "{}", "[]", "\u0000'; --", "7" * 2000):
        for payload in presses(hand, found, invented):
            before = len(only_for(hand.who))
            await hand.sends(payload)
            (said,) = only_for(hand.who)[before:]
            assert OUTDATED in said, (invented, payload["actions"])
            assert not hand.who.modals
    for hours in (0, -1, 2, 5, 73, 10**9, 1.0, 4.5, True, "4", None, [4], {"h": 4}):
        before = len(only_for(hand.who))
        await hand.sends(snooze(hand, found.alert.id, hours))
        (said,) = only_for(hand.who)[before:]
        assert OUTDATED in said, hours
    assert await alert_of(house) == found


async def elsewhere(house: House) -> AlertId:
    """An open alert of another workspace."""
    there, now = WorkspaceId("T0ELSEWHERE"), house.clock()
    async with house.bot.context.store.transaction() as tx:
        await workspaces.save(tx, Workspace(id=there, name="Elsewhere", bot_user_id="U0BOT", app_id="A0"))
        return await alert_rows.open_outage(tx, ws=there, provider_key="twitter", now=now, tell_at=now)


@ON_POSTGRESQL
async def test_an_alert_that_is_over_says_so(house: House) -> None:
    """Buttons of a message that still looks open, pressed after the repair: one reads that it is over, and nothing changes."""
    await alerted(house)
    maria, tom = house.maria, house.tom
    await maria.presses_in(in_dm(maria), "Reconnect", waits=True)
    await maria.sees("Continue to")
    await house.settle()
    await house.signs_in(maria)
    await maria.closes(everything=True)
    await house.settle()
    found = await alert_of(house)
    assert found.alert.resolved_at is not None
    hand = Hand(house=house, who=maria)
    for payload in presses(hand, found):
        name = payload["actions"][0]["action_id"].partition(":")[0]
        before = len(only_for(maria))
        await hand.sends(payload)
        if name in (listing.OPEN, alerts.DETAILS):
            assert "works again" in maria.screen or "Read the guide" in maria.screen, (
                "worth seeing all the same"
            )
            await maria.closes(everything=True)
        else:
            (said,) = only_for(maria)[before:]
            assert "Reconnected by @Maria Silva" in said
            assert "Nothing is left to do." in said
            assert not maria.modals
    await Hand(house=house, who=tom).sends(next(presses(Hand(house=house, who=tom), found)))
    assert "Nothing is left to do." in only_for(tom)[-1]
    assert await alert_of(house) == found


@BY_SOCKET
async def test_two_press_at_once(house: House) -> None:
    """Who presses "I'm on it" or "Take over" in a message that is out of date takes it from nobody they did not see."""
    await alerted(house)
    ada, maria = house.ada, house.maria
    found = await alert_of(house)
    hers, his = Hand(house=house, who=maria), Hand(house=house, who=ada)
    await hers.sends(hers.press(alerts.TAKE, found.alert.id))
    await his.sends(his.press(alerts.TAKE, found.alert.id))
    assert "@Maria Silva is on it" in only_for(ada)[-1]
    assert (await alert_of(house)).alert.taken_by == "U0MARIA"
    await his.sends(his.press(alerts.TAKE, json.dumps({"a": found.alert.id, "o": "U0NINA"})))
    assert (await alert_of(house)).alert.taken_by == "U0MARIA"
    await his.sends(his.press(alerts.LET_GO, found.alert.id))
    assert "@Maria Silva is on it" in only_for(ada)[-1]
    assert (await alert_of(house)).alert.taken_by == "U0MARIA"
