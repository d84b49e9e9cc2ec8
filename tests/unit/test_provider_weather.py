"""Outages and waves of refusals of a whole provider are told from single accounts' troubles."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot import provider_weather, watching
from bot.policy import Patience
from bot.provider_weather import Tally, tally, weather
from connectors.observation import Healthy, Misconfigured, Observation, ScopeMissing, Throttled, Unreachable
from store.records import Account, AccountStatus
from store.watch_records import ProviderHealth, Weather
from tests.unit.watched import FINAL, NOW, ODD, account, anything, fine, steps

MINUTE = timedelta(minutes=1)
TALLIES = st.builds(Tally, seen=st.integers(20, 50), refused=st.integers(0, 9), unreachable=st.integers(0, 9))


def after(
    health: ProviderHealth, minute: float, *, seen: int = 0, refused: int = 0, unreachable: int = 0
) -> ProviderHealth:
    """The weather after a batch, so many minutes from NOW."""
    counted = Tally(seen=seen, refused=refused, unreachable=unreachable)
    return weather(health, counted, NOW + minute * MINUTE)


def test_few_sign_ins_are_no_weather() -> None:
    """Four refused or unreachable sign-ins say nothing of a provider, even if they are all it has."""
    assert after(fine(), 1, seen=4, refused=4).weather is Weather.FINE
    assert after(fine(), 1, seen=4, unreachable=4).weather is Weather.FINE


def test_a_small_share_is_no_weather() -> None:
    """Some of many are refused each day, and some do not answer."""
    assert after(fine(), 1, seen=100, refused=29).weather is Weather.FINE
    assert after(fine(), 1, seen=100, unreachable=49).weather is Weather.FINE


def test_many_refused_at_once_are_a_wave_and_held_for_ten_minutes() -> None:
    """Three tenths of those seen: nothing is concluded for ten minutes, then it is."""
    began = after(fine(), 1, seen=20, refused=6)
    assert (began.weather, began.until) == (Weather.WAVE, NOW + 11 * MINUTE)
    assert watching.patience(began) is Patience.HOLD
    assert after(began, 10.9, seen=9).weather is Weather.WAVE
    over = after(began, 11, seen=5, refused=5)
    assert (over.weather, over.until) == (Weather.CONFIRMED, None)
    assert watching.patience(over) is Patience.CONFIRM


def test_what_outlasts_a_held_wave_is_concluded_at_once() -> None:
    """Held, asked again, refused again, also where the provider's file does not call the refusal final: disconnected."""
    confirmed = fine(weather=Weather.CONFIRMED)
    doubted = account(failures=1, failing_since=NOW - provider_weather.HELD)
    for seen in (FINAL, ODD):
        assert watching.judge(doubted, seen, confirmed, NOW).account.status is AccountStatus.DISCONNECTED
        assert watching.judge(account(), seen, confirmed, NOW).account.status is AccountStatus.CONNECTED


def test_a_confirmed_wave_is_not_held_again() -> None:
    """The other refused accounts of it are told with the first ones, and not ten minutes later each."""
    confirmed = fine(weather=Weather.CONFIRMED)
    for minute in range(1, 8):
        confirmed = after(confirmed, minute, seen=50, refused=45)
        assert confirmed.weather is Weather.CONFIRMED
    assert after(after(confirmed, 13, seen=50), 19, seen=50).weather is Weather.FINE


def test_a_provider_that_is_down_is_an_outage_until_it_answers() -> None:
    """Half of those seen; over when it has answered for a while."""
    down = after(fine(), 1, seen=8, unreachable=5)
    assert down.weather is Weather.OUTAGE
    for minute in range(2, 60, 4):
        down = after(down, minute, seen=1, unreachable=1)
        assert down.weather is Weather.OUTAGE
    answering = after(after(down, 62, seen=9), 64, seen=9)
    assert answering.weather is Weather.FINE


def test_good_answers_of_before_do_not_hide_what_begins_now() -> None:
    """A hundred were well in this very minute; the next five are refused, one after the other: a wave all the same."""
    health = after(fine(), 1, seen=100)
    for second in range(1, 6):
        health = after(health, 1 + second / 60, seen=1, refused=1)
    assert health.weather is Weather.WAVE


def test_an_incident_that_is_over_leaves_fine_weather() -> None:
    """Refused for five minutes, then well: the wave ends with nobody concluded about."""
    health = after(fine(), 0, seen=50, refused=50)
    health = after(health, 10, seen=50)
    for minute in range(11, 22):
        health = after(health, minute, seen=5)
    assert health.weather is Weather.FINE


def test_a_wave_nobody_looked_after_is_forgotten() -> None:
    """The bot was stopped for a day: what it held then is judged anew, not as confirmed."""
    began = after(fine(), 1, seen=20, refused=20)
    assert after(began, 24 * 60, seen=1).weather is Weather.FINE


def looks(*seen: Observation, was: Account | None = None) -> Iterator[list[tuple[Account, Observation]]]:
    """Sign-ins with one account each, and what was seen of them."""
    return ([(was or account(), one)] for one in seen)


def test_a_sign_in_counts_once_with_the_worst_of_its_accounts() -> None:
    """Five accounts behind one refused sign-in are one refusal."""
    five = [(account(), FINAL)] * 3 + [(account(), Unreachable()), (account(), Healthy())]
    assert tally(fine(), [five], NOW) == Tally(seen=1, refused=1)


def test_what_is_known_or_our_own_fault_counts_for_nothing() -> None:
    """Accounts that are red already, asked a moment ago, or refused for our own settings make no weather."""
    red = account(AccountStatus.DISCONNECTED)
    asked = account(checked_at=NOW + MINUTE)
    later = NOW + 2 * MINUTE
    assert tally(fine(), looks(FINAL, Unreachable(), was=red), later) == Tally()
    assert tally(fine(), looks(FINAL, was=asked), later) == Tally()
    assert tally(fine(), looks(Misconfigured()), later) == Tally()


def test_each_kind_of_answer_is_counted_as_it_is() -> None:
    """A permission that many lose at once is a wave too; a pause that is asked for is neither."""
    lost = ScopeMissing(scopes=())
    counted = tally(fine(), looks(Healthy(), FINAL, ODD, lost, Throttled(), Unreachable()), NOW)
    assert counted == Tally(seen=6, refused=3, unreachable=1)
    known = account(AccountStatus.NEEDS_PERMISSION)
    assert tally(fine(), looks(lost, was=known), NOW) == Tally(seen=1)


@given(st.lists(st.tuples(st.timedeltas(timedelta(), 9 * MINUTE), TALLIES), max_size=40))
def test_a_wave_is_held_for_ten_minutes_and_no_longer(moves: list[tuple[timedelta, Tally]]) -> None:
    """However it goes on, whoever is held is asked and believed ten minutes after the wave began."""
    now, health = NOW, fine()
    for step, counted in moves:
        now += step
        was, health = health, weather(health, counted, now)
        if health.weather is Weather.WAVE:
            assert health.until is not None
            assert now < health.until <= now + provider_weather.HELD
            assert was.weather is not Weather.WAVE or health.until == was.until


@given(st.lists(st.tuples(steps, st.lists(anything, max_size=9)), max_size=20))
def test_the_weather_survives_any_clock(moves: list[tuple[timedelta, list[Observation]]]) -> None:
    """A clock that jumps back or ahead breaks nothing, and holds nobody longer than ten minutes from then."""
    now, health = NOW, fine()
    for step, seen in moves:
        now += step
        health = weather(health, tally(health, looks(*seen, was=account(checked_at=None)), now), now)
        assert health.bucket_at <= now
        assert health.since <= now
        assert health.until is None or now < health.until <= now + provider_weather.HELD


def _weather_of(moves: list[tuple[datetime, Tally]]) -> ProviderHealth:
    health = fine()
    for at, counted in moves:
        health = weather(health, counted, at)
    return health


@given(st.integers(5, 10_000))
def test_all_refused_for_five_minutes_ends_with_nobody_red(many: int) -> None:
    """The provider refuses everybody for five minutes: each of them is held, asked again ten minutes later, and well."""
    standing = [account() for _ in range(min(many, 20))]
    health = _weather_of([(NOW, Tally(seen=many, refused=many))])
    held = [watching.judge(one, FINAL, health, NOW).account for one in standing]
    later = NOW + 10 * MINUTE
    health = weather(health, Tally(seen=many), later)
    ended = [watching.judge(one, Healthy(), health, later).account for one in held]
    assert {one.status for one in held + ended} == {AccountStatus.CONNECTED}
    assert {one.failures for one in ended} == {0}
