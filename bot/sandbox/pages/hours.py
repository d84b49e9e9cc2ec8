"""What time it is in the workspace, and the buttons that let it pass."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bot.sandbox.finding import CannotDo
from bot.sandbox.pages.stage import Stage
from bot.sandbox.passing import Leap

_WORDS: Mapping[Leap, tuple[str, str]] = MappingProxyType(
    {
        Leap.QUARTER: ("15 minutes pass", "15 minutes are passing …"),
        Leap.HOUR: ("An hour passes", "An hour is passing …"),
        Leap.DAY: ("A day passes", "A day is passing …"),
        Leap.CHECK: ("Check now", "Checking …"),
    }
)
"""What a button says, and what it says meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A button. `is_off`: time is passing."""

    value: str
    label: str
    is_off: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursView:
    """`now` in words, `iso` the same for machines."""

    now: str
    iso: str
    wishes: tuple[Wish, ...]
    is_passing: bool


def hours_view(stage: Stage, tz: str) -> HoursView | None:
    """The clock as it stands on somebody's wall; None where it cannot be moved."""
    passing, now = stage.passing, stage.world.clock().astimezone(ZoneInfo(tz))
    if not passing.is_possible:
        return None
    return HoursView(
        now=words_of(now),
        iso=now.isoformat(timespec="minutes"),
        is_passing=passing.under_way is not None,
        wishes=tuple(
            Wish(
                value=wish.value,
                label=meanwhile if passing.under_way is wish else label,
                is_off=passing.under_way is not None,
            )
            for wish, (label, meanwhile) in _WORDS.items()
        ),
    )


def words_of(there: datetime) -> str:
    """Such as "Wednesday, 25 November, 9:05 AM"."""
    return f"{there:%A}, {there.day} {there:%B}, {clock_words(there)}"


def clock_words(there: datetime) -> str:
    """Such as "9:05 AM"."""
    return f"{there.hour % 12 or 12}:{there:%M %p}"


async def let_pass(stage: Stage, tz: str, wanted: str) -> str:
    """Do what a button says; words for a toast. Raises CannotDo."""
    if wanted not in set(Leap):
        raise CannotDo("There is no such button.")
    wish = Leap(wanted)
    asked = await stage.passing.leap(wish)
    if wish is not Leap.CHECK:
        return f"It is {words_of(stage.world.clock().astimezone(ZoneInfo(tz)))} now."
    if not asked:
        return "No account is connected yet, so there is nothing to check."
    those = "The account was" if asked == 1 else f"All {asked} accounts were"
    return f"{those} checked. What has broken is told within a minute."
