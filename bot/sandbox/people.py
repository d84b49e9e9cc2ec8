"""A person at work in Slack: types, presses, chooses, fills, submits; sees what Slack shows. Drives the bot over HTTP only."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.sandbox import payloads
from bot.sandbox.browser import Browser
from bot.sandbox.choosing import chosen_value, dispatches
from bot.sandbox.delivery import Ack, Delivery
from bot.sandbox.finding import CannotDo, Found, find_button, find_field
from bot.sandbox.form_state import elements_of, is_empty
from bot.sandbox.reading import read_message, read_view
from bot.sandbox.responses import take_action_ack, take_command_ack, take_options, take_submission_ack
from bot.sandbox.slack_api import SlackSide
from bot.sandbox.world import Human, Json, OpenView, Posted, World

_SHOWN = 3
PATIENCE = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What a person sees: the top modal, or else the latest messages, as readable text."""

    text: str
    view: OpenView | None
    messages: tuple[Posted, ...]

    def __str__(self) -> str:
        return self.text

    def __contains__(self, words: str) -> bool:
        return words in self.text


class PersonAtWork:
    """One person. Every method that acts gives back what they see afterwards."""

    def __init__(self, human: Human, slack: SlackSide, delivery: Delivery, browser: Browser) -> None:
        self.human = human
        self.browser = browser
        self.notice: str | None = None
        """Words of Slack itself about the last thing done, if it went wrong."""
        self.patience = PATIENCE
        """Seconds they wait for something to appear."""
        self._slack = slack
        self._delivery = delivery

    def __repr__(self) -> str:
        return f"PersonAtWork({self.human.name})"

    # --- seeing ---

    @property
    def modals(self) -> list[OpenView]:
        """The open modals, the top one last."""
        return self._slack.world.stack(self.human.id)

    @property
    def messages(self) -> list[Posted]:
        """Every message they can read, oldest first."""
        return self._slack.world.visible_to(self.human.id)

    @property
    def dms(self) -> list[Posted]:
        """The bot's direct messages to them, oldest first."""
        channel = self._slack.world.dm(self.human.id).id
        return [found for found in self.messages if found.channel == channel and found.only_for is None]

    def thread(self, posted: Posted) -> list[Posted]:
        """The replies they can read under a message, oldest first."""
        return [found for found in self._slack.world.replies(posted) if found in self.messages]

    def in_channel(self, channel: str) -> list[Posted]:
        """The messages they can read in a channel, threads left closed, oldest first."""
        return [found for found in self.messages if found.channel == channel and not found.is_reply]

    @property
    def screen(self) -> Screen:
        """What they see now."""
        view = self._slack.world.top_view(self.human.id)
        shown = self.messages[-_SHOWN:]
        if view is not None:
            text = read_view(view.body, view.state, self.name_of, errors=view.errors)
        else:
            text = "\n\n".join(self.read(posted) for posted in shown)
        if self.notice is not None:
            text = f"{text}\n⚠ {self.notice}"
        return Screen(text=text, view=view, messages=tuple(shown))

    def read(self, posted: Posted) -> str:
        """One message as readable text."""
        return read_message(posted.text, posted.blocks, posted.state, self.name_of)

    def name_of(self, user_id: str) -> str:
        """The name on screen of a user id."""
        human = self._slack.world.humans.get(user_id)
        return human.real_name if human else user_id

    async def sees(self, words: str, *, seconds: float | None = None) -> Screen:
        """Wait until `words` are on screen. Raises CannotDo, with the screen, when they do not come."""
        end = asyncio.get_running_loop().time() + (self.patience if seconds is None else seconds)
        while words not in self.screen.text:
            left = end - asyncio.get_running_loop().time()
            if left <= 0 or not await self._slack.records.change(left):
                if words in self.screen.text:
                    break
                raise CannotDo(f"{self.human.name} does not see {words!r} but:\n{self.screen.text}")
        return self.screen

    async def _answered(self, before: str, *, waits: bool) -> Screen:
        """The screen; with `waits`, once it differs from `before`."""
        end = asyncio.get_running_loop().time() + self.patience
        while waits and self.screen.text == before:
            left = end - asyncio.get_running_loop().time()
            if left <= 0 or not await self._slack.records.change(left):
                break
        return self.screen

    # --- acting ---

    async def types(self, text: str, *, channel: str = "C0GENERAL", waits: bool = False) -> Screen:
        """A slash command; `waits` for what comes after the ack."""
        if not text.startswith("/"):
            raise CannotDo(f"{text!r} is not a command: it has to begin with /")
        command = text.split(maxsplit=1)[0]
        rest = text.removeprefix(command)
        before = self._begin()
        world = self._slack.world
        place = world.channels[channel] if channel in world.channels else world.dm(self.human.id)
        form = payloads.command_form(
            world,
            self.human,
            place,
            command=command,
            text=escaped(rest.strip(), world),
            trigger_id=self._slack.passes.trigger(self.human.id),
            response_url=self.response_url(self._slack.passes.address(place.id, self.human.id)),
        )
        ack = await self._delivery.command(form)
        take_command_ack(self._slack, ack, command, place.id, self.human.id)
        self._slack.records.ring()
        return await self._answered(before, waits=waits)

    async def presses(self, label: str, *, near: str | None = None, waits: bool = False) -> Screen:
        """The button that says `label`, in the top modal, else in the newest message that has it.

        A button with a link also opens it in the person's browser. The buttons at a modal's foot are `submits` and `closes`.
        """
        top = self._slack.world.top_view(self.human.id)
        if top is not None:
            found = find_button(top.body, label, self.name_of, near=near)
            foot = self._at_foot(top, label) if found is None else None
            if foot is not None:
                return await (self.submits(waits=waits) if foot == "submit" else self.closes())
            if found is None:
                raise CannotDo(f"no button says {label!r} in:\n{self.screen.text}")
            return await self._press(found, top, waits=waits)
        for posted in reversed(self.messages):
            found = find_button({"blocks": posted.blocks}, label, self.name_of, near=near)
            if found is not None:
                return await self._press(found, posted, waits=waits)
        raise CannotDo(f"no button says {label!r} in any message; the last ones:\n{self.screen.text}")

    async def presses_in(
        self, posted: Posted, label: str, *, near: str | None = None, waits: bool = False
    ) -> Screen:
        """A button of one particular message, as one finds an old one by scrolling."""
        found = find_button({"blocks": posted.blocks}, label, self.name_of, near=near)
        if found is None:
            raise CannotDo(f"no button says {label!r} in:\n{self.read(posted)}")
        return await self._press(found, posted, waits=waits)

    async def uses(self, found: Found, where: OpenView | Posted) -> Screen:
        """A button already found."""
        return await self._press(found, where, waits=False)

    async def _press(self, found: Found, where: OpenView | Posted, *, waits: bool) -> Screen:
        before = self._begin()
        await self.acts(found, where)
        link = found.element.get("url")
        if isinstance(link, str):
            await self.browser.opens(link)
        return await self._answered(before, waits=waits)

    async def chooses(self, label: str, *options: str, waits: bool = False) -> Screen:
        """Options of a select, checkboxes or a people picker, by their words; exactly these are chosen afterwards."""
        found, where = self._field(label)
        before = self._begin()
        external = "external" in found.element["type"] and bool(options)
        await self.takes(
            found, where, *options, offered=await self.searches(label, options[0]) if external else []
        )
        return await self._answered(before, waits=waits)

    async def takes(
        self, found: Found, where: OpenView | Posted, *options: str, offered: Sequence[Json] = ()
    ) -> None:
        """Exactly these options of an element already found; `offered`: what a search has shown."""
        kind = found.element["type"]
        chosen = chosen_value(found.element, options, list(offered), self.name_of, self._slack.world)
        if kind != "overflow":
            state = where.state.setdefault(found.block["block_id"], {})
            state[found.element["action_id"]] = {"type": kind, **chosen}
        if dispatches(found.block):
            await self.acts(found, where, **chosen)
        self._slack.records.ring()

    async def fills(self, label: str, text: str) -> Screen:
        """Type into a field."""
        found, where = self._field(label)
        kind = found.element["type"]
        if not kind.endswith("_input"):
            raise CannotDo(f"{label!r} is a {kind}: use chooses")
        most = found.element.get("max_length", 3000)
        state = {"type": kind, "value": text[:most] or None}
        where.state.setdefault(found.block["block_id"], {})[found.element["action_id"]] = state
        return self.screen

    async def searches(self, label: str, typed: str) -> list[Json]:
        """What an external select offers for some typed letters."""
        groups = await self.searches_in(*self._field(label), typed)
        return [option for group in groups for option in group["options"]]

    async def searches_in(self, found: Found, where: OpenView | Posted, typed: str) -> list[Json]:
        """The same for a select already found, as option groups; one without a label where there are none."""
        if len(typed) < found.element.get("min_query_length", 3):
            return []
        view = where if isinstance(where, OpenView) else None
        posted = where if isinstance(where, Posted) else None
        payload = payloads.search(
            self._slack.world, self.human, found.block, found.element, typed, view=view, posted=posted
        )
        return take_options(self._slack, await self._delivery.interaction(payload))

    async def submits(self, *, waits: bool = False) -> Screen:
        """The submit button of the top modal. Like Slack, sends nothing while a needed field is empty."""
        view, before = self._top(), self._begin()
        if not view.body.get("submit"):
            raise CannotDo(f"there is nothing to submit in:\n{self.screen.text}")
        view.errors = _unfilled(view)
        if view.errors:
            return self.screen
        trigger_id = self._slack.passes.trigger(self.human.id, view.id)
        payload = payloads.submission(self._slack.world, self.human, view, trigger_id=trigger_id)
        ack = await self._delivery.interaction(payload)
        if view.id in self._slack.world.views:
            self.notice = take_submission_ack(self._slack, ack, view)
        self._slack.records.ring()
        return await self._answered(before, waits=waits)

    async def closes(self, *, everything: bool = False) -> Screen:
        """The close button of the top modal, or with `everything` the X that dismisses all of them."""
        self._top()
        self._begin()
        stack = self.modals
        closed = self._slack.world.close_views(self.human.id, down_to=0 if everything else len(stack) - 1)
        for view in closed:
            if view.body.get("notify_on_close"):
                payload = payloads.closing(self._slack.world, self.human, view, is_cleared=everything)
                take_action_ack(self._slack, await self._delivery.interaction(payload))
        self._slack.records.ring()
        return self.screen

    async def acts(self, found: Found, where: OpenView | Posted, **chosen: object) -> Ack:
        """Send `block_actions` for an element, whoever may be allowed to: also what hostile tests use."""
        world, passes = self._slack.world, self._slack.passes
        action = payloads.action_of(found.block, found.element, ts=world.ts(), **chosen)
        if isinstance(where, OpenView):
            trigger_id = passes.trigger(self.human.id, where.id)
            payload = payloads.press_in_view(world, self.human, where, action=action, trigger_id=trigger_id)
        else:
            response_url = self.response_url(passes.address(where.channel, self.human.id, where))
            payload = payloads.press_in_message(
                world,
                self.human,
                where,
                action=action,
                trigger_id=passes.trigger(self.human.id),
                response_url=response_url,
            )
        ack = await self._delivery.interaction(payload)
        self.notice = take_action_ack(self._slack, ack)
        self._slack.records.ring()
        return ack

    async def send(
        self,
        raw: bytes,
        content_type: str = "application/x-www-form-urlencoded",
        *,
        timestamp: str | None = None,
        signature: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Ack:
        """Any bytes to the bot's door, signed unless told otherwise: for hostile tests."""
        return await self._delivery.send(
            raw, content_type, timestamp=timestamp, signature=signature, headers=headers
        )

    # --- inside ---

    def response_url(self, made: str) -> str:
        """The whole address of a response id."""
        return f"{self._slack.base_url}/response/{made}"

    def _begin(self) -> str:
        self.notice = None
        return self.screen.text

    def _top(self) -> OpenView:
        view = self._slack.world.top_view(self.human.id)
        if view is None:
            raise CannotDo(f"{self.human.name} has no modal open; the last messages:\n{self.screen.text}")
        return view

    def _at_foot(self, view: OpenView, label: str) -> str | None:
        for name in ("submit", "close"):
            if (view.body.get(name) or {}).get("text") == label:
                return name
        return None

    def _field(self, label: str) -> tuple[Found, OpenView | Posted]:
        view = self._slack.world.top_view(self.human.id)
        for where in [view] if view is not None else reversed(self.messages):
            body = where.body if isinstance(where, OpenView) else {"blocks": where.blocks}
            found = find_field(body, label, self.name_of)
            if found is not None:
                return found, where
        raise CannotDo(f"no field is called {label!r} in:\n{self.screen.text}")


def escaped(typed: str, world: World) -> str:
    """What Slack makes of names of people and channels in a command (`should_escape` in the manifest)."""
    for human in world.humans.values():
        typed = re.sub(rf"(?<!\S)@{re.escape(human.name)}(?!\S)", f"<@{human.id}|{human.name}>", typed)
    for channel in world.channels.values():
        typed = re.sub(rf"(?<!\S)#{re.escape(channel.name)}(?!\S)", f"<#{channel.id}|{channel.name}>", typed)
    return typed


def _unfilled(view: OpenView) -> dict[str, str]:
    """Block ids of needed fields that are empty, with Slack's words."""
    empty = {}
    for block, element in elements_of(view.body):
        state = view.state.get(block["block_id"], {}).get(element["action_id"])
        if block["type"] != "input" or state is None:
            continue
        least = element.get("min_length", 0)
        if is_empty(state):
            if not block.get("optional"):
                empty[block["block_id"]] = "This is a required field"
        elif len(str(state.get("value") or "")) < least:
            empty[block["block_id"]] = f"Please enter at least {least} characters"
    return empty
