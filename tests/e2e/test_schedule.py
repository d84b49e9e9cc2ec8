"""What comes by the clock: the daily digest, and the questions to whoever took an alert."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.sandbox.people import PersonAtWork
from bot.sandbox.world import Posted
from store import alert_settings
from store.records import UserId
from store.watch_records import PersonalSettings, WorkspaceSettings
from tests.e2e.alerting import CHANNEL, alert_of, alerted, channel_chosen, in_channel, in_dm, snoozes
from tests.e2e.checking import another_bot, checks, connected
from tests.e2e.house import TEAM, House
from tests.e2e.ways import BY_SOCKET, ON_POSTGRESQL, ON_SQLITE

ZONE = "Europe/Lisbon"
MARIA = UserId("U0MARIA")


async def zoned(house: House, **more: str) -> None:
    """The team's time zone is Lisbon's."""
    async with house.bot.context.store.transaction() as tx:
        await alert_settings.save_workspace(tx, WorkspaceSettings(workspace_id=TEAM, tz=ZONE, **more))  # type: ignore[arg-type]


async def quiet(house: House, user_id: UserId, **more: object) -> None:
    """How somebody wants to be told."""
    async with house.bot.context.store.transaction() as tx:
        theirs = PersonalSettings(workspace_id=TEAM, user_id=user_id, **more)  # type: ignore[arg-type]
        await alert_settings.save_personal(tx, theirs)


def until(house: House, clock: str, *, weekday: int | None = None) -> None:
    """It becomes this time in Lisbon, on the next such day (0 = Monday)."""
    here = house.clock().astimezone(ZoneInfo(ZONE))
    wanted = datetime.combine(here.date(), time.fromisoformat(clock), ZoneInfo(ZONE))
    while wanted <= here or (weekday is not None and wanted.weekday() != weekday):
        wanted = datetime.combine(wanted.date() + timedelta(days=1), wanted.timetz())
    house.clock.advance(wanted.astimezone(house.clock().tzinfo) - house.clock())


async def comes(house: House) -> None:
    """The tick that looks at the clock, and what it has to say."""
    await house.bot.tick("remind")
    await house.settle()
    # Whatever was put off a few seconds for the sake of Slack's limits.
    house.clock.advance(timedelta(seconds=6))
    await house.settle()


def digests(house: House) -> list[str]:
    """What stands in the channel beside the alert and its thread, oldest first."""
    return [house.maria.read(one) for one in _digests(house)]


def _digests(house: House) -> list[Posted]:
    return house.maria.in_channel(CHANNEL)[1:]


def replies(house: House) -> list[Posted]:
    """Replies in the thread of the channel's alert, oldest first."""
    return house.maria.thread(house.maria.in_channel(CHANNEL)[0])


def questions(who: PersonAtWork) -> list[Posted]:
    """Replies in the thread of somebody's DM."""
    return [one for one in who.dms if one.is_reply]


async def test_what_is_still_broken_is_listed_once_a_day(house: House) -> None:
    """Each working day at nine, once, in the channel: the one before becomes a line without buttons, and the repair is in the newest."""
    await alerted(house)
    await zoned(house)
    until(house, "08:59", weekday=0)
    await comes(house)
    assert digests(house) == []
    until(house, "09:00")
    async with another_bot(house) as other:
        await other.tick("remind")
        await comes(house)
        await other.tick("remind")
    await comes(house)
    (monday,) = digests(house)
    assert "1 account is still disconnected" in monday
    assert "@northwind at Twitter (X)" in monday
    assert "Nobody is on it yet." in monday
    assert "[Reconnect]" in monday

    await house.maria.presses_in(in_dm(house.maria), "I'm on it")
    await house.settle()
    assert "@Maria Silva is on it" in digests(house)[-1]
    until(house, "09:00", weekday=1)
    await comes(house)
    old, tuesday = digests(house)
    assert "1 account disconnected. A newer list is further down." in old
    assert "[" not in old
    assert "[Reconnect]" in tuesday

    house.sandbox.provider("twitter").account("@northwind").state = "healthy"
    await house.maria.presses_in(_digests(house)[-1], "Reconnect", waits=True)
    await house.maria.sees("Continue to")
    await house.settle()
    await house.signs_in(house.maria)
    house.clock.advance(timedelta(seconds=6))
    await house.settle()
    assert "Nothing is disconnected" in digests(house)[-1]
    assert "[" not in digests(house)[-1]
    until(house, "09:00", weekday=2)
    await comes(house)
    assert len(digests(house)) == 2


@ON_SQLITE
async def test_no_digest_repeats_what_was_just_told_or_is_snoozed(house: House) -> None:
    """On Friday at nine: what broke at half past eight is not repeated, nor on Saturday; on Monday it is, if nobody snoozed it."""
    await connected(house)
    await channel_chosen(house)
    await zoned(house)
    until(house, "08:30", weekday=4)
    house.sandbox.provider("twitter").account("@northwind").state = "revoked"
    await checks(house, near="@northwind")
    house.clock.advance(timedelta(seconds=31))
    await house.settle()
    await house.settle()
    # Nor in the middle of a day, when it has become old enough.
    for moment in ("09:00", "11:00", "09:00", "09:00"):
        until(house, moment)
        await comes(house)
    assert digests(house) == []
    until(house, "09:00", weekday=0)
    await comes(house)
    assert len(digests(house)) == 1
    await snoozes(house.maria, house.maria.in_channel(CHANNEL)[0], "Snooze for 3 days")
    await house.settle()
    assert "1 alert is snoozed" in digests(house)[0]
    until(house, "09:00")
    await comes(house)
    assert len(digests(house)) == 1


@ON_POSTGRESQL
async def test_a_digest_missed_comes_later_that_day(house: House) -> None:
    """The bot was down from eight to two: it lists then what it would have listed at nine, in the summer's time as in winter's."""
    await alerted(house)
    await zoned(house)
    until(house, "14:00", weekday=2)
    await comes(house)
    assert len(digests(house)) == 1
    # The clocks go back on the last Sunday of October: nine is nine.
    summer = datetime(house.clock().year + 1, 10, 29, 7, 59, tzinfo=house.clock().tzinfo)
    assert (summer - house.clock()) > timedelta()
    house.clock.advance(summer - house.clock())
    until(house, "08:59", weekday=0)
    await comes(house)
    before = len(digests(house))
    until(house, "09:00")
    await comes(house)
    assert len(digests(house)) == before + 1


@BY_SOCKET
async def test_without_a_channel_the_integrators_get_it(house: House) -> None:
    """No Integrator channel: each Integrator's own DM has the digest, later where they are not to be disturbed, never where they said no."""
    house.maria.human.tz = ZONE
    await connected(house)
    await zoned(house)
    await quiet(house, UserId("U0ADA"), dm=False)
    await quiet(house, MARIA, quiet_from="08:00", quiet_to="10:30")
    house.sandbox.provider("twitter").account("@northwind").state = "revoked"
    await checks(house, near="@northwind")
    await house.maria.closes(everything=True)
    until(house, "09:00", weekday=0)
    await comes(house)
    assert not any("is still disconnected, " in one.text for one in house.maria.dms)
    until(house, "10:31")
    await house.settle()
    # The alert itself waited until then too; which of the two comes first is not promised.
    assert any("1 account is still disconnected" in one.text for one in house.maria.dms[-2:])
    assert not any("still disconnected" in one.text for one in house.ada.dms)


@ON_POSTGRESQL
async def test_who_took_it_is_asked_after_four_hours_and_then_everybody(house: House) -> None:
    """Taken on Friday: asked in the DM's thread after four hours; on Monday at nine it is everybody's again, in the channel's thread."""
    await alerted(house)
    await zoned(house)
    maria = house.maria
    until(house, "10:00", weekday=4)
    await maria.presses_in(in_dm(maria), "I'm on it")
    await house.settle()
    house.clock.advance(timedelta(hours=3, minutes=59))
    await comes(house)
    assert questions(maria) == []
    house.clock.advance(timedelta(minutes=2))
    async with another_bot(house) as other:
        await other.tick("remind")
    await comes(house)
    (asked,) = questions(maria)
    assert asked.thread_ts == in_dm(maria).ts
    assert "Are you still on it?" in maria.read(asked)
    until(house, "09:00", weekday=6)
    await comes(house)
    assert replies(house) == []
    until(house, "09:00", weekday=0)
    await comes(house)
    (to_all,) = replies(house)
    assert "Nobody is on it" in maria.read(to_all)
    assert "@Maria Silva had taken it" in maria.read(to_all)
    assert "is on it" not in in_dm(maria).text
    assert "[" not in maria.read(questions(maria)[0])
    assert (await alert_of(house)).alert.taken_by is None

    await house.ada.presses_in(to_all, "I'm on it")
    await house.settle()
    house.clock.advance(timedelta(seconds=6))
    await house.settle()
    assert "@Ada Lovell is on it" in maria.read(replies(house)[0])
    house.sandbox.provider("twitter").account("@northwind").state = "healthy"
    await house.opens(maria)
    await checks(house, near="@northwind")
    house.clock.advance(timedelta(seconds=6))
    await house.settle()
    assert maria.read(replies(house)[0]).startswith("Done. ")


@ON_SQLITE
async def test_who_keeps_it_is_asked_again_later(house: House) -> None:
    """Kept by its button in the reminder: the question becomes a line, and comes again after four hours; muted, it is asked in the channel's thread."""
    await alerted(house, muted=[UserId("U0ADA")])
    await zoned(house)
    until(house, "10:00", weekday=1)
    await house.ada.presses_in(house.ada.in_channel(CHANNEL)[0], "I'm on it")
    await house.settle()
    for number in (1, 2):
        house.clock.advance(timedelta(hours=4, seconds=1))
        await comes(house)
        assert len(replies(house)) == number
        assert "Are you still on it?" in house.ada.read(replies(house)[-1])
        await house.ada.presses_in(replies(house)[-1], "Keep it")
        await house.settle()
        house.clock.advance(timedelta(seconds=6))
        await house.settle()
        assert "[" not in house.ada.read(replies(house)[-1])
    assert house.ada.dms == [] or questions(house.ada) == []


@ON_SQLITE
async def test_a_snooze_ends_with_a_reminder(house: House) -> None:
    """Snoozed for an hour: nothing before, then everybody reads that it is still broken, and the alert is snoozed no more."""
    await alerted(house)
    await zoned(house)
    until(house, "10:00", weekday=1)
    await snoozes(house.maria, in_channel(house), "Snooze for 1 hour")
    await house.settle()
    house.clock.advance(timedelta(minutes=59))
    await comes(house)
    assert replies(house) == []
    house.clock.advance(timedelta(minutes=1))
    await comes(house)
    (told,) = replies(house)
    assert "Nobody is on it" in house.maria.read(told)
    assert "Snoozed" not in house.maria.read(in_dm(house.maria))
    await comes(house)
    assert len(replies(house)) == 1


@ON_SQLITE
async def test_quiet_hours_hold_a_reminder(house: House) -> None:
    """Taken at six in the evening, quiet from eight: the question comes in the morning, and not at all once it is repaired."""
    house.maria.human.tz = ZONE
    await alerted(house)
    await zoned(house)
    await quiet(house, MARIA, quiet_from="20:00", quiet_to="07:30")
    until(house, "18:00", weekday=1)
    await house.maria.presses_in(in_dm(house.maria), "I'm on it")
    await house.settle()
    until(house, "22:01")
    await comes(house)
    assert questions(house.maria) == []
    until(house, "07:31")
    await comes(house)
    assert len(questions(house.maria)) == 1
    await house.maria.presses_in(questions(house.maria)[0], "Keep it")
    until(house, "20:30")
    await comes(house)
    await house.opens(house.maria)
    house.sandbox.provider("twitter").account("@northwind").state = "healthy"
    await checks(house, near="@northwind")
    until(house, "07:31")
    await comes(house)
    assert [house.maria.read(one)[:6] for one in questions(house.maria)] == ["Done. ", "🟢 @nor"]
