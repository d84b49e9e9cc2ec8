"""A provider that answers every call after a fixed wait, as cheaply as Python can: a bare protocol, no HTTP library.

`python -m bench.slow_provider <milliseconds> <port>`. GET /revoked-from/<number> has it refuse every token from that number
on, where a token begins with eight digits (`bench.crowd`); at first it refuses none.
"""

import asyncio
import sys
from typing import cast

import uvloop

_END = b"\r\n\r\n"
_REVOKED_FROM = b"/revoked-from/"
_TOKEN = b"Authorization: Bearer "


def _answer(status: bytes, body: bytes) -> bytes:
    head = b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d" % (status, len(body))
    return head + _END + body


_WELL = _answer(b"200 OK", b'{"data":{"id":"1","name":"Acme","username":"acme"}}')
_REVOKED = _answer(b"401 Unauthorized", b'{"title":"Unauthorized","type":"about:blank","status":401}')
_NOT_RENEWED = _answer(
    b"400 Bad Request",
    b'{"error":"invalid_request","error_description":"Value passed for the token was invalid."}',
)


class _World:
    """From which token on all are refused."""

    revoked_from = 10**8


class _Provider(asyncio.Protocol):
    """The connection stays open. A form's body is taken for the beginning of the next request, which does no harm."""

    def __init__(self, wait: float, world: _World) -> None:
        self._wait = wait
        self._world = world
        self._unread = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:

        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is none by birth

    def data_received(self, data: bytes) -> None:
        *whole, self._unread = (self._unread + data).split(_END)
        for request in whole:
            asyncio.get_running_loop().call_later(self._wait, self._say, self._of(request))

    def _of(self, request: bytes) -> bytes:
        if _REVOKED_FROM in request:
            self._world.revoked_from = int(request.partition(_REVOKED_FROM)[2].partition(b" ")[0])
            return _WELL
        if b"POST " in request:
            return _NOT_RENEWED
        number = request.partition(_TOKEN)[2][:8]
        return _REVOKED if number.isdigit() and int(number) >= self._world.revoked_from else _WELL

    def _say(self, answer: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer)


async def main(milliseconds: float, port: int) -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    world = _World()
    server = await loop.create_server(
        lambda: _Provider(milliseconds / 1e3, world), "127.0.0.1", port, backlog=2048
    )
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(float(sys.argv[1]), int(sys.argv[2])))
