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
    registered_at: datetime | None = None
    """None: not yet accepted by the provider."""


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
    changed_at: datetime
    """When it was last asked for."""
