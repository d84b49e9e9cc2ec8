"""Which integrations a few typed words mean."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from blocks.status import Status
from blocks.views import Tile
from connectors.provider import Provider

_CATEGORY_WORDS = {
    "marketing": "marketing",
    "ecommerce": "ecommerce",
    "e-commerce": "ecommerce",
    "commerce": "ecommerce",
    "service": "service",
    "other": "other",
}
_DISCONNECTED = ("disconnected", "red", "broken")
_ATTENTION = ("attention", "needs attention", "problems")
_CONNECTED = ("connected",)
_AVAILABLE = ("not connected", "available", "unconnected")
_EVERYTHING = ("", "all", "everything")


def narrow(tiles: Sequence[Tile], words: str, providers: Sequence[Provider]) -> list[Tile]:
    """The tiles that `words` mean: a status, a category, a name or an alias; everything for "" and "all"."""
    wanted = _plain(words)
    if wanted in _EVERYTHING:
        return list(tiles)
    if wanted in _DISCONNECTED:
        return [t for t in tiles if any(p.status is Status.DISCONNECTED for p in t.problems)]
    if wanted in _ATTENTION:
        return [t for t in tiles if t.problems]
    if wanted in _CONNECTED:
        return [t for t in tiles if t.accounts]
    if wanted in _AVAILABLE:
        return [t for t in tiles if not t.accounts]
    if wanted in _CATEGORY_WORDS:
        return [t for t in tiles if t.category == _CATEGORY_WORDS[wanted]]
    return _by_name(tiles, wanted, {provider.key: provider.aliases for provider in providers})


def _by_name(tiles: Sequence[Tile], wanted: str, aliases: Mapping[str, tuple[str, ...]]) -> list[Tile]:
    exact = [t for t in tiles if wanted in _names(t, aliases)]
    return exact or [t for t in tiles if any(wanted in name for name in _names(t, aliases))]


def _names(tile: Tile, aliases: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return (tile.name.casefold(), tile.key, *(a.casefold() for a in aliases.get(tile.key, ())))


def nothing(words: str) -> str | None:
    """What it means that a status or category shows nothing; None for other words."""
    wanted = _plain(words)
    if wanted in _DISCONNECTED:
        return "Nothing is disconnected."
    if wanted in _ATTENTION:
        return "Nothing needs attention."
    if wanted in _CONNECTED:
        return "Nothing is connected yet."
    if wanted in _AVAILABLE:
        return "Everything there is, is connected."
    if wanted in _CATEGORY_WORDS:
        return f"There is no integration in {_CATEGORY_WORDS[wanted].capitalize()} yet."
    return None


def understood(words: str, providers: Sequence[Provider]) -> bool:
    """Whether words name a status, a category or exactly one of the integrations' names."""
    return _plain(words) in _vocabulary(providers)


def nearest(words: str, providers: Sequence[Provider]) -> str | None:
    """The known name, category or status word that comes nearest to what was typed."""
    known = _vocabulary(providers)
    found = get_close_matches(_plain(words)[:60], list(known), n=1, cutoff=0.6)
    return known[found[0]] if found else None


def _plain(words: str) -> str:
    """Without capitals, spare blanks, and the quotes and full stops people put around a name."""
    return " ".join(words.casefold().split()).strip("\"'`.,!?")


def _vocabulary(providers: Sequence[Provider]) -> dict[str, str]:
    """What can be typed -> how to suggest it."""
    fixed = [*_CATEGORY_WORDS, *_DISCONNECTED, *_ATTENTION, *_CONNECTED, *_AVAILABLE]
    words = {word: word for word in fixed}
    for provider in providers:
        for name in (provider.name, provider.key, *provider.aliases):
            # A settings key such as facebook_ads is understood, but nobody should have to type it.
            words[name.casefold()] = provider.name.casefold() if "_" in name else name.casefold()
    return words
