"""auth.test, users.*, conversations.open, apps.connections.open: who is who, and how to reach them."""

import secrets

from bot.sandbox.methods_chat import place
from bot.sandbox.slack_api import ApiError, Method, SlackSide, missing
from bot.sandbox.world import APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID, Json

EMAIL = "users:read.email"
_LARGEST_PAGE = 1000
_MOST_IN_A_DM = 8


def _auth_test(slack: SlackSide, _args: Json) -> Json | ApiError:
    world = slack.world
    return {
        "url": f"https://{world.domain}.slack.com/",
        "team": world.team_name,
        "user": "lexer",
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "is_enterprise_install": False,
    }


def _users_info(slack: SlackSide, args: Json) -> Json | ApiError:
    human = slack.world.humans.get(str(args["user"]))
    if human is None:
        return ApiError(error="user_not_found")
    return {"user": human.slack_json(with_email=EMAIL in slack.scopes)}


def _users_list(slack: SlackSide, args: Json) -> Json | ApiError:
    members = [human.slack_json(with_email=EMAIL in slack.scopes) for human in slack.world.humans.values()]
    start = str(args.get("cursor") or "0").removeprefix("next:")
    limit = str(_LARGEST_PAGE if args.get("limit") in (None, "", 0, "0") else args["limit"])
    if not start.isdigit() or int(start) > len(members):
        return ApiError(error="invalid_cursor")
    if not limit.isdigit() or not 1 <= int(limit) <= _LARGEST_PAGE:
        return ApiError(error="invalid_limit")
    end = int(start) + int(limit)
    cursor = f"next:{end}" if end < len(members) else ""
    now = int(slack.world.clock().timestamp())
    page = members[int(start) : end]
    return {"members": page, "cache_ts": now, "response_metadata": {"next_cursor": cursor}}


def _open_dm(slack: SlackSide, args: Json) -> Json | ApiError:
    if args.get("channel"):
        return _resumed(slack, str(args["channel"]))
    users = [user for user in str(args.get("users") or "").split(",") if user]
    if not users:
        return missing("users")
    if len(users) > 1:
        # Group direct messages are outside what the bot does.
        too_many = len(users) > _MOST_IN_A_DM
        return ApiError(error="too_many_users" if too_many else "method_not_supported_for_channel_type")
    if users[0] not in slack.world.humans:
        return ApiError(error="user_not_found")
    channel = place(slack, users[0])
    return channel if isinstance(channel, ApiError) else {"channel": {"id": channel.id}}


def _resumed(slack: SlackSide, channel: str) -> Json | ApiError:
    known = slack.world.channels.get(channel)
    if known is None:
        return ApiError(error="channel_not_found")
    if known.kind != "im":
        return ApiError(error="method_not_supported_for_channel_type")
    return {"no_op": True, "already_open": True, "channel": {"id": known.id}}


def _connections_open(slack: SlackSide, _args: Json) -> Json | ApiError:
    ticket = secrets.token_urlsafe(16)
    slack.socket_tickets.add(ticket)
    return {"url": f"{slack.base_url.replace('http', 'ws', 1)}/socket/{ticket}"}


PEOPLE_METHODS = (
    Method(name="auth.test", run=_auth_test, arguments=frozenset()),
    Method(
        name="users.info",
        run=_users_info,
        required=("user",),
        needs=("users:read",),
        arguments=frozenset({"user", "include_locale"}),
        takes_json=False,
    ),
    Method(
        name="users.list",
        run=_users_list,
        needs=("users:read",),
        arguments=frozenset({"cursor", "limit", "include_locale"}),
        takes_json=False,
    ),
    Method(
        name="conversations.open",
        run=_open_dm,
        needs=("channels:manage", "groups:write", "im:write", "mpim:write"),
        arguments=frozenset({"channel", "users", "return_im", "prevent_creation"}),
    ),
    Method(name="apps.connections.open", run=_connections_open, app_level=True, arguments=frozenset()),
)
