"""What happens to channels and to the app itself, done by somebody in Slack; the bot is told as far as it has subscribed and may know."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.delivery import Ack, Delivery
from bot.sandbox.methods_people import EMAIL
from bot.sandbox.payloads import event_body
from bot.sandbox.slack_api import EVENTS, SlackSide
from bot.sandbox.world import BOT_USER_ID, TEAM_ID, Channel, Human, Json

_SOMEBODY = "U0ADA"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happenings:
    """Each act changes the workspace first and then brings the event; it gives the bot's ack, None where nothing was brought."""

    slack: SlackSide
    delivery: Delivery

    async def tells(self, event: Json, *, kind: str = "public") -> Ack | None:
        """Bring an event of this workspace, if the app has subscribed to it and was granted a scope for it. `kind` of the channel."""
        name = str(event["type"])
        needed = EVENTS.get(name, frozenset())
        if name.startswith(("channel", "member")):
            needed &= {"groups:read" if kind == "private" else "channels:read"}
        if name not in self.slack.subscribed or (EVENTS.get(name) and not needed & self.slack.scopes):
            return None
        dated = {**event, "event_ts": self.slack.world.ts()}
        return await self.delivery.event(event_body(self.slack.world, dated))

    async def changes(self, human: Human, **fields: Any) -> Ack | None:
        """Somebody's user object changes."""
        for field, value in fields.items():
            setattr(human, field, value)
        user = human.slack_json(with_email=EMAIL in self.slack.scopes)
        return await self.tells({"type": "user_change", "user": user})

    async def archives(self, channel: str) -> Ack | None:
        """A channel is archived."""
        found = self.slack.world.channels[channel]
        found.is_archived = True
        return await self._of_channel("archive", found, user=_SOMEBODY)

    async def deletes(self, channel: str) -> Ack | None:
        """A channel is gone with everything in it."""
        found = self.slack.world.channels.pop(channel)
        self.slack.world.messages = [one for one in self.slack.world.messages if one.channel != channel]
        return await self._of_channel("deleted", found)

    def invites(self, channel: str) -> None:
        """Somebody types /invite @Lexer; the app has not asked to be told."""
        self.slack.world.channels[channel].members.add(BOT_USER_ID)

    async def removes(self, channel: str) -> Ack | None:
        """Somebody takes the bot out of a channel."""
        found = self.slack.world.channels[channel]
        was_in = BOT_USER_ID in found.members
        found.members.discard(BOT_USER_ID)
        return await self._of_channel("left", found, actor_id=_SOMEBODY) if was_in else None

    async def leaves(self, channel: str, human: Human) -> Ack | None:
        """Somebody leaves a channel; the bot is told if it is there."""
        found = self.slack.world.channels[channel]
        found.members.discard(human.id)
        if BOT_USER_ID not in found.members and human.id != BOT_USER_ID:
            return None
        event = {
            "type": "member_left_channel",
            "user": human.id,
            "channel": channel,
            "channel_type": "G" if found.kind == "private" else "C",
            "team": TEAM_ID,
        }
        return await self.tells(event, kind=found.kind)

    async def changes_id(self, channel: str, to: str, *, kind: str | None = None) -> Ack | None:
        """A channel gets another id, as when it becomes private or is shared."""
        found = self.slack.world.move_channel(channel, to)
        found.kind = kind or found.kind
        event = {"type": "channel_id_changed", "old_channel_id": channel, "new_channel_id": to}
        return await self.tells(event, kind=found.kind)

    async def revokes(self) -> Ack | None:
        """The bot's token is revoked; from now on nothing is answered."""
        self.slack.token_error = "token_revoked"
        return await self.tells({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER_ID]}})

    async def uninstalls(self) -> Ack | None:
        """The app is taken out of the workspace: Slack tells both, in no promised order."""
        self.slack.token_error = "account_inactive"
        await self.tells({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER_ID]}})
        return await self.tells({"type": "app_uninstalled"})

    def installs_again(self) -> None:
        """The token is good again; the bot learns it when it starts."""
        self.slack.token_error = None

    async def _of_channel(self, what: str, channel: Channel, **more: str) -> Ack | None:
        of = "group" if channel.kind == "private" else "channel"
        return await self.tells({"type": f"{of}_{what}", "channel": channel.id, **more}, kind=channel.kind)
