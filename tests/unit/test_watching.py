"""When accounts are asked again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import policy
from bot.provider_weather import HELD
from bot.watching import next_check
from connectors.observation import Healthy, Misconfigured, Observation, ScopeMissing, Throttled, Unreachable
from connectors.provider import Provider
from connectors.providers import all_providers
from store.records import AccountStatus
from store.watch_records import Weather
from tests.unit.watched import FINAL, NOW, ODD, account, anything, fine, sighting, steps

PROVIDER = replace(
    next(p for p in all_providers() if p.key == "twitter"), probe_interval=600, calls_counted=False
)
COUNTED = replace(PROVIDER, calls_counted=True)
LUCK = st.floats(0, 1)
RED = AccountStatus.DISCONNECTED


def waits(
    seen: Observation,
    status: AccountStatus = AccountStatus.CONNECTED,
    *,
    provider: Provider = PROVIDER,
    **was: object,
) -> tuple[timedelta, timedelta]:
    """The shortest and the longest wait after this was seen of an account."""
    one = sighting(seen, account(status, **was))
    return tuple(next_check(provider, [one], NOW, luck=luck, health=fine()) - NOW for luck in (0.0, 1.0))  # type: ignore[return-value]


def minutes(short: float, long: float) -> tuple[timedelta, timedelta]:
    """So many minutes, and so many."""
    return timedelta(minutes=short), timedelta(minutes=long)


@pytest.mark.parametrize(
    ("seen", "status", "expected"),
    [
        (Healthy(), AccountStatus.CONNECTED, minutes(9, 11)),
        (ScopeMissing(scopes=()), AccountStatus.NEEDS_PERMISSION, minutes(9, 11)),
        (Misconfigured(), AccountStatus.SETUP_PROBLEM, minutes(9, 11)),
        (FINAL, AccountStatus.CONNECTED, minutes(0.9, 1.1)),
        (ODD, AccountStatus.CONNECTED, minutes(4.5, 5.5)),
        (FINAL, RED, minutes(54, 60)),
        (Unreachable(), RED, minutes(54, 60)),
        (Healthy(), RED, minutes(5, 5.5)),
        (Unreachable(), AccountStatus.CONNECTED, minutes(0.9, 1.1)),
        (Throttled(), AccountStatus.CONNECTED, minutes(10, 11)),
        (Throttled(retry_after=3_600), AccountStatus.CONNECTED, minutes(60, 66)),
        (Throttled(retry_after=86_400), AccountStatus.CONNECTED, minutes(360, 360)),
    ],
)
def test_each_kind_of_answer_has_its_pace(
    seen: Observation, status: AccountStatus, expected: tuple[timedelta, timedelta]
) -> None:
    """What is well is asked at the provider's pace, a doubt soon, what is red each hour; spread by ten per cent."""
    assert waits(seen, status) == expected


def test_a_provider_that_does_not_answer_is_asked_less_and_less() -> None:
    """1, 2, 4, 8, 16 minutes, then every half hour, as long as it takes."""
    now, standing, seen = NOW, account(), []
    for _ in range(8):
        after = policy.conclude(standing, Unreachable(), now, patience=policy.Patience.CONFIRM).account
        later = next_check(PROVIDER, [sighting(Unreachable(), standing, after)], now, luck=0.5, health=fine())
        seen.append((later - now) / timedelta(minutes=1))
        now, standing = later, after
    assert seen == [1, 2, 4, 8, 16, 30, 30, 30]


def test_calls_that_are_counted_are_spared_for_what_is_long_well() -> None:
    """After a week in good health such a provider is asked a third as often; the others as before."""
    old = {"connected_at": NOW - timedelta(days=7)}
    assert waits(Healthy(), provider=COUNTED, **old) == minutes(27, 33)
    assert waits(Healthy(), provider=PROVIDER, **old) == minutes(9, 11)
    assert waits(Healthy(), provider=COUNTED) == minutes(9, 11)
    assert waits(FINAL, provider=COUNTED, failures=1, **old) == minutes(0.9, 1.1)


def test_a_held_account_is_asked_again_when_the_wave_is_over() -> None:
    """Not before, and not all in the same second."""
    health = fine(weather=Weather.WAVE, until=NOW + timedelta(minutes=7))
    asked = [next_check(PROVIDER, [sighting(FINAL)], NOW, luck=luck, health=health) for luck in (0.0, 1.0)]
    assert asked == [NOW + timedelta(minutes=7), NOW + timedelta(minutes=7, seconds=30)]
    assert next_check(PROVIDER, [sighting(Healthy())], NOW, luck=0.5, health=health) == NOW + timedelta(
        minutes=10
    )


def test_the_account_that_can_wait_least_sets_the_pace() -> None:
    """One doubtful account among well and red ones has its sign-in asked again in a minute."""
    many = [sighting(Healthy()), sighting(FINAL), sighting(FINAL, account(RED))]
    assert next_check(PROVIDER, many, NOW, luck=0.5, health=fine()) == NOW + timedelta(minutes=1)


def test_a_sign_in_is_asked_in_time_to_renew_it() -> None:
    """However slow the pace, a sign-in is looked at while it can still be renewed ahead of its end."""
    well = [sighting(Healthy(), account(connected_at=NOW - timedelta(days=30)))]
    for ends_in, asked_in in ((40, 25), (400, 30), (10, 30)):
        ends = NOW + timedelta(minutes=ends_in)
        asked = next_check(COUNTED, well, NOW, luck=0.5, health=fine(), expires_at=ends)
        assert asked == NOW + timedelta(minutes=asked_in)


@given(anything, st.sampled_from(list(AccountStatus)), LUCK, steps, st.sampled_from(Weather))
def test_asking_slows_down_and_never_stops(
    seen: Observation, status: AccountStatus, luck: float, step: timedelta, weather: Weather
) -> None:
    """Whatever is seen, and whatever the clock did, the next look lies ahead and no further away than its limit."""
    was = account(status, checked_at=NOW + step)
    health = fine(weather=weather, until=NOW + HELD if weather is Weather.WAVE else None)
    wait = next_check(PROVIDER, [sighting(seen, was)], NOW, luck=luck, health=health) - NOW
    most = timedelta(hours=1)
    if isinstance(seen, Throttled):
        most = timedelta(hours=6)
    elif isinstance(seen, Unreachable) and status is not RED:
        most = timedelta(minutes=30)
    assert timedelta(seconds=54) <= wait <= most


@given(LUCK, st.integers(60, 86_400))
def test_spreading_stays_within_ten_per_cent(luck: float, interval: int) -> None:
    """Accounts that were connected together are not asked together for ever, and none much later than declared."""
    provider = replace(PROVIDER, probe_interval=interval)
    wait = next_check(provider, [sighting(Healthy())], NOW, luck=luck, health=fine()) - NOW
    usual = timedelta(seconds=interval)
    assert 0.9 * usual <= wait <= 1.1 * usual
