"""The bot as a process: how it starts, answers, stops, and says why it cannot."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.edges.pretend_slack import TOKEN, PretendSlack, command, signed

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def process(
    folder: Path, env: dict[str, str], *arguments: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`lexer-bot <arguments>` in a folder of its own, with no settings but these."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "LEXER_"))}
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-W", "error", "-m", "bot", *arguments),
        cwd=folder,
        env={**bare, **env, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()


async def ended(running: asyncio.subprocess.Process) -> tuple[int, str, str]:
    """Exit code, standard output and standard error, once it is over."""
    async with asyncio.timeout(30):
        out, err = await running.communicate()
    return running.returncode or 0, out.decode(), err.decode()


async def answering(url: str, running: asyncio.subprocess.Process) -> None:
    """Wait until the bot answers, or show why it never will."""
    async with asyncio.timeout(30), httpx.AsyncClient() as client:
        while True:
            try:
                if (await client.get(f"{url}/healthz")).status_code == 200:
                    return
            except httpx.TransportError:
                assert running.returncode is None, await ended(running)
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_serve_answers_and_stops_cleanly(
    slack: PretendSlack, environment: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    """`serve` takes commands over HTTP; Ctrl-C or SIGTERM ends it with 0; its log says what is not set up, and holds no secret."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = {**environment, "LEXER_PORT": str(port), "LEXER_PUBLIC_URL": url}
    async with process(tmp_path, env, "serve") as running:
        await answering(url, running)
        body = command("help")
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{url}/slack/events", content=body, headers=signed(body))
            huge = await client.get(f"{url}/oauth/callback/shopify?state={'x' * 60_000}")
        running.send_signal(number)
        code, out, err = await ended(running)
    assert answer.status_code == 200
    assert "/lexer" in answer.text
    assert huge.status_code == 414
    assert (code, out) == (0, "")
    assert "Traceback" not in err
    assert "GET /oauth/callback/<key> 414" in err
    assert "e-mail is not set up (LEXER_SMTP_URL, LEXER_MAIL_FROM)" in err
    for secret in (TOKEN, environment["SLACK_SIGNING_SECRET"], environment["LEXER_SECRET_KEYS"]):
        assert secret not in err


async def test_a_start_can_be_stopped(
    slack: PretendSlack, environment: dict[str, str], tmp_path: Path
) -> None:
    """Stopping a bot that still waits for Slack is a clean stop too."""
    slack.delays["auth.test"] = 8
    async with process(tmp_path, environment, "serve") as running:
        await slack.until("auth.test")
        running.send_signal(signal.SIGTERM)
        code, _out, err = await ended(running)
    assert code == 0
    assert "Traceback" not in err


async def test_without_settings_serve_says_everything_that_is_missing(tmp_path: Path) -> None:
    """`serve` on a fresh machine names every missing setting and how to get it, and ends with 2."""
    async with process(tmp_path, {}, "serve") as running:
        code, _out, err = await ended(running)
    assert code == 2
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "LEXER_PUBLIC_URL", "LEXER_SECRET_KEYS"):
        assert name in err
    assert "Traceback" not in err


async def test_a_refused_token_is_a_wrong_setting(
    slack: PretendSlack, environment: dict[str, str], tmp_path: Path
) -> None:
    """When Slack refuses the bot token, `serve` says so by the setting's name and ends with 2."""
    slack.refuse("auth.test", "invalid_auth")
    async with process(tmp_path, environment, "serve") as running:
        code, _out, err = await ended(running)
    assert code == 2
    assert "SLACK_BOT_TOKEN is refused by Slack (invalid_auth)" in err
    assert "Traceback" not in err


async def test_a_busy_port_is_said(slack: PretendSlack, environment: dict[str, str], tmp_path: Path) -> None:
    """When the port is taken, `serve` says which and ends with 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        async with process(tmp_path, {**environment, "LEXER_PORT": port}, "serve") as running:
            code, _out, err = await ended(running)
    assert code == 1
    assert f"port {port}" in err
    assert "Traceback" not in err
