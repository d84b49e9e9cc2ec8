"""Disconnecting: what it means, before and after."""

from typing import assert_never

from blocks.parts import Message, View, context, message, modal, notice, section
from blocks.text import count, name, names, people, plain_name
from blocks.views import DisconnectedView, DisconnectView, Revoke

DISCONNECT_CONFIRM = "disconnect"
_TITLE = 24

_STOPS = {
    "segments": "Segments are no longer sent there.",
    "engagement": "Engagement no longer comes back.",
    "orders": "Orders no longer come in.",
    "conversations": "Conversations no longer come in.",
}


def confirm(view: DisconnectView) -> View:
    """Asks once, saying who loses what."""
    blocks = [
        section(f"*Disconnect {name(view.account)} from {name(view.provider)}?*\n{_consequences(view)}")
    ]
    if view.siblings:
        verb = "stays" if view.siblings == 1 else "stay"
        blocks.append(
            context(f"{count(view.siblings, 'other account')} of the same sign-in {verb} connected.")
        )
    return modal(
        _title(view.account),
        DISCONNECT_CONFIRM,
        blocks,
        submit="Disconnect",
        close="Keep connected",
        metadata=view.account_id,
    )


def _consequences(view: DisconnectView) -> str:
    lines = [_who_loses(view)]
    lines += [f"• {_STOPS[capability]}" for capability in view.stops if capability in _STOPS]
    if view.side_effect:
        lines.append(f"• {name(view.side_effect, 300)}")
    lines.append("You can integrate it again at any time.")
    return "\n".join(lines)


def _who_loses(view: DisconnectView) -> str:
    if not view.groups:
        return "No Group uses it."
    noun = "Group" if len(view.groups) == 1 else "Groups"
    return f"{people(view.people)} can no longer use it ({noun}: {names(view.groups)})."


def disconnected(view: DisconnectedView) -> View:
    """The outcome, with what became of the access at the provider."""
    level = "warning" if view.revoke is Revoke.FAILED else "success"
    blocks = [notice(f"{name(view.account)} is disconnected.", level), section(_at_provider(view))]
    return modal(_title(view.account), DISCONNECT_CONFIRM, blocks)


def not_revoked_dm(view: DisconnectedView) -> Message:
    """To who disconnected, when the access could not be ended at the provider: where to do it."""
    text = f"{name(view.account)} is disconnected. {_at_provider(view)}"
    return message(text, [section(text)])


def _at_provider(view: DisconnectedView) -> str:
    provider = name(view.provider)
    match view.revoke:
        case Revoke.PENDING:
            return f"Access at {provider} is being ended. This updates by itself."
        case Revoke.REVOKED:
            return f"Access at {provider} has ended too."
        case Revoke.FAILED:
            where = f" {name(view.by_hand, 300)}" if view.by_hand else ""
            return f"Access at {provider} could not be ended from here. Please end it there.{where}"
        case Revoke.SHARED:
            return f"Lexer keeps its access at {provider}: other accounts use the same sign-in."
        case _:
            assert_never(view.revoke)


def _title(account: str) -> str:
    """A title has 24 characters; a name cut short would look like another's."""
    title = f"Disconnect {plain_name(account)}"
    return title if len(title) <= _TITLE else "Disconnect account"
