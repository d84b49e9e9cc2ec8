"""`lexer-bot demo` as a newcomer meets it: an address to open, and somebody to be."""

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.architecture.house import ROOT
from tests.edges.test_process import free_port


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A demo at whose terminal nobody sits."""

    running: asyncio.subprocess.Process
    said: str

    @property
    def address(self) -> str:
        """The first address it names."""
        found = re.search(r"http://\S+", self.said)
        assert found is not None, self.said
        return found[0]


@asynccontextmanager
async def demo(folder: Path, *arguments: str) -> AsyncIterator[Started]:
    """Run it until the block ends; then Ctrl-C has to stop it cleanly."""
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-W", "error", "-m", "bot", "demo", *arguments),
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "LEXER_DEMO_PORT": str(free_port())},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert running.stdout is not None
    try:
        async with asyncio.timeout(30):
            said = (await running.stdout.readuntil(b"Nobody types here")).decode()
            yield Started(running=running, said=said)
            running.send_signal(signal.SIGINT)
            _out, err = await running.communicate()
            assert (running.returncode, err) == (0, b"")
    finally:
        if running.returncode is None:
            running.kill()
            await running.wait()


def _left(folder: Path) -> list[str]:
    return [found.name for found in folder.iterdir()]


@pytest.mark.parametrize(("arguments", "name"), [((), "Maria"), (("--empty",), "Ada")])
async def test_the_address_comes_first(tmp_path: Path, arguments: tuple[str, ...], name: str) -> None:
    """The first thing to do is to open an address, which is that person's own Slack; the terminal is theirs too."""
    async with demo(tmp_path, *arguments) as started, httpx.AsyncClient(follow_redirects=True) as client:
        page = await client.get(started.address)
        gallery = await client.get(httpx.URL(started.address).join("/gallery"))
    first = started.said.index(started.address)
    assert first < started.said.index(f"You are {name}") < started.said.index("terminal")
    assert page.url.params["as"] == name.casefold()
    assert f"{name.casefold()}> " in started.said
    assert "Listing" in gallery.text or "listing" in gallery.text
    assert _left(tmp_path) == []


async def test_kept_groups_are_not_made_again(tmp_path: Path) -> None:
    """With --keep the second start finds what the first one left."""
    for _ in range(2):
        async with demo(tmp_path, "--keep") as started:
            assert "kept" in started.said
    assert {"demo.db", "demo.keys"} <= set(_left(tmp_path / ".demo"))
