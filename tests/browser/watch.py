"""What a browser must never do while a story is played: complain, fail, or ask anybody but this machine for anything."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request, WebError, WebSocket

_LOOPBACK = {"127.0.0.1", "localhost"}
_INSIDE = {"about", "blob", "data", "devtools"}
_COMPLAINTS = {"error", "warning", "assert"}


@dataclass(kw_only=True)
class Watch:
    """Notes everything of one person's browser. `may_say`: words of complaints a story provokes on purpose.

    Without slots: Playwright notes on an object that it calls its methods.
    """

    complaints: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list, repr=False)
    """Every address gone to or asked for; holds codes and states."""
    may_say: set[str] = field(default_factory=set)

    def over(self, context: BrowserContext) -> None:
        """Watch every tab of it from now on."""
        context.on("console", self._said)
        context.on("weberror", self._failed)
        context.on("request", self._asked)
        context.on("page", self._opened)

    def check(self) -> None:
        """Raises AssertionError with what was seen."""
        said = [line for line in self.complaints if not any(words in line for words in self.may_say)]
        assert not said, said
        assert not self.outside, self.outside

    def _opened(self, page: Page) -> None:
        page.on("websocket", self._connected)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in _COMPLAINTS:
            self.complaints.append(f"{message.type}: {message.text} ({_place(message)})")

    def _failed(self, error: WebError) -> None:
        self.complaints.append(f"page error: {error.error}")

    def _asked(self, request: Request) -> None:
        self._address(request.url)

    def _connected(self, socket: WebSocket) -> None:
        self._address(socket.url)

    def _address(self, url: str) -> None:
        self.addresses.append(url)
        parts = urlsplit(url)
        if parts.scheme not in _INSIDE and parts.hostname not in _LOOPBACK:
            self.outside.append(f"{parts.scheme}://{parts.netloc}")


def _place(message: ConsoleMessage) -> str:
    """Where it was said, without what is secret in an address."""
    where = urlsplit(message.location["url"])
    return f"{where.path}:{message.location['lineNumber']}"
