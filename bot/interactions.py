"""What a person can do in Slack, as values: one COMMAND, ACTION, MODAL or OPTIONS a handler file, and the typed call each handler gets.

Knows nothing of Bolt: `slack_app.py` turns payloads into these calls and answers into acks.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from blocks.parts import Message, View
from bot.errors import UserFacingError
from bot.insisting import insisted
from bot.messenger import DeliveryFailure, FailureKind
from bot.usecases.context import Context
from store.records import UserId, WorkspaceId

_CONVERSATION = re.compile(r"[CDG][A-Z0-9]{1,40}")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who acts, where, and with what. `trigger_id` lives 3 seconds and works once (slack.md 3.1)."""

    context: Context
    workspace_id: WorkspaceId
    user_id: UserId
    home_team: str | None = None
    """The team id Slack names for the person; another one than the workspace's = another organisation."""
    trigger_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandCall:
    """`/lexer <name> <words>`. `words` is trimmed, smart quotes made plain, at most 500 characters."""

    caller: Caller
    words: str
    known: tuple["Command", ...] = ()
    """Every command there is, for help."""

    async def open_then(self, first: View, make: Callable[[str], Awaitable[View]]) -> None:
        """Open `first` at once, then turn it into what `make` gives for its view id, or into words for what went wrong."""
        named, send = _named(first), self.caller.context.messenger
        shown = await send.open_view(self.caller.workspace_id, self.caller.trigger_id, named)
        await _fill(self.caller, shown, named, make)


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewRef:
    """The view an interaction came from."""

    id: str
    callback_id: str
    external_id: str
    private_metadata: str
    hash: str = ""
    previous_id: str = ""
    """The view below it in the stack, if any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionCall:
    """A press or a choice. `value` is what the control carried: never trusted, may be anything."""

    caller: Caller
    value: str
    view: ViewRef | None
    """None when it came from a message."""
    response_url: str = ""

    async def show(self, view: View) -> str | DeliveryFailure:
        """Open the view (from a message) or push it (from a modal); returns its view id. First thing a handler does: triggers live 3 s."""
        send = self.caller.context.messenger
        if self.view is None:
            return await send.open_view(self.caller.workspace_id, self.caller.trigger_id, view)
        return await send.push_view(self.caller.workspace_id, self.caller.trigger_id, view)

    async def open_then(self, first: View, make: Callable[[str], Awaitable[View]]) -> None:
        """As `CommandCall.open_then`, pushed where a modal is open already."""
        named = _named(first)
        await _fill(self.caller, await self.show(named), named, make)

    async def turn(self, view: View) -> DeliveryFailure | None:
        """Update the view this came from."""
        if self.view is None:
            return None
        place, turn = self.view.id, self.caller.context.messenger.update_view
        return await insisted(lambda: turn(self.caller.workspace_id, view, view_id=place))

    async def reply(self, message: Message, *, replace: bool = False) -> None:
        """Answer the person only, by response_url; with `replace`, in place of the message the control is in."""
        if self.response_url:
            respond = self.caller.context.messenger.respond
            await insisted(lambda: respond(self.response_url, message, replace=replace))


@dataclass(frozen=True, slots=True, kw_only=True)
class ModalCall:
    """A submitted modal. `values`: block id -> action id -> Slack's state object."""

    caller: Caller
    view: ViewRef
    values: Mapping[str, Mapping[str, Mapping[str, Any]]]

    def text(self, block: str, action: str) -> str:
        """What was typed, trimmed; "" if nothing."""
        found = self.values.get(block, {}).get(action, {}).get("value")
        return found.strip() if isinstance(found, str) else ""

    def chosen(self, block: str, action: str) -> tuple[str, ...]:
        """Values of checkboxes, selects or user selects, in order, each once."""
        state = self.values.get(block, {}).get(action, {})
        options = state.get("selected_options")
        single = state.get("selected_option")
        users = state.get("selected_users")
        listed = [*(options if isinstance(options, list) else []), single]
        found = [one.get("value") for one in listed if isinstance(one, dict)]
        found += users if isinstance(users, list) else []
        return tuple(dict.fromkeys(v for v in found if isinstance(v, str)))

    def conversation(self, block: str, action: str) -> str:
        """The id of the chosen conversation; "" if none, or if it cannot be an id."""
        found = self.values.get(block, {}).get(action, {}).get("selected_conversation")
        return found if isinstance(found, str) and _CONVERSATION.fullmatch(found) else ""

    def time(self, block: str, action: str) -> str:
        """The chosen time of day as "HH:MM"; "" if none, or if it is no time."""
        found = self.values.get(block, {}).get(action, {}).get("selected_time")
        return found if isinstance(found, str) and _TIME.fullmatch(found) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """Words beside fields: block id -> text."""

    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """The submitted view turns into this one."""

    view: View


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """The submitted view closes; with `all_views` the whole stack does."""

    all_views: bool = False


ModalAnswer = Errors | Show | Close


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A sub-command of /lexer. `name` "" is the bare command's. `usage` and `summary` make the help."""

    name: str
    aliases: tuple[str, ...] = ()
    usage: str
    summary: str
    run: Callable[[CommandCall], Awaitable[Message | None]]
    quick: Callable[[CommandCall], Message | None] | None = None
    """Answers without waiting for anything where it can; None leaves it to `run`."""
    opens_view: bool = False
    """It opens a modal first (needs the trigger); None says nothing more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button or select. `name` is the action id up to ":"."""

    name: str
    run: Callable[[ActionCall], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Modal:
    """A submission, found by callback id."""

    callback_id: str
    run: Callable[[ModalCall], Awaitable[ModalAnswer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """An external select's search, found by action id up to ":"; answers at most 100 options within 3 s."""

    name: str
    run: Callable[[ActionCall, str], Awaitable[Sequence[Mapping[str, Any]]]]


def used_before(shown: str | DeliveryFailure) -> bool:
    """Whether Slack says that this very press was handled already: the same delivery came twice."""
    return isinstance(shown, DeliveryFailure) and shown.error == "exchanged_trigger_id"


def _named(first: View) -> View:
    """With a name of its own, so that it is found again also when Slack's answer to its opening was lost."""
    return {**first, "external_id": f"open-{uuid4().hex}"}


async def _fill(
    caller: Caller, shown: str | DeliveryFailure, first: View, make: Callable[[str], Awaitable[View]]
) -> None:
    """What goes wrong in `make` is said in the opened view by whoever catches it (slack_words.tell)."""
    if used_before(shown):
        return
    lost = isinstance(shown, DeliveryFailure)
    if isinstance(shown, DeliveryFailure) and shown.kind is not FailureKind.RETRY:
        raise _closed()
    view, turn = await make("" if lost else str(shown)), caller.context.messenger.update_view
    found = {"external_id": first["external_id"]} if lost else {"view_id": str(shown)}
    failure = await insisted(lambda: turn(caller.workspace_id, view, **found))
    if lost and failure is not None:
        raise _closed()


def _closed() -> UserFacingError:
    return UserFacingError("Slack closed the window before it could open.", "Please press the button again.")
