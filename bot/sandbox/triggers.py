"""What Slack hands out with an interaction: triggers (3 seconds, once) and response addresses (30 minutes, 5 uses)."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.sandbox.world import Clock, Posted

TRIGGER_LIFE = timedelta(seconds=3)
RESPONSE_LIFE = timedelta(minutes=30)
RESPONSE_USES = 5


@dataclass(slots=True, kw_only=True)
class Trigger:
    """Leave to show a modal to `user`; `view_id` is the modal it was given in, if any."""

    user: str
    view_id: str | None
    born: datetime
    used: bool = False


@dataclass(slots=True, kw_only=True)
class ResponseAddress:
    """Leave to write to one person where they acted; `source` is the message whose control was used."""

    channel: str
    user: str
    born: datetime
    source: Posted | None = None
    uses: int = 0


@dataclass(slots=True)
class Passes:
    """Everything handed out so far (docs.slack.dev/interactivity/handling-user-interaction, read 2026-11)."""

    clock: Clock
    triggers: dict[str, Trigger] = field(default_factory=dict)
    addresses: dict[str, ResponseAddress] = field(default_factory=dict)

    def trigger(self, user: str, view_id: str | None = None) -> str:
        """A new trigger id in Slack's form."""
        made = f"{len(self.triggers) + 1}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self.triggers[made] = Trigger(user=user, view_id=view_id, born=self.clock())
        return made

    def exchange(self, trigger_id: object) -> Trigger | str:
        """Use a trigger up; Slack's error string if it cannot be."""
        found = self.triggers.get(trigger_id) if isinstance(trigger_id, str) else None
        if found is None:
            return "invalid_trigger_id"
        if found.used:
            return "exchanged_trigger_id"
        if self.clock() - found.born > TRIGGER_LIFE:
            return "expired_trigger_id"
        found.used = True
        return found

    def address(self, channel: str, user: str, source: Posted | None = None) -> str:
        """A new response address; gives back its id."""
        made = secrets.token_urlsafe(24)
        self.addresses[made] = ResponseAddress(channel=channel, user=user, born=self.clock(), source=source)
        return made

    def use_address(self, made: str) -> ResponseAddress | str:
        """Count one use; Slack's error string when it is used up, expired or unknown."""
        found = self.addresses.get(made)
        if found is None:
            return "no_such_url"
        if self.clock() - found.born > RESPONSE_LIFE:
            return "expired_url"
        if found.uses >= RESPONSE_USES:
            return "used_url"
        found.uses += 1
        return found
