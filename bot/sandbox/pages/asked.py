"""What a page request asks for, read from its address; and the address of the same page with something changed."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from bot.sandbox.world import TEAM_ID, Human, World

FIRST_CHANNEL = "C0GENERAL"
FIRST_PERSON = "maria"
PANELS = ("outside", "mails", "inspector", "none")
_LONGEST_NUMBER = 7
_KINDS = ("all", "refused", "to_bot", "to_slack", "to_provider")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One screen: who looks, at which conversation, with what beside it."""

    human: Human
    channel: str
    thread: str | None = None
    tab: str = "messages"
    panel: str = "outside"
    show: str = "all"
    """Which exchanges the inspector lists."""
    mail: int = 0
    """The number of the e-mail that is opened, 0 for none."""
    plain: bool = False
    """It is shown as plain text."""

    def url(self, **changed: Any) -> str:
        """The address of this screen with something changed."""
        other = replace(self, **changed)
        query = {"as": other.human.name}
        query |= {"thread": other.thread} if other.thread else {}
        query |= {"tab": other.tab} if other.tab != "messages" else {}
        query |= {"panel": other.panel} if other.panel != "outside" else {}
        query |= {"show": other.show} if other.show != "all" else {}
        query |= {"mail": str(other.mail)} if other.mail and other.panel == "mails" else {}
        query |= {"plain": "1"} if other.plain and other.mail and other.panel == "mails" else {}
        return f"/client/{TEAM_ID}/{other.channel}?{urlencode(query)}"


def read_asked(world: World, channel: str, query: dict[str, str]) -> Asked:
    """The screen a request means. Raises LookupError for a person or conversation there is not."""
    human = player(world, query["as"]) if "as" in query else owner_of(world, channel)
    place = world.channels.get(world.dm(human.id).id if channel.startswith("D0") else channel)
    if place is None or human.id not in place.members or place.is_archived:
        raise LookupError(f"{human.real_name} has no conversation {channel!r}")
    panel, show, mail = query.get("panel", "outside"), query.get("show", "all"), query.get("mail", "")
    return Asked(
        human=human,
        channel=place.id,
        thread=query.get("thread") or None,
        tab="home" if query.get("tab") == "home" else "messages",
        panel=panel if panel in PANELS else "outside",
        show=show if show in _KINDS else "all",
        mail=int(mail) if panel == "mails" and mail.isdecimal() and len(mail) < _LONGEST_NUMBER else 0,
        plain=query.get("plain") == "1",
    )


def player(world: World, name: str) -> Human:
    """Someone by handle whose part can be played: nobody acts for a bot or a closed account. Raises LookupError."""
    human = world.human(name)
    if not human.part:
        raise LookupError(f"nobody can be {human.real_name} here")
    return human


def owner_of(world: World, channel: str) -> Human:
    """Whose direct message with the bot it is; whoever the pages begin with otherwise."""
    mine = [one for one in world.humans.values() if one.part and f"D{one.id.removeprefix('U')}" == channel]
    return mine[0] if mine else world.human(FIRST_PERSON)


def as_someone_else(asked: Asked, world: World, other: Human) -> str:
    """The address of the nearest thing for another person: the same channel where they are in it, their own direct message."""
    here = world.channels[asked.channel]
    if here.kind == "im":
        return asked.url(human=other, channel=world.dm(other.id).id, thread=None)
    return asked.url(human=other, channel=here.id if other.id in here.members else FIRST_CHANNEL, thread=None)
