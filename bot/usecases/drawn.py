"""Listings drawn lately, found again by everything they were drawn from.

What a listing shows is read from the store each time; only the drawing is spared where exactly the same was read. So nobody can see
another person's listing, or one older than a change. The one thing that changes by itself is a countdown, so each ends in time.
"""

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime

from blocks.parts import Message

_MOST = 256


class Drawn:
    """Messages by what they were drawn from, the least used forgotten first. Nobody changes a drawn message."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[Message, datetime | None]] = OrderedDict()

    def get(self, source: Hashable, now: datetime) -> Message | None:
        """The message drawn from `source`, if it still holds."""
        found = self._kept.get(source)
        if found is None or (found[1] is not None and now >= found[1]):
            return None
        self._kept.move_to_end(source)
        return found[0]

    def keep(self, source: Hashable, message: Message, until: datetime | None) -> Message:
        """Remember a message; from `until` on it would say something else (None = never by itself)."""
        self._kept[source] = message, until
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return message
