"""A bot over a pretend Slack and a database of its own, with handlers made for the test, and a browser."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.app import Bot, open_bot
from bot.settings import Settings, load
from tests.edges.acts import Acts
from tests.edges.pretend_slack import SECRET, TOKEN, PretendSlack, open_pretend_slack

PUBLIC_URL = "https://lexer.example.com"


@pytest.fixture
async def slack() -> AsyncIterator[PretendSlack]:
    """A Slack of this test's own."""
    async with open_pretend_slack() as pretend:
        yield pretend


@pytest.fixture
def environment(slack: PretendSlack, tmp_path: Path) -> dict[str, str]:
    """Everything `serve` needs."""
    return {
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": slack.api_url,
        "LEXER_PUBLIC_URL": PUBLIC_URL,
        "LEXER_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/lexer.db",
        "LEXER_SECRET_KEYS": "k1:" + base64.urlsafe_b64encode(bytes(range(32))).decode(),
    }


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    """The environment, read."""
    return load(environment, None)


@pytest.fixture
def acts() -> Acts:
    """What the bot's handlers do in this test, and what they were given."""
    return Acts()


@pytest.fixture
async def bot(settings: Settings, acts: Acts) -> AsyncIterator[Bot]:
    """The bot with the test's handlers; nothing happens by itself."""
    async with open_bot(settings, ticking=False, handlers=acts.handlers()) as opened:
        yield opened


@pytest.fixture
async def browser(bot: Bot) -> AsyncIterator[httpx.AsyncClient]:
    """Someone's browser, and Slack, as far as they send requests."""
    transport = httpx.ASGITransport(app=bot.asgi)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as client:
        yield client
