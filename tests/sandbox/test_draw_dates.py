"""Dates are written as Slack writes them, in the reader's own zone."""

from datetime import UTC, datetime

import pytest

from bot.sandbox.pages.draw import draw_text
from bot.sandbox.pages.draw_dates import TOKENS, date_words
from tests.sandbox.drawn import READER, Node, parsed

MOMENT = int(datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC).timestamp())


def _drawn(text: str) -> Node:
    return parsed(draw_text(text, READER))


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("date_num", "2026-11-24"),
        ("date_slash", "24/11/2026"),
        ("date", "November 24"),
        ("date_short", "Nov 24, 2026"),
        ("date_long", "Tuesday, November 24th, 2026"),
        ("date_long_full", "November 24, 2026"),
        ("date_pretty", "Today"),
        ("date_short_pretty", "Today"),
        ("date_long_pretty", "Today"),
        ("day_divider_pretty", "Today"),
        ("time", "12:02 PM"),
        ("time_secs", "12:02:03 PM"),
        ("ago", "10 hours ago"),
    ],
)
def test_dates(token: str, words: str) -> None:
    """A date is written in the reader's zone, in every form Slack knows."""
    assert token in TOKENS
    assert _drawn(f"<!date^{MOMENT}^{{{token}}}|fallback>").one("time").words == words


def test_every_date_token_is_shown_above() -> None:
    """A form of dates cannot be added without saying how it looks."""
    (mark,) = [mark for mark in test_dates.pytestmark if mark.name == "parametrize"]  # type: ignore[attr-defined]
    assert {token for token, _ in mark.args[1]} == set(TOKENS)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-1, "Yesterday"),
        (1, "Tomorrow"),
        (-3, "Saturday, November 21st"),
        (400, "Wednesday, December 29th, 2027"),
    ],
)
def test_days_near_and_far(days: int, words: str) -> None:
    """Days nearby have names, this year goes unsaid."""
    assert date_words(MOMENT + days * 86_400, "{day_divider_pretty}", READER) == words


@pytest.mark.parametrize(
    "written", ["<!date^soon^{time}|later>", "<!date^1^{year}|later>", f"<!date^{'9' * 40}^{{time}}|later>"]
)
def test_impossible_dates(written: str) -> None:
    """A date that cannot be written shows what the bot wrote for that case."""
    assert _drawn(written).words == "later"
