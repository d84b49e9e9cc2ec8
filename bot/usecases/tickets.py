"""The ticket of a connect link and the cookie of its browser: both derived, neither stored."""

import hashlib
import secrets

from bot.usecases.context import Context
from bot.usecases.pages import Cookie
from store.records import AttemptId

COOKIE_LIFE = 2400
"""Seconds: the link's 30 minutes and the provider's 10."""
_LONGEST = 200


def new_id() -> str:
    """An id nobody can guess: 128 bits, URL-safe."""
    return secrets.token_urlsafe(16)


def link(ctx: Context, attempt_id: AttemptId) -> str:
    """The address of an attempt's Connect page."""
    return f"{ctx.public_url}/connect/{attempt_id}.{ctx.store.vault.sign('ticket', attempt_id)}"


def read(ctx: Context, ticket: str) -> AttemptId | None:
    """The attempt a ticket was made for; None if it was not made by us or its key is gone."""
    attempt_id, _, mac = ticket.partition(".")
    if not attempt_id or len(ticket) > _LONGEST or not ticket.isascii():
        return None
    return AttemptId(attempt_id) if ctx.store.vault.verify("ticket", attempt_id, mac) else None


def cookie_name(attempt_id: AttemptId) -> str:
    """One name per attempt: two links open in one browser never meet."""
    return f"lexer_{hash_of(attempt_id)[:16]}"


def new_cookie(ctx: Context, attempt_id: AttemptId) -> Cookie:
    """A cookie for the browser that opened the link, checkable without having been stored."""
    nonce = secrets.token_urlsafe(16)
    mac = ctx.store.vault.sign("cookie", f"{attempt_id} {nonce}")
    return Cookie(name=cookie_name(attempt_id), value=f"{nonce}.{mac}", max_age=COOKIE_LIFE)


def is_ours(ctx: Context, attempt_id: AttemptId, value: str | None) -> bool:
    """Whether a cookie was made by `new_cookie` for this attempt."""
    if not value or len(value) > _LONGEST or not value.isascii():
        return False
    nonce, _, mac = value.partition(".")
    return ctx.store.vault.verify("cookie", f"{attempt_id} {nonce}", mac)


def hash_of(value: str) -> str:
    """SHA-256 in hex: what the store keeps of a state or a cookie."""
    return hashlib.sha256(value.encode()).hexdigest()
