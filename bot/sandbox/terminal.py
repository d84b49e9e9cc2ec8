"""Lines from the terminal without blocking the loop, and without holding the process when it ends."""

import asyncio
import sys
from collections.abc import Callable
from threading import Thread
from typing import TextIO


class Terminal:
    """Reads lines in a thread that ends with the process; `ask` gives None at the end of input."""

    def __init__(self, source: TextIO | None = None, show: Callable[[str], None] | None = None) -> None:
        self._source = source or sys.stdin
        self._show = show or _write
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._ended = False
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        """In the thread. What cannot be decoded counts as an empty line; a closed terminal as the end."""
        while True:
            try:
                line: str | None = self._source.readline()
            except UnicodeDecodeError:
                line = "\n"
            except (OSError, ValueError):
                line = None
            if not line:
                line = None
            try:
                self._loop.call_soon_threadsafe(self._lines.put_nowait, line)
            except RuntimeError:
                return
            if line is None:
                return

    async def ask(self, prompt: str) -> str | None:
        """Show a prompt and wait for a line."""
        self._show(prompt)
        if self._ended:
            return None
        line = await self._lines.get()
        self._ended = line is None
        return None if line is None else line.rstrip("\r\n")


def _write(prompt: str) -> None:
    sys.stdout.write(prompt)
    sys.stdout.flush()
