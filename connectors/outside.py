"""The only HTTP client: to the real network with every address checked, or rerouted to a local workspace.

Nothing here logs or raises with a URL's query, a header or a body. httpx and aiohttp are imported in this file only.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from connectors.hosts import OutsideRefused, Target, allowed_target, is_public
from connectors.jsontext import decode
from connectors.provider import Answer

if TYPE_CHECKING:
    import httpx

__all__ = ["FailureKind", "Outside", "OutsideFailed", "OutsideRefused", "Reroute", "Resolver", "open_outside"]

Resolver = Callable[[str], Awaitable[Sequence[str]]]
"""Host name -> its IP addresses as text. May raise OSError."""

_LARGEST_BODY = 1_000_000
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": "lexer-integrations-bot",
}
_CONNECTIONS = 300
"""More than the sweep keeps busy at once, so that a person's own call never waits for a slow provider's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reroute:
    """A local workspace that plays the providers: https://host/path?q -> {base}/{host}/path?q, calls and browser links alike."""

    base: str


class FailureKind(StrEnum):
    """Why no answer came."""

    SLOW = "no answer in time"
    NO_CONNECTION = "no connection"
    BROKEN = "the answer broke off"
    TOO_BIG = "the answer is too big"


class OutsideFailed(Exception):
    """The request may have been sent, but no whole answer came back."""

    def __init__(self, kind: FailureKind) -> None:
        super().__init__(kind.value)
        self.kind = kind


async def system(host: str) -> Sequence[str]:
    """Ask the operating system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for _family, _type, _proto, _name, sockaddr in found]


class PinnedResolver(AbstractResolver):
    """Resolves for one connection and hands on only addresses that were checked: what was checked is what is dialled.

    One bad address among good ones refuses the whole name, for a name that answers both ways is an attack (DNS rebinding).
    """

    def __init__(self, resolve: Resolver) -> None:
        self._resolve = resolve

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002  aiohttp's signature; we hand on both kinds
    ) -> list[ResolveResult]:
        """Addresses of `host`. Raises `OutsideRefused` for a private or special one, OSError if there are none."""
        addresses = list(dict.fromkeys(await self._resolve(host)))
        if not all(is_public(address) for address in addresses):
            raise OutsideRefused("the name leads to an address that is not public")
        if not addresses:
            raise OSError("the name has no address")
        return [_pinned(host, address, port) for address in addresses]

    async def close(self) -> None:
        """Nothing is held."""


def _pinned(host: str, address: str, port: int) -> ResolveResult:
    return ResolveResult(
        hostname=host,
        host=address,
        port=port,
        family=socket.AF_INET6 if ":" in address else socket.AF_INET,
        proto=socket.IPPROTO_TCP,
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )


class Outside:
    """The outside world as the connectors reach it. Made by `open_outside`."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        context: ssl.SSLContext,
        reroute: Reroute | None,
        refuse: Callable[[], None],
        patience: float,
    ) -> None:
        self._session = session
        self._context = context
        self._reroute = reroute
        self._refuse = refuse
        self._patience = patience

    def __repr__(self) -> str:
        return "Outside(rerouted)" if self._reroute else "Outside()"

    @property
    def is_rerouted(self) -> bool:
        """Whether a local workspace plays the outside world."""
        return self._reroute is not None

    def browser_url(self, url: str) -> str:
        """The address a person's browser is sent to: `url`, or where the local workspace plays it."""
        if self._reroute is None:
            return url
        host, _, rest = url.removeprefix("https://").partition("/")
        return f"{self._reroute.base.rstrip('/')}/{host}/{rest}"

    async def send(
        self,
        *,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | None = None,
        allowed_hosts: tuple[str, ...],
        timeout: float,  # noqa: ASYNC109  each call has its own limit, and it covers the whole answer
    ) -> Answer:
        """Send one request and read its whole answer (no redirect is followed; a 3xx is an answer).

        `timeout` in seconds, for everything from the name look-up to the last byte. Raises `OutsideRefused` when we must not
        send, `OutsideFailed` when no whole answer came, and whatever `refuse` raises inside a database transaction.
        """
        self._refuse()
        address = self._address(allowed_target(url, allowed_hosts))
        try:
            async with asyncio.timeout(timeout * self._patience):
                if method == "GET" and content is None and address.isascii():
                    return await self._read(address, headers)
                return await self._send(method, address, headers, content)
        except TimeoutError:
            raise OutsideFailed(FailureKind.SLOW) from None
        # ValueError: a header with a line break. OSError: what aiohttp lets through.
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise OutsideFailed(_kind(error)) from None

    def _address(self, target: Target) -> str:
        return target.rerouted(self._reroute.base) if self._reroute else target.url()

    @cached_property
    def _client(self) -> "httpx.AsyncClient":
        """Made when something is first sent: it takes a tenth of a start to load, and brings nothing to be closed of its own."""
        from http.cookiejar import CookieJar, DefaultCookiePolicy  # noqa: PLC0415

        import httpx  # noqa: PLC0415
        from httpx_aiohttp import AiohttpTransport  # noqa: PLC0415

        return httpx.AsyncClient(
            transport=AiohttpTransport(client=self._session, verify=self._context),
            # Cookies of one account's call must not reach another's; a proxy from the environment would undo the pinning.
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
            trust_env=False,
            follow_redirects=False,
            timeout=None,  # noqa: S113  `send` limits the whole exchange instead
            headers=_HEADERS,
        )

    async def _send(
        self, method: str, address: str, headers: Mapping[str, str], content: bytes | None
    ) -> Answer:
        client = self._client
        from httpx import HTTPError, InvalidURL  # noqa: PLC0415

        try:
            request = client.build_request(method, address, headers=dict(headers), content=content)
            response = await client.send(request, stream=True)
            try:
                body = await _whole(response.aiter_bytes())
            finally:
                await response.aclose()
        except (HTTPError, InvalidURL) as error:
            raise OutsideFailed(_kind(error)) from None
        return _answer(response.status_code, response.headers, body)

    async def _read(self, address: str, headers: Mapping[str, str]) -> Answer:
        """What the sweep does all day, by the same connections without httpx above them: half the work of a check was httpx."""
        url = URL(address, encoded=True)
        async with self._session.get(url, headers={**_HEADERS, **headers}, allow_redirects=False) as response:
            body = await _whole(response.content.iter_any())
            return _answer(response.status, response.headers, body)


def _answer(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    lowered = {name.lower(): value for name, value in headers.items()}
    return Answer(status=status, headers=lowered, json=decode(body), body=body)


def _kind(error: Exception) -> FailureKind:
    # httpx-aiohttp calls every lost connection a ConnectTimeout; the cause says whether there ever was one.
    never = isinstance(error, aiohttp.ClientConnectorError) or isinstance(
        error.__cause__, aiohttp.ClientConnectorError
    )
    return FailureKind.NO_CONNECTION if never else FailureKind.BROKEN


async def _whole(chunks: AsyncIterator[bytes]) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > _LARGEST_BODY:
            raise OutsideFailed(FailureKind.TOO_BIG)
    return bytes(body)


def _nothing() -> None:
    """No transaction can be open where nobody told us of one."""


def _never(_record: logging.LogRecord) -> bool:
    return False


@asynccontextmanager
async def open_outside(
    *,
    reroute: Reroute | None = None,
    refuse: Callable[[], None] = _nothing,
    resolve: Resolver = system,
    patience: float = 1.0,
) -> AsyncIterator[Outside]:
    """The one shared client, until the block ends.

    `refuse` is called before each request and raises where none may be sent. `resolve` looks names up (real network only).
    `patience` multiplies every time limit, for a workspace whose slow provider should not cost half a minute.
    """
    # httpx logs every request's URL with its query, and Meta's token calls carry secrets there.
    logging.getLogger("httpx").addFilter(_never)
    # The default context honours SSL_CERT_FILE and SSL_CERT_DIR.
    context = ssl.create_default_context()
    connector = aiohttp.TCPConnector(
        ssl=context,
        limit=_CONNECTIONS,
        use_dns_cache=False,
        resolver=PinnedResolver(resolve) if reroute is None else None,
    )
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Outside(session, context, reroute, refuse, patience)
