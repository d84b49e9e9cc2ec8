"""Slack's payloads made by hand: presses and submissions no button offers, altered, repeated, or sent by somebody else."""

import copy
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bot.sandbox import payloads
from bot.sandbox.delivery import Ack
from bot.sandbox.people import PersonAtWork
from bot.sandbox.world import Channel, Json, OpenView, Posted
from tests.e2e.house import House

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """What one person's client could be made to send."""

    house: House
    who: PersonAtWork

    def press(self, action: str, value: str = "", *, view: OpenView | None = None, **more: Any) -> Json:
        """`block_actions` of a button, in `view` or in a message of the general channel."""
        world, passes = self.house.sandbox.world, self.house.sandbox.slack.passes
        pressed: Json = {"type": "button", "action_id": action, "block_id": "b", "value": value, **more}
        if view is not None:
            trigger = passes.trigger(self.who.human.id, view.id)
            return payloads.press_in_view(world, self.who.human, view, action=pressed, trigger_id=trigger)
        posted = Posted(channel="C0GENERAL", ts=world.ts(), text="old", blocks=[], only_for=self.who.human.id)
        return payloads.press_in_message(
            world,
            self.who.human,
            posted,
            action=pressed,
            trigger_id=passes.trigger(self.who.human.id),
            response_url=self.who.response_url(passes.address("C0GENERAL", self.who.human.id)),
        )

    def command(self, text: str) -> dict[str, str]:
        """A slash command's form."""
        passes = self.house.sandbox.slack.passes
        return payloads.command_form(
            self.house.sandbox.world,
            self.who.human,
            Channel(id="C0GENERAL", name="general"),
            command="/lexer",
            text=text,
            trigger_id=passes.trigger(self.who.human.id),
            response_url=self.who.response_url(passes.address("C0GENERAL", self.who.human.id)),
        )

    def submission(
        self, callback_id: str, *, values: Json | None = None, shown: bool = False, **fields: Any
    ) -> Json:
        """`view_submission` of a view that looks like ours; `shown` also puts it on their screen."""
        world = self.house.sandbox.world
        number = f"V{world.number():08d}"
        title = {"type": "plain_text", "text": "Made by hand"}
        body = {"type": "modal", "callback_id": callback_id, "title": title, "blocks": [], **fields}
        view = OpenView(
            id=number, user=self.who.human.id, body=body, hash="1.a", root_id=number, state=values or {}
        )
        if shown:
            world.views[number] = view
            world.stacks.setdefault(self.who.human.id, []).append(number)
        return self.resubmission(view)

    def resubmission(self, view: OpenView) -> Json:
        """`view_submission` of an open view, as it stands."""
        trigger = self.house.sandbox.slack.passes.trigger(self.who.human.id, view.id)
        made = payloads.submission(self.house.sandbox.world, self.who.human, view, trigger_id=trigger)
        return copy.deepcopy(made)

    async def sends(self, payload: Json) -> Ack:
        """Bring it to the bot, by HTTP or Socket Mode, and let everything settle."""
        ack = await self.house.sandbox.delivery.interaction(payload)
        await self.house.settle()
        return ack

    async def types(self, form: dict[str, str]) -> Ack:
        """Bring a command's form to the bot, and let everything settle."""
        ack = await self.house.sandbox.delivery.command(form)
        await self.house.settle()
        return ack


def raw(payload: Json) -> bytes:
    """An interaction as the bytes of its POST."""
    return urlencode({"payload": json.dumps(payload)}).encode()


def words(ack: Ack) -> str:
    """Everything an ack says."""
    return json.dumps(ack.body, ensure_ascii=False) if ack.body else ""
