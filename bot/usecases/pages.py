"""What a person sees in the browser, as data; the HTML is in bot/web."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookie:
    """A cookie to set: one name per attempt."""

    name: str
    value: str
    max_age: int
    """Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectPage:
    """`GET /connect/<ticket>` while the link works."""

    provider: str
    account_noun: str
    workspace: str
    person: str
    """Whom the link was made for."""
    number: str
    """Two digits, as in Slack."""
    permissions: tuple[str, ...]
    role_needed: str
    address: str | None = None
    reconnect: str | None = None
    """Name of the account to sign in as."""
    switch_hint: str = ""
    cookie: Cookie


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPage:
    """How it ended, or why it cannot go on. `tone`: "good", "bad" or "wait"."""

    status: int
    tone: str
    title: str
    sentences: tuple[str, ...]
    slack_url: str | None
    """Where Open Slack leads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """`POST /connect/<ticket>`: 303 to the provider."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPage:
    """`GET /mail/stop/<signed>`: asks whether a person's e-mails are to stop."""

    workspace: str
    person: str
