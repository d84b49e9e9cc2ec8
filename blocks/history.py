"""What happened to an account, or to all accounts of an integration: a modal on top of the detail."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from blocks.integration import history_line
from blocks.parts import View, context, modal, section
from blocks.text import lasted, name, when
from blocks.views import HistoryRow, HistoryView

CALLBACK = "history"
SHOWN = 30
"""Slack takes 3,000 characters a section; so many lines fit into a few."""
_LINES = 10
_ENDS: Mapping[str, str] = MappingProxyType(
    {"provider_works": "provider_problem", "setup_works": "setup_problem"}
)
"""What ended, by what ended it."""
_WHILE: Mapping[str, str] = MappingProxyType(
    {
        "provider_works": "could not be checked for {}: the provider had problems",
        "setup_works": "could not be checked for {}: this bot's set-up had a problem",
    }
)


def history(view: HistoryView) -> View:
    """The last 30 things that changed something, the newest first."""
    lines = list(_lines(view))[:SHOWN]
    if not lines:
        return modal("History", CALLBACK, [section(f"Nothing has happened to {name(view.about)} yet.")])
    blocks = [section(f"*What happened to {name(view.about)}*")]
    blocks += [section("\n".join(lines[start : start + _LINES])) for start in range(0, len(lines), _LINES)]
    if len(lines) == SHOWN:
        blocks.append(context(f"These are the last {SHOWN}."))
    return modal("History", CALLBACK, blocks)


def _lines(view: HistoryView) -> Iterator[str]:
    """An interruption and its end are one line."""
    merged: set[int] = set()
    for place, row in enumerate(view.rows):
        if place in merged:
            continue
        begun = _begin(view.rows, place)
        if begun is None:
            yield history_line(row)
            continue
        merged.add(begun)
        words = _WHILE[row.kind].format(lasted(view.rows[begun].at, row.at))
        yield f"{when(row.at)}: {name(row.account, 40)} {words}"


def _begin(rows: tuple[HistoryRow, ...], place: int) -> int | None:
    """Where the interruption begins that this row ends; rows are newest first."""
    row = rows[place]
    if row.kind not in _ENDS:
        return None
    older = range(place + 1, len(rows))
    return next(
        (n for n in older if rows[n].kind == _ENDS[row.kind] and rows[n].account_id == row.account_id), None
    )
