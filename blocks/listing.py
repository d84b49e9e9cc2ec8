"""The listing: what is connected, attention first, and what can be connected. Never a wall: twelve tiles a page and one picker."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

from blocks.parts import (
    Json,
    Message,
    actions,
    button,
    context,
    header,
    message,
    metadata,
    option,
    option_group,
    section,
)
from blocks.status import NEEDS_ATTENTION, Status, phrase, words
from blocks.text import count, name, plain_name
from blocks.views import IntegrationsView, Problem, Tile

OPEN = "integration.open"
PICK = "listing.pick"
MORE = "listing.more"
TILES_PER_PAGE = 12
_FEW = 3
_NAMES_PER_LINE = 12
_OPTIONS_PER_GROUP = 100
_CATEGORIES = {"marketing": "Marketing", "ecommerce": "Ecommerce", "service": "Service", "other": "Other"}
_NOT_SET_UP = "Not set up on this bot"


def category_words(category: str) -> str:
    """The name of a category as Lexer's Integrations page writes it."""
    return _CATEGORIES.get(category, "Other")


def listing(view: IntegrationsView) -> Message:
    """Answer to `/lexer integrations …`."""
    if not view.connected and not view.available:
        return _nothing_found(view)
    page = min(max(view.page, 0), max(len(view.connected) - 1, 0) // TILES_PER_PAGE)
    summary = _summary(view)
    blocks = [header("Integrations"), section(f"*{summary}*"), *_tiles(view, page)]
    if view.available:
        few = bool(view.words) and len(view.available) <= _FEW
        blocks += [{"type": "divider"}, *(_few if few else _available)(view.available)]
    return message(_spoken(view, page, summary), blocks)


def _nothing_found(view: IntegrationsView) -> Message:
    if not view.words:
        text = "No integration is switched on for this bot yet. Ask the person who runs it."
    elif view.nothing:
        text = f"{view.nothing} `/lexer integrations` shows all {view.total}."
    else:
        text = (
            f'No integration matches "{name(view.words)}".\n{_meant(view)} '
            f"`/lexer integrations` shows all {view.total}."
        )
    return message(text, [section(text)])


def _meant(view: IntegrationsView) -> str:
    if view.nearest:
        return f"Did you mean `/lexer integrations {name(view.nearest)}`?"
    return "Try a shorter word, or a category such as `marketing`."


def _summary(view: IntegrationsView) -> str:
    attention = sum(1 for tile in view.connected if _needs_attention(tile))
    found = f'Found for "{name(view.words)}": ' if view.words else ""
    if not view.connected:
        return f"{found}{'nothing' if found else 'Nothing is'} connected yet."
    connected = f"{found}{len(view.connected)} connected"
    if not attention:
        return (
            f"{connected}." if any(tile.problems for tile in view.connected) else f"{connected}, all working."
        )
    if attention == len(view.connected):
        return f"{connected}, {'and it needs' if attention == 1 else 'and all need'} attention."
    return f"{connected}, {attention} {'needs' if attention == 1 else 'need'} attention."


def _needs_attention(tile: Tile) -> bool:
    return any(problem.status in NEEDS_ATTENTION for problem in tile.problems)


def _tiles(view: IntegrationsView, page: int) -> Iterator[Json]:
    """The page's connected tiles and the buttons to the other pages."""
    first = page * TILES_PER_PAGE
    urgent = True
    for tile in view.connected[first : first + TILES_PER_PAGE]:
        primary = urgent and any(problem.status is Status.DISCONNECTED for problem in tile.problems)
        urgent = urgent and not primary
        yield _connected(tile, primary)
    if len(view.connected) > TILES_PER_PAGE:
        last = min(first + TILES_PER_PAGE, len(view.connected))
        yield context(f"{first + 1}–{last} of {len(view.connected)} connected")
        yield actions(*_pages(view, page))


@lru_cache(maxsize=1024)
def _connected(tile: Tile, primary: bool) -> Json:  # noqa: FBT001 - a cache tells names from places
    """The same tile always looks the same, so one drawn before is not drawn again. Nobody changes a drawn block."""
    return section(f"*{name(tile.name)}*\n{_state(tile)}", _open(tile, primary=primary))


def _open(tile: Tile, *, primary: bool, place: str = "") -> Json:
    return button(
        f"Open {plain_name(tile.name, 60)}",
        f"{OPEN}:{place}{tile.key}",
        value=tile.key,
        style="primary" if primary else None,
    )


def _pages(view: IntegrationsView, page: int) -> Iterator[Json]:
    if (page + 1) * TILES_PER_PAGE < len(view.connected):
        yield button(
            "Show more",
            f"{MORE}:next",
            value=metadata(w=view.words, p=page + 1),
            label="Show more integrations",
        )
    if page:
        yield button(
            "Show previous",
            f"{MORE}:previous",
            value=metadata(w=view.words, p=page - 1),
            label="Show previous integrations",
        )


def _state(tile: Tile) -> str:
    """Such as "🔴 2 disconnected: the password was changed · 5 accounts"."""
    accounts = count(tile.accounts, "account")
    if not tile.problems:
        return f"{words(Status.CONNECTED)} · {accounts}"
    return " · ".join([*(_problem(tile, problem) for problem in tile.problems[:3]), accounts])


def _problem(tile: Tile, problem: Problem) -> str:
    """One account's status as it is; with several accounts, how many share it: "🔴 2 disconnected: …"."""
    text = words(problem.status, reason=problem.reason, days=problem.days)
    if (
        tile.accounts <= 1
        or problem.status is Status.SETUP_PROBLEM
        or problem.status is Status.PROVIDER_PROBLEM
    ):
        return text
    circle, _, rest = text.partition(" ")
    return f"{circle} {problem.count:,} {rest[0].lower()}{rest[1:]}"


def _few(tiles: Sequence[Tile]) -> Iterator[Json]:
    """When the words named just these: a button each instead of a picker."""
    for tile in tiles:
        state = "Not connected" if tile.set_up else _NOT_SET_UP
        yield section(f"*{name(tile.name)}*\n{state}", _open(tile, primary=False, place="available."))


def _available(tiles: Sequence[Tile]) -> Iterator[Json]:
    """One line per category, then the picker."""
    lines = "\n".join(
        f"*{label}:* {_some_names(members)}" for label, members in _by_category(tiles) if label != _NOT_SET_UP
    )
    picker = {
        "type": "static_select",
        "action_id": PICK,
        "placeholder": {"type": "plain_text", "text": "Choose an integration"},
        "option_groups": list(_option_groups(tiles)),
    }
    intro = "*Not connected yet*" if lines else "*No other integration is set up on this bot.*"
    yield section(intro, picker)
    if lines:
        yield section(lines)
    missing = [tile for tile in tiles if not tile.set_up]
    if missing:
        yield context(_missing(missing))


def _missing(tiles: Sequence[Tile]) -> str:
    """Quietly, below; admins see which settings are missing where there is room for it."""
    if len(tiles) <= 3 and any(tile.missing_settings for tile in tiles):
        each = "; ".join(
            f"{name(tile.name)} needs {', '.join(map(name, tile.missing_settings))}" for tile in tiles
        )
        return f"{_NOT_SET_UP}: {each}"
    hint = " Open one to see what is missing." if any(tile.missing_settings for tile in tiles) else ""
    return f"{_NOT_SET_UP}: {_some_names(tiles)}.{hint}"


def _some_names(tiles: Sequence[Tile]) -> str:
    shown = ", ".join(name(tile.name, 40) for tile in tiles[:_NAMES_PER_LINE])
    rest = len(tiles) - _NAMES_PER_LINE
    return f"{shown} and {rest} more" if rest > 0 else shown


def _by_category(tiles: Sequence[Tile]) -> Iterator[tuple[str, list[Tile]]]:
    """The tiles by category, in the order they came; those not set up together, last."""

    def label(tile: Tile) -> str:
        return category_words(tile.category) if tile.set_up else _NOT_SET_UP

    grouped: dict[str, list[Tile]] = {}
    for key, members in groupby(sorted(tiles, key=lambda tile: not tile.set_up), key=label):
        grouped.setdefault(key, []).extend(members)
    yield from grouped.items()


def _option_groups(tiles: Sequence[Tile]) -> Iterator[Json]:
    """Slack takes 100 options in a group: a longer category goes on in the next one."""
    for label, members in _by_category(tiles):
        for start in range(0, len(members), _OPTIONS_PER_GROUP):
            part = members[start : start + _OPTIONS_PER_GROUP]
            yield option_group(
                f"{label}, continued" if start else label,
                [option(plain_name(tile.name, 75), tile.key) for tile in part],
            )


def _spoken(view: IntegrationsView, page: int, summary: str) -> str:
    """The essentials for a screen reader."""
    first = page * TILES_PER_PAGE
    tiles = "; ".join(map(_spoken_tile, view.connected[first : first + TILES_PER_PAGE]))
    available = " ".join(
        f"{label}: {_some_names(members)}." for label, members in _by_category(view.available)
    )
    return " ".join(
        part
        for part in (
            summary,
            f"{tiles}." if tiles else "",
            available and f"Not connected yet: {available}",
        )
        if part
    )


@lru_cache(maxsize=1024)
def _spoken_tile(tile: Tile) -> str:
    if not tile.problems:
        return f"{name(tile.name)}: connected"
    first = tile.problems[0]
    return f"{name(tile.name)}: {phrase(first.status, reason=first.reason, days=first.days)}"
