"""Reading JSON that may be anything: what a wrong type holds is left out, never an error. Pure."""

import re
from collections.abc import Mapping

from markupsafe import Markup

from bot.sandbox.world import Json

DEEPEST = 12
"""Levels of nesting that are drawn; deeper than any screen shows."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_NEVER_SHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def obj(value: object) -> Json:
    """An object, {} for anything else."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[Json]:
    """The objects of a list, what else stands in it left out."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list | tuple) else []


def string(value: object) -> str:
    """A string as it is, "" for anything else. For what goes back to the server: ids and values."""
    return value if isinstance(value, str) else ""


def shown(value: object) -> str:
    """A string as it may be shown: without control characters but tabs and line breaks."""
    return _NEVER_SHOWN.sub("", string(value).replace("\r\n", "\n"))


def whole(value: object, default: int, lowest: int, highest: int) -> int:
    """A whole number kept within bounds."""
    if isinstance(value, bool) or not isinstance(value, int):
        return default
    return max(lowest, min(highest, value))


def one_of(table: Mapping[str, str], value: object, default: str = "") -> str:
    """What a table says of a word."""
    return table.get(value, default) if isinstance(value, str) else default


def encodable(drawn: Markup) -> Markup:
    """HTML that can be sent: JSON may hold half characters, UTF-8 may not."""
    return Markup(_SURROGATE.sub("\ufffd", drawn))  # noqa: S704 - takes characters away from what is escaped already
