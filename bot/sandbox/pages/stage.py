"""What the pages are given: the workspace, its people, the providers, and what the app's manifest and the view developer hand in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.sandbox.pages.unread import Unread
from bot.sandbox.passing import Passing
from bot.sandbox.people import PersonAtWork
from bot.sandbox.providers import Providers
from bot.sandbox.records import Records
from bot.sandbox.slack_api import SlackSide
from bot.sandbox.world import Json, World

Gallery = Mapping[str, Callable[[], Json]]
"""Title of an example -> what would be sent: a message ({"text", "blocks"}) or a view ({"type": "modal", …})."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlashCommand:
    """A command as the composer offers it."""

    command: str
    usage_hint: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppManifest:
    """What of the app's manifest decides what people see (docs.slack.dev/reference/app-manifest, read 2026-11)."""

    commands: tuple[SlashCommand, ...] = (SlashCommand(command="/lexer"),)
    home_tab: bool = False
    read_only_messages: bool = True
    """Nobody can type in the app's Messages tab."""


@dataclass(slots=True)
class Way:
    """How many steps of the guide have been taken: what happened once stays so, however much happens after it."""

    taken: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Everything a page is drawn from."""

    slack: SlackSide
    providers: Providers
    person: Callable[[str], PersonAtWork]
    """Someone by handle. Raises LookupError."""
    manifest: AppManifest
    gallery: Gallery
    passing: Passing = field(default_factory=Passing)
    unread: Unread = field(default_factory=Unread)
    read_mails: set[int] = field(default_factory=set)
    """Numbers of the e-mails somebody has opened, from 1."""
    way: Way = field(default_factory=Way)

    @property
    def world(self) -> World:
        """The workspace."""
        return self.slack.world

    @property
    def records(self) -> Records:
        """What was written down."""
        return self.slack.records
