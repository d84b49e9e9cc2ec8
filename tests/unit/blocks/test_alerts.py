"""What an alert says in each state of its life, and what can be pressed."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from blocks import alert_samples, alerts
from blocks.alert_views import Act, AlertView, End, Ended, RefusalView, ReminderView, Why
from blocks.samples import NOON

Json = dict[str, Any]
BY_MARIA = Ended(end=End.RECONNECTED, by="U0MARIA")
NOON_WORDS = "<!date^1795521600^{date_short_pretty} at {time}|2026-11-24 12:00 UTC>"


def controls(payload: Any) -> Iterator[Json]:
    """Everything that can be pressed, in reading order."""
    for block in payload["blocks"]:
        yield from (element for element in block.get("elements", []) if "action_id" in element)
        if "action_id" in block.get("accessory", {}):
            yield block["accessory"]


def labels(payload: Any) -> list[str]:
    """The words of all buttons, and of selects while nothing is chosen."""
    return [(one.get("text") or one["placeholder"])["text"] for one in controls(payload)]


def said(payload: Any) -> str:
    """All that is to be read, without the buttons."""
    lines = [block["text"]["text"] for block in payload["blocks"] if "text" in block]
    lines += [block["elements"][0]["text"] for block in payload["blocks"] if block["type"] == "context"]
    return "\n".join(lines)


def one(**changes: Any) -> AlertView:
    """An alert of one account."""
    return replace(alert_samples.alert("@acme", broken=1), **changes)


def test_one_account() -> None:
    """One reads what stopped working, since when, why, who connected it and which Groups use it, and reconnects with one press."""
    drawn = alerts.alert(one())
    words = said(drawn)
    assert words.startswith("🔴 *@acme at Twitter (X) is disconnected*\nWhy: the password was changed.")
    assert "no segments are sent there and no engagement comes back" in words
    assert "Since <!date^1795513800^" in words
    assert "connected by <@U0BEN> · Groups: Marketing and @acme" in words
    assert labels(drawn) == ["Reconnect", "I'm on it", "Snooze", "Show details"]
    first, *rest = controls(drawn)
    assert (first["action_id"], first["style"]) == ("account.reconnect:account-0", "primary")
    assert json.loads(first["value"]) == {"a": one().id, "i": "account-0"}
    assert all("style" not in other for other in rest)


def test_text_says_what_the_blocks_say() -> None:
    """A screen reader, which reads only the text, misses nothing."""
    taken = one(taken_by="U0MARIA", taken_at=NOON, snoozed_by="U0BEN", snoozed_until=NOON, reader="U0BEN")
    for view in (one(), taken, alert_samples.over("@acme", 3, BY_MARIA)):
        drawn = alerts.alert(view)
        assert all(line in drawn["text"] for line in said(drawn).split("\n"))


def test_several_accounts_say_each_its_own() -> None:
    """With a few accounts one reads of each why and who connected it; what all share is said once."""
    mixed = alert_samples.alert("@acme", broken=3)
    words = said(alerts.alert(mixed))
    assert words.startswith("🔴 *3 X accounts at Twitter (X) are disconnected*\n• *@acme 1* · the password")
    assert "• *@acme 3* · access was removed there · connected by <@U0MARIA>" in words
    assert labels(alerts.alert(mixed))[0] == "Open Twitter (X)"
    same = tuple(replace(account, connected_by="U0BEN") for account in mixed.accounts)
    reasons = (Why(reason="token_expired", count=3),)
    shared = said(alerts.alert(replace(mixed, accounts=same, reasons=reasons)))
    assert "Why: the sign-in ran out.\n• *@acme 1*\n• *@acme 2*" in shared
    assert shared.count("<@U0BEN>") == 1


def test_thousands_are_one_short_message() -> None:
    """Ten thousand accounts are a count, ten names and the way to the list."""
    drawn = alerts.alert(alert_samples.alert("@acme", broken=10_000))
    words = said(drawn)
    assert "🔴 *10,000 X accounts at Twitter (X) are disconnected*" in words
    assert "Why: the password was changed (6,667); access was removed there (3,333)." in words
    assert "@acme 10 and 9,990 more" in words
    assert "@acme 11" not in words
    assert len(words) < 700


def test_it_counts_down() -> None:
    """When some are repaired the message says how many are left, and the last one is reconnected with one press."""
    many = said(alerts.alert(alert_samples.alert("@acme", broken=1000, repaired=9000)))
    assert "1,000 of 10,000 X accounts at Twitter (X) are still disconnected*" in many
    assert "9,000 reconnected by <@U0MARIA>." in many
    last = alerts.alert(alert_samples.alert("@acme", broken=1, repaired=9999))
    assert "1 of 10,000 X accounts at Twitter (X) is still disconnected*" in said(last)
    assert labels(last)[0] == "Reconnect"


def test_whoever_is_on_it_is_named() -> None:
    """Everybody reads who is on it since when; others may take over, the one who took it may hand it back."""
    taken = one(taken_by="U0MARIA", taken_at=NOON)
    assert f"<@U0MARIA> is on it, since {NOON_WORDS}." in said(alerts.alert(taken))
    assert labels(alerts.alert(taken))[1] == "Take over"
    (over,) = [c for c in controls(alerts.alert(taken)) if c["action_id"] == alerts.TAKE]
    assert json.loads(over["value"]) == {"a": taken.id, "o": "U0MARIA"}, "from whom, for it may change hands"
    own = alerts.alert(replace(taken, reader="U0MARIA"))
    assert "You are on it, since" in said(own)
    assert labels(own)[1] == "Hand it back"
    assert next(c for c in controls(own) if c["action_id"] == alerts.LET_GO)["value"] == taken.id


def test_a_snooze_always_has_an_end() -> None:
    """One can snooze for an hour, four, a day or three days, and reads until when it lasts."""
    (select,) = [c for c in controls(alerts.alert(one())) if c["type"] == "static_select"]
    values = [json.loads(choice["value"]) for choice in select["options"]]
    assert values == [{"a": "alert-1", "h": hours} for hours in (1, 4, 24, 72)]
    snoozed = alerts.alert(one(snoozed_by="U0BEN", snoozed_until=NOON))
    assert f"Snoozed by <@U0BEN> until {NOON_WORDS}: no reminders before then." in said(snoozed)
    (again,) = [c for c in controls(snoozed) if c["type"] == "static_select"]
    assert again["action_id"] != select["action_id"]


@pytest.mark.parametrize(
    ("ended", "headline", "how"),
    [
        (BY_MARIA, "🟢 *@acme at Twitter (X) works again*", "Reconnected by <@U0MARIA>, "),
        (Ended(end=End.RECOVERED), "🟢 *@acme at Twitter (X) works again*", "Works again since "),
        (
            Ended(end=End.REMOVED, by="U0BEN"),
            "⚪ *@acme at Twitter (X) is removed*",
            "Disconnected by <@U0BEN>, ",
        ),
    ],
)
def test_the_end(ended: Ended, headline: str, how: str) -> None:
    """Each message of an alert that is over says how, by whom, when and after how long, and has no button left."""
    view = alert_samples.over("@acme", 1, ended)
    for drawn in (alerts.alert(view), alerts.repaired_line(view), alerts.already_over(view)):
        assert f"{headline}\n{how}{NOON_WORDS}, after 2 h 10 min." in said(drawn)
        assert labels(drawn) == []


def test_the_end_of_many() -> None:
    """Those that were removed are not said to work again."""
    ends = (replace(BY_MARIA, count=9), Ended(end=End.RECOVERED, count=2), Ended(end=End.REMOVED, by="U0BEN"))
    words = said(alerts.alert(alert_samples.over("@acme", 12, *ends)))
    assert "🟢 *11 X accounts at Twitter (X) work again*" in words
    assert "9 reconnected by <@U0MARIA>, 2 work again and 1 disconnected by <@U0BEN>. Done <!date" in words


def test_a_dm_says_where_else_it_is_told() -> None:
    """Who gets a DM knows which channel has it too, or that nobody knows whether it has."""
    told = one(reader="U0MARIA", told_in=("C0ALERTS", "C0OTHER"))
    assert "Also in <#C0ALERTS> and <#C0OTHER>." in said(alerts.alert(told))
    doubt = said(alerts.alert(replace(told, unsure_of="C0ALERTS")))
    assert "Slack did not say whether <#C0ALERTS> has this" in doubt
    assert "/lexer alerts" in doubt


def test_the_refusal_is_kind() -> None:
    """A member reads who can do it and that they know, or who is on it already."""
    view = RefusalView(act=Act.RECONNECT, alert=one(), integrators=("U0MARIA", "U0BEN"))
    assert said(alerts.refusal(view)) == (
        "Only Integrators can reconnect @acme at Twitter (X). "
        "They have been told; to ask for news, write to <@U0MARIA> or <@U0BEN>."
    )
    taken = replace(view, alert=one(taken_by="U0MARIA", taken_at=NOON))
    assert "<@U0MARIA> is on it, since" in said(alerts.refusal(taken))
    assert said(alerts.refusal_view(taken)) == said(alerts.refusal(taken))


def test_reminders() -> None:
    """Who took it is asked first, then everybody; once repaired the reminder is a line without buttons."""
    taken = one(taken_by="U0MARIA", taken_at=NOON - timedelta(hours=4))
    asked = alerts.reminder(ReminderView(alert=taken, at=NOON))
    assert said(asked).startswith(
        "<@U0MARIA>, *@acme at Twitter (X)* is still disconnected. You took it 4 h ago."
    )
    assert labels(asked) == ["Reconnect", "Keep it", "Hand it back"]
    everybody = alerts.reminder(ReminderView(alert=one(), at=NOON, taken_before_by="U0MARIA"))
    assert "Nobody is on it" in said(everybody)
    assert labels(everybody) == ["Reconnect", "I'm on it"]
    over = alerts.reminder(ReminderView(alert=alert_samples.over("@acme", 1, BY_MARIA), at=NOON))
    assert said(over).startswith("Done. Reconnected by <@U0MARIA>")
    assert labels(over) == []


def test_an_outage_blames_nobody() -> None:
    """An outage asks nothing of anybody, and its end says how long it took."""
    drawn = alerts.outage(alert_samples.outage("@acme"))
    assert "your accounts are not to blame" in said(drawn)
    assert "12 accounts there may all stand still" in said(drawn)
    assert labels(drawn) == []
    over = alert_samples.outage("@acme", ended_at=NOON)
    assert "*Twitter (X) works again*\nIt had problems for 2 h 10 min" in said(alerts.outage(over))
    assert alerts.outage(over) == alerts.outage_over(over)
