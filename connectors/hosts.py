"""Which hosts and addresses may be called at all. Pure rules; the client that obeys them is `connectors/outside.py`."""

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import idna

# Special-purpose blocks an answer from the public DNS has no business naming (IANA special-purpose registries, RFC 6890),
# and the forms that smuggle an IPv4 address: NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056), Teredo (RFC 4380), ISATAP aside.
# Python's own `is_global` differs between patch releases of 3.11, so the list is spelled out.
_REFUSED_4 = tuple(
    ipaddress.ip_network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_GLOBAL_6 = ipaddress.ip_network("2000::/3")
_REFUSED_6 = tuple(
    ipaddress.ip_network(block) for block in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_FORBIDDEN_IN_URL = re.compile(r"[\x00-\x20\x7f\\]")
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_PLAIN_LABEL = r"(?!xn--)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_PLAIN_HOST = re.compile(rf"(?=.{{1,253}}\Z){_PLAIN_LABEL}(\.{_PLAIN_LABEL})+")


class OutsideRefused(Exception):
    """We will not send this request: scheme, host, port or address is not allowed. The message never holds the URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A URL taken apart and found allowed: host in ASCII, path with its slash, query without its question mark."""

    host: str
    path: str
    query: str

    def url(self) -> str:
        """The address to call, put together from its checked parts only (no second reading by another parser)."""
        return f"https://{self.host}{self.path}" + (f"?{self.query}" if self.query else "")

    def rerouted(self, base: str) -> str:
        """The same call at a local workspace: {base}/{host}/path?query."""
        return f"{base.rstrip('/')}/{self.host}{self.path}" + (f"?{self.query}" if self.query else "")


@lru_cache(maxsize=1024)  # the same few hosts at every call
def ascii_host(host: str) -> str:
    """A host name in lower-case ASCII after IDNA 2008 with UTS 46 mapping; raises `OutsideRefused` if it is none."""
    # UTS 46 drops zero-width and soft characters; a name that has any is meant to deceive.
    if any(unicodedata.category(char) == "Cf" for char in host):
        raise OutsideRefused("not a host name")
    # Letters, digits and hyphens need no mapping, and IDNA would refuse "my--shop": RFC 5890 2.3.1 reserves two
    # hyphens there, yet the DNS takes them and a shop may be called so.
    if _PLAIN_HOST.fullmatch(host.lower()) and host.isascii():
        return host.lower()
    try:
        name = idna.encode(host, uts46=True, std3_rules=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        raise OutsideRefused("not a host name") from None
    if not _HOST.fullmatch(name):
        raise OutsideRefused("not a host name")
    return name


def allowed_target(url: str, allowed_hosts: tuple[str, ...]) -> Target:
    """Take `url` apart if it may be called: https, port 443, no user info, host exactly one of `allowed_hosts`.

    Raises `OutsideRefused`.
    """
    if _FORBIDDEN_IN_URL.search(url):
        raise OutsideRefused("characters that have no place in an address")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise OutsideRefused("not an address") from None
    if parts.scheme != "https":
        raise OutsideRefused("only https is called")
    if "@" in parts.netloc:
        raise OutsideRefused("user info in an address")
    if port not in {None, 443}:
        raise OutsideRefused("only port 443 is called")
    host = ascii_host(parts.hostname or "")
    if host not in {ascii_host(allowed) for allowed in allowed_hosts}:
        raise OutsideRefused("a host that is not declared")
    return Target(host=host, path=parts.path or "/", query=parts.query)


def is_public(address: str) -> bool:
    """Whether an IP address (text) is an ordinary one of the public internet. Nonsense is not."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in block for block in _REFUSED_4)
    # Everything outside 2000::/3 goes: loopback, link-local, unique local, multicast, mapped IPv4 and both NAT64 prefixes.
    return ip in _GLOBAL_6 and not any(ip in block for block in _REFUSED_6)
