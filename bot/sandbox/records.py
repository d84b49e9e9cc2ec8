"""What the workspace writes down for tests and for the curious: calls, refusals, exchanges, everything sent. Tokens are left out."""

import asyncio
import re
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any, Literal

from bot.sandbox.world import Clock, Json, wall

Way = Literal["to bot", "to Slack", "to provider"]

_KEPT = 1000
_SECRET_FIELDS = frozenset({"token", "access_token", "refresh_token", "client_secret", "code", "app_token"})
_SLACK_TOKEN = re.compile(r"\bx(?:ox[a-z]|app)-[\w-]+")
_ADDRESS_HERE = re.compile(r"((?:http|ws)s?://(?:127\.0\.0\.1|localhost)(?::\d+)?/[\w.-]+)[/?#][^\s\"'<>|)]+")
"""An address of this computer behind its first part: tickets of links and sockets, response addresses, codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCall:
    """One call of the bot: `method` as Slack names it ("response_url" for response addresses), arguments without token, answer."""

    method: str
    args: Json
    answer: Json
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Something the bot did that Slack or a provider would not take. `where`: the method, or what was answered."""

    where: str
    error: str
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and its answer. `status` 0: none came in time, or no connection. No token, secret or code is in it."""

    number: int
    at: datetime
    seconds: float
    way: Way
    name: str
    sent: Json | str
    answered: Any
    """Decoded JSON, text, or None when empty."""
    status: int
    refusals: tuple[Refusal, ...] = ()
    begun: float = 0.0
    """By the machine's counter: what came first also while the clock stands still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """An e-mail that arrived. `headers`: names and decoded values, in order; `at` by the workspace's clock."""

    to: str
    sender: str
    subject: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]
    at: datetime

    def header(self, name: str) -> str | None:
        """The first value of a header."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Begun:
    """When a request began: by the workspace's clock, and in seconds of the machine's counter."""

    at: datetime = field(default_factory=wall)
    count: float = field(default_factory=time.perf_counter)


@dataclass(slots=True)
class Records:
    """All of it, in order; `changed` rings when anything visible may have changed."""

    clock: Clock = wall
    calls: list[ApiCall] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    sent: list[Json] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    exchanges: deque[Exchange] = field(default_factory=lambda: deque(maxlen=_KEPT))
    """In the order they ended, the newest last; the last thousand."""
    _numbers: "count[int]" = field(default_factory=lambda: count(1))
    _bell: asyncio.Event = field(default_factory=asyncio.Event)

    def refuse(
        self,
        where: str,
        error: str,
        messages: tuple[str, ...] | list[str] = (),
        *,
        exchange: int | None = None,
    ) -> None:
        """Write a refusal down, also with the exchange of that number if it is still kept."""
        refusal = Refusal(where=where, error=error, messages=tuple(messages))
        self.refusals.append(refusal)
        if exchange is None:
            return
        for place, found in enumerate(self.exchanges):
            if found.number == exchange and error not in {one.error for one in found.refusals}:
                self.exchanges[place] = replace(found, refusals=(*found.refusals, refusal))

    def begins(self) -> Begun:
        """A request begins now."""
        return Begun(at=self.clock())

    def exchanged(
        self,
        begun: Begun,
        *,
        way: Way,
        name: str,
        sent: Json | str,
        answered: Any = None,
        status: int = 200,
        refusals: Sequence[Refusal] = (),
    ) -> int:
        """Write an exchange down as it ends; gives back its number."""
        made = Exchange(
            number=next(self._numbers),
            at=begun.at,
            seconds=time.perf_counter() - begun.count,
            way=way,
            name=name,
            sent=without_secrets(sent),
            answered=without_secrets(answered),
            status=status,
            refusals=tuple(refusals),
            begun=begun.count,
        )
        self.exchanges.append(made)
        return made.number

    def bell(self) -> asyncio.Event:
        """Set at the next ring."""
        return self._bell

    def ring(self) -> None:
        """Something changed: whoever waits looks again."""
        self._bell.set()
        self._bell = asyncio.Event()

    async def change(self, seconds: float) -> bool:
        """Wait for the next ring, at most `seconds`; whether it came."""
        try:
            await asyncio.wait_for(self._bell.wait(), seconds)
        except TimeoutError:
            return False
        return True


@dataclass(slots=True)
class Hearing:
    """The refusals of one exchange: written down with all others, and kept for it."""

    records: Records
    heard: list[Refusal] = field(default_factory=list)

    def refuse(self, where: str, error: str, messages: tuple[str, ...] | list[str] = ()) -> None:
        """Write a refusal down."""
        self.records.refuse(where, error, messages)
        self.heard.append(self.records.refusals[-1])


def without_secrets(value: Any) -> Any:
    """A copy of JSON or text: fields that hold tokens and codes left out, Slack tokens and tails of addresses here made "…"."""
    match value:
        case str():
            return _ADDRESS_HERE.sub(r"\1/…", _SLACK_TOKEN.sub("…", value))
        case dict():
            # "code" is also a style of rich text, which is true or false.
            kept = {
                name: inner
                for name, inner in value.items()
                if name not in _SECRET_FIELDS or isinstance(inner, bool)
            }
            return {str(name): without_secrets(inner) for name, inner in kept.items()}
        case list() | tuple():
            return [without_secrets(inner) for inner in value]
        case _:
            return value
