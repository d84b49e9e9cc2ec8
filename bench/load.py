"""A load generator, run as a second process: `python -m bench.load PORT CONNECTIONS SECONDS TEXT` prints one line of JSON.

Each connection sends the next request when the answer is complete, as Slack's would; anything but a 200 counts as an error.
"""

import asyncio
import json
import statistics
import sys
import time
from typing import cast

import uvloop

from bench.slash import request


class Connection(asyncio.Protocol):
    """One keep-alive connection that asks again and again until `until`."""

    def __init__(self, payload: bytes, until: float, done: asyncio.Future[None]) -> None:
        self.payload, self.until, self.done = payload, until, done
        self.samples: list[float] = []
        self.errors = 0
        self.body = b""
        self.received = bytearray()
        self.sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        self.transport = cast("asyncio.Transport", transport)
        self.ask()

    def ask(self) -> None:
        """Send the request."""
        self.received.clear()
        self.sent_at = time.perf_counter()
        self.transport.write(self.payload)

    def data_received(self, data: bytes) -> None:
        """Gather the answer; when it is whole, note the time and go on."""
        self.received += data
        head, gap, body = bytes(self.received).partition(b"\r\n\r\n")
        if not gap or not _whole(head.lower(), body):
            return
        self.samples.append(time.perf_counter() - self.sent_at)
        self.errors += not head.startswith(b"HTTP/1.1 200")
        if time.perf_counter() < self.until:
            self.ask()
            return
        self.body = _plain(head.lower(), body)
        self.transport.close()

    def connection_lost(self, _error: Exception | None) -> None:
        """Over; before time it is an error."""
        self.errors += time.perf_counter() < self.until
        if not self.done.done():
            self.done.set_result(None)


def _whole(head: bytes, body: bytes) -> bool:
    if b"transfer-encoding: chunked" in head:
        return body.endswith(b"0\r\n\r\n")
    length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
    return len(body) >= int(length or 0)


def _plain(head: bytes, body: bytes) -> bytes:
    if b"transfer-encoding: chunked" not in head:
        return body
    plain, rest = b"", body
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        plain += rest[: int(size, 16)]
        rest = rest[int(size, 16) + 2 :] if int(size, 16) else b""
    return plain


async def run(port: int, connections: int, seconds: float, text: str) -> dict[str, object]:
    """Press as hard as `connections` allow; times in seconds."""
    loop = asyncio.get_running_loop()
    payload, until = request(text, port=port), time.perf_counter() + seconds
    protocols = [Connection(payload, until, loop.create_future()) for _ in range(connections)]
    for protocol in protocols:
        await loop.create_connection(lambda protocol=protocol: protocol, "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.wait_for(asyncio.gather(*(protocol.done for protocol in protocols)), seconds + 30)
    samples = [sample for protocol in protocols for sample in protocol.samples]
    return {
        "p50": statistics.median(samples),
        "count": len(samples),
        "errors": sum(protocol.errors for protocol in protocols),
        "body": protocols[0].body.decode("utf-8", "replace"),
    }


if __name__ == "__main__":
    port, connections, seconds, text = sys.argv[1:]
    print(json.dumps(uvloop.run(run(int(port), int(connections), float(seconds), text))))
