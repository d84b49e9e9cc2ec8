"""A mail, a server it is handed to, and what hands it over, for the tests of both."""

import ssl
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime

from bot.letters import Letter
from bot.mail_settings import sender, smtp_server
from bot.mailer import Mailer
from bot.sandbox.mail_server import MailServer, open_mail_server
from bot.sandbox.records import Records
from bot.sandbox.world import World, cast, wall

LETTER = Letter(
    to="maria@acme.example",
    subject="@acme at X is disconnected",
    text="Åse's account.\n.\n.. dots\n" + "long " * 400 + "\n",
    html="<!doctype html><html><body><p>Åse's account 🔴</p></body></html>\n",
    number="0a1b2c",
    at=datetime(2026, 11, 25, 9, 30, tzinfo=UTC),
    stop_url="https://lexer.example.com/mail/stop/" + "T0ACME.U0MARIA." + "x" * 90,
)
LOGIN = ("bot", "pw-of-mine")


def opened(
    login: tuple[str, str] | None = None, tls: ssl.SSLContext | None = None, *, from_the_start: bool = False
) -> AbstractAsyncContextManager[MailServer]:
    """A mail server of this test's own."""
    return open_mail_server(
        World(cast(), wall), Records(), login=login, tls=tls, from_the_start=from_the_start
    )


def mailer(url: str, tls: ssl.SSLContext | None = None) -> Mailer:
    """What the bot would send with."""
    return Mailer(
        server=smtp_server(url),
        sender=sender("Lexer <lexer@acme.example>"),
        own_host="lexer.example.com",
        refuse=lambda: None,
        tls=tls,
    )
