"""The story this bot exists for: an account dies silently, the right people hear of it at once, and it is mended from there."""

from datetime import timedelta

from bot.sandbox.world import Posted
from store.records import UserId
from tests.e2e.alerting import CHANNEL, alert_of, channel_chosen, in_channel, in_dm
from tests.e2e.checking import connected
from tests.e2e.fleet import sweeps
from tests.e2e.house import House

MARIA, ADA = UserId("U0MARIA"), UserId("U0ADA")


def alarms(house: House) -> list[Posted]:
    """Every message about the account in the channel and by DM, replies left out."""
    places = {CHANNEL, house.sandbox.world.dm(MARIA).id, house.sandbox.world.dm(ADA).id}
    words = ("disconnected*", "works again*")
    return [
        one
        for one in house.sandbox.world.messages
        if one.channel in places and not one.is_reply and one.text.partition("\n")[0].endswith(words)
    ]


def mails(house: House) -> list[tuple[str, str]]:
    """To whom, and the subject."""
    return sorted((mail.to, mail.subject) for mail in house.mails())


async def a_quarter_of_an_hour(house: House) -> None:
    """It passes as it does in a running bot: minute by minute, with every tick."""
    for _ in range(15):
        await sweeps(house, minutes=1)
        await house.bot.tick("remind")
        await house.settle()


async def test_a_changed_password(house: House) -> None:
    """Fifteen minutes later the channel, each Integrator's DM and mailbox have it once; "I'm on it" and Reconnect show everywhere."""
    await connected(house)
    await house.maria.closes(everything=True)
    await channel_chosen(house)
    await sweeps(house, minutes=12)
    house.sandbox.provider("twitter").account("@northwind").state = "password_changed"
    await a_quarter_of_an_hour(house)

    said = alarms(house)
    assert sorted(one.channel for one in said) == sorted(
        [CHANNEL, house.sandbox.world.dm(MARIA).id, house.sandbox.world.dm(ADA).id]
    )
    subject = "@northwind at Twitter (X) is disconnected"
    assert mails(house) == [("ada@acme.example", subject), ("maria@acme.example", subject)]

    await house.ada.presses_in(in_channel(house), "I'm on it")
    await house.settle()
    assert "<@U0ADA> is on it" in in_channel(house).text
    assert alarms(house) == said

    await house.maria.presses_in(in_dm(house.maria), "Reconnect", waits=True)
    await house.maria.sees("Continue to")
    await house.settle()
    await house.signs_in(house.maria)
    house.clock.advance(timedelta(seconds=10))
    await house.settle()
    await house.settle()
    assert alarms(house) == said
    for one in said:
        assert "Reconnected by <@U0MARIA>" in one.text
        assert not [block for block in one.blocks if block["type"] == "actions"]
        (line,) = house.sandbox.world.replies(one)
        assert "Reconnected by <@U0MARIA>" in line.text
    assert [to for to, words in mails(house) if words != subject] == [
        "ada@acme.example",
        "maria@acme.example",
    ]
    assert (await alert_of(house)).alert.resolved_at is not None
