"""Loaded by Python itself at the start of a watched process: writes down every address it connects to or looks up."""

import asyncio
import os
import sys
from types import ModuleType

_EVENTS = frozenset({"socket.connect", "socket.getaddrinfo", "socket.sendto"})
_SEEN = os.open(os.environ["WATCHED_INTO"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)


def _noted(event: str, arguments: tuple[object, ...]) -> None:
    if event in _EVENTS:
        address = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
        port = f":{arguments[1]}" if event == "socket.getaddrinfo" else ""
        os.write(_SEEN, f"{event} {address!r}{port}\n".encode())


sys.addaudithook(_noted)
# uvloop connects in C, where no audit event tells of it; Python's own loop does everything through Python's sockets.
sys.modules["uvloop"] = ModuleType("uvloop")
sys.modules["uvloop"].new_event_loop = asyncio.new_event_loop
