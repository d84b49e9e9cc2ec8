"""How much has to be seen before a verdict changes when nobody asked."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import policy
from bot.policy import Patience
from connectors.observation import Healthy, Observation
from store.records import AccountStatus
from tests.unit.watched import FINAL, NOW, ODD, account, anything, blameless, steps

CONFIRM = Patience.CONFIRM
MOVES = st.lists(st.tuples(steps, anything), max_size=40)


def test_a_final_refusal_is_seen_twice_before_it_is_told() -> None:
    """One refused check of the sweep disconnects nobody; the second, a minute later, does."""
    once = policy.conclude(account(), FINAL, NOW, patience=CONFIRM)
    assert (once.account.status, once.event) == (AccountStatus.CONNECTED, "")
    soon = policy.conclude(once.account, FINAL, NOW + timedelta(seconds=44), patience=CONFIRM)
    assert soon.account.status is AccountStatus.CONNECTED
    late = policy.conclude(once.account, FINAL, NOW + timedelta(seconds=45), patience=CONFIRM)
    assert (late.account.status, late.event) == (AccountStatus.DISCONNECTED, "disconnected")


def test_a_good_answer_between_two_refusals_forgets_the_first() -> None:
    """A race with a renewal of somewhere else is over at the second look."""
    standing = account()
    for minute, seen in enumerate((FINAL, Healthy(), FINAL, Healthy(), FINAL)):
        standing = policy.conclude(standing, seen, NOW + timedelta(minutes=minute), patience=CONFIRM).account
    assert (standing.status, standing.failures) == (AccountStatus.CONNECTED, 1)


def test_an_undeclared_refusal_needs_as_much_as_ever() -> None:
    """Three in a row and ten minutes, whoever asks."""
    standing = account()
    statuses = []
    for minute in (0, 5, 9, 10):
        standing = policy.conclude(standing, ODD, NOW + timedelta(minutes=minute), patience=CONFIRM).account
        statuses.append(standing.status)
    assert statuses == [AccountStatus.CONNECTED] * 3 + [AccountStatus.DISCONNECTED]


def test_a_recovery_is_seen_twice_too() -> None:
    """A disconnected account is not called well for one good answer, nor for two in one moment."""
    red = account(AccountStatus.DISCONNECTED, reason="access_removed", checked_at=NOW - timedelta(minutes=1))
    once = policy.conclude(red, Healthy(), NOW, patience=CONFIRM).account
    again = policy.conclude(once, Healthy(), NOW + timedelta(minutes=4), patience=CONFIRM).account
    assert again.status is once.status is AccountStatus.DISCONNECTED
    well = policy.conclude(again, Healthy(), NOW + timedelta(minutes=5), patience=CONFIRM)
    assert (well.account.status, well.account.reason, well.event) == (
        AccountStatus.CONNECTED,
        None,
        "recovered",
    )


@pytest.mark.parametrize("between", [FINAL, ODD])
def test_a_recovery_begins_anew_after_a_refusal(between: Observation) -> None:
    """Well, refused, well is no recovery."""
    standing = account(AccountStatus.DISCONNECTED, reason="access_removed", healthy_at=None)
    for minute, seen in enumerate((Healthy(), between, Healthy())):
        now = NOW + timedelta(minutes=6 * minute)
        standing = policy.conclude(standing, seen, now, patience=CONFIRM).account
    assert standing.status is AccountStatus.DISCONNECTED


def test_who_asks_is_answered_at_once() -> None:
    """Check now waits for no second look, neither for bad news nor for good."""
    red = policy.conclude(account(), FINAL, NOW).account
    assert red.status is AccountStatus.DISCONNECTED
    assert policy.conclude(red, Healthy(), NOW).account.status is AccountStatus.CONNECTED


@given(st.sampled_from(Patience), st.lists(st.tuples(steps, blameless), max_size=60))
def test_no_outage_and_no_throttling_ever_disconnects(
    patience: Patience, moves: list[tuple[timedelta, Observation]]
) -> None:
    """However long a provider is down or busy, and whatever the clock does, no account is blamed."""
    now, standing = NOW, account()
    for step, seen in moves:
        now += step
        standing = policy.conclude(standing, seen, now, patience=patience).account
        assert standing.status is not AccountStatus.DISCONNECTED
        assert standing.failures == 0


@given(MOVES)
def test_a_wave_that_is_held_disconnects_nobody(moves: list[tuple[timedelta, Observation]]) -> None:
    """While it is held, refusals are counted and nothing follows from them; neither red nor yellow."""
    now, standing = NOW, account()
    for step, seen in moves:
        now += step
        standing = policy.conclude(standing, seen, now, patience=Patience.HOLD).account
        assert standing.status not in (AccountStatus.DISCONNECTED, AccountStatus.NEEDS_PERMISSION)


@given(st.lists(st.tuples(st.timedeltas(timedelta(), timedelta(minutes=4)), anything), max_size=60))
def test_a_flapping_account_is_not_told_each_time(moves: list[tuple[timedelta, Observation]]) -> None:
    """Between turning red and turning green again, and the other way round, there are at least five minutes."""
    now, standing = NOW, account(healthy_at=NOW, checked_at=NOW)
    turned: list[datetime] = [NOW]
    for step, seen in moves:
        now += step
        after = policy.conclude(standing, seen, now, patience=CONFIRM).account
        if (after.status is AccountStatus.DISCONNECTED) is not (
            standing.status is AccountStatus.DISCONNECTED
        ):
            turned.append(now)
        standing = after
    assert all(later - earlier >= policy.STEADY for earlier, later in pairwise(turned))


@given(st.sampled_from(Patience), MOVES)
def test_a_clock_that_jumps_makes_no_healthy_account_red(
    patience: Patience, moves: list[tuple[timedelta, Observation]]
) -> None:
    """Yesterday, tomorrow or in between: an account that answers well is not disconnected by that answer."""
    now, standing = NOW, account()
    for step, seen in moves:
        now += step
        was, standing = standing, policy.conclude(standing, seen, now, patience=patience).account
        if isinstance(seen, Healthy) and was.status is not AccountStatus.DISCONNECTED:
            assert standing.status is AccountStatus.CONNECTED


@given(st.sampled_from([CONFIRM, Patience.HOLD]), steps)
def test_one_refusal_never_disconnects_whatever_the_clock_did(patience: Patience, step: timedelta) -> None:
    """A jump of the clock since the last good answer is not taken for a long failure."""
    for seen in (FINAL, ODD):
        assert (
            policy.conclude(account(), seen, NOW + step, patience=patience).account.status
            is AccountStatus.CONNECTED
        )
