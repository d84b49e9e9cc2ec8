"""What is held against what, and the table of docs/performance.md."""

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

DOCUMENT = Path(__file__).parents[1] / "docs" / "performance.md"
MEASURED_WITH = (
    "slack-bolt",
    "slack-sdk",
    "starlette",
    "uvicorn",
    "SQLAlchemy",
    "aiosqlite",
    "asyncpg",
    "cryptography",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One comparison. `measured` is None when it could not be made, and `note` says why; `at_most` None is a mere reading."""

    goal: str
    what: str
    at_most: float | None
    measured: float | None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether it holds; None when not measured, or without a goal."""
        return None if self.measured is None or self.at_most is None else self.measured <= self.at_most


def line(row: Row) -> str:
    """The row in Markdown."""
    number = "not measured" if row.measured is None else f"{row.measured:.3g}"
    held = {True: "yes", False: "**no**", None: ""}[row.met]
    goal = "" if row.at_most is None else f"≤ {row.at_most:g}"
    return f"| {row.goal} | {row.what} | {number} | {goal} | {held} | {row.note} |"


def lines_of(page: str) -> dict[str, str]:
    """The rows of an earlier page, by what they compare: those of parts that are not measured this time stay."""
    rows = [row for row in page.splitlines() if row.startswith("| ") and not row.startswith("| goal ")]
    return {_compared(row): row for row in rows}


def _compared(row: str) -> str:
    return " | ".join(row.split(" | ")[:2])


def document(rows: Sequence[Row], before: Mapping[str, str]) -> str:
    """The whole page: the rows of `before` with those measured now in their places, new ones last."""
    table = {**before, **{_compared(line(row)): line(row) for row in rows}}
    versions = ", ".join(f"{name} {version(name)}" for name in MEASURED_WITH)
    return "\n".join([
        "# Performance",
        "",
        "Written by `make bench`; do not edit. Each number is a ratio of two things that ran side by side, in random order, in the",
        "same run: the middle one of the same-round ratios. Ratios travel between machines; the milliseconds in the notes do not.",
        "",
        "| goal | what is compared | ratio | goal | met | note |",
        "|---|---|---|---|---|---|",
        *table.values(),
        "",
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}; {versions}.",
        "",
        "Every listing is read fresh from the database, for the person who asked. Only where exactly the same rows were read before is the",
        "drawing made from them used again (docs/decisions/0009-the-same-rows-are-drawn-once.md), as here, where the load asks for one listing.",
        "",
    ])  # fmt: skip
