"""A provider that answers every call well after a fixed wait, as cheaply as Python can: a bare protocol, no HTTP library.

`python -m bench.slow_provider <milliseconds> <port>`
"""

import asyncio
import sys
from typing import cast

import uvloop

_BODY = b'{"data":{"id":"1","name":"Acme","username":"acme"}}'
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
    + str(len(_BODY)).encode()
    + b"\r\n\r\n"
    + _BODY
)
_END = b"\r\n\r\n"


class _Provider(asyncio.Protocol):
    """Requests without a body; the connection stays open."""

    def __init__(self, wait: float) -> None:
        self._wait = wait
        self._unread = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:

        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is none by birth

    def data_received(self, data: bytes) -> None:
        *whole, self._unread = (self._unread + data).split(_END)
        for _ in whole:
            asyncio.get_running_loop().call_later(self._wait, self._answer)

    def _answer(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(_ANSWER)


async def main(milliseconds: float, port: int) -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Provider(milliseconds / 1e3), "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(float(sys.argv[1]), int(sys.argv[2])))
