"""Digests, warnings, details and what admins are told."""

from dataclasses import replace
from typing import Any

import pytest

from blocks import alert_details, alert_samples, digest, notices
from blocks.alert_settings_views import ChannelProblem
from blocks.alert_views import AlertEventKind, DigestView, End, Ended, Fate, OldDigestView
from blocks.notice_views import ChannelLostView, WatcherProblem, WatcherView
from blocks.samples import NOON
from tests.unit.blocks.test_alerts import labels, said

BY_MARIA = Ended(end=End.RECONNECTED, by="U0MARIA")


def test_the_digest_says_what_is_still_broken() -> None:
    """Once a day one reads what is broken, for how long, why, and who is on it, each with its next step."""
    one, three = (alert_samples.alert("@acme", broken=number) for number in (1, 3))
    taken = replace(three, taken_by="U0MARIA", taken_at=NOON)
    drawn = digest.digest(alert_samples.digest("@acme", one, taken, snoozed=2))
    words = said(drawn)
    assert words.startswith("4 accounts are still disconnected\n*@acme at Twitter (X)*\nSince <!date")
    assert "(23 h 10 min). Why: the password was changed.\nNobody is on it yet." in words
    assert "@acme 1, @acme 2 and @acme 3" in words
    assert "<@U0MARIA> is on it, since" in words
    assert "2 alerts are snoozed." in words
    assert labels(drawn) == ["Reconnect", "Open Twitter (X)"]


def test_a_long_digest_fits() -> None:
    """However much is broken, the digest stays within what Slack takes and says how much more there is."""
    many = alert_samples.digest("@acme", *(alert_samples.alert("@acme", broken=1),) * 120)
    drawn = digest.digest(many)
    assert len(drawn["blocks"]) <= 50
    assert "and 100 more: type `/lexer integrations disconnected`." in said(drawn)
    assert "Nothing is disconnected" in said(digest.digest(DigestView(at=NOON, alerts=())))


def test_an_old_digest_is_a_line() -> None:
    """Yesterday's digest offers nothing any more."""
    drawn = digest.old_digest(OldDigestView(at=NOON, broken=4))
    assert "4 accounts disconnected. A newer list is further down." in said(drawn)
    assert labels(drawn) == []


@pytest.mark.parametrize(
    ("days", "words"), [(7, "in 7 days"), (3, "in 3 days"), (1, "tomorrow"), (0, "today")]
)
def test_warnings_before_the_end(days: int, words: str) -> None:
    """Who connected an account hears in time that its sign-in ends, what stops then, and reconnects with one press."""
    drawn = notices.warning(alert_samples.warning("@acme", days))
    assert f"🟡 *@acme at Twitter (X) expires {words}*" in said(drawn)
    assert "Reconnect before then and nothing stops.\nAfter that no segments are sent there." in said(drawn)
    assert labels(drawn) == ["Reconnect", "Open Twitter (X)"]


def test_a_warning_goes_with_its_reader() -> None:
    """Who is no Integrator any more asks one; a sign-in of several accounts is one warning."""
    warning = alert_samples.warning("@acme", 3)
    assert labels(notices.warning(replace(warning, may_manage=False))) == ["Ask an Integrator"]
    several = notices.warning(alert_samples.warning("@acme", 3, accounts=12))
    assert "12 ad accounts at Twitter (X) expire in 3 days" in said(several)
    assert labels(several) == ["Open Twitter (X)"]


def test_an_old_warning_has_no_buttons() -> None:
    """After it is renewed, removed or too late, the warning says so and offers nothing."""
    warning = alert_samples.warning("@acme", 3)
    renewed = notices.warning(replace(warning, ended=BY_MARIA, ended_at=NOON))
    assert "is renewed*\nReconnected by <@U0MARIA>, <!date" in said(renewed)
    removed = notices.warning(replace(warning, ended=Ended(end=End.REMOVED, by="U0BEN"), ended_at=NOON))
    assert "⚪ *@acme at Twitter (X) is removed*\nDisconnected by <@U0BEN>" in said(removed)
    late = notices.warning(replace(warning, ran_out=True))
    assert "has expired" in said(late)
    assert [labels(drawn) for drawn in (renewed, removed, late)] == [[], [], []]


def test_details_show_the_fate_of_each_delivery() -> None:
    """One sees who was told, who was not and why; what is not certain stands on top."""
    drawn = alert_details.alert_details(alert_samples.details(alert_samples.alert("@acme", broken=1)))
    words = said(drawn)
    told = words[words.index("*Who was told*") :]
    assert told.split("\n")[1].startswith("• <#C0OTHER>: outcome unknown")
    assert "• direct message to <@U0ADA>: not sent: this person has left" in told
    assert "• direct message to <@U0BEN>: held back by their quiet hours until <!date" in told
    assert "• e-mail to <@U0MARIA>: sent, <!date" in told
    assert labels(drawn) == ["Reconnect", "Open Twitter (X)"]


def test_details_count_what_they_do_not_show() -> None:
    """A thousand deliveries are counted by what became of them."""
    view = alert_samples.details(alert_samples.alert("@acme", broken=1), people=1000)
    drawn = said(alert_details.alert_details(view))
    assert drawn.count("\n• direct message to") + drawn.count("\n• e-mail to") == 12
    assert drawn.endswith("and 994 sent · 1 not sent: muted by this person")


def test_details_tell_the_story() -> None:
    """What happened in an alert is listed in order, each event in words."""
    view = alert_samples.details(alert_samples.alert("@acme", broken=1))
    words = said(alert_details.alert_details(view))
    assert "11 more X accounts disconnected" in words
    assert words.index("<@U0MARIA> is on it") < words.index("<@U0MARIA> handed it back")
    assert "snoozed by <@U0BEN> until <!date" in words
    over = alert_samples.details(alert_samples.over("@acme", 3, replace(BY_MARIA, count=3)))
    assert labels(alert_details.alert_details(over)) == []


def test_nothing_is_without_words() -> None:
    """Each event and each fate can be shown."""
    assert set(alert_details._HAPPENED) == set(AlertEventKind)
    assert set(alert_details._FATES) == set(Fate) == set(alert_details._ORDER)
    assert set(notices._LOST) == set(ChannelProblem)


@pytest.mark.parametrize("problem", WatcherProblem)
def test_admins_hear_of_trouble_with_the_watching(problem: WatcherProblem) -> None:
    """An admin reads what is wrong, since when, and when it is over."""
    view = WatcherView(problem=problem, since=alert_samples.SINCE, count=120, provider="Twitter (X)")
    assert said(notices.watcher(view)).startswith("⚪ *")
    over = said(notices.watcher(replace(view, ended_at=NOON)))
    assert over.startswith("🟢 *")
    assert "This lasted 2 h 10 min" in over


def test_a_lost_channel_is_told_to_who_chose_it() -> None:
    """They read why, where alerts go now, and how to choose another."""
    lost: Any = ChannelLostView(channel_id="C0OLD", problem=ChannelProblem.ARCHIVED, instead="C0ALERTS")
    words = said(notices.channel_lost(lost))
    assert words == (
        "⚪ *Alerts no longer reach <#C0OLD>*\nThe channel is archived. They go to <#C0ALERTS> and the Integrators now. "
        "To choose a channel again, type `/lexer alerts`."
    )
    assert "the Integrators alone now" in said(notices.channel_lost(replace(lost, instead=None)))
