"""Decoding what providers send as JSON. Whatever is odd becomes None: an answer is read or it is not, never half."""

import json

from connectors.provider import Json

_DEEPEST = 64


def decode(body: bytes) -> Json:
    """The JSON value of a body, or None: no UTF-8, no JSON, a key given twice, or nested deeper than 64.

    A byte order mark is tolerated. NaN and Infinity, which are not JSON, are read as null.
    """
    try:
        value = _DECODER.decode(body.decode("utf-8-sig"))
    # RecursionError: thousands of brackets; ValueError also covers bad UTF-8 and numbers of more than 4,300 digits
    except (ValueError, RecursionError):
        return None
    return None if _too_deep(value) else value


def _once_each(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    value = dict(pairs)
    if len(value) != len(pairs):
        # Two parsers may pick different ones: RFC 8259 4 leaves it open, and an attacker may choose.
        raise ValueError("a key twice")
    return value


_DECODER = json.JSONDecoder(object_pairs_hook=_once_each, parse_constant=lambda _name: None)
"""Made once: `json.loads` makes one at every call that has hooks."""


def _too_deep(value: Json) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
