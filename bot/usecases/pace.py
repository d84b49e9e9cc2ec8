"""How many providers' answers are waited for at once, so that a slow provider never takes the others' turns."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PER_PROVIDER = 50
OVERALL = 200


class Pace:
    """Turns at asking, per provider and overall."""

    def __init__(self, per_provider: int = PER_PROVIDER, overall: int = OVERALL) -> None:
        self._overall = asyncio.Semaphore(overall)
        self._of: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(per_provider))

    @asynccontextmanager
    async def turn(self, provider_key: str) -> AsyncIterator[None]:
        """Wait for a turn and keep it until the block ends."""
        # The provider's own first: whoever waits for a slow one holds nothing the others need.
        async with self._of[provider_key], self._overall:
            yield
