"""Reading what a control carried back: it may have been changed by hand or come from an older release."""

import json
from collections.abc import Mapping
from typing import Any


def read(value: str) -> Mapping[str, Any]:
    """The JSON object in a value; {} for anything else."""
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def word(values: Mapping[str, Any], name: str) -> str:
    """A text of it; "" if it is none, or one that no database takes."""
    found = values.get(name)
    return found if isinstance(found, str) and "\x00" not in found else ""


def number(values: Mapping[str, Any], name: str) -> int:
    """A page number of it; 0 if it is none."""
    found = values.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 10_000 else 0
