"""How often Slack lets an app post to one channel."""

import math
from dataclasses import dataclass, field
from datetime import datetime

from bot.sandbox.world import Clock


@dataclass(slots=True, kw_only=True)
class ChannelPace:
    """About one message a second in each channel, a few at once now and then.

    docs.slack.dev/apis/web-api/rate-limits (read 2026-11) names no size for the burst; `burst` is a cautious guess.
    """

    clock: Clock
    burst: int = 3
    _left: dict[str, tuple[float, datetime]] = field(default_factory=dict)

    def wait(self, channel: str) -> int:
        """Seconds until this channel may be posted to; 0 counts as a post now."""
        now = self.clock()
        left, at = self._left.get(channel, (float(self.burst), now))
        left = min(float(self.burst), left + max(0.0, (now - at).total_seconds()))
        if left < 1:
            self._left[channel] = (left, now)
            return max(1, math.ceil(1 - left))
        self._left[channel] = (left - 1, now)
        return 0
