"""View models of everything that tells of alerts, made around one name, for the examples. Times are fixed."""

from datetime import UTC, datetime, timedelta

from blocks.alert_settings_views import (
    AlertSettingsView,
    ChannelProblem,
    ChannelRow,
    PersonalView,
    ZoneChoice,
)
from blocks.alert_views import (
    AlertDetailsView,
    AlertedAccount,
    AlertEvent,
    AlertEventKind,
    AlertView,
    Delivery,
    DigestView,
    End,
    Ended,
    Fate,
    OutageView,
    Place,
    Why,
)
from blocks.mail_views import AlertMailView, AllClearMailView, MailAccount, MailReader
from blocks.notice_views import ExpiringAccount, WarningView
from blocks.samples import NAMES, NOON

SINCE = NOON - timedelta(hours=2, minutes=10)
_REASONS = ("password_changed", "access_removed", "token_expired")


def provider(name: str) -> str:
    """A provider beside an account of that name: an ordinary one beside the ordinary one."""
    return "Twitter (X)" if name == NAMES["plain"] else name


def alerted(number: int, name: str, *, one: bool = False) -> AlertedAccount:
    """The `number`th account of an alert; the only one has no number in its name."""
    return AlertedAccount(
        id=f"account-{number}",
        name=name if one else f"{name} {number + 1}",
        reason=_REASONS[0] if one else _REASONS[number % 3 > 1],
        since=SINCE,
        connected_by="U0MARIA" if number % 4 else "U0BEN",
    )


def alert(name: str, *, broken: int, repaired: int = 0) -> AlertView:
    """An open alert of that size."""
    one = broken + repaired == 1
    few = min(broken, 50)
    most = broken - broken // 3
    reasons = [Why(reason=_REASONS[0], count=most), Why(reason=_REASONS[1], count=broken - most)]
    ends = (Ended(end=End.RECONNECTED, by="U0MARIA", count=repaired),) if repaired else ()
    return AlertView(
        id=f"alert-{broken}",
        provider_key="twitter",
        provider=provider(name),
        account_noun="X account",
        accounts=tuple(alerted(number, name, one=one) for number in range(few)),
        broken=broken,
        repaired=repaired,
        reasons=tuple(why for why in reasons if why.count),
        since=SINCE,
        groups=("Marketing", name),
        stops=("segments", "engagement"),
        ends=ends,
    )


def over(name: str, total: int, *ends: Ended) -> AlertView:
    """An alert of that many accounts that ended so."""
    few = min(total, 50)
    return AlertView(
        id="alert-over",
        provider_key="twitter",
        provider=provider(name),
        account_noun="X account",
        accounts=tuple(alerted(number, name, one=total == 1) for number in range(few)),
        broken=0,
        repaired=total,
        since=SINCE,
        ends=ends,
        ended_at=NOON,
    )


def outage(name: str, *, accounts: int = 12, ended_at: datetime | None = None) -> OutageView:
    """A provider in trouble."""
    return OutageView(
        provider_key="twitter", provider=provider(name), since=SINCE, accounts=accounts, ended_at=ended_at
    )


def digest(name: str, *alerts: AlertView, snoozed: int = 0) -> DigestView:
    """A digest of these alerts, the next morning; `name` is the first one's if none is given."""
    return DigestView(
        at=NOON + timedelta(hours=21), alerts=alerts or (alert(name, broken=1),), snoozed=snoozed
    )


def warning(name: str, days: int, *, accounts: int = 1) -> WarningView:
    """A sign-in that ends in that many days."""
    listed = tuple(
        ExpiringAccount(id=f"account-{number}", name=f"{name} {number}" if accounts > 1 else name)
        for number in range(accounts)
    )
    return WarningView(
        provider_key="facebook_ads",
        provider=provider(name),
        account_noun="ad account",
        accounts=listed,
        days=days,
        ends_at=NOON + timedelta(days=days),
        stops=("segments",),
    )


_EVENTS = (
    AlertEvent(at=SINCE, kind=AlertEventKind.OPENED, count=1),
    AlertEvent(at=SINCE + timedelta(minutes=4), kind=AlertEventKind.JOINED, count=11),
    AlertEvent(at=SINCE + timedelta(minutes=30), kind=AlertEventKind.TAKEN, who="U0MARIA"),
    AlertEvent(at=SINCE + timedelta(minutes=50), kind=AlertEventKind.RECONNECTED, who="U0MARIA", count=2),
    AlertEvent(at=SINCE + timedelta(minutes=55), kind=AlertEventKind.RECOVERED, count=1),
    AlertEvent(at=SINCE + timedelta(minutes=58), kind=AlertEventKind.REMOVED, who="U0BEN", count=1),
    AlertEvent(at=SINCE + timedelta(hours=1), kind=AlertEventKind.LET_GO, who="U0MARIA"),
    AlertEvent(
        at=SINCE + timedelta(minutes=70),
        kind=AlertEventKind.SNOOZED,
        who="U0BEN",
        until=NOON + timedelta(hours=4),
    ),
    AlertEvent(at=NOON, kind=AlertEventKind.REMINDED),
)


def details(told: AlertView, *, people: int = 2) -> AlertDetailsView:
    """Details with every kind of event and every fate, and that many people more."""
    deliveries = [
        Delivery(place=Place.CHANNEL, recipient="C0ALERTS", fate=Fate.SENT, at=SINCE),
        Delivery(place=Place.CHANNEL, recipient="C0OTHER", fate=Fate.UNKNOWN, at=SINCE),
        Delivery(place=Place.CHANNEL, recipient="C0OLD", fate=Fate.LOST, at=SINCE),
        Delivery(place=Place.DM, recipient="U0ADA", fate=Fate.GONE),
        Delivery(place=Place.DM, recipient="U0BEN", fate=Fate.HELD, at=NOON + timedelta(hours=19)),
        Delivery(place=Place.DM, recipient="U0CEM", fate=Fate.MUTED),
        Delivery(place=Place.MAIL, recipient="U0MARIA", fate=Fate.SENT, at=SINCE),
        Delivery(place=Place.MAIL, recipient="U0ADA", fate=Fate.NO_ADDRESS),
        Delivery(place=Place.MAIL, recipient="U0BEN", fate=Fate.FAILED, at=SINCE),
        Delivery(place=Place.MAIL, recipient="U0CEM", fate=Fate.WAITING),
    ]
    deliveries += [
        Delivery(place=Place.DM, recipient="U0MARIA", fate=Fate.SENT, at=SINCE) for _ in range(people)
    ]
    return AlertDetailsView(alert=told, events=_EVENTS, deliveries=tuple(deliveries))


def group_channel(name: str, number: int) -> ChannelRow:
    """A Group's own channel; the second one is archived."""
    return ChannelRow(
        channel_id="C0OTHER",
        group_id=f"group-{number}",
        group=f"{name} {number}",
        problem=ChannelProblem.ARCHIVED if number == 1 else None,
    )


def settings(name: str, *, group_channels: int = 0) -> AlertSettingsView:
    """`/lexer alerts` of an Integrator, with a channel chosen."""
    return AlertSettingsView(
        channel=ChannelRow(channel_id="C0ALERTS"),
        group_channels=tuple(group_channel(name, number) for number in range(group_channels)),
        zone=ZoneChoice(name="Europe/Berlin", offset="GMT+1"),
        may_choose=True,
        personal=PersonalView(quiet_from="19:00", quiet_to="08:00"),
    )


def reader(name: str) -> MailReader:
    """Whom the sample mails are for."""
    return MailReader(
        zone=UTC,
        workspace=name,
        slack_url="https://slack.com/app_redirect?app=A0LEXER&team=T0ACME",
        stop_url="https://bot.acme.example/mail/stop/signed",
    )


def alert_mail(name: str, broken: int) -> AlertMailView:
    """The alert's mail, about that many accounts."""
    accounts = tuple(
        MailAccount(name=told.name, reason=told.reason, connected_by="Maria")
        for told in alert(name, broken=broken).accounts
    )
    return AlertMailView(
        reader=reader(name),
        provider=provider(name),
        account_noun="X account",
        accounts=accounts,
        broken=broken,
        since=SINCE,
        groups=("Marketing", name),
        stops=("segments", "engagement"),
        role_needed="the owner of the X account, or somebody who knows its password",
        switch_hint="Log out at x.com first, then press Continue once more.",
    )


def all_clear_mail(name: str, total: int, end: End = End.RECONNECTED) -> AllClearMailView:
    """The all-clear, about that many accounts."""
    return AllClearMailView(
        reader=reader(name),
        provider=provider(name),
        account_noun="X account",
        accounts=(name,) * min(total, 50),
        total=total,
        end=end,
        by=("Maria",),
        since=SINCE,
        ended_at=NOON,
    )
