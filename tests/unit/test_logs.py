"""The log: readable, one line an event, and without secrets even where something slipped through."""

import io
import logging
from collections.abc import Iterator

import pytest

from bot import logs


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the set-up log writes, with the log of the test run put back afterwards."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    stream = io.StringIO()
    logs.set_up(stream=stream, level=logging.DEBUG)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


SECRETS = [
    ("%s", "xoxb-1234567890-abcdefghij"),
    ("%s", "xoxe.xoxb-1-Mi0yLTEyMzQ"),
    ("%s", "xapp-1-A012-345-abcdef"),
    ("Authorization: Bearer %s", "abc.def-ghi_jkl"),
    ("https://lexer.example.com/connect/%s", "k3yS0mething.ticket"),
    ("https://api.example/token?%s", "client_secret=abcdefgh&code=x"),
    ("postgresql://%s@host/db", "user:hunter2pass"),
    ("%s", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk0"),
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_what_looks_like_a_secret_is_hidden(written: io.StringIO, text: str, secret: str) -> None:
    """A secret that got into a line, an argument or a stack trace does not get into the log."""
    error = RuntimeError(text % secret)
    logging.getLogger("bot.test").error(text, secret, exc_info=error)
    assert secret not in written.getvalue()
    assert written.getvalue().count("[hidden]") == 2


@pytest.mark.parametrize(
    "text", ["GET /connect/<ticket> 404", "reference 5b0983f4", "tick deliver failed (2)"]
)
def test_our_own_lines_stay_readable(written: io.StringIO, text: str) -> None:
    """Ordinary lines are left as they are."""
    logging.getLogger("bot.test").info(text)
    assert text in written.getvalue().replace("[hidden]", "<ticket>")


def test_a_line_break_cannot_forge_a_line(written: io.StringIO) -> None:
    """What comes from outside stays within its line."""
    logging.getLogger("bot.test").info("name %s", "x\n2026-11-24T00:00:00Z ERROR forged")
    assert len(written.getvalue().splitlines()) == 1


@pytest.mark.parametrize(
    "name", ["slack_sdk", "slack_bolt", "aiohttp", "httpx", "uvicorn", "sqlalchemy", "apscheduler"]
)
def test_libraries_do_not_talk(written: io.StringIO, name: str) -> None:
    """With the log at DEBUG the libraries still write no payload, address or statement."""
    logging.getLogger(name).info("a whole payload")
    logging.getLogger(f"{name}.part").debug("a whole payload")
    assert written.getvalue() == ""
