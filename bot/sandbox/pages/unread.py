"""How far everybody has read. Pure but for what it remembers."""

from dataclasses import dataclass, field

from bot.sandbox.world import Channel, Posted, World

Mark = tuple[int, int]
"""A message's time stamp as numbers, so that it can be compared."""


def mark_of(ts: str) -> Mark:
    """The numbers of a `ts` such as 1790000000.000012; what is no time stamp comes before everything."""
    seconds, _, number = ts.partition(".")
    return (int(seconds), int(number)) if seconds.isdecimal() and number.isdecimal() else (0, 0)


@dataclass(slots=True)
class Unread:
    """Per person and channel, the last message seen."""

    _seen: dict[tuple[str, str], Mark] = field(default_factory=dict)

    def see(self, user: str, messages: list[Posted]) -> None:
        """These are on someone's screen."""
        for posted in messages:
            place = (user, posted.channel)
            self._seen[place] = max(self._seen.get(place, (0, 0)), mark_of(posted.ts))

    def is_new(self, user: str, posted: Posted) -> bool:
        """Whether someone has not seen it; one's own words are never new."""
        return posted.by != user and mark_of(posted.ts) > self._seen.get((user, posted.channel), (0, 0))

    def count(self, world: World, user: str, channel: Channel) -> int:
        """New messages of a channel."""
        return sum(
            posted.channel == channel.id and posted.only_for is None and self.is_new(user, posted)
            for posted in world.visible_to(user)
        )
