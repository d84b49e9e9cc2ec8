"""Alerts by e-mail: to whom, when, what they say, and how somebody has no more of them."""

import re
from datetime import timedelta

import httpx
import sqlalchemy as sa

from bot.sandbox.mail_server import MailFault
from bot.sandbox.records import Mail
from store import alert_settings, outbox
from store.records import OutboxState, Surface, UserId
from store.tables import accounts, groups, people, workspaces
from store.watch_records import Fate, PersonalSettings
from tests.e2e.alerting import alert_of, alerted, in_dm
from tests.e2e.house import TEAM, House
from tests.e2e.ways import BY_SOCKET, ON_POSTGRESQL, ON_SQLITE

MARIA, ADA = UserId("U0MARIA"), UserId("U0ADA")


async def mailed(house: House) -> None:
    """Nothing joins any more, and the mails go out."""
    house.clock.advance(timedelta(minutes=5))
    await house.settle()
    await house.settle()


async def repaired(house: House) -> None:
    """Maria reconnects from the message, and everybody hears of it."""
    await house.maria.presses_in(in_dm(house.maria), "Reconnect", waits=True)
    await house.maria.sees("Continue to")
    await house.settle()
    await house.signs_in(house.maria)
    for _ in range(3):
        house.clock.advance(timedelta(seconds=6))
        await house.settle()


async def wants(house: House, user_id: UserId, *, mail: bool, dm: bool = True) -> None:
    """As somebody set it with /lexer alerts."""
    async with house.bot.context.store.transaction() as tx:
        settings = PersonalSettings(workspace_id=TEAM, user_id=user_id, mail=mail, dm=dm)
        await alert_settings.save_personal(tx, settings)


async def fate(house: House, user_id: UserId = MARIA) -> Fate:
    """What became of the alarm's mail to somebody."""
    alert = (await alert_of(house)).alert
    async with house.bot.context.store.reading() as tx:
        rows = await outbox.fates(tx, TEAM, "alert", alert.id)
    (row,) = (one for one in rows if one.surface is Surface.MAIL and one.recipient == user_id)
    return row


def stop_link(mail: Mail) -> str:
    """The address mail programs post to."""
    return (mail.header("List-Unsubscribe") or "").strip("<>")


async def test_the_alarm_and_the_all_clear(house: House) -> None:
    """One mail to each Integrator, with all it takes to reconnect and no ticket in it; one more when it is over."""
    await alerted(house)
    assert house.mails() == [], "what is repaired at once needs no mail"
    await mailed(house)
    assert sorted(mail.to for mail in house.mails()) == ["ada@acme.example", "maria@acme.example"]
    (mail,) = house.mails("maria")
    assert mail.subject == "@northwind at Twitter (X) is disconnected"
    dm = house.sandbox.world.dm("U0MARIA").id
    link = f"{house.sandbox.base_url}/client/{TEAM}/{dm}"
    for said in (mail.text, mail.html):
        for words in ("Press Reconnect there", "connected by Maria Silva", "(Australia/Melbourne)", "Acme"):
            assert words in said
        assert link in said
        assert stop_link(mail) in said
        assert "/connect/" not in said
    assert mail.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    assert mail.header("Auto-Submitted") == "auto-generated"
    async with httpx.AsyncClient(follow_redirects=True) as browser:
        assert (await browser.get(link)).status_code == 200

    await repaired(house)
    assert len(house.mails()) == 4
    alarm, clear = house.mails("maria")
    assert clear.subject == "@northwind at Twitter (X) works again"
    assert "Reconnected by Maria Silva" in clear.text
    assert clear.header("In-Reply-To") == alarm.header("Message-ID")
    await mailed(house)
    assert len(house.mails()) == 4


@ON_SQLITE
async def test_what_is_repaired_soon_needs_no_mail(house: House) -> None:
    """Who has the alarm and its end in Slack within a minute gets neither by mail."""
    await alerted(house)
    await repaired(house)
    await mailed(house)
    assert house.mails() == []


@ON_POSTGRESQL
async def test_only_who_got_the_alarm_gets_the_all_clear(house: House) -> None:
    """Ada wants no mails; she mends that later, and is not told of the end of what she was not told of."""
    await alerted(house)
    await wants(house, ADA, mail=False)
    await mailed(house)
    assert [mail.to for mail in house.mails()] == ["maria@acme.example"]
    await wants(house, ADA, mail=True)
    await repaired(house)
    assert [mail.to for mail in house.mails()] == ["maria@acme.example"] * 2


@BY_SOCKET
async def test_who_is_no_integrator_any_more_gets_no_mail(house: House) -> None:
    """Asked at the moment of sending: who left, lost the permission or has no address is not written to."""
    await alerted(house)
    await house.sandbox.changes("maria", deleted=True)
    await house.settle()
    await mailed(house)
    assert [mail.to for mail in house.mails()] == ["ada@acme.example"]
    assert (await fate(house)).state is OutboxState.DEAD


@ON_SQLITE
async def test_stopped_by_the_link_and_by_one_click(house: House) -> None:
    """Maria presses the button of the page, Ada's mail program does it for her; each is told in Slack as before."""
    await alerted(house)
    await mailed(house)
    async with httpx.AsyncClient() as browser:
        page = await browser.get(stop_link(house.mails("maria")[0]))
        assert "Maria Silva" in page.text
        assert "Acme" in page.text
        await browser.post(stop_link(house.mails("maria")[0]), headers={"Origin": house.url})
        one_click = {"List-Unsubscribe": "One-Click"}
        answer = await browser.post(stop_link(house.mails("ada")[0]), data=one_click)
        assert answer.status_code == 200
    await repaired(house)
    assert len(house.mails()) == 2
    assert "works again" in house.ada.read(in_dm(house.ada))


@ON_SQLITE
async def test_a_mail_that_may_have_arrived_is_not_sent_again(house: House) -> None:
    """The connection breaks after the letter was handed over: it is there once, shown as unknown, and its end is told."""
    await only_maria(house)
    house.mail_faults.append(MailFault(at="data", cut=True))
    await mailed(house)
    await mailed(house)
    assert [mail.to for mail in house.mails()] == ["maria@acme.example"]
    assert (await fate(house)).state is OutboxState.UNKNOWN
    await repaired(house)
    assert len(house.mails()) == 2


async def only_maria(house: House) -> None:
    """An alert of which only Maria wants a mail."""
    await alerted(house)
    await wants(house, ADA, mail=False)


@ON_POSTGRESQL
async def test_a_greylisting_server_costs_a_minute(house: House) -> None:
    """Not now is tried again until it is taken, once."""
    await only_maria(house)
    house.mail_faults.append(MailFault(at="rcpt", answer="451 4.7.1 Greylisted", times=3))
    for _ in range(4):
        await mailed(house)
    assert len(house.mails()) == 1
    assert (await fate(house)).state is OutboxState.SENT


@ON_SQLITE
async def test_a_refused_address_is_given_up(house: House) -> None:
    """A bounce is shown as one, and nobody knocks at that door for this alert again."""
    await only_maria(house)
    house.mail_faults.append(MailFault(at="rcpt", answer="550 5.1.1 Nobody"))
    for _ in range(3):
        await mailed(house)
    assert house.mails() == []
    assert (await fate(house)).error == "address_refused_550"


@ON_SQLITE
async def test_who_wants_no_messages_is_told_where_to_go(house: House) -> None:
    """Without direct messages there is no alert to open in them: the mail names the command instead."""
    await only_maria(house)
    await wants(house, MARIA, mail=True, dm=False)
    await mailed(house)
    (mail,) = house.mails()
    assert "type /lexer integrations" in mail.text
    assert "its messages to you" not in mail.text


@ON_SQLITE
async def test_a_hostile_name_is_only_a_name(house: House) -> None:
    """Whatever account, Group, person or workspace is called: no header, no markup, no link, and one reader."""
    names = (
        (accounts, "x\r\nBcc: evil@evil.example\r\n\r\n<script>alert(1)</script>"),
        (groups, "https://evil.example/connect/x"),
        (people, "<img src=x onerror=alert(1)>\r\nBcc: evil@evil.example"),
        (workspaces, "\u202e" + "drowssap" * 60),
    )
    await only_maria(house)
    async with house.bot.context.store.transaction() as tx:
        for table, name in names:
            await tx.conn.execute(sa.update(table).values(name=name))
    await mailed(house)
    (mail,) = house.mails()
    assert mail.header("Bcc") is None
    assert "<script" not in mail.html
    assert "<img" not in mail.html
    links = set(re.findall(r'href="([^"]+)"', mail.html))
    assert all(link.startswith((house.url, house.sandbox.base_url)) for link in links)
    assert "://evil" not in mail.text
    assert len(mail.subject) <= 120
