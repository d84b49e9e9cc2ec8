"""What providers tell by themselves: signatures, and reading what is genuine. Pure."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping

from connectors.classify import UNREADABLE
from connectors.provider import Notices, Told


def sha256_in_base64(header: str) -> Callable[[Mapping[str, str], bytes, str], bool]:
    """`Notices.is_genuine` where a header holds the base64 of HMAC-SHA256 over the raw body, with the client secret.

    `header`: its name in lower case. Compared in constant time; without a secret nothing is genuine.
    """

    def is_genuine(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
        mac = base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256))
        told = headers.get(header, "").encode(errors="replace")
        return bool(secret) and hmac.compare_digest(mac, told)

    return is_genuine


def read(notices: Notices, headers: Mapping[str, str], body: bytes) -> Told | None:
    """What a genuine notice says of itself; None where it cannot be read."""
    try:
        return notices.read(headers, body)
    except UNREADABLE:
        return None
