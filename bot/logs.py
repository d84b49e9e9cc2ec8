"""Sets up logging, once and for all: what may be written, and that nothing secret is.

Our own lines never hold a body, a secret or an address with its query. The libraries' loggers are held at a level at which they do
not write such things either. Redaction is only the last resort.
"""

import logging
import re
import sys
import time
from typing import TextIO

# Loggers that write payloads, addresses or headers at DEBUG or INFO (slack_sdk and slack_bolt: whole bodies; httpx: every URL).
_TALKATIVE = (
    "slack_sdk",
    "slack_bolt",
    "aiohttp",
    "httpx",
    "httpcore",
    "authlib",
    "urllib3",
    "websockets",
    "asyncio",
    "aiosqlite",
    "sqlalchemy",
    "alembic",
    "apscheduler",
    "uvicorn",
    "uvicorn.access",
    "uvicorn.asgi",
    "multipart",
    "python_multipart",
)
_SECRETS = re.compile(
    r"\b(?:xox[a-z]{1,2}|xapp|xoxe\.xox[a-z])-[\w.-]+"  # Slack's tokens
    r"|\b(?:Bearer|Basic)\s+[\w.~+/=-]{8,}"
    r"|(?<=/connect/)[^\s\"'<>]+"  # tickets
    r"|(?<=/mail/stop/)[^\s\"'<>]+"  # links that stop e-mails
    r"|(?<=\?)[^\s\"'<>]*=[^\s\"'<>]*"  # queries of addresses
    r"|(?<=://)[^/\s@]+:[^/\s@]+(?=@)"  # user and password of an address
    r"|\b(?=[\w-]*\d)[\w-]{40,}",  # keys, verifiers, states, hashes
    re.IGNORECASE,
)


def redacted(text: str) -> str:
    """`text` without anything that looks like a secret."""
    return _SECRETS.sub("[hidden]", text)


class _Formatter(logging.Formatter):
    """Redacts the finished line, so arguments and stack traces are covered too; keeps a forged second line from starting."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  the name is logging's
        record.message = record.message.replace("\r", "\\r").replace("\n", "\\n")
        return super().formatMessage(record)


def quiet(_record: logging.LogRecord) -> bool:
    """A filter that lets nothing below WARNING through, whatever the level is set to later."""
    return _record.levelno >= logging.WARNING


def tame() -> None:
    """Hold the libraries' loggers, so that turning everything to DEBUG still writes no payload."""
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        logger.setLevel(logging.WARNING)
        logger.addFilter(quiet)


def set_up(*, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Log to `stream` (standard error), one line an event, times in UTC."""
    handler = logging.StreamHandler(stream or sys.stderr)
    formatter = _Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = _utc
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    tame()


def _utc(seconds: float | None) -> time.struct_time:
    return time.gmtime(seconds)
