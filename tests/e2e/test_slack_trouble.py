"""When the database, Slack or a provider is slow or failing: Slack gets its ack in time, and the person the answer later."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiosqlite
import pytest

from blocks import groups, integration, listing
from bot.sandbox.faults import Fault
from bot.sandbox.people import PersonAtWork
from tests.databases import connect
from tests.e2e.by_hand import Hand, words
from tests.e2e.house import House
from tests.e2e.ways import BOTH_MODES, ON_SQLITE, TWO_WAYS


@asynccontextmanager
async def database_held(house: House) -> AsyncIterator[None]:
    """Another program holds what the bot wants to write, as long as the block lasts."""
    if house.database_url.startswith("sqlite"):
        async with aiosqlite.connect(house.folder / "lexer.db", isolation_level=None) as held:
            await held.execute("BEGIN IMMEDIATE")
            yield
            await held.rollback()
        return
    connection = await connect(house.database_url)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE people, groups IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()


async def begins_group(house: House, who: PersonAtWork, name: str) -> None:
    """A form, filled in."""
    await who.types("/lexer groups")
    await who.sees("Create a Group")
    await who.presses("Create a Group")
    await who.sees("Permission")
    await house.settle()
    await who.fills("Name", name)


async def test_a_slow_database_is_waited_for_out_of_sight(house: House) -> None:
    """A command is acknowledged at once and answered later; a form says "One moment" and then how it went."""
    await house.set_up()
    await begins_group(house, house.ada, "Support")
    nina = house.sandbox.person("nina")
    async with database_held(house):
        await nina.types("/lexer")
        assert not nina.messages
        seen = await house.ada.submits()
        assert "Working on it." in seen
    assert "it is done" in await house.ada.sees("it is done")
    await nina.sees("Nothing is connected yet.")
    await house.settle()
    await house.ada.closes()
    assert "Support is created." in house.ada.screen


@TWO_WAYS
async def test_slow_slack_delays_the_answer_only(house: House) -> None:
    """While Slack takes its time to say who someone is, the command is acknowledged; the answer follows."""
    await house.set_up()
    house.sandbox.faults.add(Fault(method="users.info", delay=1.6))
    nina = house.sandbox.person("nina")
    await nina.types("/lexer")
    assert not nina.messages
    await nina.sees("Nothing is connected yet.")


@TWO_WAYS
async def test_a_slow_provider_keeps_nobody_waiting(house: House) -> None:
    """Check now shows at once that it is checking, and then what the provider said."""
    await house.set_up()
    await house.connects(house.maria)
    house.sandbox.provider("twitter").account("@northwind").slow(1.0)
    await house.opens(house.maria)
    await house.maria.presses("Check @northwind now")
    await house.maria.sees("Checking now …")
    await house.maria.sees("@northwind is connected.")


@BOTH_MODES
async def test_an_expired_trigger_is_said_in_words(house: House) -> None:
    """Where the window can no longer open, the person is told to press again, beside the message or in a DM."""
    await house.set_up()
    house.may_refuse |= {"expired_trigger_id"}
    hand = Hand(house=house, who=house.ada)
    await house.opens(house.ada)
    (view,) = house.ada.modals
    late = [hand.press(f"{listing.OPEN}:twitter", "twitter"), hand.press(groups.CREATE)]
    in_modal = hand.press(groups.CREATE, view=view)
    form = hand.command("groups")
    house.clock.advance(timedelta(seconds=4))
    for payload in (*late, in_modal):
        before = len(house.ada.messages)
        await hand.sends(payload)
        (told,) = house.ada.messages[before:]
        assert "Please press the button again." in house.ada.read(told)
    await hand.types(form)
    assert "Slack closed the window" in house.ada.read(house.ada.messages[-1])
    assert house.ada.modals == [view]


@ON_SQLITE
async def test_a_link_comes_by_dm_where_the_window_cannot_open(house: House) -> None:
    """Integrate pressed too late still brings the link, in the DM."""
    await house.set_up()
    house.may_refuse |= {"expired_trigger_id"}
    hand = Hand(house=house, who=house.maria)
    payload = hand.press(integration.INTEGRATE, "twitter")
    house.clock.advance(timedelta(seconds=4))
    await hand.sends(payload)
    assert not house.maria.modals
    assert "[Continue to Twitter (X)]" in house.maria.read(house.maria.dms[-1])


@ON_SQLITE
@pytest.mark.parametrize("fault", ["429", "500", "cut"])
async def test_a_dm_slack_did_not_take_is_sent_later(house: House, fault: str) -> None:
    """A DM that met a rate limit, an error or a broken connection arrives later, once."""
    await house.set_up()
    troubles = {
        "429": Fault(method="chat.postMessage", status=429, retry_after=30),
        "500": Fault(method="chat.postMessage", status=500, times=2),
        "cut": Fault(method="chat.postMessage", cut="before"),
    }
    house.sandbox.faults.add(troubles[fault])
    await house.begins(house.maria)
    assert not house.maria.dms
    await house.passes(seconds=5)
    assert bool(house.maria.dms) is (fault == "cut")
    await house.passes(seconds=30)
    assert len(house.maria.dms) == 1


@ON_SQLITE
@pytest.mark.parametrize("status", [429, 500])
async def test_a_window_never_stays_at_opening(house: House, status: int) -> None:
    """When Slack does not take the first update, the window is turned by the next try."""
    await house.set_up()
    house.sandbox.faults.add(Fault(method="views.update", status=status, retry_after=1))
    seen = await house.opens(house.tom)
    assert "[Ask an Integrator]" in seen
    house.sandbox.faults.add(Fault(method="views.update", status=status, retry_after=1))
    await house.tom.presses("Ask an Integrator")
    await house.tom.sees("The Integrators got a message from you")


@ON_SQLITE
async def test_an_attempts_window_is_turned_later(house: House) -> None:
    """The window with the link, and its outcome, come even if Slack fails for a while."""
    await house.set_up()
    await house.opens(house.maria)
    house.sandbox.faults.add(Fault(method="views.update", status=500, times=3))
    await house.maria.presses("Integrate Twitter (X)")
    await house.settle()
    assert "Continue to Twitter (X)" not in house.maria.screen
    for _ in range(4):
        await house.passes(seconds=10)
    assert "[Continue to Twitter (X)]" in house.maria.screen


@ON_SQLITE
@pytest.mark.parametrize(
    "fault", [Fault(method="response_url", status=500), Fault(method="response_url", cut="before")]
)
async def test_an_answer_slack_did_not_take_is_said_again(house: House, fault: Fault) -> None:
    """Late answers and "Show more" reach the person though their address failed once."""
    await house.set_up()
    house.sandbox.faults.add(Fault(method=fault.method, status=fault.status, cut=fault.cut))
    house.sandbox.faults.add(Fault(method="users.info", delay=1.6))
    nina = house.sandbox.person("nina")
    await nina.types("/lexer")
    await nina.sees("Nothing is connected yet.")


@TWO_WAYS
async def test_closing_windows_and_unknown_requests_are_acknowledged(house: House) -> None:
    """A closed window, a shortcut, an event or an unknown kind of request gets its 200 and changes nothing."""
    await house.set_up()
    await house.opens(house.tom)
    (view,) = house.tom.modals
    hand = Hand(house=house, who=house.tom)
    known = hand.resubmission(view)
    shortcut = {"callback_id": "none", "action_ts": "1.1"}
    for kind in ("view_closed", "shortcut", "message_action", "something_new"):
        ack = await hand.sends(known | shortcut | {"type": kind})
        assert ack.status == 200, kind
        assert "error" not in words(ack)
    for event in ({"type": "app_home_opened", "user": "U0TOM"}, {"type": "user_change"}, {"type": "x"}):
        assert (await house.sandbox.event(event)).status == 200
    await house.settle()
    assert "[Ask an Integrator]" in house.tom.screen


@TWO_WAYS
async def test_user_change_is_believed_at_once(house: House) -> None:
    """Who becomes a guest is turned away by the next press, who is one no longer is let in, without asking Slack."""
    await house.set_up()
    await house.sandbox.changes("tom", is_restricted=True)
    await house.settle()
    assert "full members of this workspace" in await house.answer(house.tom, "/lexer")
    await house.sandbox.changes("tom", is_restricted=False)
    await house.settle()
    asked = len([call for call in house.sandbox.calls if call.method == "users.info"])
    assert "Nothing is connected yet." in await house.answer(house.tom, "/lexer")
    assert len([call for call in house.sandbox.calls if call.method == "users.info"]) == asked


@TWO_WAYS
async def test_a_window_whose_opening_was_not_confirmed_still_fills(house: House) -> None:
    """Where Slack opened the window but its answer was lost, no "Opening …" stays for ever."""
    await house.set_up()
    await house.maria.types("/lexer integrations twitter")
    house.sandbox.faults.add(Fault(method="views.open", cut="after"))
    await house.maria.presses("Open Twitter (X)")
    assert "Integrate Twitter (X)" in await house.maria.sees("Read the guide")
