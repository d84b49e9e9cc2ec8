"""A watch over the watching: when it fails, the operator sees it, and the admins are told once."""

from datetime import timedelta

import sqlalchemy as sa

from bot.sandbox.faults import Fault
from bot.sandbox.people import PersonAtWork
from store import outbox
from store.records import Surface
from store.tables import people
from tests.e2e.checking import another_bot, connected
from tests.e2e.connecting import takes_permission, visit
from tests.e2e.fleet import fleet, sweeps
from tests.e2e.house import TEAM, House
from tests.e2e.ways import BOTH_DATABASES, ON_SQLITE


async def minute(house: House, number: int = 1) -> None:
    """So many minutes pass, with the tick that looks."""
    for _ in range(number):
        house.clock.advance(timedelta(minutes=1))
        await house.bot.tick("remind")
        await house.settle()


def told(who: PersonAtWork) -> list[str]:
    """What an admin was told of the watching, oldest first."""
    words = ("Lexer is late", "checks accounts", "Messages from Lexer", "an Integrator")
    return [who.read(one) for one in who.dms if any(word in one.text for word in words)]


def logged(house: House, words: str) -> int:
    """How many lines say so."""
    return sum(words in line for line in house.log.lines)


@BOTH_DATABASES
async def test_checks_that_are_late_are_told(house: House) -> None:
    """Nothing was checked for half an hour: a warning in the log, a number in the metrics, one DM to the admin, edited when it is over."""
    await connected(house)
    await fleet(house, 3)
    await minute(house, 20)
    assert told(house.ada) == []
    house.clock.advance(timedelta(minutes=10))
    async with another_bot(house) as other:
        await other.tick("remind")
    await minute(house, 3)
    (said,) = told(house.ada)
    assert "Lexer is late in checking accounts at Twitter (X)" in said
    assert "accounts should have been checked since" in said
    assert told(house.maria) == []
    assert logged(house, "late (twitter) in workspace T0LEXERDEMO began") == 1
    assert 'lexer_watch_troubles{problem="late"} 1.0' in (await visit(f"{house.url}/metrics")).text
    await sweeps(house, seconds=1)
    await minute(house)
    (said,) = told(house.ada)
    assert "Lexer checks accounts at Twitter (X) in time again" in said
    assert logged(house, "late (twitter) in workspace T0LEXERDEMO is over") == 1
    await minute(house, 2)
    assert len(told(house.ada)) == 1


@ON_SQLITE
async def test_a_provider_that_is_down_is_not_the_watchings_fault(house: House) -> None:
    """In an outage accounts are asked more rarely, which is meant: no admin is told of it."""
    await connected(house)
    await fleet(house, 6)
    house.sandbox.provider("twitter").outage = "down"
    await sweeps(house, minutes=12)
    house.clock.advance(timedelta(hours=1))
    await minute(house, 4)
    assert not any("Lexer is late" in one for one in told(house.ada))


@ON_SQLITE
async def test_messages_that_do_not_get_out_are_told(house: House) -> None:
    """A message was due ten minutes ago and nobody delivered it: critical in the log; out in time, nobody is bothered with it."""
    await connected(house)
    async with house.bot.context.store.transaction() as tx:
        await outbox.ask(
            tx, ws=TEAM, kind="waiting_removed", subject="nothing", surface=Surface.DM, recipient="U0MARIA",
            now=house.clock(),
        )  # fmt: skip
    house.clock.advance(timedelta(minutes=10))
    await house.bot.tick("remind")
    assert logged(house, "stuck in workspace T0LEXERDEMO began") == 1
    numbers = (await visit(f"{house.url}/metrics")).text
    assert "lexer_outbox_oldest_seconds 600.0" in numbers
    await minute(house, 4)
    assert logged(house, "stuck in workspace T0LEXERDEMO is over") == 1
    assert told(house.ada) == []


@ON_SQLITE
async def test_no_integrator_left_is_told(house: House) -> None:
    """The last Integrator has left: the admin reads what that means and what to do, and that it is over once there is one."""
    await connected(house)
    await takes_permission(house)
    await minute(house, 3)
    (said,) = told(house.ada)
    assert "Nobody here is an Integrator any more" in said
    await takes_permission(house, "maria")
    await minute(house)
    (said,) = told(house.ada)
    assert "There is an Integrator again" in said


@ON_SQLITE
async def test_one_part_that_fails_stops_no_other(house: House) -> None:
    """What reads reminders is broken in the database: the watch still tells, and the failure is counted."""
    await connected(house)
    async with house.bot.context.store.transaction() as tx:
        await tx.conn.execute(sa.text("ALTER TABLE alert_channels RENAME TO alert_channels_away"))
        await tx.conn.execute(sa.text("ALTER TABLE alerts RENAME TO alerts_away"))
    await takes_permission(house)
    await minute(house, 3)
    assert len(told(house.ada)) == 1
    async with house.bot.context.store.transaction() as tx:
        await tx.conn.execute(sa.text("ALTER TABLE alerts_away RENAME TO alerts"))
        await tx.conn.execute(sa.text("ALTER TABLE alert_channels_away RENAME TO alert_channels"))
    assert 'lexer_ticks_failed_total{tick="remind"} 3.0' in (await visit(f"{house.url}/metrics")).text


@ON_SQLITE
async def test_the_numbers_are_for_this_machine_only(house: House) -> None:
    """Asked through a proxy there is no such page; asked from here there are numbers, and no name of anybody."""
    await connected(house)
    answer = await visit(f"{house.url}/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'lexer_checks_due{provider="twitter"} 0.0' in answer.text
    assert 'lexer_provider_weather{provider="twitter",weather="fine"} 1.0' in answer.text
    assert 'lexer_messages{fate="sent",surface="dm"}' in answer.text
    for name in ("Lexer Demo", TEAM, "northwind", "Maria", "U0MARIA"):
        assert name not in answer.text
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
        away = await visit(f"{house.url}/metrics", headers={header: "for=127.0.0.1"})
        assert away.status_code == 404
        assert "lexer_" not in away.text


@ON_SQLITE
async def test_an_admin_found_later_is_told(house: House) -> None:
    """Nobody knew an admin when it began, for Slack had trouble too: whoever is found later is told all the same."""
    await connected(house)
    await fleet(house, 1)
    async with house.bot.context.store.transaction() as tx:
        await tx.conn.execute(sa.update(people).values(is_admin=False))
    house.sandbox.faults.add(Fault(method="users.list", status=503, times=2))
    house.clock.advance(timedelta(minutes=40))
    await minute(house, 2)
    assert logged(house, "late (twitter) in workspace T0LEXERDEMO began") == 1
    assert told(house.ada) == []
    await minute(house, 4)
    assert len(told(house.ada)) == 1
