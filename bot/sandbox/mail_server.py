"""The mail server of the local workspace: a real SMTP server on loopback, strict, with the people of the workspace as its mailboxes."""

import asyncio
import logging
import re
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from bot.sandbox.records import Mail, Records
from bot.sandbox.world import World

_NAME = "mail.acme.example"
_NEEDED = ("From", "To", "Date", "Message-ID", "Subject", "MIME-Version")
"""RFC 5322 3.6 asks for From and Date; the rest is what mail programs and spam filters expect."""
_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_LONGEST_LINE = 998
"""RFC 5322 2.1.1."""


@dataclass(slots=True, kw_only=True)
class MailFault:
    """One kind of trouble, `times` times, when the bot comes `at` "ehlo", "auth", "mail", "rcpt" or "data".

    `answer`: what the server says instead, such as "451 4.7.1 Come back later". `cut`: the connection breaks off; at "data" the mail
    was taken before. `delay`: seconds of waiting first (not at "auth").
    """

    at: str = "rcpt"
    answer: str | None = None
    cut: bool = False
    delay: float = 0.0
    times: int = 1


@dataclass(slots=True, kw_only=True)
class MailServer:
    """A running server: its mailboxes are the e-mail addresses of the workspace's people."""

    world: World
    records: Records
    login: tuple[str, str] | None = None
    """User and password it asks for; None: it asks for none."""
    port: int = 0
    faults: list[MailFault] = field(default_factory=list)
    visits: int = 0
    """Connections so far that said EHLO."""

    @property
    def mails(self) -> list[Mail]:
        """Everything that arrived, oldest first."""
        return self.records.mails

    def url(self, scheme: str = "smtp") -> str:
        """For LEXER_SMTP_URL."""
        user = f"{self.login[0]}:{self.login[1]}@" if self.login else ""
        return f"{scheme}://{user}127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """The settings that make a bot send its mails here."""
        return {"LEXER_SMTP_URL": self.url(), "LEXER_MAIL_FROM": "Lexer <lexer@acme.example>"}

    async def handle_EHLO(  # noqa: N802  aiosmtpd's name, like those below
        self, server: SMTP, session: Session, _envelope: Envelope, host: str, offered: list[str]
    ) -> list[str]:
        """Greet; AUTH is offered only where there is a login."""
        self.visits += 1
        session.host_name = host
        answer = await self._trouble("ehlo", server)
        if answer is not None:
            return [answer]
        return [line for line in offered if self.login or not line.startswith("250-AUTH")]

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: LoginPassword
    ) -> AuthResult:
        """Compare user and password."""
        fault = self._next("auth")
        if fault is not None:
            return AuthResult(success=False, handled=False, message=fault.answer)
        wanted = tuple(text.encode() for text in self.login or ())
        return AuthResult(success=(given.login, given.password) == wanted, handled=False)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a sender, after the login where there is one."""
        answer = await self._trouble("mail", server)
        if answer is not None:
            return answer
        if self.login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the address of somebody who works here, and one for each mail: everybody gets their own."""
        answer = await self._trouble("rcpt", server)
        if answer is not None:
            return answer
        if address not in {human.email for human in self.world.humans.values()}:
            return self._refused("unknown_address", "550 5.1.1 Nobody has this address here")
        if envelope.rcpt_tos:
            return self._refused("several_addresses", "452 4.5.3 One address at a time")
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Look at the mail as closely as the strictest of servers, and keep it."""
        fault = self._next("data")
        if fault is not None and fault.answer is not None:
            return fault.answer
        content = cast("bytes", envelope.content)
        message = message_from_bytes(content, policy=default)
        wrong = _wrong(content, message, envelope)
        if wrong is not None:
            return self._refused(wrong, f"554 5.6.0 {wrong}")
        self.records.mails.append(self._mail(message, envelope))
        self.records.ring()
        if fault is not None:
            await _suffer(fault, server)
        return "250 2.0.0 Taken"

    def _mail(self, message: EmailMessage, envelope: Envelope) -> Mail:
        plain, html = message.get_body(("plain",)), message.get_body(("html",))
        return Mail(
            to=envelope.rcpt_tos[0],
            sender=str(message["From"]),
            subject=str(message["Subject"]),
            text=plain.get_content().replace("\r\n", "\n") if plain is not None else "",
            html=html.get_content().replace("\r\n", "\n") if html is not None else "",
            headers=tuple((name, str(value)) for name, value in message.items()),
            at=self.world.clock(),
        )

    def _refused(self, error: str, answer: str) -> str:
        self.records.refuse("mail", error)
        return answer

    async def _trouble(self, at: str, server: SMTP) -> str | None:
        """The answer of the trouble that comes here."""
        fault = self._next(at)
        if fault is None:
            return None
        await _suffer(fault, server)
        return fault.answer

    def _next(self, at: str) -> MailFault | None:
        for fault in self.faults:
            if fault.at == at:
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None


async def _suffer(fault: MailFault, server: SMTP) -> None:
    await asyncio.sleep(fault.delay)
    if fault.cut and server.transport is not None:
        cast("asyncio.Transport", server.transport).abort()
        # Cancelled as soon as the loop has closed the connection.
        await asyncio.Event().wait()


def _wrong(content: bytes, message: EmailMessage, envelope: Envelope) -> str | None:
    """Why the mail is not taken, in one word."""
    if _BARE.search(content):
        return "bare_line_break"
    if not content.isascii() or max(map(len, content.split(b"\r\n"))) > _LONGEST_LINE:
        return "not_seven_bit"
    if any(len(message.get_all(name, [])) != 1 for name in _NEEDED) or message.defects:
        return "headers_missing_or_twice"
    if [one.addr_spec for one in message["To"].addresses] != envelope.rcpt_tos:
        return "addressed_to_somebody_else"
    if [one.addr_spec for one in message["From"].addresses] != [envelope.mail_from]:
        return "sent_by_somebody_else"
    if message.get_body(("plain",)) is None or message.get_body(("html",)) is None:
        return "not_plain_and_html"
    return None


@asynccontextmanager
async def open_mail_server(
    world: World,
    records: Records,
    *,
    port: int = 0,
    login: tuple[str, str] | None = None,
    tls: ssl.SSLContext | None = None,
    from_the_start: bool = False,
) -> AsyncIterator[MailServer]:
    """Start a mail server on loopback; it ends with the block. Arrived mails are in `records.mails`.

    With `tls` it offers STARTTLS and asks for it, or speaks TLS `from_the_start`. Raises OSError when the port is busy.
    """
    # aiosmtpd writes every line of every mail to its log.
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    made = MailServer(world=world, records=records, login=login)
    loop = asyncio.get_running_loop()

    def protocol() -> Any:
        return SMTP(
            made,
            hostname=_NAME,
            ident="the local workspace's mail server",
            tls_context=None if from_the_start else tls,
            require_starttls=not from_the_start,
            auth_require_tls=tls is not None and not from_the_start,
            authenticator=made.authenticate,
            loop=loop,
        )

    bound = socket.create_server(("127.0.0.1", port))
    made.port = int(bound.getsockname()[1])
    server = await loop.create_server(protocol, sock=bound, ssl=tls if from_the_start else None)
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()
