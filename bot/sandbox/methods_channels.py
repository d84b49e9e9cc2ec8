"""conversations.info and conversations.join: what a channel is, and entering a public one."""

from bot.sandbox.slack_api import ApiError, Method, SlackSide
from bot.sandbox.world import BOT_USER_ID, Channel, Json

_READ = {"public": "channels:read", "private": "groups:read", "im": "im:read"}


def _known(slack: SlackSide, wanted: object) -> Channel | None:
    """A channel the bot may know of: private ones only from inside."""
    channel = slack.world.channels.get(wanted) if isinstance(wanted, str) else None
    hidden = channel is not None and channel.kind != "public" and BOT_USER_ID not in channel.members
    return None if hidden else channel


def _info(slack: SlackSide, args: Json) -> Json | ApiError:
    channel = _known(slack, args["channel"])
    if channel is None:
        return ApiError(error="channel_not_found")
    needed = _READ[channel.kind]
    if needed not in slack.scopes:
        provided = ",".join(sorted(slack.scopes))
        return ApiError(error="missing_scope", extra={"needed": needed, "provided": provided})
    return {"channel": channel.slack_json()}


def _join(slack: SlackSide, args: Json) -> Json | ApiError:
    channel = _known(slack, args["channel"])
    if channel is None:
        return ApiError(error="channel_not_found")
    if channel.kind != "public":
        return ApiError(error="method_not_supported_for_channel_type")
    if channel.is_archived:
        return ApiError(error="is_archived")
    already = BOT_USER_ID in channel.members
    channel.members.add(BOT_USER_ID)
    warned: Json = {
        "warning": "already_in_channel",
        "response_metadata": {"warnings": ["already_in_channel"]},
    }
    return {"channel": channel.slack_json(), **(warned if already else {})}


CHANNEL_METHODS = (
    Method(
        name="conversations.info",
        run=_info,
        required=("channel",),
        needs=("channels:read", "groups:read", "im:read", "mpim:read"),
        arguments=frozenset({"channel", "include_locale", "include_num_members"}),
        takes_json=False,
    ),
    Method(
        name="conversations.join",
        run=_join,
        required=("channel",),
        needs=("channels:join",),
        arguments=frozenset({"channel"}),
    ),
)
