"""Work that outlives the request that started it: kept hold of, never failing silently, waited for at the end."""

import asyncio
import logging
import secrets
from collections.abc import Coroutine
from typing import Any, TypeVar

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


def report(error: BaseException) -> str:
    """Log a bug with its stack trace; the reference under which it is found, for the person."""
    reference = secrets.token_hex(4)
    _log.error("something broke, reference %s", reference, exc_info=error)
    return reference


class InFlight:
    """Tasks under way."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, work: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
        """Begin `work` now. Whoever takes its result may; an error nobody takes is logged all the same."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            report(error)

    async def drain(self, seconds: float) -> bool:
        """Wait until nothing is under way, also what begins meanwhile; what is left after `seconds` is cancelled.

        True if everything ended by itself.
        """
        await self.idle(seconds)
        left = self._others()
        for task in left:
            task.cancel()
        if left:
            _log.warning("%d tasks were still under way at the end and were stopped", len(left))
            await asyncio.wait(left, timeout=1)
        return not left

    async def idle(self, seconds: float) -> None:
        """Wait until nothing is under way, or `seconds` have passed; stops nothing."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while self._others() and loop.time() < until:
            await asyncio.wait(self._others(), timeout=until - loop.time())

    def _others(self) -> set[asyncio.Task[Any]]:
        return self._tasks - {asyncio.current_task()}
