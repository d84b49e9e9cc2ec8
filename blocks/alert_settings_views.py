"""`/lexer alerts` as data."""

from dataclasses import dataclass
from enum import StrEnum

from blocks.views import GroupOption


class ChannelProblem(StrEnum):
    """Why a channel does not take messages."""

    NOT_INVITED = "not_invited"
    ARCHIVED = "archived"
    GONE = "gone"
    """Deleted, or private and the bot is not in it."""
    SHARED = "shared"
    """People of other organisations are in it."""
    NOT_ALLOWED = "not_allowed"
    """Only some people may post there."""
    NOT_PERMITTED = "not_permitted"
    """The bot was installed before it needed to look at channels."""
    NO_ANSWER = "no_answer"
    """Slack has trouble just now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneChoice:
    """A time zone to choose."""

    name: str
    """As in the tz database: "Europe/Berlin"."""
    offset: str = ""
    """How far it is from Greenwich just now: "GMT+1"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRow:
    """A chosen Integrator channel: of a Group, or (`group_id` None) of the whole workspace."""

    channel_id: str
    group_id: str | None = None
    group: str = ""
    problem: ChannelProblem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalView:
    """A person's own settings. `quiet_from` and `quiet_to` are "HH:MM", both or none."""

    dm: bool = True
    mail: bool = True
    quiet_from: str | None = None
    quiet_to: str | None = None
    can_mail: bool = True
    """Whether mail is set up on this bot and the person's address is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettingsView:
    """`/lexer alerts`."""

    channel: ChannelRow | None = None
    """The workspace's."""
    group_channels: tuple[ChannelRow, ...] = ()
    zone: ZoneChoice
    digest_at: str = "09:00"
    digest_days: frozenset[str] = frozenset({"mon", "tue", "wed", "thu", "fri"})
    may_choose: bool
    """Integrators and admins choose channels, time zone and digest; others see where alerts go."""
    personal: PersonalView | None = None
    """None for an admin who is no Integrator: they are not alerted."""
    has_groups: bool = True
    notice: str | None = None
    notice_level: str = "info"
    tested: tuple[ChannelRow, ...] = ()
    """Channels that were just sent a test message; one with a problem did not get it."""
    kept: str = ""
    """What Save needs to see what was changed: goes into private_metadata."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChannelView:
    """Choosing the channel of one Group; `group_id` None = the Group is chosen too."""

    groups: tuple[GroupOption, ...]
    """The one it is for, or those to choose from."""
    group_id: str | None = None
    channel_id: str | None = None
    kept: str = ""
    """`AlertSettingsView.kept` of the view below."""
