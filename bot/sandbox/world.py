"""The pretend workspace as plain data: people, channels, messages, open modals. No I/O; time is an argument."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

Json = dict[str, Any]
Clock = Callable[[], datetime]
"""Says what time it is: an aware datetime in UTC."""

TEAM_ID = "T0LEXERDEMO"
OTHER_TEAM_ID = "T0ELSEWHERE"
APP_ID = "A0LEXERBOT"
BOT_ID = "B0LEXERBOT"
BOT_USER_ID = "U0LEXERBOT"


def wall() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class MovableClock:
    """A clock that stands still until it is moved; hand the same one to the bot and to the workspace."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time it shows."""
        return self._now

    def advance(self, step: timedelta) -> None:
        """Move on by `step`."""
        self._now += step


@dataclass(slots=True, kw_only=True)
class Human:
    """Someone Slack knows. `name` is the handle by which tests call them; flags are those of Slack's user object."""

    id: str
    name: str
    real_name: str
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    is_stranger: bool = False
    deleted: bool = False
    team_id: str = TEAM_ID
    tz: str = "Australia/Melbourne"
    email: str | None = None
    """In their profile; who asks sees it only with users:read.email."""
    part: str = ""
    """What they play for whoever walks through the workspace; nobody can be who plays no part."""

    def slack_json(self, *, with_email: bool = False) -> Json:
        """The user object (docs.slack.dev/reference/objects/user-object, read 2026-11)."""
        flags: Json = {"is_bot": self.is_bot, "is_app_user": False, "deleted": self.deleted}
        if not self.deleted:
            flags |= {
                "is_admin": self.is_admin,
                "is_owner": self.is_owner,
                "is_primary_owner": self.is_owner,
                "is_restricted": self.is_restricted or self.is_ultra_restricted,
                "is_ultra_restricted": self.is_ultra_restricted,
                "tz": self.tz,
                "tz_offset": 39600,
            }
        if self.is_stranger:
            flags["is_stranger"] = True
        profile = {"real_name": self.real_name, "display_name": self.real_name, "team": self.team_id}
        if with_email and self.email is not None:
            profile["email"] = self.email
        return {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "real_name": self.real_name,
            "profile": profile,
            "updated": 1_790_000_000,
            **flags,
        }


def cast() -> tuple[Human, ...]:
    """Who works in the pretend workspace: an admin, two members, a guest, and people who may do nothing."""
    return (
        Human(
            id="U0ADA",
            name="ada",
            real_name="Ada Lovell",
            email="ada@acme.example",
            part="admin",
            is_admin=True,
            is_owner=True,
        ),
        Human(
            id="U0MARIA", name="maria", real_name="Maria Silva", email="maria@acme.example", part="Integrator"
        ),
        Human(id="U0TOM", name="tom", real_name="Tom Baker", email="tom@acme.example", part="member"),
        Human(id="U0NINA", name="nina", real_name="Nina Park", email="nina@acme.example"),
        Human(
            id="U0GUS",
            name="gus",
            real_name="Gus Guest",
            email="gus@acme.example",
            part="guest",
            is_restricted=True,
        ),
        Human(id="U0BEEP", name="beep", real_name="Beep Bot", is_bot=True),
        Human(id="U0DAN", name="dan", real_name="Dan Gone", email="dan@acme.example", deleted=True),
        Human(
            id="U0OTTO",
            name="otto",
            real_name="Otto Other",
            email="otto@elsewhere.example",
            team_id=OTHER_TEAM_ID,
            is_stranger=True,
        ),
        Human(id=BOT_USER_ID, name="lexer", real_name="Lexer", is_bot=True),
        Human(id="USLACKBOT", name="slackbot", real_name="Slackbot"),
    )


@dataclass(slots=True, kw_only=True)
class Channel:
    """A conversation. `kind`: public, private or im."""

    id: str
    name: str
    kind: str = "public"
    members: set[str] = field(default_factory=set)
    is_archived: bool = False
    is_ext_shared: bool = False
    """With another organisation, by Slack Connect."""
    is_pending_ext_shared: bool = False
    """Another organisation is invited and has not answered."""
    closed: str | None = None
    """Slack's error for every post, where an admin has closed the channel to apps: "restricted_action_read_only_channel", …"""
    threads_closed: str | None = None
    """The same for replies alone: "restricted_action_non_threadable_channel", "restricted_action_thread_locked"."""

    def slack_json(self) -> Json:
        """The conversation object (docs.slack.dev/reference/objects/conversation-object, read 2026-11)."""
        if self.kind == "im":
            (other, *_rest) = sorted(self.members - {BOT_USER_ID}) or [BOT_USER_ID]
            return {"id": self.id, "is_im": True, "is_org_shared": False, "user": other, "is_open": True}
        private = self.kind == "private"
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not private,
            "is_group": private,
            "is_im": False,
            "is_mpim": False,
            "is_private": private,
            "is_archived": self.is_archived,
            "is_general": self.id == "C0GENERAL",
            "is_member": BOT_USER_ID in self.members,
            "is_shared": self.is_ext_shared,
            "is_ext_shared": self.is_ext_shared,
            "is_pending_ext_shared": self.is_pending_ext_shared,
            "is_org_shared": False,
            "context_team_id": TEAM_ID,
            "previous_names": [],
        }


@dataclass(slots=True, kw_only=True)
class Posted:
    """A message in a channel; with `only_for` it is ephemeral and seen by that person alone."""

    channel: str
    ts: str
    text: str
    blocks: list[Json]
    by: str = BOT_USER_ID
    only_for: str | None = None
    thread_ts: str | None = None
    edited: bool = False
    state: Json = field(default_factory=dict)
    offered: dict[tuple[str, str, str], dict[str, Json]] = field(default_factory=dict)
    """(person, block, action) -> by value, what searches have shown: only these options can be chosen."""

    @property
    def is_reply(self) -> bool:
        """Stands in the thread of another message."""
        return self.thread_ts not in (None, self.ts)


@dataclass(slots=True, kw_only=True)
class OpenView:
    """A modal on someone's screen. `body` is the view as Slack keeps it; `hash` changes with every update."""

    id: str
    user: str
    body: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    state: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    offered: dict[tuple[str, str, str], dict[str, Json]] = field(default_factory=dict)
    """As of a message."""

    @property
    def external_id(self) -> str:
        """The bot's own name for it, "" if none."""
        return str(self.body.get("external_id") or "")

    def slack_json(self) -> Json:
        """The view object as payloads and answers carry it."""
        body = {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "submit": None,
            "close": None,
            **self.body,
        }
        return {
            **body,
            "id": self.id,
            "team_id": TEAM_ID,
            "app_id": APP_ID,
            "app_installed_team_id": TEAM_ID,
            "bot_id": BOT_ID,
            "hash": self.hash,
            "state": {"values": self.state},
            "clear_on_close": bool(self.body.get("clear_on_close")),
            "notify_on_close": bool(self.body.get("notify_on_close")),
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
        }


class World:
    """One workspace. Everything in it may be read and set by a test."""

    def __init__(self, people: Iterable[Human], clock: Clock) -> None:
        self.clock = clock
        self.team_name = "Acme"
        self.domain = "acme"
        self.messages_tab = True
        """Whether the app's Messages tab is on; off, nobody can be sent a direct message."""
        self.humans: dict[str, Human] = {human.id: human for human in people}
        self.channels: dict[str, Channel] = {}
        self.messages: list[Posted] = []
        self.views: dict[str, OpenView] = {}
        self.stacks: dict[str, list[str]] = {}
        self._numbers = count(1)
        self._ticks = count(1)
        everyone = {human.id for human in self.humans.values() if human.team_id == TEAM_ID}
        self.add_channel(Channel(id="C0GENERAL", name="general", members=everyone))
        at_home = {human.id for human in self.humans.values() if human.id in everyone and not human.is_bot}
        self.add_channel(
            Channel(id="C0INTEGRATIONS", name="integrations", members=at_home - {"U0GUS", "USLACKBOT"})
        )
        self.add_channel(Channel(id="C0PRIVATE", name="private", kind="private", members={"U0ADA"}))
        self.add_channel(Channel(id="C0OLD", name="old", members=set(everyone), is_archived=True))

    def add_channel(self, channel: Channel) -> Channel:
        """Found a channel."""
        self.channels[channel.id] = channel
        return channel

    def number(self) -> int:
        """The next number; makes ids unique."""
        return next(self._numbers)

    def ts(self) -> str:
        """A message time stamp, unique and rising."""
        return f"{int(self.clock().timestamp())}.{next(self._ticks):06d}"

    def human(self, name: str) -> Human:
        """Someone by handle or id. Raises LookupError."""
        for human in self.humans.values():
            if name in (human.id, human.name):
                return human
        known = ", ".join(sorted(human.name for human in self.humans.values()))
        raise LookupError(f"nobody is called {name!r} here; there are {known}")

    def dm(self, user: str) -> Channel:
        """The bot's direct message with a person, made when first needed."""
        found = f"D{user.removeprefix('U')}"
        if found not in self.channels:
            self.add_channel(Channel(id=found, name="directmessage", kind="im", members={user, BOT_USER_ID}))
        return self.channels[found]

    def dm_between(self, one: str, other: str) -> Channel:
        """Two people's direct message, made when first needed."""
        first, second = sorted((one, other))
        found = f"D9{first.removeprefix('U')}{second.removeprefix('U')}"
        if found not in self.channels:
            self.add_channel(Channel(id=found, name="directmessage", kind="im", members={one, other}))
        return self.channels[found]

    def move_channel(self, channel: str, to: str) -> Channel:
        """Give a channel another id; its messages go with it. Raises KeyError."""
        moved = self.channels.pop(channel)
        moved.id = to
        for posted in self.messages:
            if posted.channel == channel:
                posted.channel = to
        return self.add_channel(moved)

    def replies(self, posted: Posted) -> list[Posted]:
        """The thread under a message, oldest first."""
        there = (found for found in self.messages if found.channel == posted.channel)
        return [found for found in there if found.is_reply and found.thread_ts == posted.ts]

    def message(self, channel: str, ts: str) -> Posted | None:
        """A message by place and time."""
        return next((found for found in self.messages if (found.channel, found.ts) == (channel, ts)), None)

    def visible_to(self, user: str) -> list[Posted]:
        """What a person can read, oldest first."""
        return [found for found in self.messages if self._sees(user, found)]

    def _sees(self, user: str, message: Posted) -> bool:
        if message.only_for is not None:
            return message.only_for == user
        channel = self.channels.get(message.channel)
        return channel is not None and user in channel.members

    def top_view(self, user: str) -> OpenView | None:
        """The modal in front of a person."""
        stack = self.stacks.get(user)
        return self.views[stack[-1]] if stack else None

    def stack(self, user: str) -> list[OpenView]:
        """Every modal a person has open, the top one last."""
        return [self.views[found] for found in self.stacks.get(user, [])]

    def by_external_id(self, external_id: str) -> OpenView | None:
        """An open modal by the bot's own name for it."""
        return next((view for view in self.views.values() if view.external_id == external_id), None)

    def close_views(self, user: str, down_to: int = 0) -> list[OpenView]:
        """Close a person's modals from the top until `down_to` are left; gives back the closed ones, top first."""
        stack = self.stacks.get(user, [])
        closed = []
        while len(stack) > down_to:
            closed.append(self.views.pop(stack.pop()))
        return closed


def walk_json(value: object) -> Iterator[Mapping[str, Any]]:
    """Every object inside a JSON value, outermost first."""
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from walk_json(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk_json(inner)
