"""How LEXER_SMTP_URL and LEXER_MAIL_FROM are read. What is wrong is said without the value: it may hold a password."""

import re
from dataclasses import dataclass, field
from email.utils import parseaddr
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import SecretStr

LONGEST_ADDRESS = 254
"""Characters of an e-mail address that SMTP can carry (RFC 5321 4.5.3.1.3, less the angle brackets; erratum 1690)."""
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
_LONGEST_NAME = 100


class Tls(StrEnum):
    """How the way to the SMTP server is protected, by the scheme of its address."""

    NONE = "smtp"
    STARTTLS = "smtp+starttls"
    """Encrypted before anything is said; a server that does not offer it is not used (RFC 3207)."""
    FROM_THE_START = "smtps"
    """RFC 8314 3.3."""


_PORTS = {Tls.NONE: 25, Tls.STARTTLS: 587, Tls.FROM_THE_START: 465}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """Where e-mail is handed over."""

    host: str
    port: int
    tls: Tls
    user: str | None = field(default=None, repr=False)
    """Both or none."""
    password: SecretStr | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """As it may be shown: without user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.tls}://{host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Whom e-mails come from."""

    name: str
    """"" for none."""
    address: str


def smtp_server(value: str) -> SmtpServer:
    """Read smtp://, smtps:// or smtp+starttls://user:password@host:port, user and password percent-encoded.

    Raises ValueError, in words that go after the setting's name.
    """
    parts, port = _split(value)
    tls = _tls(parts.scheme)
    host = (parts.hostname or "").rstrip(".")
    user, password = _credentials(parts)
    if tls is Tls.NONE and user is not None and not is_loopback(host):
        # Refused and not only warned of: whoever listens on the way would have the password, every server that takes one
        # offers TLS (RFC 8314 4.1), and a warning in a log is read after the password has gone out.
        raise ValueError("would send its password unprotected; begin it with smtp+starttls:// or smtps://")
    return SmtpServer(
        host=host,
        port=port or _PORTS[tls],
        tls=tls,
        user=user,
        password=None if password is None else SecretStr(password),
    )


def _split(value: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ValueError(f"is not an address with a host{_HINT}") from None
    readable = value.isascii() and value.isprintable() and " " not in value
    extra = parts.path.rstrip("/") or parts.query or parts.fragment or "?" in value or "#" in value
    if not readable or not _is_host(parts.hostname or "") or port == 0 or extra:
        raise ValueError(f"is not an address with a host{_HINT}")
    return parts, port


_HINT = " (in user and password, signs such as / ? # @ : are written %2F %3F %23 %40 %3A)"


def _is_host(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return _DOMAIN.fullmatch(host.rstrip(".")) is not None
    return True


def _tls(scheme: str) -> Tls:
    try:
        return Tls(scheme.lower())
    except ValueError:
        raise ValueError("does not begin with smtp://, smtps:// or smtp+starttls://") from None


def _credentials(parts: SplitResult) -> tuple[str | None, str | None]:
    if "@" not in parts.netloc:
        return None, None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not user or not password:
        raise ValueError("has only one of user and password; both or neither belong there")
    if not user.isprintable() or not password.isprintable():
        raise ValueError("has line breaks or other hidden characters in user or password")
    return user, password


def sender(value: str) -> Sender:
    """Read "Lexer <lexer@acme.com>" or the address alone.

    Raises ValueError, in words that go after the setting's name.
    """
    if not value.isprintable():
        raise ValueError("has line breaks or other hidden characters")
    name, address = parseaddr(value)
    whole = value == address or (value.endswith(f"<{address}>") and value.count("@") == 1)
    if not whole or not is_address(address) or len(name) > _LONGEST_NAME:
        raise ValueError("is not one address such as lexer@acme.com or Lexer <lexer@acme.com>")
    return Sender(name=name, address=address)


def is_address(text: str) -> bool:
    """Whether every SMTP server takes it: plain ASCII, one @, nothing quoted (RFC 5321 4.1.2, 4.5.3.1.1)."""
    local, at, domain = text.rpartition("@")
    if not at or len(text) > LONGEST_ADDRESS or len(local) > 64:
        return False
    return _LOCAL.fullmatch(local) is not None and _DOMAIN.fullmatch(domain) is not None


def is_loopback(host: str) -> bool:
    """Whether `host` (no port, no brackets) is this machine itself."""
    try:
        return host.lower() == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
