"""What we remember for watching accounts and for telling people; as `store.records`, one frozen dataclass per noun."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, NewType

from store.records import (
    Account,
    AccountId,
    Grant,
    GrantId,
    GroupId,
    OutboxState,
    Surface,
    UserId,
    WorkspaceId,
)

AlertId = NewType("AlertId", str)
HookId = NewType("HookId", str)
"""Also the key in the URL a provider sends its notices to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A check that `owner` may do until `until`."""

    grant_id: GrantId
    workspace_id: WorkspaceId
    provider_key: str
    due_at: datetime
    owner: str
    until: datetime
    plan_no: int
    """Which planning it comes from; a check planned anew meanwhile has a higher one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What is needed to do a check."""

    due: Due
    grant: Grant
    tokens: bytes | None = field(repr=False)
    """Opened; None when they do not open under our keys."""
    accounts: tuple[Account, ...]
    """Living and not waiting for Groups, by id; never empty."""


class Seen(NamedTuple):
    """An account that was found as it was before."""

    workspace_id: WorkspaceId
    account_id: AccountId
    grant_id: GrantId
    checked_at: datetime
    healthy_at: datetime | None


class Weather(StrEnum):
    """How a provider is doing, over all workspaces."""

    FINE = "fine"
    OUTAGE = "outage"
    WAVE = "wave"
    """Many refusals in a short time: held, to be asked again."""
    CONFIRMED = "confirmed"
    """The wave was asked again, and it is true."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderHealth:
    """What was seen of a provider in this and the last bucket of time; the numbers count sign-ins."""

    provider_key: str
    bucket_at: datetime
    """Begin of this bucket."""
    seen: int = 0
    refused: int = 0
    unreachable: int = 0
    before_seen: int = 0
    before_refused: int = 0
    before_unreachable: int = 0
    weather: Weather = Weather.FINE
    since: datetime
    """Since when the weather is what it is."""
    until: datetime | None = None
    """When what is held is asked again."""


class AlertKind(StrEnum):
    """What an alert is about."""

    ACCOUNTS = "accounts"
    OUTAGE = "outage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One problem that people are told of."""

    id: AlertId
    workspace_id: WorkspaceId
    provider_key: str
    kind: AlertKind
    opened_at: datetime
    tell_at: datetime
    """First told then, so that what breaks together is told together."""
    joins_until: datetime
    """What breaks before that joins this alert."""
    taken_by: UserId | None = None
    taken_at: datetime | None = None
    snoozed_by: UserId | None = None
    snoozed_until: datetime | None = None
    remind_at: datetime | None = None
    resolved_at: datetime | None = None


class Broken(NamedTuple):
    """An account that stopped working."""

    account_id: AccountId
    reason: str | None
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertAccount:
    """An account in an alert."""

    account_id: AccountId
    name: str
    connected_by: UserId
    reason: str | None
    since: datetime
    resolved_at: datetime | None = None
    resolved_by: UserId | None = None
    """None while open, and when nobody did anything: it works again by itself."""
    resolution: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDetail:
    """An alert with what its message says."""

    alert: Alert
    accounts: tuple[AlertAccount, ...]
    """The first 50: those still broken before those resolved, the longest broken first."""
    open: int
    resolved: int


class Outcome(NamedTuple):
    """How many accounts of an alert stand alike: why they broke, and how that ended, if it did."""

    reason: str | None
    open: bool
    resolution: str | None
    by: UserId | None
    number: int


class AlertEventKind(StrEnum):
    """What can happen in an alert's life."""

    OPENED = "opened"
    JOINED = "joined"
    TAKEN = "taken"
    LET_GO = "let_go"
    SNOOZED = "snoozed"
    REMINDED = "reminded"
    RECONNECTED = "reconnected"
    RECOVERED = "recovered"
    REMOVED = "removed"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEvent:
    """Something that happened to an alert."""

    at: datetime
    kind: AlertEventKind
    who: UserId | None = None
    """None: nobody in particular."""
    count: int = 0
    """How many accounts were concerned; 0: all of it."""
    until: datetime | None = None
    """Of a snooze."""


class Opened(NamedTuple):
    """What became of accounts that stopped working."""

    alert_id: AlertId
    is_new: bool
    added: int
    """How many accounts were put into it; 0: all were in open alerts already."""
    tell_at: datetime


class ChannelState(StrEnum):
    """Whether posts reach an Integrator channel."""

    OK = "ok"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChannel:
    """An Integrator channel: where alerts are posted."""

    workspace_id: WorkspaceId
    channel_id: str
    group_id: GroupId | None
    """None: for the whole workspace."""
    set_by: UserId
    set_at: datetime
    state: ChannelState = ChannelState.OK
    error: str | None = None
    """What Slack said when it was lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceSettings:
    """When a workspace is told what is still broken."""

    workspace_id: WorkspaceId
    tz: str | None = None
    """IANA name; None: nobody was asked yet."""
    digest_at: str = "09:00"
    digest_days: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalSettings:
    """How one person wants to be told."""

    workspace_id: WorkspaceId
    user_id: UserId
    dm: bool = True
    mail: bool = True
    quiet_from: str | None = None
    """'HH:MM' in the person's time zone; both or none."""
    quiet_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A subscription to a provider's notices about one sign-in."""

    id: HookId
    workspace_id: WorkspaceId
    provider_key: str
    grant_id: GrantId
    due_at: datetime
    """When it is to be looked after next: asked for, asked for anew, or forgotten with its sign-in."""
    tries: int = 0
    """How often it was asked for in vain since the provider last accepted it, a call under way included."""
    registered_at: datetime | None = None
    """When the provider accepted it last; None: not yet."""
    remote_id: str | None = None
    """Its id at the provider, where one was told."""


class TroubleKind(StrEnum):
    """What can be wrong with the watching itself."""

    LATE = "late"
    """Checks of a provider were not done in time."""
    STUCK = "stuck"
    """Messages do not get out."""
    NOBODY = "nobody"
    """No Integrator is left where there are accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something wrong with the watching itself, of which a workspace's admins are told once."""

    id: str = ""
    workspace_id: WorkspaceId
    kind: TroubleKind
    provider_key: str = ""
    """Of checks that are late; else empty."""
    since: datetime
    waiting: int = 0
    """How many checks or messages waited when it was noticed."""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of an outbox message."""

    id: str
    workspace_id: WorkspaceId
    kind: str
    subject: str
    surface: Surface
    recipient: str
    state: OutboxState
    tries: int
    due_at: datetime
    error: str | None
    channel: str | None
    ts: str | None
    posting_at: datetime | None = None
    """Since when it is being posted, or was when its sender died."""
    changed_at: datetime
    """When it was last asked for."""
