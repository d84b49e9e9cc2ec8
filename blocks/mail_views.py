"""The e-mails as data: names in place of ids, and the reader's own time zone."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from blocks.alert_views import End


@dataclass(frozen=True, slots=True, kw_only=True)
class MailReader:
    """Whom a mail is for."""

    zone: tzinfo
    """Times are written in it, with its name."""
    workspace: str
    slack_url: str
    """https: the way to this bot's direct messages, from any browser."""
    stop_url: str
    """https: where mails can be stopped."""
    in_dm: bool = True
    """False: the reader wants no direct messages, so none holds the alert."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAccount:
    """One disconnected account."""

    name: str
    reason: str | None
    connected_by: str
    """The person's name, "" if not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMailView:
    """The alert."""

    reader: MailReader
    provider: str
    account_noun: str
    accounts: tuple[MailAccount, ...]
    """The first ones (ten are shown)."""
    broken: int
    """How many, of any number."""
    same_reason: bool = True
    """False: those not shown have other reasons."""
    since: datetime
    groups: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    role_needed: str = ""
    """Who can sign in there: "an admin of the ad account"."""
    switch_hint: str = ""
    taken_by: str | None = None
    """The name of who is on it, where that is known when the mail is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllClearMailView:
    """The end of an alert, to who got its mail."""

    reader: MailReader
    provider: str
    account_noun: str
    accounts: tuple[str, ...]
    """The first names."""
    total: int
    end: End
    """How most of them ended."""
    by: tuple[str, ...] = ()
    """Names of who did it."""
    since: datetime
    ended_at: datetime
