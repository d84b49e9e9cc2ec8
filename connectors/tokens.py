"""Tokens and reading them out of a token endpoint's answer, whatever oddity it has."""

import json
import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from pydantic import SecretStr

from connectors.provider import Answer, Json, OAuth2, RefreshKind

_TEN_YEARS = 315_360_000
_LONGEST_TOKEN = 16_000
# RFC 6749 appendix A.12: visible ASCII; a blank or line break would break the header it travels in.
_TOKEN = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What a sign-in yields. Never logged; sealed by the store before it is kept (see `dump` and `load`).

    `expires_at`: when the access token ends (None = it does not). `ends_at`: when the whole sign-in ends unless a person signs in
    again: the refresh token's end, or the access token's where nothing renews it by itself (None = not known to end).
    Aware datetimes in UTC.
    """

    access_token: SecretStr
    refresh_token: SecretStr | None
    expires_at: datetime | None
    ends_at: datetime | None = None

    def dump(self) -> bytes:
        """As JSON bytes, for sealing."""
        return json.dumps(
            {
                "access_token": self.access_token.get_secret_value(),
                "refresh_token": self.refresh_token.get_secret_value() if self.refresh_token else None,
                "expires_at": self.expires_at.isoformat() if self.expires_at else None,
                "ends_at": self.ends_at.isoformat() if self.ends_at else None,
            }
        ).encode()

    @classmethod
    def load(cls, raw: bytes) -> "Tokens":
        """From `dump`'s bytes."""
        fields = json.loads(raw)
        return cls(
            access_token=SecretStr(fields["access_token"]),
            refresh_token=SecretStr(fields["refresh_token"]) if fields["refresh_token"] else None,
            expires_at=datetime.fromisoformat(fields["expires_at"]) if fields["expires_at"] else None,
            ends_at=datetime.fromisoformat(fields["ends_at"]) if fields["ends_at"] else None,
        )


def fields_of(answer: Answer) -> dict[str, Json]:
    """The fields of a token endpoint's answer: JSON, or form-encoded as early drafts had it; empty if it is neither."""
    if isinstance(answer.json, dict):
        return answer.json
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if answer.json is not None or kind not in {"application/x-www-form-urlencoded", "text/plain", ""}:
        return {}
    try:
        pairs = parse_qsl(answer.body.decode("ascii"), strict_parsing=True, max_num_fields=30)
    except ValueError:
        return {}
    # A field given twice makes the answer ambiguous (RFC 6749 3.2 forbids it).
    return dict(pairs) if len({name for name, _ in pairs}) == len(pairs) else {}


def read_tokens(
    answer: Answer, auth: OAuth2, *, now: datetime, before: Tokens | None = None
) -> Tokens | None:
    """The tokens in an answer, or None if it holds none that can be used. `before`: the ones being renewed."""
    fields = fields_of(answer)
    access = _token(fields.get("access_token"))
    if access is None or fields.get("error") or not _known_type(fields.get("token_type")):
        return None
    refresh = _token(fields.get("refresh_token")) or (before.refresh_token if before else None)
    expires_at = _after(now, _seconds(fields.get("expires_in")) or auth.access_token_lifetime)
    return Tokens(
        access_token=access,
        refresh_token=refresh,
        expires_at=expires_at,
        ends_at=_ends_at(fields, auth, now=now, before=before) if _renews(auth, refresh) else expires_at,
    )


def granted_in(answer: Answer) -> tuple[str, ...] | None:
    """The permissions an answer says were granted; None = it does not say, which means as asked (RFC 6749 5.1).

    Any order, separated by blanks or commas, or a list. Empty says that none was granted.
    """
    scope = fields_of(answer).get("scope")
    if isinstance(scope, str):
        return tuple(dict.fromkeys(name for name in re.split(r"[\s,]+", scope) if name))
    if isinstance(scope, list):
        return tuple(dict.fromkeys(name for name in scope if isinstance(name, str)))
    return None


def _renews(auth: OAuth2, refresh: SecretStr | None) -> bool:
    return refresh is not None and auth.refresh in {RefreshKind.ROTATING, RefreshKind.STATIC}


def _ends_at(
    fields: dict[str, Json], auth: OAuth2, *, now: datetime, before: Tokens | None
) -> datetime | None:
    told = _seconds(fields.get("refresh_token_expires_in"))
    if told is None and before and "refresh_token" not in fields:
        return before.ends_at
    return _after(now, told or auth.refresh_token_lifetime)


def _token(value: Json) -> SecretStr | None:
    if isinstance(value, str) and len(value) <= _LONGEST_TOKEN and _TOKEN.fullmatch(value):
        return SecretStr(value)
    return None


def _known_type(value: Json) -> bool:
    # RFC 6749 7.1: a token of a type one does not know must not be used. Shopify names none.
    return value is None or (isinstance(value, str) and value.lower() == "bearer")


def _seconds(value: Json) -> int | None:
    """Seconds of life, None for what makes no sense: nothing, 0, negative, more than ten years, no number."""
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else 0.0
    except (ValueError, OverflowError):
        return None
    return int(number) if math.isfinite(number) and 1 <= number <= _TEN_YEARS else None


def _after(now: datetime, seconds: int | None) -> datetime | None:
    return now + timedelta(seconds=seconds) if seconds else None
