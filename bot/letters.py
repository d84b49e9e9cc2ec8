"""One e-mail, and its form on the wire."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from bot.mail_settings import Sender

_BARE_URL = re.compile(r"https?://[!#-;=?-~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One e-mail to one address."""

    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    number: str
    """Letters and digits; the same however often it is tried: Message-ID is made of it."""
    answers: str | None = None
    """The number of the mail it continues."""
    at: datetime
    """Aware."""
    stop_url: str = field(repr=False)
    """Where a POST stops these mails."""


def on_the_wire(letter: Letter, sender: Sender) -> bytes:
    """The message as it goes over the line: ASCII, CRLF, lines of at most 78 characters but for the two addresses to stop it."""
    # The grammar of mail headers takes longer to load than most of this bot's own files, and no start should wait for it.
    from email.headerregistry import Address  # noqa: PLC0415
    from email.message import EmailMessage  # noqa: PLC0415
    from email.policy import SMTP as WIRE  # noqa: PLC0415

    domain = sender.address.rpartition("@")[2]
    message = EmailMessage(policy=WIRE)
    message["From"] = Address(display_name=sender.name, addr_spec=sender.address)
    message["To"] = Address(addr_spec=letter.to)
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = letter.at
    message["Message-ID"] = f"<{letter.number}@{domain}>"
    if letter.answers:
        message["In-Reply-To"] = message["References"] = f"<{letter.answers}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    return _stopping(letter.stop_url) + message.as_bytes()


def _stopping(url: str) -> bytes:
    """RFC 2369 3.2 and RFC 8058 3.1. Written here: the email package would encode a long address so that nobody reads it."""
    if not _BARE_URL.fullmatch(url):
        return b""
    lines = f"List-Unsubscribe: <{url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    return lines.encode("ascii")
