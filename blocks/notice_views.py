"""What one person is told beside alerts, as data. Times are aware datetimes; ids are Slack's or the store's, as text."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from blocks.alert_settings_views import ChannelProblem
from blocks.alert_views import Ended


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiringAccount:
    """An account whose sign-in ends soon."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningView:
    """The DM before a sign-in ends, to who signed in. The accounts share that sign-in."""

    provider_key: str
    provider: str
    account_noun: str
    accounts: tuple[ExpiringAccount, ...]
    days: int
    """7, 3 or 1; 0 = today."""
    ends_at: datetime
    stops: tuple[str, ...] = ()
    may_manage: bool = True
    """Whether the reader is an Integrator (still)."""
    ended: Ended | None = None
    ended_at: datetime | None = None
    """Renewed or removed meanwhile."""
    ran_out: bool = False
    """Too late: an alert tells the rest."""
    superseded: bool = False
    """A newer warning of the same end is further down."""
    connected_by: str | None = None
    """Slack user id of who signed in, where that is not the reader: they cannot renew it any more."""


class WatcherProblem(StrEnum):
    """What is wrong with the watching itself."""

    LATE = "late"
    """Accounts of a provider have not been checked in time."""
    STUCK = "stuck"
    """Messages have been waiting for more than five minutes."""
    NOBODY = "nobody"
    """No Integrator is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatcherView:
    """What admins are told about the watching itself."""

    problem: WatcherProblem
    since: datetime
    count: int = 0
    """Accounts or messages that wait."""
    provider: str | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelLostView:
    """To who chose an Integrator channel that takes no messages any more."""

    channel_id: str
    problem: ChannelProblem
    group: str | None = None
    """The Group it was chosen for; None = the whole workspace."""
    instead: str | None = None
    """Id of the channel alerts go to now; None = direct messages only."""
