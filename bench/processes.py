"""Servers and load generators as processes of their own, on free ports of the loopback."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import IO, Any

from bench.slash import request


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that has answered its first 200."""

    port: int
    pid: int
    seconds_to_first_200: float


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@asynccontextmanager
async def serving(
    command: Sequence[str],
    *,
    settings: Mapping[str, str] | None = None,
    port_setting: str = "",
    text: str = "help",
) -> AsyncIterator[Server]:
    """Start `command`, wait for its first 200 to `/lexer <text>`, stop it afterwards.

    Its environment is this process's and `settings`. It learns its port as the last argument, or by the setting `port_setting`.
    """
    port, started = free_port(), time.perf_counter()
    told = [] if port_setting else [str(port)]
    environment = {**os.environ, **(settings or {}), **({port_setting: str(port)} if port_setting else {})}
    with tempfile.TemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(
            *command, *told, env=environment, stdout=log, stderr=log
        )
        try:
            while not await _answers(port, text):
                if process.returncode is not None or time.perf_counter() - started > 60:
                    raise RuntimeError(f"{' '.join(command)} did not come up:\n{_tail(log)}")
                await asyncio.sleep(0.002)
            yield Server(port=port, pid=process.pid, seconds_to_first_200=time.perf_counter() - started)
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


def _tail(log: IO[bytes]) -> str:
    log.seek(0)
    return "\n".join(log.read().decode("utf-8", "replace").splitlines()[-20:])


async def _answers(port: int, text: str) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(request(text, port=port))
        line = await asyncio.wait_for(reader.readline(), 10)
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()
    if not line.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"the server answered {line.decode().strip()}")
    return True


async def load(server: Server, *, connections: int, seconds: float, text: str) -> Mapping[str, Any]:
    """Run the load generator once. Raises RuntimeError on any answer but 200."""
    command = (sys.executable, "-m", "bench.load", str(server.port), str(connections), str(seconds), text)
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    printed, _ = await process.communicate()
    result: Mapping[str, Any] = json.loads(printed)
    if result["errors"]:
        raise RuntimeError(f"{result['errors']} of {result['count']} answers were no 200")
    return result


async def resident_mib(server: Server) -> float:
    """Memory the process holds now."""
    command = ("ps", "-o", "rss=", "-p", str(server.pid))
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    printed, _ = await process.communicate()
    return int(printed) / 1024
