"""A sign-in put aside, sealed, until the person has said what to do with it."""

import json
from dataclasses import dataclass
from typing import Any

from connectors.engine import SignIn, Tokens
from connectors.provider import AccountAtProvider, Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """What the callback brought. Sealed by the store before it is kept."""

    tokens: Tokens
    identity: Identity
    scopes: tuple[str, ...]
    missing_scopes: tuple[str, ...]
    accounts: tuple[AccountAtProvider, ...]

    @classmethod
    def of(cls, sign_in: SignIn) -> "Parked":
        """From a completed sign-in."""
        return cls(
            tokens=sign_in.tokens,
            identity=sign_in.identity,
            scopes=sign_in.granted_scopes,
            missing_scopes=sign_in.missing_scopes,
            accounts=sign_in.accounts,
        )

    def dump(self) -> bytes:
        """As JSON bytes, for sealing."""
        accounts = [[a.external_id, a.name, a.role] for a in self.accounts]
        return json.dumps(
            {
                "tokens": self.tokens.dump().decode(),
                "identity": [self.identity.external_id, self.identity.name],
                "scopes": self.scopes,
                "missing": self.missing_scopes,
                "accounts": accounts,
            }
        ).encode()

    @classmethod
    def load(cls, raw: bytes) -> "Parked":
        """From `dump`'s bytes."""
        fields: dict[str, Any] = json.loads(raw)
        return cls(
            tokens=Tokens.load(fields["tokens"].encode()),
            identity=Identity(external_id=fields["identity"][0], name=fields["identity"][1]),
            scopes=tuple(fields["scopes"]),
            missing_scopes=tuple(fields["missing"]),
            accounts=tuple(
                AccountAtProvider(external_id=i, name=n, role=r) for i, n, r in fields["accounts"]
            ),
        )

    def chosen(self, external_ids: tuple[str, ...]) -> tuple[AccountAtProvider, ...]:
        """Of the accounts behind this sign-in, those with these ids; anything else asked for is ignored."""
        wanted = frozenset(external_ids)
        return tuple(a for a in self.accounts if a.external_id in wanted)
