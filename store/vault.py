"""Seals secrets before they reach the database, and signs tickets. Knows keys; knows nothing of rows or SQL."""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
HEADER_BYTES = 32
"""A sealed value begins with its key id, padded with zero bytes to this length, so that SQL can count by key."""
_NONCE_BYTES = 12
_TAG_BYTES = 16
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_SIGNING_INFO = b"lexer-bot/sign/1"


class BadKeys(ValueError):
    """The setting of the secret keys cannot be used. The text names places and ids, never a key."""


class CannotOpen(Exception):
    """A sealed value was sealed under an unknown key, was changed, or belongs to another row."""


class Vault:
    """AES-256-GCM with the row as associated data (NIST SP 800-38D), one cipher object kept per key.

    `keys` are (id, 32 bytes), newest first. The newest seals and signs; every key opens and verifies.
    Raises BadKeys.
    """

    __slots__ = ("_ciphers", "_headers", "_ids", "_signers")

    def __init__(self, keys: Sequence[tuple[str, bytes]]) -> None:
        _refuse_bad(keys)
        self._ids = tuple(key_id for key_id, _ in keys)
        self._headers = {key_id: key_id.encode().ljust(HEADER_BYTES, b"\0") for key_id in self._ids}
        self._ciphers = {self._headers[key_id]: AESGCM(key) for key_id, key in keys}
        self._signers = tuple(_signing_key(key) for _, key in keys)

    @classmethod
    def from_setting(cls, text: str) -> "Vault":
        """Read "id:base64url,id2:base64url". Raises BadKeys, whose words never hold a key."""
        parts = [part.strip() for part in text.split(",") if part.strip()]
        return cls([_parsed(part, place) for place, part in enumerate(parts, start=1)])

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Newest first."""
        return self._ids

    @property
    def newest_header(self) -> bytes:
        """How everything sealed now begins."""
        return self._headers[self._ids[0]]

    def seal(self, plain: bytes, *, bound_to: str) -> bytes:
        """Seal under the newest key: header (32), nonce (12), ciphertext, tag (16 bytes)."""
        header = self.newest_header
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return header + nonce + self._ciphers[header].encrypt(nonce, plain, header + bound_to.encode())

    def open(self, sealed: bytes, *, bound_to: str) -> bytes:
        """Give the plain bytes back. Raises CannotOpen, whose words name the key id at most."""
        header, nonce, body = sealed[:HEADER_BYTES], sealed[HEADER_BYTES:44], sealed[44:]
        cipher = self._ciphers.get(header)
        if cipher is None:
            raise CannotOpen(f"sealed under {key_id_in(header)!r}, a key this bot does not have")
        if len(body) < _TAG_BYTES:
            raise CannotOpen("the sealed value was cut short")
        try:
            return cipher.decrypt(nonce, body, header + bound_to.encode())
        except InvalidTag:
            # The cause is dropped: it says nothing more, and a traceback would carry the bytes.
            raise CannotOpen(f"changed, or of another row (key {key_id_in(header)!r})") from None

    def sign(self, purpose: str, message: str) -> str:
        """Base64url HMAC-SHA256 (no padding) under a key derived from the newest key."""
        return _mac(self._signers[0], purpose, message)

    def verify(self, purpose: str, message: str, mac: str) -> bool:
        """Whether `mac` was made by `sign` under any of the keys; constant time."""
        given = mac.encode(errors="replace")
        # Every key is compared, whichever fits first.
        fits = [hmac.compare_digest(_mac(key, purpose, message).encode(), given) for key in self._signers]
        return True in fits

    def __repr__(self) -> str:
        return f"Vault(key_ids={self._ids!r})"


def new_key_line() -> str:
    """Make one entry for LEXER_SECRET_KEYS, named after today (UTC): "k20261124:…"."""
    return f"k{datetime.now(UTC):%Y%m%d}:{secrets.token_urlsafe(KEY_BYTES)}"


def key_id_in(sealed: bytes) -> str:
    """The key id a sealed value names, or "?" when its header is no key id."""
    text = sealed[:HEADER_BYTES].rstrip(b"\0").decode("ascii", errors="replace")
    return text if _KEY_ID.fullmatch(text) else "?"


def _refuse_bad(keys: Sequence[tuple[str, bytes]]) -> None:
    if not keys:
        raise BadKeys("At least one secret key is needed. `lexer-bot keys new` makes one.")
    for place, (key_id, key) in enumerate(keys, start=1):
        if not _KEY_ID.fullmatch(key_id):
            raise BadKeys(f"The id of key {place} must be 1 to 32 letters, digits, - or _.")
        if len(key) != KEY_BYTES:
            raise BadKeys(f"Key {key_id!r} must be {KEY_BYTES} bytes; it has {len(key)}.")
    if len({key_id for key_id, _ in keys}) != len(keys):
        raise BadKeys("Two secret keys have the same id.")


def _parsed(part: str, place: int) -> tuple[str, bytes]:
    key_id, colon, encoded = part.partition(":")
    # Without a colon the text may be the key itself, so it is not repeated.
    if not colon:
        raise BadKeys(f"Key {place} must be written id:key.")
    try:
        key = base64.b64decode(
            encoded.rstrip("=") + "=" * (-len(encoded.rstrip("=")) % 4), altchars=b"-_", validate=True
        )
    except (binascii.Error, ValueError):
        raise BadKeys(f"Key {place} is not base64url.") from None
    return key_id, key


def _signing_key(key: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=_SIGNING_INFO).derive(key)


def _mac(key: bytes, purpose: str, message: str) -> str:
    # The length in front keeps ("a", "bc") and ("ab", "c") apart.
    name = purpose.encode(errors="replace")
    text = len(name).to_bytes(4) + name + message.encode(errors="replace")
    return base64.urlsafe_b64encode(hmac.new(key, text, hashlib.sha256).digest()).rstrip(b"=").decode()
