"""Serves an ASGI application with uvicorn: on a socket of ours, without its access log, and with a clean stop."""

import asyncio
import logging
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from bot.errors import StartProblem

_log = logging.getLogger(__name__)
_GRACE_SECONDS = 5
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class _Server(uvicorn.Server):
    """uvicorn without its signal handling, which would end the process before anything is drained."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


@asynccontextmanager
async def served(asgi: ASGIApp, host: str, port: int) -> AsyncIterator[int]:
    """Serve until the block ends; gives the port (for 0, the free one taken). Raises StartProblem if it cannot be taken."""
    taken = _listen(host, port)
    config = uvicorn.Config(
        asgi,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[taken]))
    try:
        yield taken.getsockname()[1]
    finally:
        server.should_exit = True
        await serving
        taken.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        bound = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        reason = error.strerror or "it cannot be used"
        raise StartProblem(
            f"Cannot listen on {host} port {port} ({reason})",
            "Set LEXER_HOST and LEXER_PORT to an address and a port that are free.",
        ) from None
    # asyncio switches Nagle off only for what a socket accepts that is named as TCP; otherwise answers may wait 40 ms.
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=bound.detach())


def stop_at_a_signal() -> None:
    """Until `until_told_to_stop` takes over, SIGTERM and SIGINT cancel the calling task: a start need not be waited for."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101  called from a coroutine
    for number in _SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)


async def until_told_to_stop() -> None:
    """Wait for SIGTERM or SIGINT (Ctrl-C). Later ones are ignored: stopping is under way and bounded."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, told.set)
    await told.wait()
    _log.info("stopping")
