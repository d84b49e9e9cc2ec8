"""The rules that decide what an observation means."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot import policy
from connectors.observation import (
    Expired,
    Healthy,
    Misconfigured,
    Observation,
    Reason,
    Rejected,
    ScopeMissing,
    Suspended,
    Throttled,
    Unreachable,
)
from store.records import (
    Account,
    AccountId,
    AccountStatus,
    GrantId,
    GroupId,
    Person,
    Rights,
    UserId,
    WorkspaceId,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WS = WorkspaceId("T1")


def account(status: AccountStatus = AccountStatus.CONNECTED, **other: object) -> Account:
    """An account as it stands before an observation."""
    made = Account(
        id=AccountId("a1"),
        workspace_id=WS,
        provider_key="twitter",
        grant_id=GrantId("g1"),
        external_id="1",
        name="@acme",
        status=status,
        connected_by=UserId("U1"),
        connected_at=NOW - timedelta(days=9),
    )
    return replace(made, **other)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "seen",
    [
        Rejected(reason=Reason.ACCESS_REMOVED, permanent=True),
        Expired(),
        Suspended(permanent=True),
        Rejected(reason=Reason.INTERRUPTED, permanent=True),
    ],
)
def test_a_final_refusal_disconnects_at_once(seen: Observation) -> None:
    """Where the provider's own word is final, nobody waits for a third failure."""
    concluded = policy.conclude(account(), seen, NOW)
    assert concluded.account.status is AccountStatus.DISCONNECTED
    assert concluded.account.reason
    assert concluded.event == "disconnected"


def test_an_undeclared_refusal_needs_three_in_a_row_and_time() -> None:
    """One odd 401 never turns an account red."""
    seen = Rejected(reason=Reason.SIGN_IN_REFUSED)
    once = policy.conclude(account(), seen, NOW).account
    twice = policy.conclude(once, seen, NOW + timedelta(minutes=1)).account
    soon = policy.conclude(twice, seen, NOW + timedelta(minutes=2)).account
    late = policy.conclude(twice, seen, NOW + timedelta(minutes=11)).account
    assert [once.failures, twice.failures, soon.failures] == [1, 2, 3]
    assert {once.status, twice.status, soon.status} == {AccountStatus.CONNECTED}
    assert late.status is AccountStatus.DISCONNECTED


def test_a_good_answer_forgets_the_failures_before() -> None:
    """Failures count only in a row."""
    shaky = account(failures=2, failing_since=NOW - timedelta(hours=1))
    well = policy.conclude(shaky, Healthy(), NOW).account
    assert (well.failures, well.failing_since, well.healthy_at) == (0, None, NOW)


@pytest.mark.parametrize("seen", [Unreachable(detail="time-out"), Throttled(retry_after=9), Misconfigured()])
@pytest.mark.parametrize("status", [AccountStatus.CONNECTED, AccountStatus.NEEDS_PERMISSION])
def test_outages_and_our_own_faults_never_blame_the_customer(
    seen: Observation, status: AccountStatus
) -> None:
    """A provider's bad day, a pause it asks for, or our wrong secret disconnects nobody, however often it is seen."""
    standing = account(status)
    for hour in range(100):
        standing = policy.conclude(standing, seen, NOW + timedelta(hours=hour)).account
    assert standing.status is not AccountStatus.DISCONNECTED
    assert standing.failures == 0


@pytest.mark.parametrize(
    "seen", [Unreachable(), Throttled(), Misconfigured(), Rejected(reason=Reason.SIGN_IN_REFUSED)]
)
def test_a_disconnected_account_stays_red_until_it_is_seen_well(seen: Observation) -> None:
    """Nothing but a good answer or a new sign-in turns red off."""
    red = account(AccountStatus.DISCONNECTED, reason="password_changed")
    concluded = policy.conclude(red, seen, NOW)
    assert (concluded.account.status, concluded.account.reason) == (
        AccountStatus.DISCONNECTED,
        "password_changed",
    )
    assert concluded.event == ""


def test_an_account_the_provider_accepts_again_recovers() -> None:
    """Access given back at the provider heals the account without a new sign-in."""
    concluded = policy.conclude(account(AccountStatus.DISCONNECTED, reason="access_removed"), Healthy(), NOW)
    assert (concluded.account.status, concluded.account.reason) == (AccountStatus.CONNECTED, None)
    assert concluded.event == "recovered"


def test_a_missing_permission_is_yellow_not_red() -> None:
    """A sign-in that works but lacks a permission is said to lack it."""
    seen = policy.conclude(account(), ScopeMissing(scopes=("dm.read",)), NOW)
    granted_less = policy.conclude(account(), Healthy(), NOW, missing_scopes=("dm.read",))
    assert seen.account.status is granted_less.account.status is AccountStatus.NEEDS_PERMISSION


@pytest.mark.parametrize("status", [AccountStatus.WAITING, AccountStatus.REMOVED])
def test_accounts_nobody_uses_are_left_alone(status: AccountStatus) -> None:
    """A waiting or removed account is never turned red."""
    still = account(status)
    assert (
        policy.conclude(still, Rejected(reason=Reason.ACCESS_REMOVED, permanent=True), NOW).account == still
    )


def rights(*, integrator: bool = True, **person: object) -> Rights:
    """Rights of someone as the store knows them."""
    who = Person(workspace_id=WS, id=UserId("U1"), name="Maria", seen_at=NOW)
    return Rights(
        person=replace(who, **person),  # type: ignore[arg-type]
        is_integrator=integrator,
        group_ids=frozenset({GroupId("g")}),
        has_groups=True,
    )


@pytest.mark.parametrize("flag", ["is_guest", "is_bot", "is_deactivated", "is_outsider"])
def test_guests_bots_deactivated_and_outsiders_may_nothing(flag: str) -> None:
    """Neither a Group nor being an admin opens the bot to someone who is no full member."""
    them = rights(is_admin=True, **{flag: True})
    assert not policy.welcome(them.person)
    assert not policy.may_manage(them)
    assert not policy.may_administer(them)


def test_an_admin_connects_only_as_an_integrator() -> None:
    """Admins manage Groups; connecting needs the Integrators permission all the same."""
    ada = rights(integrator=False, is_admin=True)
    assert policy.may_administer(ada)
    assert not policy.may_manage(ada)


def test_someone_slack_was_never_asked_about_may_nothing() -> None:
    """No person, no rights."""
    nobody = Rights(person=None, is_integrator=True, group_ids=frozenset(), has_groups=True)
    assert not policy.may_manage(nobody)
    assert not policy.may_administer(nobody)


def test_a_revoke_never_ends_somebody_elses_sign_in() -> None:
    """Where revoking reaches further than these tokens, it waits until nobody else needs them."""
    assert policy.may_revoke(reaches_only_this_sign_in=True, other_living=3)
    assert policy.may_revoke(reaches_only_this_sign_in=False, other_living=0)
    assert not policy.may_revoke(reaches_only_this_sign_in=False, other_living=1)


def test_a_revoke_is_tried_for_about_a_day_and_then_given_up() -> None:
    """A provider that is down for an afternoon still gets the revoke."""
    waits = [policy.revoke_again_in(tries) for tries in range(policy.REVOKE_TRIES + 1)]
    assert waits[-1] is None
    total = sum((wait for wait in waits if wait), timedelta())
    assert timedelta(hours=12) < total < timedelta(days=2)


def test_the_end_of_a_sign_in_is_told_a_week_ahead() -> None:
    """Seven days before a sign-in ends the countdown is shown, not earlier."""
    assert policy.days_left(NOW + timedelta(days=8), NOW) is None
    assert policy.days_left(NOW + timedelta(days=3, hours=1), NOW) == 3
    assert policy.days_left(NOW - timedelta(days=3), NOW) == 0
    assert policy.days_left(None, NOW) is None


@pytest.mark.parametrize("hours", [0.5, 1, 23, 24, 25, 71.9, 72, 167, 168, 169, 400])
def test_a_countdown_says_when_it_changes(hours: float) -> None:
    """Until the moment told the countdown stays the same, and at that moment it says something else."""
    ends = NOW + timedelta(hours=hours)
    change = policy.days_change_at(ends, NOW)
    assert change is not None
    just_before = max(NOW, change - timedelta(microseconds=1))
    assert policy.days_left(ends, just_before) == policy.days_left(ends, NOW)
    if change < ends:
        assert policy.days_left(ends, change) != policy.days_left(ends, NOW)


def test_what_never_ends_never_changes() -> None:
    """No end, or an end that is past: nothing to wait for."""
    assert policy.days_change_at(None, NOW) is None
    assert policy.days_change_at(NOW, NOW) is None
