"""What every use case is given: the three libraries, the messenger and the clock, put together once by the composition root."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.mailer import Mailer
from bot.messenger import Messenger
from bot.usecases.drawn import Drawn
from bot.usecases.members import Members
from bot.usecases.pace import Pace
from connectors.engine import Connectors
from store.database import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Dependencies of the use cases."""

    store: Store
    connectors: Connectors
    messenger: Messenger
    clock: Callable[[], datetime]
    """Aware UTC now."""
    public_url: str
    """Without trailing slash."""
    slack_in_browser: str
    """Where a browser finds Slack; `/<team>/<channel>` follows. Without trailing slash."""
    kick: Callable[[str], None]
    """Wake a tick now ("deliver", "revoke"): returns at once; the scheduler's own interval is the fallback."""
    worker: str
    """This process's name as lease owner, unique per start."""
    mailer: Mailer | None = None
    """None: e-mail is not set up."""
    members: Members = field(default_factory=Members)
    drawn: Drawn = field(default_factory=Drawn)
    pace: Pace = field(default_factory=Pace)
    luck: Callable[[], float] = random.random
    """0..1, to spread what would otherwise come all at once."""
