"""`lexer-bot serve` by its settings alone, as others run it: where it connects to, how it stops, what it says when it cannot start."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from bot.sandbox.workspace import Sandbox, open_sandbox
from tests.databases import database_url
from tests.e2e.house import KEYS, free_port

__all__ = ["database_url"]

ROOT = Path(__file__).parents[2]
WATCHED = Path(__file__).parent / "watched"
PATIENCE = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running `lexer-bot serve`."""

    process: Process
    sandbox: Sandbox
    url: str
    written: Path
    connections: Path

    async def stops(self) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    def connected_to(self) -> set[str]:
        """Every network address it connected to, looked up or sent to; a database's socket file is none."""
        lines = self.connections.read_text().splitlines()
        return {line for line in lines if "(" in line or "getaddrinfo" in line}


def _environment(
    sandbox: Sandbox, url: str, *, watched_into: Path | None = None, **settings: str
) -> dict[str, str]:
    port = url.rpartition(":")[2]
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    own = {"LEXER_PUBLIC_URL": url, "LEXER_PORT": port, "LEXER_SECRET_KEYS": KEYS}
    watch = {"PYTHONPATH": f"{WATCHED}:{ROOT}", "WATCHED_INTO": str(watched_into)}
    plain = {"PYTHONPATH": str(ROOT)}
    return {**kept, **sandbox.environment(), **own, **(watch if watched_into else plain), **settings}


async def _started(env: dict[str, str], folder: Path, written: Path) -> Process:
    with written.open("ab") as out:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-W", "error", "-m", "bot", "serve", env=env, cwd=folder, stdout=out, stderr=out
        )


@asynccontextmanager
async def _serving(
    folder: Path, *, mode: str = "http", database: str | None = None, watched: bool = False
) -> AsyncIterator[Served]:
    url, written, connections = f"http://127.0.0.1:{free_port()}", folder / "out", folder / "connections"
    async with open_sandbox() as sandbox:
        sandbox.point_at(url)
        settings = {"LEXER_DATABASE_URL": database} if database else {}
        if mode == "socket":
            settings["SLACK_APP_TOKEN"] = sandbox.app_token
        env = _environment(sandbox, url, watched_into=connections if watched else None, **settings)
        process = await _started(env, folder, written)
        try:
            async with asyncio.timeout(PATIENCE), httpx.AsyncClient(trust_env=False) as client:
                while process.returncode is None:
                    with suppress(httpx.HTTPError):
                        if (await client.get(f"{url}/healthz")).status_code == 200:
                            break
                    await asyncio.sleep(0.05)
            assert process.returncode is None, written.read_text()
            yield Served(process=process, sandbox=sandbox, url=url, written=written, connections=connections)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def test_it_lists_and_connects_to_slack_only(tmp_path: Path, database_url: str, mode: str) -> None:
    """Settings alone make it work, in both modes on both databases: it lists, opens, connects to SLACK_API_URL's host only, and stops cleanly."""
    async with _serving(tmp_path, mode=mode, database=database_url, watched=True) as served:
        ada = served.sandbox.person("ada")
        await ada.types("/lexer", waits=True)
        await ada.sees("Create the first Group")
        await ada.presses("Create the first Group", waits=True)
        await ada.sees("Name")
        await ada.fills("Name", "Marketing")
        await ada.submits(waits=True)
        await ada.closes(everything=True)
        await ada.types("/lexer help", waits=True)
        await ada.sees("/lexer integrations")
        await ada.types("/lexer integrations", waits=True)
        await ada.sees("Nothing is connected yet.")
        assert all(name in ada.screen for name in ("Twitter (X)", "Shopify", "Facebook Ads"))
        await ada.types("/lexer integrations twitter", waits=True)
        await ada.presses("Open Twitter (X)")
        await ada.sees("Integrate Twitter (X)")
        assert await served.stops() == 0
        slack = served.sandbox.base_url.rpartition(":")[2]
        seen = served.connected_to()
        assert seen, "the watch saw nothing at all"
        assert all("127.0.0.1" in line for line in seen), seen
        assert all(f", {slack})" in line or f":{slack}" in line for line in seen), seen
        assert {call.method for call in served.sandbox.calls} >= {"auth.test"}
        out = served.written.read_text()
        assert "Traceback" not in out
        assert "Warning" not in out
        for secret in (served.sandbox.bot_token, served.sandbox.app_token, served.sandbox.signing_secret):
            assert secret not in out


async def test_a_stop_lets_work_in_hand_end(tmp_path: Path) -> None:
    """Told to stop with an answer under way, it finishes that answer and exits with 0."""
    async with _serving(tmp_path) as served:
        ada = served.sandbox.person("ada")
        await ada.types("/lexer", waits=True)
        await ada.presses("Create the first Group")
        assert await served.stops() == 0
        assert "Name" in ada.screen
        assert (tmp_path / "lexer.db").is_file(), "the database is embedded by default"


async def test_ctrl_c_stops_it_too(tmp_path: Path) -> None:
    """Ctrl-C in the terminal is a clean stop."""
    async with _serving(tmp_path) as served:
        served.process.send_signal(signal.SIGINT)
        async with asyncio.timeout(PATIENCE):
            assert await served.process.wait() == 0
        assert "Traceback" not in served.written.read_text()


async def _run(folder: Path, env: dict[str, str]) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", env=env, cwd=folder, stdout=PIPE, stderr=PIPE
    )
    async with asyncio.timeout(PATIENCE):
        out, error = await process.communicate()
    return process.returncode, (out + error).decode()


async def test_it_says_everything_that_is_missing(tmp_path: Path) -> None:
    """Without settings it does not start: exit code 2, and every missing one is named at once, with how to mend it."""
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    code, said = await _run(tmp_path, env)
    assert code == 2
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "LEXER_PUBLIC_URL", "LEXER_SECRET_KEYS"):
        assert name in said
    assert "Traceback" not in said
    assert not (tmp_path / "lexer.db").exists(), "nothing was begun"


@pytest.mark.parametrize(
    ("changed", "code", "words"),
    [
        (
            {"LEXER_SECRET_KEYS": "one:short", "LEXER_PUBLIC_URL": "http://bot.example.com"},
            2,
            "LEXER_SECRET_KEYS",
        ),
        ({"SLACK_BOT_TOKEN": "xoxb-of-nobody"}, 2, "SLACK_BOT_TOKEN"),
        ({"LEXER_DATABASE_URL": "sqlite+aiosqlite:////nowhere/at/all/lexer.db"}, 1, "lexer-bot:"),
    ],
)
async def test_it_says_what_is_wrong(tmp_path: Path, changed: dict[str, str], code: int, words: str) -> None:
    """Wrong settings, a token Slack does not know, a database that cannot be opened: words, no stack trace, no secret."""
    async with open_sandbox() as sandbox:
        env = _environment(sandbox, f"http://127.0.0.1:{free_port()}", **changed)
        found, said = await _run(tmp_path, env)
    assert found == code
    assert words in said
    assert "Traceback" not in said
    assert "xoxb-of-nobody" not in said
    assert sandbox.signing_secret not in said


async def test_a_key_may_be_added_in_front(tmp_path: Path) -> None:
    """A new secret key in front of the old one: it starts on the same database."""
    async with _serving(tmp_path) as served:
        ada = served.sandbox.person("ada")
        await ada.types("/lexer", waits=True)
        assert await served.stops() == 0
        other = "other:" + "A" * 43
        url = f"http://127.0.0.1:{free_port()}"
        env = _environment(served.sandbox, url, LEXER_SECRET_KEYS=f"{other},{KEYS}")
        process = await _started(env, tmp_path, served.written)
        async with asyncio.timeout(PATIENCE), httpx.AsyncClient(trust_env=False) as client:
            while process.returncode is None:
                with suppress(httpx.HTTPError):
                    if (await client.get(f"{url}/healthz")).status_code == 200:
                        break
                await asyncio.sleep(0.05)
        assert process.returncode is None, served.written.read_text()
        process.terminate()
        assert await process.wait() == 0
