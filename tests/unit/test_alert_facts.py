"""From what the store holds of an alert to what people read of it: nothing is left out, and nothing is said that is not so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from blocks import alert_views as shown
from blocks.alert_views import Delivery, End, Ended, Place, Why
from bot.usecases.alert_facts import Audience, Facts, outage_view, view
from bot.usecases.alert_fates import deliveries
from connectors.providers import all_providers
from store.records import AccountId, OutboxState, Person, Surface, UserId, WorkspaceId
from store.watch_records import (
    Alert,
    AlertAccount,
    AlertDetail,
    AlertId,
    AlertKind,
    Fate,
    Outcome,
    PersonalSettings,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SINCE = NOW - timedelta(hours=2)
HERE = WorkspaceId("T0")
MARIA, BEN = UserId("U0MARIA"), UserId("U0BEN")
X = next(one for one in all_providers() if one.key == "twitter")


def account(number: int, *, resolved: bool = False) -> AlertAccount:
    """The `number`th account, broken a minute after the one before."""
    return AlertAccount(
        account_id=AccountId(f"a{number}"),
        name=f"@acme{number}",
        connected_by=MARIA,
        reason="password_changed",
        since=SINCE + timedelta(minutes=number),
        resolved_at=NOW if resolved else None,
    )


def facts(
    *, open_: int = 1, resolved: int = 0, outcomes: tuple[Outcome, ...] = (), fates: Sequence[Fate] = ()
) -> Facts:
    """An alert with so many accounts still broken, the first of them, and so many settled."""
    alert = Alert(
        id=AlertId("alert"),
        workspace_id=HERE,
        provider_key="twitter",
        kind=AlertKind.ACCOUNTS,
        opened_at=SINCE + timedelta(minutes=1),
        tell_at=SINCE + timedelta(minutes=1),
        joins_until=SINCE + timedelta(minutes=6),
        resolved_at=None if open_ else NOW,
    )
    listed = [account(number + resolved) for number in range(min(open_, 3))]
    listed += [account(number, resolved=True) for number in range(min(resolved, 3))]
    detail = AlertDetail(alert=alert, accounts=tuple(listed), open=open_, resolved=resolved)
    return Facts(detail=detail, provider=X, groups=("Marketing",), outcomes=outcomes, fates=tuple(fates))


def having(found: Facts, **changes: object) -> Facts:
    """The same with other values in the alert's row."""
    alert = replace(found.alert, **changes)  # type: ignore[arg-type]
    return replace(found, detail=replace(found.detail, alert=alert))


def row(
    surface: Surface, recipient: str, state: OutboxState, *, ts: str | None = None, error: str | None = None
) -> Fate:
    """A row of the outbox, due when the alert was told."""
    return Fate(
        id="row",
        workspace_id=HERE,
        kind="alert",
        subject="alert",
        surface=surface,
        recipient=recipient,
        state=state,
        tries=0,
        due_at=SINCE,
        error=error,
        channel=None,
        ts=ts,
        changed_at=NOW,
    )


def told(*, can_mail: bool = True, email: str | None = "x@acme.example", **settings: object) -> Audience:
    """Maria is the one Integrator, with these personal settings."""
    person = Person(workspace_id=HERE, id=MARIA, name="Maria", seen_at=NOW, email=email)
    own = replace(PersonalSettings(workspace_id=HERE, user_id=MARIA), **settings)  # type: ignore[arg-type]
    return Audience(integrators=(MARIA,), people={MARIA: person}, settings={MARIA: own}, can_mail=can_mail)


def test_very_many_are_counted_whole() -> None:
    """Of ten thousand accounts one reads the true numbers of reasons and repairs, though only the first are listed."""
    outcomes = (
        Outcome("password_changed", open=False, resolution="reconnected", by=MARIA, number=8000),
        Outcome("access_removed", open=False, resolution="reconnected", by=MARIA, number=900),
        Outcome("access_removed", open=False, resolution="recovered", by=None, number=100),
        Outcome("access_removed", open=True, resolution=None, by=None, number=700),
        Outcome("password_changed", open=True, resolution=None, by=None, number=300),
    )
    found = view(facts(open_=1000, resolved=9000, outcomes=outcomes), now=NOW)
    assert (found.broken, found.repaired, len(found.accounts)) == (1000, 9000, 3)
    assert found.reasons == (
        Why(reason="access_removed", count=700),
        Why(reason="password_changed", count=300),
    )
    assert found.ends == (
        Ended(end=End.RECONNECTED, by="U0MARIA", count=8900),
        Ended(end=End.RECOVERED, by=None, count=100),
    )
    assert [one.name for one in found.accounts] == ["@acme9000", "@acme9001", "@acme9002"], "broken ones only"


def test_one_that_is_over_says_why_it_was() -> None:
    """After the repair one still reads since when it was broken, and why."""
    over = Outcome("password_changed", open=False, resolution="removed", by=BEN, number=2)
    found = view(facts(open_=0, resolved=2, outcomes=(over,)), now=NOW)
    assert found.ended_at == NOW
    assert found.since == SINCE
    assert found.reasons == (Why(reason="password_changed", count=2),)
    assert found.ends == (Ended(end=End.REMOVED, by="U0BEN", count=2),)


def test_a_snooze_that_ran_out_is_not_shown() -> None:
    """Nobody reads "snoozed" of what reminds again."""
    later = having(facts(), snoozed_by=BEN, snoozed_until=NOW + timedelta(minutes=1))
    assert view(later, now=NOW).snoozed_by == "U0BEN"
    assert view(later, now=NOW + timedelta(minutes=1)).snoozed_until is None


def test_a_dm_says_where_else() -> None:
    """A DM names the channels that have it and the one nobody is sure of; a channel's message names none."""
    rows = (
        row(Surface.CHANNEL, "C0HAS", OutboxState.SENT, ts="1.0"),
        row(Surface.CHANNEL, "C0EDITED", OutboxState.PENDING, ts="1.0"),
        row(Surface.CHANNEL, "C0WAITS", OutboxState.PENDING),
        row(Surface.CHANNEL, "C0LOST", OutboxState.DEAD, ts="1.0", error="is_archived"),
        row(Surface.CHANNEL, "C0UNSURE", OutboxState.UNKNOWN),
        row(Surface.DM, "U0MARIA", OutboxState.SENT, ts="1.0"),
    )
    own = view(facts(fates=rows), now=NOW, reader=MARIA)
    assert own.told_in == ("C0HAS", "C0EDITED")
    assert own.unsure_of == "C0UNSURE"
    for_all = view(facts(fates=rows), now=NOW)
    assert (for_all.told_in, for_all.unsure_of, for_all.reader) == ((), None, None)


def test_an_integration_the_bot_no_longer_knows() -> None:
    """An alert about a provider that was taken out of the bot can still be read."""
    gone = replace(facts(), provider=None)
    assert view(gone, now=NOW).provider == "twitter"
    assert outage_view(gone).provider == "twitter"


@pytest.mark.parametrize(
    ("made", "fate"),
    [
        (row(Surface.DM, MARIA, OutboxState.SENT, ts="1795521600.0001"), shown.Fate.SENT),
        (row(Surface.DM, MARIA, OutboxState.PENDING, ts="1795521600.0001"), shown.Fate.SENT),
        (row(Surface.DM, MARIA, OutboxState.PENDING), shown.Fate.WAITING),
        (row(Surface.DM, MARIA, OutboxState.UNKNOWN), shown.Fate.UNKNOWN),
        (row(Surface.DM, MARIA, OutboxState.DEAD, error="user_disabled"), shown.Fate.GONE),
        (row(Surface.DM, MARIA, OutboxState.DEAD, error="channel_not_found"), shown.Fate.GONE),
        (row(Surface.DM, MARIA, OutboxState.DEAD, error="something_new"), shown.Fate.FAILED),
        (row(Surface.CHANNEL, "C0", OutboxState.DEAD, error="is_archived"), shown.Fate.LOST),
        (row(Surface.CHANNEL, "C0", OutboxState.DEAD, error="is_archived", ts="1.0"), shown.Fate.LOST),
        (row(Surface.CHANNEL, "C0", OutboxState.DEAD, error="no_text"), shown.Fate.FAILED),
        (row(Surface.MAIL, MARIA, OutboxState.DEAD, error="no_address"), shown.Fate.NO_ADDRESS),
        (row(Surface.MAIL, MARIA, OutboxState.UNKNOWN), shown.Fate.UNKNOWN),
    ],
)
def test_the_fate_of_a_message(made: Fate, fate: shown.Fate) -> None:
    """Details say of each message what became of it."""
    (found, *_rest) = deliveries(facts(fates=[made]), told(), now=NOW)
    assert (found.recipient, found.fate) == (made.recipient, fate)


def test_what_is_sent_says_when() -> None:
    """The moment is Slack's own, which later edits do not change."""
    sent = row(Surface.DM, MARIA, OutboxState.SENT, ts="1795521600.0001")
    (found,) = deliveries(facts(fates=[sent]), told(), now=NOW)
    assert found == Delivery(
        place=Place.DM, recipient=MARIA, fate=shown.Fate.SENT, at=datetime.fromtimestamp(1795521600.0001, UTC)
    )


def test_quiet_hours_are_named() -> None:
    """What waits for the end of quiet hours says so, and until when; a mail that waits for others to join does not."""
    later = replace(row(Surface.DM, MARIA, OutboxState.PENDING), due_at=NOW + timedelta(hours=8))
    (held,) = deliveries(facts(fates=[later]), told(quiet_from="22:00", quiet_to="08:00"), now=NOW)
    assert (held.fate, held.at) == (shown.Fate.HELD, NOW + timedelta(hours=8))
    (waiting,) = deliveries(facts(fates=[later]), told(), now=NOW)
    assert (waiting.fate, waiting.at) == (shown.Fate.WAITING, None)


def test_nobody_is_said_to_be_untold_of_what_is_over() -> None:
    """A message that was not needed any more is left out, and so is the row that tells everyone."""
    rows = [
        row(Surface.DM, MARIA, OutboxState.DEAD, error="nothing_to_say"),
        row(Surface.EVERYONE, "", OutboxState.SENT),
    ]
    assert deliveries(facts(fates=rows), told(), now=NOW) == ()


def test_who_has_no_row_has_a_reason() -> None:
    """Muted, no address, no mail on this bot: each is said of each Integrator, and nothing of who simply gets it."""
    assert [one.fate for one in deliveries(facts(), told(dm=False), now=NOW)] == [shown.Fate.MUTED]
    assert [one.fate for one in deliveries(facts(), told(mail=False), now=NOW)] == [shown.Fate.MUTED]
    assert [one.fate for one in deliveries(facts(), told(email=None), now=NOW)] == [shown.Fate.NO_ADDRESS]
    assert [one.fate for one in deliveries(facts(), told(can_mail=False), now=NOW)] == [shown.Fate.NO_MAIL]
    assert deliveries(facts(), told(), now=NOW) == ()
    outage = having(facts(), kind=AlertKind.OUTAGE)
    assert deliveries(outage, told(dm=False, can_mail=False), now=NOW) == (), "told to channels alone"
