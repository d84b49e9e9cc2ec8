"""Handing e-mails over to a real SMTP server: taken once, or a reason why not that says what to do next."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from email.utils import parsedate_to_datetime

import pytest

from bot.errors import NetworkInTransaction
from bot.mail_settings import sender, smtp_server
from bot.mailer import Mailer
from bot.messenger import DeliveryFailure, FailureKind
from bot.sandbox.mail_server import MailFault, MailServer
from tests.edges.letters import LETTER, mailer, opened


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    """One that asks for nothing."""
    async with opened() as made:
        yield made


async def test_a_mail_arrives_as_it_was_written(server: MailServer) -> None:
    """Both forms, in any language, with every header a mail program acts on."""
    assert await mailer(server.url()).send(LETTER) is None
    (mail,) = server.mails
    assert (mail.to, mail.sender) == ("maria@acme.example", "Lexer <lexer@acme.example>")
    assert (mail.subject, mail.text, mail.html) == (LETTER.subject, LETTER.text, LETTER.html)
    assert mail.header("Message-ID") == "<0a1b2c@acme.example>"
    assert parsedate_to_datetime(mail.header("Date") or "") == LETTER.at
    assert mail.header("Auto-Submitted") == "auto-generated"
    assert mail.header("List-Unsubscribe") == f"<{LETTER.stop_url}>"
    assert mail.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    assert server.records.refusals == []


async def test_the_same_mail_has_the_same_number(server: MailServer) -> None:
    """A mail that was tried twice can be told from two mails, and an all-clear continues its alarm."""
    sending = mailer(server.url())
    await sending.send(LETTER)
    await sending.send(replace(LETTER, at=LETTER.at.replace(hour=10)))
    await sending.send(replace(LETTER, number="ffff", answers="0a1b2c"))
    one, two, end = server.mails
    assert one.header("Message-ID") == two.header("Message-ID")
    assert end.header("In-Reply-To") == one.header("Message-ID") != end.header("Message-ID")


NAMES = [
    "x\r\nBcc: evil@evil.example",
    "x\nTo: evil@evil.example\n\nHello",
    "x\x00\x0b\x1b[31m",
    "=?utf-8?q?x?=",
    "\u2028\u202eevil",
    "日本" * 60,
    "",
]


@pytest.mark.parametrize("name", NAMES)
async def test_no_name_becomes_a_header(server: MailServer, name: str) -> None:
    """Whatever an account is called, a mail has the headers we gave it and goes to one person."""
    assert await mailer(server.url()).send(replace(LETTER, subject=name)) is None
    (mail,) = server.mails
    assert mail.header("Bcc") is None
    assert [one for one, _ in mail.headers].count("To") == 1
    assert server.records.refusals == []


@pytest.mark.parametrize(
    "to",
    [
        "",
        "maria",
        "maria@",
        "maria@acme.example\r\nRCPT TO:<evil@evil.example>",
        "a@b.example,evil@evil.example",
        "Maria <maria@acme.example>",
        "ma ria@acme.example",
        "maria@acme.example>",
        '"x y"@acme.example',
        "m@" + "x" * 300,
    ],
)
async def test_what_is_no_address_is_not_written_to(server: MailServer, to: str) -> None:
    """An odd address in a profile never reaches the server."""
    failure = await mailer(server.url()).send(replace(LETTER, to=to))
    assert failure == DeliveryFailure(kind=FailureKind.REFUSED, error="no_address")
    assert server.visits == 0


@pytest.mark.parametrize("url", ["https://x\r\nBcc: y", "javascript:x", "https://x y", "https://x>"])
async def test_an_odd_stop_link_is_left_out(server: MailServer, url: str) -> None:
    """Rather no way out in the header than a header nobody meant."""
    assert await mailer(server.url()).send(replace(LETTER, stop_url=url)) is None
    assert server.mails[0].header("List-Unsubscribe") is None
    assert server.mails[0].header("Bcc") is None


TROUBLES = [
    (MailFault(at="ehlo", answer="421 4.3.2 Closing"), FailureKind.RETRY, "smtp_421", 0),
    (MailFault(at="ehlo", cut=True), FailureKind.RETRY, "no_connection", 0),
    (MailFault(at="mail", answer="451 4.3.0 Later"), FailureKind.RETRY, "smtp_451", 0),
    (MailFault(at="mail", answer="550 5.7.1 Not you"), FailureKind.REFUSED, "sender_refused_550", 0),
    (MailFault(at="mail", answer="530 5.7.0 Log in"), FailureKind.OURS, "login_refused", 0),
    (MailFault(at="rcpt", answer="451 4.7.1 Greylisted"), FailureKind.RETRY, "smtp_451", 0),
    (MailFault(at="rcpt", answer="421 4.7.0 Too much"), FailureKind.RETRY, "smtp_421", 0),
    (MailFault(at="rcpt", answer="550 5.1.1 Nobody"), FailureKind.REFUSED, "address_refused_550", 0),
    (MailFault(at="rcpt", cut=True), FailureKind.RETRY, "no_connection", 0),
    (MailFault(at="data", answer="452 4.3.1 Full"), FailureKind.RETRY, "smtp_452", 0),
    (MailFault(at="data", answer="554 5.7.1 Spam"), FailureKind.REFUSED, "content_refused_554", 0),
    (MailFault(at="data", cut=True), FailureKind.UNKNOWN, "no_answer", 1),
]


@pytest.mark.parametrize(("fault", "kind", "error", "arrived"), TROUBLES)
async def test_every_no_says_what_to_do_next(
    server: MailServer, fault: MailFault, kind: FailureKind, error: str, arrived: int
) -> None:
    """Later, never, or nobody knows: only what surely did not arrive may be tried again."""
    server.faults.append(replace(fault))
    sending = mailer(server.url())
    assert await sending.send(LETTER) == DeliveryFailure(kind=kind, error=error)
    assert len(server.mails) == arrived
    assert await sending.send(LETTER) is None


async def test_no_server_is_a_reason_to_come_back(server: MailServer) -> None:
    """A mail server that is down costs a delay, not the mail."""
    sending = mailer("smtp://127.0.0.1:9")
    assert await sending.send(LETTER) == DeliveryFailure(kind=FailureKind.RETRY, error="no_connection")


async def test_a_bounce_repeats_nobodys_address(server: MailServer, caplog: pytest.LogCaptureFixture) -> None:
    """What a server says of an address stays out of the log."""
    server.faults.append(MailFault(at="rcpt", answer="550 5.1.1 <maria@acme.example> left us"))
    with caplog.at_level(logging.DEBUG):
        await mailer(server.url()).send(LETTER)
    assert "address_refused_550" in caplog.text
    assert "maria" not in caplog.text


async def test_never_inside_a_transaction(server: MailServer) -> None:
    """No database waits for a mail server."""

    def refuse() -> None:
        raise NetworkInTransaction("the SMTP server")

    sending = Mailer(
        server=smtp_server(server.url()),
        sender=sender("lexer@acme.example"),
        own_host="127.0.0.1",
        refuse=refuse,
    )
    with pytest.raises(NetworkInTransaction):
        await sending.send(LETTER)
    assert server.visits == 0
