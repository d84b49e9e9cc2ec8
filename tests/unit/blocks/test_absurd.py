"""Every screen drawn from absurd views: any text in any field, and more of everything than anybody has."""

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import Enum
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blocks import (
    alert_channels,
    alert_details,
    alert_samples,
    alert_settings,
    alert_settings_views,
    alert_views,
    alerts,
    connect,
    digest,
    disconnect,
    groups,
    help,  # noqa: A004 - the screen is called help
    integration,
    listing,
    notice_views,
    notices,
    samples,
    views,
)
from tests.judge import judge_message, judge_view

Json = dict[str, Any]
ABSURD = (
    st.text(max_size=40)
    | st.text(alphabet="*_~`<>&@#!|:/ \n\u202e\u2066\u200b\u200dab\u0628😀", max_size=40)
    | st.sampled_from(
        [*samples.NAMES.values(), "", "😀" * 3001, "&" * 3001, "\u0628" * 3001, "<!channel>" * 300]
    )
)
IDS = st.from_regex(r"[a-z0-9]{1,20}", fullmatch=True)
IDENTIFIERS = {
    "id",
    "key",
    "attempt_id",
    "account_id",
    "group_id",
    "subject",
    "provider_key",
    "chosen",
    "people_ids",
}
ADDRESSES = {
    "url": st.just("https://bot.acme.example/connect/ticket"),
    "guide_url": ABSURD | st.just("https://learn.lexer.io/x"),
}


def absurd(kind: Any, name: str = "") -> st.SearchStrategy[Any]:
    """Any value of that type; ids are unique within a list, as the store's are."""
    if name in ADDRESSES:
        return ADDRESSES[name]
    if kind is str:
        return IDS if name in IDENTIFIERS else ABSURD
    if get_origin(kind) is tuple:
        return rows(get_args(kind)[0], name)
    if get_origin(kind) is frozenset:
        return st.frozensets(IDS, max_size=3)
    if NoneType in get_args(kind):
        return st.none() | absurd(next(part for part in get_args(kind) if part is not NoneType), name)
    return plain(kind)


def plain(kind: Any) -> st.SearchStrategy[Any]:
    """Numbers, times, words from a list, and whole views."""
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return st.builds(
            kind, **{field.name: absurd(hints[field.name], field.name) for field in fields(kind)}
        )
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    simple: dict[Any, st.SearchStrategy[Any]] = {
        bool: st.booleans(),
        tzinfo: st.integers(min_value=-12, max_value=14).map(lambda hours: timezone(timedelta(hours=hours))),
        int: st.integers(min_value=0, max_value=100_000),
        datetime: st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)).map(  # noqa: DTZ001 - made aware
            lambda moment: moment.replace(tzinfo=UTC)
        ),
    }
    return simple[kind]


def rows(kind: Any, name: str) -> st.SearchStrategy[Any]:
    """A tuple of them."""
    if kind is str:
        words = IDS if name == "people" else ABSURD
        return st.lists(words, max_size=12).map(tuple)
    key = next((field.name for field in fields(kind) if field.name in {"id", "key"}), None)
    unique: Callable[[Any], Any] | None = (lambda row: getattr(row, key)) if key else None
    return st.lists(plain(kind), max_size=13, unique_by=unique).map(tuple)


DRAWN: list[tuple[type, Callable[[Any], Any]]] = [
    (views.IntegrationsView, listing.listing),
    (views.DetailView, integration.detail),
    (views.AddressView, connect.address),
    (views.ContinueView, connect.continue_),
    (views.ContinueView, connect.continue_dm),
    (views.ConfirmView, connect.confirm),
    (views.ConfirmView, connect.confirm_dm),
    (views.PickView, connect.pick),
    (views.ChooseGroupsView, connect.choose_groups),
    (views.DoneView, connect.done),
    (views.DoneView, connect.done_dm),
    (views.FailedView, connect.failed),
    (views.FailedView, connect.failed_dm),
    (views.DisconnectView, disconnect.confirm),
    (views.DisconnectedView, disconnect.disconnected),
    (views.DisconnectedView, disconnect.not_revoked_dm),
    (views.GroupsView, groups.groups),
    (views.GroupForm, groups.form),
    (views.FirstRunView, groups.first_run),
    (views.HelpView, help.help_),
    (views.AskView, help.ask_dm),
    (alert_views.AlertView, alerts.alert),
    (alert_views.AlertView, alerts.repaired_line),
    (alert_views.AlertView, alerts.already_over),
    (alert_views.RefusalView, alerts.refusal),
    (alert_views.RefusalView, alerts.refusal_view),
    (alert_views.ReminderView, alerts.reminder),
    (alert_views.OutageView, alerts.outage),
    (alert_views.OutageView, alerts.outage_over),
    (alert_views.DigestView, digest.digest),
    (alert_views.OldDigestView, digest.old_digest),
    (alert_views.AlertDetailsView, alert_details.alert_details),
    (alert_settings_views.AlertSettingsView, alert_settings.alert_settings),
    (alert_settings_views.AlertSettingsView, alert_settings.settings_saved),
    (alert_settings_views.GroupChannelView, alert_channels.group_channel),
    (notice_views.WarningView, notices.warning),
    (notice_views.WatcherView, notices.watcher),
    (notice_views.ChannelLostView, notices.channel_lost),
]
NAMES = [f"{module.__module__}.{module.__name__}" for _, module in DRAWN]


def judged(payload: Json) -> list[str]:
    """The second judge's problems, after a trip through JSON."""
    json.dumps(payload, ensure_ascii=False).encode("utf-8")
    return judge_view(payload) if "type" in payload else judge_message(payload)


@pytest.mark.parametrize(("kind", "draw"), DRAWN, ids=NAMES)
def test_any_view_can_be_drawn(kind: type, draw: Callable[[Any], Any]) -> None:
    """Whatever people and providers call things, and however many there are, Slack takes the screen."""

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(plain(kind))
    def drawn(view: Any) -> None:
        assert judged(draw(view)) == []

    drawn()


@given(ABSURD, ABSURD)
def test_sentences_take_any_words(one: str, other: str) -> None:
    """Refusals, problems and short notes hold any words."""
    screens = [
        help.problem(one, other),
        help.problem_view(one, other),
        help.not_allowed(one, (other, other)),
        help.not_allowed_view(one),
        help.broke(one),
        help.broke_view(one),
        help.asked(one, already=True),
        help.waiting_removed_dm(one, other),
        groups.saved(one, 1, created=True),
        integration.opening(one),
        connect.loading("attempt", one),
        connect.working(one),
        connect.choosing_dm("attempt", one, (other,) * 9, "groups"),
        alert_channels.proof(one, other),
    ]
    assert [judged(dict(screen)) for screen in screens] == [[]] * len(screens)


@pytest.mark.parametrize("name", samples.NAMES.values(), ids=samples.NAMES)
def test_more_of_everything_than_anybody_has(name: str) -> None:
    """100 integrations, 500 accounts, 200 rows of each kind, 300 and 1,000 Groups: every screen still opens, on every page."""
    for page in range(10):
        tiles = samples.integrations(name, connected=100, available=200, words=name, page=page)
        assert judged(dict(listing.listing(tiles))) == []
        assert judged(dict(groups.groups(samples.group_list(name, 300, page=page)))) == []
    many = samples.detail(name, accounts=500)
    assert judged(dict(integration.detail(many))) == []
    for number in (300, 1000):
        chosen = samples.groups_to_choose(name, number)
        everything = frozenset(group.id for group in chosen.groups)
        view = views.ChooseGroupsView(
            subject="a",
            provider=name,
            accounts=(name,) * 200,
            groups=chosen.groups,
            chosen=everything,
            connecting=True,
        )
        assert judged(dict(connect.choose_groups(view))) == []


@pytest.mark.parametrize("name", samples.NAMES.values(), ids=samples.NAMES)
def test_an_alert_of_10000_accounts(name: str) -> None:
    """Ten thousand accounts that break together are one message, which counts down, in a channel, a DM and the Details."""
    all_of_them = tuple(alert_samples.alerted(number, name) for number in range(10_000))
    for broken, repaired in ((10_000, 0), (1000, 9000), (1, 9999)):
        told = alert_samples.alert(name, broken=broken, repaired=repaired)
        view = replace(told, accounts=all_of_them[:broken], groups=(name,) * 300)
        assert judged(dict(alerts.alert(view))) == []
        assert judged(dict(alerts.alert(replace(view, reader="U0MARIA", told_in=("C0ALERTS",) * 300)))) == []
        details = alert_samples.details(view, people=10_000)
        assert judged(dict(alert_details.alert_details(replace(details, events=details.events * 1000)))) == []
        assert judged(dict(digest.digest(alert_samples.digest(name, *(view,) * 1000)))) == []
    settings_ = alert_samples.settings(name, group_channels=1000)
    assert judged(dict(alert_settings.alert_settings(settings_))) == []
    groups_ = tuple(views.GroupOption(id=f"group-{n}", name=name, people=n) for n in range(1000))
    assert (
        judged(dict(alert_channels.group_channel(alert_settings_views.GroupChannelView(groups=groups_))))
        == []
    )


@pytest.mark.parametrize("name", samples.NAMES.values(), ids=samples.NAMES)
def test_5000_accounts_behind_one_sign_in(name: str) -> None:
    """A sign-in that reaches 5,000 accounts is searched; Slack gets 100 answers at most."""
    view = samples.choices(name, 5000)
    drawn: Json = dict(connect.pick(view))
    assert judged(drawn) == []
    assert drawn["blocks"][1]["element"]["type"] == "multi_external_select"
    options = connect.pick_options(view.options)
    assert len(options) == 100
    select = {"type": "multi_static_select", "action_id": "a", "options": options}
    message = {"text": "x", "blocks": [{"type": "actions", "elements": [select]}]}
    assert judge_message(message) == []
