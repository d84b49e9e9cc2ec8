"""Reading ids and names out of a provider's answer, for provider files."""

from collections.abc import Mapping
from typing import Any

from connectors.provider import Json

_LONGEST_ID = 255
_LONGEST_NAME = 255


def as_id(value: Json) -> str:
    """An id, which providers send as a number or as text, as text. Raises ValueError if it is neither."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        raise ValueError("no id")
    text = value.strip()
    if not text or len(text) > _LONGEST_ID:
        raise ValueError("no id")
    return text


def as_name(value: Json, *, otherwise: str) -> str:
    """A name as the provider shows it, in one line of at most 255 characters; `otherwise` if there is none.

    Control characters and lone surrogates go (no database keeps them); markup and right-to-left marks stay, they are the name.
    """
    if not isinstance(value, str):
        return otherwise
    text = value.encode("utf-8", "ignore").decode("utf-8")
    line = " ".join(
        "".join(" " if ord(char) < 32 or 127 <= ord(char) < 160 else char for char in text).split()
    )
    return line[:_LONGEST_NAME] or otherwise


def as_object(value: Json) -> Mapping[str, Any]:
    """A JSON object. Raises TypeError if it is none."""
    if not isinstance(value, dict):
        raise TypeError("no object")
    return value


def as_list(value: Json) -> list[Json]:
    """A JSON array. Raises TypeError if it is none."""
    if not isinstance(value, list):
        raise TypeError("no list")
    return value
