"""A sign-in that ends by itself: whoever can renew it hears of it in time, once each time."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.sandbox.people import PersonAtWork
from store import alert_settings, integrations
from store.records import UserId
from store.tables import grants
from store.watch_records import PersonalSettings
from tests.e2e.checking import another_bot, connected, disconnects
from tests.e2e.connecting import takes_permission
from tests.e2e.house import TEAM, House
from tests.e2e.ways import BOTH_DATABASES, ON_POSTGRESQL, ON_SQLITE

AHEAD = timedelta(days=30)


async def ending(house: House, ahead: timedelta = AHEAD) -> datetime:
    """Every sign-in there is ends so far ahead; when."""
    ends_at = house.clock() + ahead
    async with house.bot.context.store.transaction() as tx:
        await tx.conn.execute(sa.update(grants).values(ends_at=ends_at))
        await integrations.recount(tx, TEAM, "twitter")
    return ends_at


async def comes(house: House, moment: datetime) -> None:
    """That moment, and what is said then."""
    house.clock.advance(moment - house.clock())
    await house.bot.tick("remind")
    await house.settle()


def warnings(who: PersonAtWork) -> list[str]:
    """The warnings in somebody's DM, oldest first."""
    words = (" expires ", "A newer message", " renewed", " removed", "has expired")
    return [who.read(one) for one in who.dms if any(word in one.text for word in words)]


@BOTH_DATABASES
async def test_who_signed_in_is_warned_at_seven_three_and_one_days(house: House) -> None:
    """Seven, three and one days ahead, once each however many bots look; the listing and the detail say so; Reconnect from the DM ends it."""
    await connected(house)
    await house.maria.closes(everything=True)
    ends_at = await ending(house)
    await comes(house, ends_at - timedelta(days=7, minutes=1))
    assert warnings(house.maria) == []
    for number, days in enumerate((7, 3, 1), 1):
        moment = ends_at - timedelta(days=days) + timedelta(minutes=1)
        house.clock.advance(moment - house.clock())
        async with another_bot(house) as other:
            await other.tick("remind")
        await comes(house, moment)
        await comes(house, moment + timedelta(minutes=1))
        said = warnings(house.maria)
        assert len(said) == number
        assert "You get this because you connected it." in said[-1]
        assert all("A newer message is further down." in one and "[" not in one for one in said[:-1])
    assert "expires today" in said[-1]
    assert "🟡 Expires today" in await house.answer(house.maria, "/lexer integrations")
    assert "🟡 Expires today" in await house.opens(house.maria)
    await house.maria.closes(everything=True)
    assert warnings(house.ada) == []

    warned = [one for one in house.maria.dms if "expires today" in one.text][-1]
    await house.maria.presses_in(warned, "Reconnect", waits=True)
    await house.maria.sees("Continue to")
    await house.settle()
    await house.signs_in(house.maria)
    for one in warnings(house.maria):
        assert "@northwind at Twitter (X) is renewed" in one
        assert "Reconnected by @Maria Silva" in one
        assert "[" not in one


@ON_SQLITE
async def test_when_they_cannot_renew_it_the_integrators_are_told(house: House) -> None:
    """Who signed in lost the permission: every Integrator reads who had connected it, and when it is removed the warning says so."""
    await connected(house)
    await house.maria.closes(everything=True)
    ends_at = await ending(house)
    await takes_permission(house, "ada")
    await comes(house, ends_at - timedelta(days=3))
    assert warnings(house.maria) == []
    (said,) = warnings(house.ada)
    assert "@northwind at Twitter (X) expires in 3 days" in said
    assert "You get this because you are an Integrator. @Maria Silva connected it." in said
    await house.opens(house.ada)
    await disconnects(house, near="@northwind", who=house.ada)
    (said,) = warnings(house.ada)
    assert "is removed" in said
    assert "Disconnected by @Ada Lovell" in said
    assert "[" not in said


@ON_POSTGRESQL
async def test_a_warning_too_late_says_so(house: House) -> None:
    """Nobody renewed it: once it has ended the warning is a line; quiet hours had held it before."""
    house.maria.human.tz = "UTC"
    await connected(house)
    await house.maria.closes(everything=True)
    async with house.bot.context.store.transaction() as tx:
        theirs = PersonalSettings(
            workspace_id=TEAM, user_id=UserId("U0MARIA"), quiet_from="08:00", quiet_to="12:00"
        )
        await alert_settings.save_personal(tx, theirs)
    ends_at = await ending(house)
    await comes(house, ends_at - timedelta(days=1))
    assert warnings(house.maria) == []
    await comes(house, ends_at - timedelta(days=1) + timedelta(hours=4))
    assert len(warnings(house.maria)) == 1
    await comes(house, ends_at + timedelta(minutes=1))
    (said,) = warnings(house.maria)
    assert "has expired" in said
    assert "[" not in said


@ON_SQLITE
async def test_a_sign_in_for_a_few_days_is_not_warned_of_at_once(house: House) -> None:
    """What lasts only five days from the beginning: no warning on the day one signs in, but three days ahead."""
    await connected(house)
    await house.maria.closes(everything=True)
    ends_at = await ending(house, timedelta(days=5))
    await comes(house, house.clock() + timedelta(minutes=1))
    assert warnings(house.maria) == []
    await comes(house, ends_at - timedelta(days=3))
    assert len(warnings(house.maria)) == 1
