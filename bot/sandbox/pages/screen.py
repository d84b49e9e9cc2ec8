"""What stands on someone's screen: sidebar, conversation, thread, modals. Drawn from the workspace; changes nothing."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.sandbox.pages.asked import Asked, as_someone_else
from bot.sandbox.pages.draw import Reader, draw, draw_text
from bot.sandbox.pages.mails import unread_mails
from bot.sandbox.pages.stage import SlashCommand, Stage
from bot.sandbox.pages.unread import mark_of
from bot.sandbox.reading import plain
from bot.sandbox.world import BOT_USER_ID, Channel, Human, OpenView, Posted, World

_HUES = 8
_NEWEST = 200
"""Messages drawn at once: every change draws them again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Somewhere to go. `badge`: unread messages."""

    name: str
    url: str
    is_here: bool
    note: str = ""
    badge: int = 0
    initials: str = ""
    hue: int = 0
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message as drawn. `place`: how the script names it. `day`: set on the first message of a day."""

    id: str
    place: str
    who: str
    initials: str
    hue: int
    time: str
    iso: str
    body: Markup
    is_app: bool
    is_own: bool
    is_ephemeral: bool
    is_edited: bool
    is_new: bool
    thread_url: str | None
    day: str | None = None
    replies: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Modal:
    """An open view as drawn."""

    id: str
    title: str
    body: Markup
    submit: str | None
    close: str
    is_pushed: bool
    is_top: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    """Where one types. `off`: why one cannot, instead of it."""

    placeholder: str
    channel: str
    thread: str
    commands: tuple[SlashCommand, ...]
    off: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The middle of the screen."""

    name: str
    is_app: bool
    about: str
    tabs: tuple[Link, ...]
    tab: str
    messages: tuple[Shown, ...]
    composer: Composer


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A message and its replies."""

    messages: tuple[Shown, ...]
    composer: Composer
    close_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """All of it."""

    asked: Asked
    since: str
    title: str
    team: str
    people: tuple[Link, ...]
    sections: tuple[tuple[str, tuple[Link, ...]], ...]
    conversation: Conversation
    thread: Thread | None
    modals: tuple[Modal, ...]
    panels: tuple[Link, ...]


def screen(stage: Stage, asked: Asked, since: str, *, seen: bool = False) -> Screen:
    """Everything a person sees. `since`: when their tab was loaded; what only they could see before that is gone.

    `seen`: they look at it, so nothing of the open conversation counts as unread.
    """
    world, reader = stage.world, reader_of(stage.world, asked.human)
    sections = tuple((name, _counted(links, seen=seen)) for name, links in _sidebar(stage, asked) if links)
    news = sum(link.badge for _, links in sections for link in links)
    here = world.channels[asked.channel]
    name = _name_of(world, asked.human, here)
    return Screen(
        asked=asked,
        since=since,
        title=f"({news}) {name} · {world.team_name}" if news else f"{name} · {world.team_name}",
        team=world.team_name,
        people=tuple(_people(world, asked)),
        sections=sections,
        conversation=_conversation(stage, asked, since, reader),
        thread=_thread(stage, asked, since, reader) if asked.thread else None,
        modals=tuple(_modals(stage, asked.human, reader)),
        panels=tuple(_panels(stage, asked)),
    )


def reader_of(world: World, human: Human) -> Reader:
    """How names and times look to someone."""

    def person(user_id: str) -> str | None:
        found = world.humans.get(user_id)
        return found.real_name if found else None

    def channel(channel_id: str) -> str | None:
        found = world.channels.get(channel_id)
        return found.name if found else None

    return Reader(person=person, channel=channel, tz=human.tz, now=world.clock())


def readable(stage: Stage, asked: Asked, since: str) -> list[Posted]:
    """The messages of the conversation, replies too, that this tab still has."""
    mine = stage.world.visible_to(asked.human.id)
    start = mark_of(since)
    return [
        posted
        for posted in mine
        if posted.channel == asked.channel and (posted.only_for is None or mark_of(posted.ts) >= start)
    ]


def _people(world: World, asked: Asked) -> Iterator[Link]:
    for human in world.humans.values():
        if human.part:
            yield Link(
                name=human.real_name.partition(" ")[0],
                note=human.part,
                url=as_someone_else(asked, world, human),
                is_here=human.id == asked.human.id,
                initials=_initials(human.real_name),
                hue=_hue(human.id),
            )


def _sidebar(stage: Stage, asked: Asked) -> Iterator[tuple[str, tuple[Link, ...]]]:
    world, me = stage.world, asked.human
    rooms = [one for one in world.channels.values() if one.kind != "im" and me.id in one.members]
    yield (
        "Channels",
        tuple(_channel_link(stage, asked, one) for one in rooms if not one.is_archived),
    )
    others = [human for human in world.humans.values() if human.part and human.id != me.id]
    pairs = [(human, world.dm_between(me.id, human.id)) for human in others]
    yield "Direct messages", tuple(_person_link(stage, asked, human, one) for human, one in pairs)
    yield "Apps", (_channel_link(stage, asked, world.dm(me.id)),)


def _counted(links: tuple[Link, ...], *, seen: bool) -> tuple[Link, ...]:
    return tuple(replace(link, badge=0) if seen and link.is_here else link for link in links)


def _channel_link(stage: Stage, asked: Asked, channel: Channel) -> Link:
    return Link(
        name=_name_of(stage.world, asked.human, channel),
        url=asked.url(channel=channel.id, thread=None, tab="messages"),
        is_here=channel.id == asked.channel,
        badge=stage.unread.count(stage.world, asked.human.id, channel),
        kind="app" if channel.kind == "im" else channel.kind,
    )


def _person_link(stage: Stage, asked: Asked, other: Human, channel: Channel) -> Link:
    return Link(
        name=other.real_name,
        url=asked.url(channel=channel.id, thread=None, tab="messages"),
        is_here=channel.id == asked.channel,
        badge=stage.unread.count(stage.world, asked.human.id, channel),
        initials=_initials(other.real_name),
        hue=_hue(other.id),
        kind="person",
    )


def _name_of(world: World, me: Human, channel: Channel) -> str:
    if channel.kind != "im":
        return f"#{channel.name}"
    others = [world.humans[one].real_name for one in channel.members if one != me.id]
    return others[0] if others else me.real_name


def _panels(stage: Stage, asked: Asked) -> Iterator[Link]:
    for panel, name, badge in (
        ("outside", "Outside world", 0),
        ("mails", "E-mails", unread_mails(stage)),
        ("inspector", "Inspector", 0),
    ):
        yield Link(name=name, url=asked.url(panel=panel, mail=0), is_here=asked.panel == panel, badge=badge)


def _conversation(stage: Stage, asked: Asked, since: str, reader: Reader) -> Conversation:
    world = stage.world
    here = world.channels[asked.channel]
    is_app = here.kind == "im" and BOT_USER_ID in here.members
    name = _name_of(world, asked.human, here)
    listed = [one for one in readable(stage, asked, since) if one.thread_ts in (None, one.ts)]
    off = is_app and stage.manifest.read_only_messages
    return Conversation(
        name=name,
        is_app=is_app,
        about="App" if is_app else "" if here.kind == "im" else f"{len(here.members)} members",
        tabs=tuple(_tabs(asked)) if is_app else (),
        tab=asked.tab if is_app else "messages",
        messages=tuple(_shown(stage, asked, listed[-_NEWEST:], reader, "m")),
        composer=Composer(
            placeholder=f"Message {name} or type /",
            channel=here.id,
            thread="",
            commands=stage.manifest.commands,
            off="Sending messages to this app is turned off. Type commands in a channel." if off else None,
        ),
    )


def _tabs(asked: Asked) -> Iterator[Link]:
    for tab, name in (("home", "Home"), ("messages", "Messages")):
        yield Link(name=name, url=asked.url(tab=tab, thread=None), is_here=asked.tab == tab)


def _thread(stage: Stage, asked: Asked, since: str, reader: Reader) -> Thread | None:
    listed = [one for one in readable(stage, asked, since) if asked.thread in (one.ts, one.thread_ts)]
    if not listed:
        return None
    return Thread(
        messages=tuple(_shown(stage, asked, listed[-_NEWEST:], reader, "t")),
        composer=Composer(placeholder="Reply", channel=asked.channel, thread=asked.thread or "", commands=()),
        close_url=asked.url(thread=None),
    )


def _shown(stage: Stage, asked: Asked, listed: list[Posted], reader: Reader, pane: str) -> Iterator[Shown]:
    """`pane`: begins every id, since a message may stand in the conversation and in the thread."""
    zone, day = ZoneInfo(asked.human.tz), ""
    replies = Counter(one.thread_ts for one in stage.world.messages if one.thread_ts != one.ts)
    for posted in listed:
        at = datetime.fromtimestamp(mark_of(posted.ts)[0], zone)
        today = f"{at:%A}, {at.day} {at:%B}"
        drawn_id = f"{pane}-{posted.channel}-{posted.ts.replace('.', '-')}"
        shown = _message(stage, asked, posted, reader, drawn_id, at)
        yield replace(shown, day=today if today != day else None, replies=replies[posted.ts])
        day = today


def _message(
    stage: Stage, asked: Asked, posted: Posted, reader: Reader, drawn_id: str, at: datetime
) -> Shown:
    author = stage.world.humans[posted.by]
    body = draw(posted.blocks, reader=reader, prefix=drawn_id, state=posted.state)
    return Shown(
        id=drawn_id,
        place=f"message:{posted.channel}:{posted.ts}",
        who=author.real_name,
        initials=_initials(author.real_name),
        hue=_hue(author.id),
        time=f"{at.hour % 12 or 12}:{at:%M %p}",
        iso=at.isoformat(),
        body=body if posted.blocks else draw_text(posted.text, reader),
        is_app=author.is_bot or author.id == "USLACKBOT",
        is_own=posted.by == asked.human.id,
        is_ephemeral=posted.only_for is not None,
        is_edited=posted.edited,
        is_new=stage.unread.is_new(asked.human.id, posted),
        thread_url=asked.url(thread=posted.ts) if posted.only_for is None else None,
    )


def _modals(stage: Stage, human: Human, reader: Reader) -> Iterator[Modal]:
    stack = stage.world.stack(human.id)
    for view in stack:
        yield _modal(view, reader, is_top=view is stack[-1])


def _modal(view: OpenView, reader: Reader, *, is_top: bool) -> Modal:
    def words(name: str) -> str:
        return plain(view.body[name], lambda user: reader.person(user) or user) if view.body.get(name) else ""

    return Modal(
        id=view.id,
        title=words("title"),
        body=draw(view.body["blocks"], reader=reader, prefix=view.id, state=view.state, errors=view.errors),
        submit=words("submit") or None,
        close=words("close") or ("Cancel" if view.body.get("submit") else "Close"),
        is_pushed=view.previous_id is not None,
        is_top=is_top,
    )


def _initials(name: str) -> str:
    return "".join(part[0] for part in name.split()[:2]).upper()


def _hue(user_id: str) -> int:
    return sum(user_id.encode()) % _HUES
