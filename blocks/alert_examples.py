"""Everything that tells of alerts, in every state: part of `EXAMPLES`, and the e-mails by themselves."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from types import MappingProxyType

from blocks import alert_channels, alert_details, alert_samples, alert_settings, alerts, digest, mail, notices
from blocks.alert_settings_views import ChannelProblem, ChannelRow, GroupChannelView, PersonalView
from blocks.alert_views import (
    Act,
    AlertView,
    DigestView,
    End,
    Ended,
    OldDigestView,
    RefusalView,
    ReminderView,
)
from blocks.mail import Mail
from blocks.notice_views import ChannelLostView, WatcherProblem, WatcherView
from blocks.parts import Message, View
from blocks.samples import NAMES, NOON
from blocks.views import GroupOption

Draw = Callable[[], Message | View]
_LATER = NOON + timedelta(hours=4)
_SIZES = {"one account": 1, "several accounts": 3, "thousands of accounts": 10_000}
_BY_MARIA = Ended(end=End.RECONNECTED, by="U0MARIA")


def alert_examples(name: str) -> Iterator[tuple[str, Draw]]:
    """Messages and modals with `name` in every place a name can be."""
    for screens in (_open, _states, _over, _beside, _digests, _warnings, _details, _settings):
        yield from screens(name)


def _open(name: str) -> Iterator[tuple[str, Draw]]:
    for title, broken in _SIZES.items():
        view = alert_samples.alert(name, broken=broken)
        yield f"alert, {title}", partial(alerts.alert, view)
        yield f"alert DM, {title}", partial(alerts.alert, _to_maria(view))
    unsure = replace(_to_maria(alert_samples.alert(name, broken=1)), unsure_of="C0ALERTS")
    yield "alert DM, channel in doubt", partial(alerts.alert, unsure)
    empty = replace(alert_samples.alert(name, broken=1), accounts=(), reasons=(), groups=(), stops=())
    yield "alert, nothing known", partial(alerts.alert, empty)


def _to_maria(view: AlertView) -> AlertView:
    return replace(view, reader="U0MARIA", told_in=("C0ALERTS", "C0OTHER"))


def _states(name: str) -> Iterator[tuple[str, Draw]]:
    one = alert_samples.alert(name, broken=1)
    taken = replace(one, taken_by="U0MARIA", taken_at=NOON)
    snoozed = replace(one, snoozed_by="U0BEN", snoozed_until=_LATER)
    both = replace(taken, snoozed_by="U0MARIA", snoozed_until=_LATER)
    for title, view in (("taken", taken), ("snoozed", snoozed), ("taken and snoozed", both)):
        yield f"alert, {title}", partial(alerts.alert, view)
    yield "alert DM, taken by the reader", partial(alerts.alert, _to_maria(taken))
    yield "alert DM, taken by another", partial(alerts.alert, replace(taken, reader="U0BEN"))
    for title, broken, repaired in (
        ("partly repaired", 2, 10),
        ("one left", 1, 11),
        ("counts down", 1000, 9000),
    ):
        partly = alert_samples.alert(name, broken=broken, repaired=repaired)
        yield f"alert, {title}", partial(alerts.alert, partly)


def _over(name: str) -> Iterator[tuple[str, Draw]]:
    recovered, removed = Ended(end=End.RECOVERED), Ended(end=End.REMOVED, by="U0BEN")
    for title, ended in (("reconnected", _BY_MARIA), ("works again", recovered), ("removed", removed)):
        view = alert_samples.over(name, 1, ended)
        yield f"alert, {title}", partial(alerts.alert, view)
        yield f"alert reply, {title}", partial(alerts.repaired_line, view)
    mixed = (replace(_BY_MARIA, count=9000), replace(recovered, count=999), removed)
    many = alert_samples.over(name, 10_000, *mixed)
    yield "alert, all repaired", partial(alerts.alert, many)
    yield "alert reply, all repaired", partial(alerts.repaired_line, many)
    yield "alert answer, over already", partial(alerts.already_over, many)


def _beside(name: str) -> Iterator[tuple[str, Draw]]:
    one = alert_samples.alert(name, broken=1)
    taken = replace(one, taken_by="U0MARIA", taken_at=NOON - timedelta(hours=4))
    for act in Act:
        view = RefusalView(act=act, alert=one, integrators=("U0MARIA", "U0BEN"))
        yield f"alert answer, not an Integrator: {act.value}", partial(alerts.refusal, view)
    refused = RefusalView(act=Act.RECONNECT, alert=taken)
    yield "alert answer, somebody is on it", partial(alerts.refusal, refused)
    yield "alert answer, how it stands", partial(alerts.how_it_stands, taken)
    yield "alert answer, taken over", partial(alerts.taken_over, replace(one, taken_by="U0BEN"), "U0MARIA")
    yield "alert answer, kept", partial(alerts.kept, replace(taken, reader="U0MARIA"))
    yield "alert answer, in a modal", partial(alerts.refusal_view, refused)
    yield "reminder, to who took it", partial(alerts.reminder, ReminderView(alert=taken, at=NOON))
    back = ReminderView(alert=one, at=NOON + timedelta(hours=21), taken_before_by="U0MARIA")
    yield "reminder, to everybody", partial(alerts.reminder, back)
    done = replace(back, alert=alert_samples.over(name, 1, _BY_MARIA))
    yield "reminder, repaired", partial(alerts.reminder, done)
    yield "outage", partial(alerts.outage, alert_samples.outage(name))
    yield "outage, over", partial(alerts.outage, alert_samples.outage(name, ended_at=NOON))
    yield "outage reply, over", partial(alerts.outage_over, alert_samples.outage(name, ended_at=NOON))


def _digests(name: str) -> Iterator[tuple[str, Draw]]:
    one, several, very_many = (alert_samples.alert(name, broken=broken) for broken in _SIZES.values())
    taken = replace(several, taken_by="U0MARIA", taken_at=NOON)
    yield "digest, nothing", partial(digest.digest, DigestView(at=NOON, alerts=(), snoozed=1))
    yield "digest, one", partial(digest.digest, alert_samples.digest(name))
    yield (
        "digest, several",
        partial(digest.digest, alert_samples.digest(name, one, taken, very_many, snoozed=2)),
    )
    yield "digest, many", partial(digest.digest, alert_samples.digest(name, *(one, several) * 60))
    yield "digest, old", partial(digest.old_digest, OldDigestView(at=NOON, broken=4))


def _warnings(name: str) -> Iterator[tuple[str, Draw]]:
    for days in (7, 3, 1, 0):
        yield f"warning DM, {days} days", partial(notices.warning, alert_samples.warning(name, days))
    three = alert_samples.warning(name, 3)
    yield "warning DM, several", partial(notices.warning, alert_samples.warning(name, 3, accounts=12))
    yield "warning DM, not an Integrator", partial(notices.warning, replace(three, may_manage=False))
    yield "warning DM, renewed", partial(notices.warning, replace(three, ended=_BY_MARIA, ended_at=NOON))
    yield "warning DM, ran out", partial(notices.warning, replace(three, ran_out=True))
    for problem in WatcherProblem:
        trouble = WatcherView(
            problem=problem, since=alert_samples.SINCE, count=120, provider=alert_samples.provider(name)
        )
        yield f"watcher DM, {problem.value}", partial(notices.watcher, trouble)
        yield (
            f"watcher DM, {problem.value} no more",
            partial(notices.watcher, replace(trouble, ended_at=NOON)),
        )
    for lost in ChannelProblem:
        gone = ChannelLostView(channel_id="C0ALERTS", problem=lost, group=name, instead="C0OTHER")
        yield f"channel lost DM, {lost.value.replace('_', ' ')}", partial(notices.channel_lost, gone)
    alone = ChannelLostView(channel_id="C0ALERTS", problem=ChannelProblem.GONE)
    yield "channel lost DM, no other", partial(notices.channel_lost, alone)


def _details(name: str) -> Iterator[tuple[str, Draw]]:
    yield "alert details, opening", alert_details.opening_details
    for title, broken in _SIZES.items():
        view = alert_samples.details(alert_samples.alert(name, broken=broken), people=broken)
        yield f"alert details, {title}", partial(alert_details.alert_details, view)
    told = replace(alert_samples.alert(name, broken=1), taken_by="U0MARIA", taken_at=NOON)
    bare = replace(alert_samples.details(told), events=(), deliveries=())
    yield "alert details, nothing yet", partial(alert_details.alert_details, bare)
    done = alert_samples.details(alert_samples.over(name, 3, replace(_BY_MARIA, count=3)))
    yield "alert details, over", partial(alert_details.alert_details, done)


def _settings(name: str) -> Iterator[tuple[str, Draw]]:
    draw, saved = alert_settings.alert_settings, alert_settings.settings_saved
    yield "alert settings, opening", alert_settings.opening_settings
    set_up = alert_samples.settings(name, group_channels=3)
    first = replace(set_up, channel=None, group_channels=(), personal=PersonalView())
    yield "alert settings, first time", partial(draw, first)
    yield "alert settings, set up", partial(draw, set_up)
    yield "alert settings, many Groups", partial(draw, alert_samples.settings(name, group_channels=300))
    lost = ChannelRow(channel_id="C0ALERTS", problem=ChannelProblem.NOT_INVITED)
    yield "alert settings, channel lost", partial(draw, replace(set_up, channel=lost))
    yield "alert settings, admin", partial(draw, replace(set_up, personal=None))
    yield "alert settings, own only", partial(draw, replace(set_up, may_choose=False))
    tested = replace(first, notice=f"{name} has the test message.", notice_level="success", has_groups=False)
    yield "alert settings, notice", partial(draw, tested)
    proved = replace(set_up, tested=(ChannelRow(channel_id="C0ALERTS"), lost))
    yield "alert settings, tested", partial(draw, proved)
    yield "alert settings, saved and tested", partial(saved, proved)
    yield (
        "alert settings, saved without a daily message",
        partial(saved, replace(set_up, digest_days=frozenset())),
    )
    yield "alert settings, nothing", partial(draw, replace(set_up, may_choose=False, personal=None))
    yield "alert settings, saved", partial(saved, set_up)
    yield "alert settings, saved without a channel", partial(saved, first)
    yield "alert settings, saved own", partial(saved, replace(set_up, may_choose=False))
    for number in (0, 1, 300):
        groups = tuple(GroupOption(id=f"group-{n}", name=f"{n} {name}", people=n) for n in range(number))
        chosen = GroupChannelView(groups=groups)
        yield (
            f"alert settings, channel for one of {number} Groups",
            partial(alert_channels.group_channel, chosen),
        )
    changed = replace(chosen, group_id="group-7", channel_id="C0OTHER")
    yield "alert settings, change the channel of a Group", partial(alert_channels.group_channel, changed)
    yield "alert settings, test message", partial(alert_channels.proof, "U0MARIA", name)


def _mails() -> Iterator[tuple[str, Callable[[], Mail]]]:
    for label, name in NAMES.items():
        for title, broken in _SIZES.items():
            view = alert_samples.alert_mail(name, broken)
            yield f"mail, {title} ({label})", partial(mail.alert_mail, view)
            clear = alert_samples.all_clear_mail(name, broken)
            yield f"mail, all clear, {title} ({label})", partial(mail.all_clear_mail, clear)
        taken = replace(alert_samples.alert_mail(name, 1), taken_by=name)
        yield f"mail, taken ({label})", partial(mail.alert_mail, taken)
        for end in End:
            ended = alert_samples.all_clear_mail(name, 1, end)
            yield f"mail, all clear, {end.value} ({label})", partial(mail.all_clear_mail, ended)


MAILS: Mapping[str, Callable[[], Mail]] = MappingProxyType(dict(_mails()))
"""Every e-mail in every state."""
