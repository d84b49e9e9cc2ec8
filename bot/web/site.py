"""What the web side is given by the composition root."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr
from starlette.requests import Request

from bot.in_flight import InFlight
from bot.usecases.context import Context

Dispatch = Callable[[dict[str, Any]], Awaitable[tuple[int, str, str]]]
"""Decoded body -> status, content type and body of the reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One bot's web side."""

    context: Context
    in_flight: InFlight
    dispatch: Dispatch | None
    """None: Slack's requests come over Socket Mode, and /slack/events does not exist."""
    signing_secret: SecretStr | None
    socket_connected: Callable[[], Awaitable[bool]] | None = None
    """None outside Socket Mode."""
    ticks_failed: Mapping[str, int] = field(default_factory=dict)
    """How often each tick broke since the start; counted on."""

    @property
    def is_https(self) -> bool:
        """Whether browsers reach us over TLS."""
        return self.context.public_url.startswith("https://")

    @property
    def origin(self) -> str:
        """Our origin as browsers write it: no default port."""
        return origin_of(self.context.public_url)


def site_of(request: Request) -> Site:
    """The site a request came to."""
    site = request.app.state.site
    assert isinstance(site, Site)  # noqa: S101  web() has put it there
    return site


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, as in an Origin header (RFC 6454 6.2)."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    default = {"https": 443, "http": 80}.get(parts.scheme)
    port = "" if parts.port in {None, default} else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"
