"""Telling, as data: what alerts, digests, reminders and warnings are rendered from. Times are aware datetimes; ids are Slack's or the store's, as text."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class End(StrEnum):
    """How an account's problem ended. Values are those of an alert's `resolution` in the store."""

    RECONNECTED = "reconnected"
    """Somebody signed in again."""
    RECOVERED = "recovered"
    """It answers again by itself, or was repaired at the provider."""
    REMOVED = "removed"
    """Somebody pressed Disconnect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How many accounts of an alert ended one way, and by whom (a Slack user id)."""

    end: End
    by: str | None = None
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """How many accounts share a reason (a key in blocks/status.py)."""

    reason: str | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertedAccount:
    """One account of an alert."""

    id: str
    name: str
    reason: str | None
    since: datetime
    connected_by: str
    """Slack user id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """One alert as it now stands; every message of it is drawn from this, whatever has become of it."""

    id: str
    provider_key: str
    provider: str
    account_noun: str
    accounts: tuple[AlertedAccount, ...]
    """The first ones still disconnected (ten are shown); when over, the first ones it was about."""
    broken: int
    """How many are still disconnected, of any number."""
    repaired: int = 0
    """How many are not any more, however that ended."""
    reasons: tuple[Why, ...] = ()
    """Of those still disconnected, the most frequent first."""
    since: datetime
    """Since when the first of them does not work."""
    groups: tuple[str, ...] = ()
    """Names of the Groups that use any of them."""
    stops: tuple[str, ...] = ()
    """Capabilities that stand still."""
    taken_by: str | None = None
    taken_at: datetime | None = None
    snoozed_by: str | None = None
    snoozed_until: datetime | None = None
    """Only while it lies ahead."""
    ends: tuple[Ended, ...] = ()
    """How the repaired ones ended, the most frequent first."""
    ended_at: datetime | None = None
    """When the last one was repaired: the alert is over."""
    reader: str | None = None
    """Slack user id of the one person a DM is for; None in a channel."""
    told_in: tuple[str, ...] = ()
    """For a DM: ids of the channels that have it too."""
    unsure_of: str | None = None
    """For a DM: id of the channel of which Slack did not say whether the message arrived."""


class Act(StrEnum):
    """What only Integrators may do with an alert; values complete "Only Integrators can …"."""

    RECONNECT = "reconnect"
    TAKE = "take care of"
    SNOOZE = "snooze"
    OPEN = "see more of"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalView:
    """What somebody reads who is not an Integrator and pressed a button of an alert."""

    act: Act
    alert: AlertView
    integrators: tuple[str, ...] = ()
    """Slack user ids of people who can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageView:
    """A provider that has problems, or had."""

    provider_key: str
    provider: str
    since: datetime
    accounts: int
    """How many accounts of this workspace are there."""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """Everything still broken, once a day in each Integrator channel."""

    at: datetime
    alerts: tuple[AlertView, ...]
    """Open ones, the longest broken first; snoozed ones are only counted."""
    snoozed: int = 0
    others: int = 0
    """Alerts that came later and have messages of their own; looked at only when all of `alerts` are over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OldDigestView:
    """The digest before the newest one."""

    at: datetime
    broken: int
    """How many accounts it listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderView:
    """A reply in the alert's thread: to who took it, or (`taken_by` None) to everybody."""

    alert: AlertView
    at: datetime
    taken_before_by: str | None = None
    """Who had taken it, once it is back with everybody."""
    answered: bool = False
    """Somebody has taken, kept, snoozed or handed it back since: nothing is left to press."""


class Place(StrEnum):
    """Where something was told."""

    DM = "dm"
    CHANNEL = "channel"
    MAIL = "mail"


class Fate(StrEnum):
    """What became of a delivery."""

    SENT = "sent"
    WAITING = "waiting"
    HELD = "held"
    """Quiet hours."""
    UNKNOWN = "unknown"
    """Slack or the mail server never said; it is not repeated."""
    GONE = "gone"
    """The person has left the workspace."""
    MUTED = "muted"
    LOST = "lost"
    """The channel is archived, deleted, or without this bot."""
    NO_ADDRESS = "no_address"
    NO_MAIL = "no_mail"
    """Mail is not set up on this bot."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One delivery of an alert. `recipient` is a Slack user id, or a channel's."""

    place: Place
    recipient: str
    fate: Fate
    at: datetime | None = None
    """When it was sent or given up; for held ones, until when."""


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
    """One event of an alert; `count` accounts were concerned, 0 = all of it."""

    at: datetime
    kind: AlertEventKind
    who: str | None = None
    count: int = 0
    until: datetime | None = None
    """Of a snooze."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDetailsView:
    """The Details modal."""

    alert: AlertView
    events: tuple[AlertEvent, ...] = ()
    """Oldest first."""
    deliveries: tuple[Delivery, ...] = ()
