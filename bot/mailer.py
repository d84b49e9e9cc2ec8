"""Sends e-mail by SMTP: one message a call, over a connection of its own. A failed delivery is a value.

Knows nothing of what is said or why.
"""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.letters import Letter, on_the_wire
from bot.mail_settings import Sender, SmtpServer, Tls, is_address
from bot.settings import Settings
from bot.slack_client import DeliveryFailure, FailureKind

if TYPE_CHECKING:
    import aiosmtplib

_log = logging.getLogger(__name__)

_STEP_SECONDS = 20.0
_WHOLE_SECONDS = 45.0
"""Below the minute that the outbox gives one delivery (usecases/notify.py): a mail under way is not taken for one that nobody is sending."""
_AT_ONCE = 4
"""Connections to one server at the same time; many allow few."""
_LOGIN_REFUSED = frozenset({530, 534, 535, 538})
"""RFC 4954 6."""


class _Step(StrEnum):
    """How far a delivery has come."""

    CONNECT = "connect"
    LOGIN = "login"
    SENDER = "sender"
    ADDRESS = "address"
    CONTENT = "content"
    """From here on the server may have taken it, unless it says no."""


@dataclass(slots=True)
class _Way:
    step: _Step = _Step.CONNECT


class Mailer:
    """An SMTP server as the use cases see it.

    `own_host` is how we introduce ourselves (EHLO). `refuse` is called before each connection and raises inside a database
    transaction. `tls` takes the place of the system's certificate authorities.
    """

    def __init__(
        self,
        *,
        server: SmtpServer,
        sender: Sender,
        own_host: str,
        refuse: Callable[[], None],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._server = server
        self._sender = sender
        self._own_name = _introduced(own_host)
        self._refuse = refuse
        self._tls = None if server.tls is Tls.NONE else tls or ssl.create_default_context()
        self._places = asyncio.Semaphore(_AT_ONCE)

    def __repr__(self) -> str:
        return f"Mailer({self._server})"

    async def send(self, letter: Letter) -> DeliveryFailure | None:
        """Hand a mail over; why not, if the server did not take it.

        RETRY: not taken, try later. REFUSED: the address, the content or our own address is refused for good. OURS: our user
        and password are refused. UNKNOWN: the connection broke while it was being taken, so it is on its way or not.
        """
        if not is_address(letter.to):
            return DeliveryFailure(kind=FailureKind.REFUSED, error="no_address")
        wire = on_the_wire(letter, self._sender)
        return await self._try(lambda way: self._deliver(letter.to, wire, way))

    async def knock(self) -> DeliveryFailure | None:
        """Connect, log in and leave; why not, if that does not work."""
        return await self._try(self._visit)

    async def _try(self, work: Callable[[_Way], Awaitable[None]]) -> DeliveryFailure | None:
        self._refuse()
        way = _Way()
        try:
            async with asyncio.timeout(_WHOLE_SECONDS), self._places:
                await work(way)
        except Exception as error:  # noqa: BLE001  whatever a broken connection raises, it is an undelivered mail
            return _told(_failure(way.step, error), way.step, self._server)
        return None

    async def _visit(self, way: _Way) -> None:
        client = await self._enter(way)
        await _leave(client)

    async def _deliver(self, to: str, wire: bytes, way: _Way) -> None:
        client = await self._enter(way)
        try:
            way.step = _Step.SENDER
            await client.mail(self._sender.address)
            way.step = _Step.ADDRESS
            await client.rcpt(to)
            way.step = _Step.CONTENT
            await client.data(wire)
        finally:
            await _leave(client)

    async def _enter(self, way: _Way) -> "aiosmtplib.SMTP":
        """A connection, encrypted and logged in where that is asked for."""
        import aiosmtplib  # noqa: PLC0415  not every bot sends mail

        client = aiosmtplib.SMTP(
            hostname=self._server.host,
            port=self._server.port,
            use_tls=self._server.tls is Tls.FROM_THE_START,
            start_tls=self._server.tls is Tls.STARTTLS,
            tls_context=self._tls,
            local_hostname=self._own_name,
            timeout=_STEP_SECONDS,
        )
        await client.connect()
        try:
            way.step = _Step.LOGIN
            if self._server.user is not None and self._server.password is not None:
                await client.login(self._server.user, self._server.password.get_secret_value())
            else:
                await client.ehlo()
        except BaseException:
            client.close()
            raise
        return client


def mailer_of(settings: Settings, refuse: Callable[[], None]) -> Mailer | None:
    """What sends e-mail with these settings; None where it is not set up."""
    if settings.mail is None:
        return None
    server, sender = settings.mail
    host = urlsplit(settings.lexer_public_url).hostname or "localhost"
    return Mailer(server=server, sender=sender, own_host=host, refuse=refuse)


async def _leave(client: "aiosmtplib.SMTP") -> None:
    """Say goodbye where the connection still stands; what became of the mail is known already."""
    try:
        if client.is_connected:
            await client.quit(timeout=2)
    except Exception as error:  # noqa: BLE001  it was only a goodbye
        _log.debug("an SMTP server did not say goodbye: %s", type(error).__name__)
    finally:
        client.close()


def _introduced(host: str) -> str:
    """A name, or an address in brackets (RFC 5321 4.1.3)."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return f"[{address}]" if address.version == 4 else f"[IPv6:{address}]"


def _failure(step: _Step, error: Exception) -> DeliveryFailure:
    """RFC 5321 4.2.1: 4yz may work later, 5yz will not."""
    code = getattr(error, "code", 0)
    code = code if isinstance(code, int) else 0
    if 400 <= code < 500:
        return DeliveryFailure(kind=FailureKind.RETRY, error=f"smtp_{code}")
    if code in _LOGIN_REFUSED or (step is _Step.LOGIN and code >= 500):
        return DeliveryFailure(kind=FailureKind.OURS, error="login_refused")
    if code >= 500 and step in {_Step.SENDER, _Step.ADDRESS, _Step.CONTENT}:
        return DeliveryFailure(kind=FailureKind.REFUSED, error=f"{step}_refused_{code}")
    if step is _Step.CONTENT:
        return DeliveryFailure(kind=FailureKind.UNKNOWN, error="no_answer")
    why = _no_way(step, error, code)
    kind = FailureKind.OURS if why == "login_not_offered" else FailureKind.RETRY
    return DeliveryFailure(kind=kind, error=why)


def _no_way(step: _Step, error: Exception, code: int) -> str:
    """Why nothing was handed over, in one word."""
    if any(isinstance(one, ssl.SSLCertVerificationError) for one in (error, error.__cause__)):
        return "certificate_refused"
    if isinstance(error, OSError):  # time-outs too
        return "no_connection"
    if code:
        return f"smtp_{code}"
    # What is left is aiosmtplib's own word that the server does not offer what was asked for.
    return "starttls_not_offered" if step is _Step.CONNECT else "login_not_offered"


def _told(failure: DeliveryFailure, step: _Step, server: SmtpServer) -> DeliveryFailure:
    """Logged, never with the server's words: they repeat addresses."""
    mends = failure.kind is FailureKind.OURS or failure.error in {
        "certificate_refused",
        "starttls_not_offered",
    }
    level = logging.ERROR if mends or step is _Step.SENDER else logging.INFO
    _log.log(level, "%s did not take a mail at %s: %s", server, step, failure.error)
    return failure
