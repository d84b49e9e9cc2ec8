"""What the workspace writes down for tests and for the curious: calls, refusals, everything sent. Tokens are left out."""

import asyncio
from dataclasses import dataclass, field

from bot.sandbox.world import Json


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


@dataclass(slots=True)
class Records:
    """All of it, in order; `changed` rings when anything visible may have changed."""

    calls: list[ApiCall] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    sent: list[Json] = field(default_factory=list)
    _bell: asyncio.Event = field(default_factory=asyncio.Event)

    def refuse(self, where: str, error: str, messages: tuple[str, ...] | list[str] = ()) -> None:
        """Write a refusal down."""
        self.refusals.append(Refusal(where=where, error=error, messages=tuple(messages)))

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
