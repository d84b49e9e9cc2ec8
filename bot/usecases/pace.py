"""How many providers' answers are waited for at once, so that a slow provider never takes the others' turns."""

import asyncio
from collections import defaultdict
from types import TracebackType

PER_PROVIDER = 50
OVERALL = 200


class Pace:
    """Turns at asking, per provider and overall."""

    def __init__(self, per_provider: int = PER_PROVIDER, overall: int = OVERALL) -> None:
        self._overall = asyncio.Semaphore(overall)
        self._of: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(per_provider))

    def turn(self, provider_key: str) -> "Turn":
        """Wait for a turn and keep it until the block ends."""
        return Turn(self._of[provider_key], self._overall)


class Turn:
    """A turn, held for as long as its block lasts."""

    __slots__ = ("_overall", "_own")

    def __init__(self, own: asyncio.Semaphore, overall: asyncio.Semaphore) -> None:
        self._own = own
        self._overall = overall

    async def __aenter__(self) -> None:
        """Wait."""
        # The provider's own first: whoever waits for a slow one holds nothing the others need.
        await self._own.acquire()
        try:
            await self._overall.acquire()
        except BaseException:
            self._own.release()
            raise

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Let the next one in."""
        self._overall.release()
        self._own.release()
