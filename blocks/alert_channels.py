"""Choosing an Integrator channel: the control, the modal of a single Group, what can be wrong with a channel, and the proof that it works."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from blocks.alert_settings_views import ChannelProblem, GroupChannelView
from blocks.parts import (
    Json,
    Message,
    View,
    input_block,
    message,
    metadata,
    modal,
    option,
    option_group,
    section,
)
from blocks.text import name, names, plain_name, user
from blocks.views import GroupOption

CHANNEL_BLOCK = "alerts.channel"
CHANNEL_INPUT = "alerts.channel.input"
GROUP_CHANNEL = "alerts.group"
GROUP_BLOCK = "alerts.group.which"
GROUP_INPUT = "alerts.group.which.input"
NO_GROUP = "Choose a Group."
NO_CHANNEL = "Choose a channel."
_OPTIONS = 100
_GROUPS_OFFERED = 1000
_PROBLEMS: Mapping[ChannelProblem, str] = MappingProxyType(
    {
        ChannelProblem.NOT_INVITED: "Lexer is not in {channel} yet. Invite me: type /invite @{bot} in {channel}, then press Save again.",
        ChannelProblem.ARCHIVED: "{channel} is archived. Choose another channel.",
        ChannelProblem.GONE: "Lexer cannot see {channel}. If it is private, type /invite @{bot} in it, then press Save again.",
        ChannelProblem.SHARED: "People of other companies are in {channel}. Choose a channel only your team is in.",
        ChannelProblem.NOT_ALLOWED: "Only some people may post in {channel}. Choose another one, or ask an admin to let @{bot} post there.",
        ChannelProblem.NOT_PERMITTED: "Lexer has no permission to look at {channel}. Ask a workspace admin to install Lexer again.",
        ChannelProblem.NO_ANSWER: "Slack did not answer about {channel} just now. Try again in a moment.",
    }
)


def channel_select(chosen: str | None, *, here: bool = False) -> Json:
    """Public and private channels of this company; with `here` it starts with the one the command was typed in."""
    drawn: Json = {
        "type": "conversations_select",
        "action_id": CHANNEL_INPUT,
        "placeholder": {"type": "plain_text", "text": "Choose a channel"},
        "filter": {
            "include": ["public", "private"],
            "exclude_external_shared_channels": True,
            "exclude_bot_users": True,
        },
    }
    if chosen is not None and chosen.isascii() and chosen.isalnum():
        return drawn | {"initial_conversation": chosen}
    return drawn | {"default_to_current_conversation": True} if here else drawn


def group_channel(view: GroupChannelView) -> View:
    """The channel of one Group."""
    groups = list({group.id: group for group in view.groups if group.id}.values())
    chosen = next((group for group in groups if group.id == view.group_id), None)
    blocks: list[Json] = []
    if chosen is not None:
        blocks.append(section(f"Alerts about accounts that *{name(chosen.name)}* uses go to:"))
    elif not groups:
        text = "Every Group has a channel already. Close this and press *Change channel* beside it."
        return modal("Channel for a Group", GROUP_CHANNEL, [section(text)])
    else:
        blocks.append(input_block(GROUP_BLOCK, "Group", _group_select(groups)))
    hint = f"Without one, alerts go to the channel of your team.{' Clear it to go back to that.' if view.channel_id else ''}"
    blocks.append(
        input_block(
            CHANNEL_BLOCK,
            "Channel",
            channel_select(view.channel_id, here=True),
            hint=hint,
            optional=chosen is not None,
        )
    )
    kept = metadata(g=chosen.id if chosen else "", k=view.kept)
    return modal("Channel for a Group", GROUP_CHANNEL, blocks, submit="Save", close="Cancel", metadata=kept)


def _group_select(groups: Sequence[GroupOption]) -> Json:
    control: Json = {
        "type": "static_select",
        "action_id": GROUP_INPUT,
        "placeholder": {"type": "plain_text", "text": "Choose a Group"},
    }
    options = [option(plain_name(group.name, 75), group.id) for group in groups[:_GROUPS_OFFERED]]
    if len(options) <= _OPTIONS:
        return control | {"options": options}
    pages = [options[start : start + _OPTIONS] for start in range(0, len(options), _OPTIONS)]
    labelled = [
        option_group(f"{page[0]['text']['text'][:30]} – {page[-1]['text']['text'][:30]}", page)
        for page in pages
    ]
    return control | {"option_groups": labelled}


def channel_problem(problem: ChannelProblem, called: str | None = None, bot: str = "Lexer") -> str:
    """What is wrong with a channel and what to do, as plain text for beside its field; `called` without "#"."""
    shown = f"#{plain_name(called)}" if called else "this channel"
    words = _PROBLEMS[problem].format(channel=shown, bot=plain_name(bot, 40))
    return words[:1].upper() + words[1:]


def proof(by: str, group: str | None = None) -> Message:
    """What a channel gets to prove that alerts arrive; `by` is a Slack user id."""
    about = f"accounts that {names([group])} uses" if group else "accounts that stop working"
    text = f"This is a test, sent by {user(by)}. Alerts about {about} will arrive here."
    return message(text, [section(text)])
