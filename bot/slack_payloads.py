"""Slack's payloads as call objects. Takes anything: what is missing or of another type becomes empty, never an error.

Shapes: docs.slack.dev/reference/interaction-payloads and docs.slack.dev/interactivity/implementing-slash-commands (read 2026-11).
"""

import re
from typing import Any

from bot.interactions import ActionCall, Caller, Command, CommandCall, ModalCall, ViewRef
from bot.usecases.context import Context
from store.records import UserId, WorkspaceId

Payload = dict[str, Any]

_LONGEST_TEXT = 8000
_LONGEST_WORDS = 500
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛′", "'"),
        **dict.fromkeys("\u200b\u200c\u2060\ufeff\u00ad"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014", "-"),
    }
)
_CHANNEL = re.compile(r"[A-Z][A-Z0-9]{1,30}")
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f]+")


def _part(payload: Payload, name: str) -> Payload:
    found = payload.get(name)
    return found if isinstance(found, dict) else {}


def _text(payload: Payload, name: str) -> str:
    found = payload.get(name)
    return found if isinstance(found, str) else ""


def workspace_of(payload: Payload) -> WorkspaceId:
    """The workspace whose installation this is for; "" if none is named.

    A view knows where its app is installed; elsewhere `team` is where it happened, which for an event is in `authorizations`.
    """
    granted = payload.get("authorizations")
    first = granted[0] if isinstance(granted, list) and granted and isinstance(granted[0], dict) else {}
    candidates = (
        _text(_part(payload, "view"), "app_installed_team_id"),
        _text(first, "team_id"),
        _text(_part(payload, "team"), "id"),
        _text(payload, "team_id"),
        _text(_part(payload, "user"), "team_id"),
    )
    return WorkspaceId(next((found for found in candidates if found), ""))


def event_of(payload: Payload) -> Payload:
    """What an Events API delivery tells of."""
    return _part(payload, "event")


def names_our_tokens(event: Payload) -> bool:
    """Whether `tokens_revoked` is of a bot's token, not only of people's."""
    revoked = _part(event, "tokens").get("bot")
    return isinstance(revoked, list) and bool(revoked)


def channel_in(event: Payload, name: str = "channel") -> str:
    """The channel an event is about, by the field that holds its id; "" if there is none that could be one."""
    found = _text(event, name)
    return found if _CHANNEL.fullmatch(found) else ""


def app_of(payload: Payload) -> str:
    """The app's id, A…; "" if it is not named."""
    return _text(payload, "api_app_id")


def caller_of(context: Context, payload: Payload) -> Caller:
    """Who acts: a command names them flat, everything else in `user`."""
    user = _part(payload, "user")
    return Caller(
        context=context,
        workspace_id=workspace_of(payload),
        user_id=UserId(_text(user, "id") or _text(payload, "user_id")),
        home_team=_text(user, "team_id") or None,
        trigger_id=_text(payload, "trigger_id"),
    )


def typed(payload: Payload) -> str:
    """What was typed after the command: plain quotes and dashes, one blank between words, at most 8,000 characters read."""
    text = _text(payload, "text")[:_LONGEST_TEXT].translate(_PLAIN)
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):  # the three Slack escapes
        text = text.replace(entity, character)
    return _BLANKS.sub(" ", text).strip()


def first_word(text: str) -> tuple[str, str]:
    """The command's name, case folded and without quotes, and the words after it (at most 500 characters)."""
    word, _, rest = text.partition(" ")
    name = word.strip("\"'`.,!?") or word
    return name.casefold()[:_LONGEST_WORDS], rest.strip()[:_LONGEST_WORDS].strip()


def command_call(context: Context, payload: Payload, words: str, known: tuple[Command, ...]) -> CommandCall:
    """A slash command; `words` as `first_word` leaves them, `known` for the help."""
    return CommandCall(caller=caller_of(context, payload), words=words, known=known)


def response_url_of(payload: Payload) -> str:
    """Where to answer later; "" on modals."""
    return _text(payload, "response_url")


def view_of(payload: Payload) -> ViewRef | None:
    """The view an interaction came from."""
    view = _part(payload, "view")
    if not _text(view, "id"):
        return None
    return ViewRef(
        id=_text(view, "id"),
        callback_id=_text(view, "callback_id"),
        external_id=_text(view, "external_id"),
        private_metadata=_text(view, "private_metadata"),
        hash=_text(view, "hash"),
        previous_id=_text(view, "previous_view_id"),
    )


def action_call(context: Context, payload: Payload) -> tuple[str, ActionCall]:
    """A press or choice: the action's name (its id up to ":") and the call."""
    actions = payload.get("actions")
    first = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], dict) else {}
    return _named(context, payload, first, _value(first))


def options_call(context: Context, payload: Payload) -> tuple[str, ActionCall, str]:
    """A search in an external select: the select's name, the call, and what was typed."""
    name, call = _named(context, payload, payload, "")
    return name, call, _text(payload, "value")[:_LONGEST_WORDS].strip()


def _named(context: Context, payload: Payload, control: Payload, value: str) -> tuple[str, ActionCall]:
    call = ActionCall(
        caller=caller_of(context, payload),
        value=value,
        view=view_of(payload),
        response_url=response_url_of(payload),
    )
    return _text(control, "action_id").partition(":")[0], call


def _value(control: Payload) -> str:
    chosen = _part(control, "selected_option")
    candidates = (
        _text(control, "value"),
        _text(chosen, "value"),
        _text(control, "selected_user"),
        _text(control, "selected_channel"),
        _text(control, "selected_conversation"),
    )
    return next((found for found in candidates if found), "")


def modal_call(context: Context, payload: Payload) -> ModalCall:
    """A submission. State that is not two levels of objects is left out."""
    values = _part(_part(_part(payload, "view"), "state"), "values")
    view = view_of(payload)
    return ModalCall(
        caller=caller_of(context, payload),
        view=view or ViewRef(id="", callback_id="", external_id="", private_metadata=""),
        values={
            block: {action: state for action, state in inner.items() if isinstance(state, dict)}
            for block, inner in values.items()
            if isinstance(inner, dict)
        },
    )
