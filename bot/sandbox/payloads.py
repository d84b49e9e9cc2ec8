"""What Slack sends to the bot for each thing a person does (docs.slack.dev/reference/interaction-payloads, read 2026-11)."""

from typing import Any

from bot.sandbox.methods_chat import message_json
from bot.sandbox.world import APP_ID, TEAM_ID, Channel, Human, Json, OpenView, Posted, World

_LEGACY_TOKEN = "legacy-verification-token"


def _who(world: World, human: Human) -> Json:
    return {
        "user": {"id": human.id, "username": human.name, "name": human.name, "team_id": human.team_id},
        "team": {"id": TEAM_ID, "domain": world.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "api_app_id": APP_ID,
        "token": _LEGACY_TOKEN,
    }


def command_form(
    world: World,
    human: Human,
    channel: Channel,
    *,
    command: str,
    text: str,
    trigger_id: str,
    response_url: str,
) -> dict[str, str]:
    """A slash command's form."""
    return {
        "token": _LEGACY_TOKEN,
        "team_id": TEAM_ID,
        "team_domain": world.domain,
        "channel_id": channel.id,
        "channel_name": channel.name,
        "user_id": human.id,
        "user_name": human.name,
        "command": command,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def press_in_message(
    world: World, human: Human, posted: Posted, *, action: Json, trigger_id: str, response_url: str
) -> Json:
    """`block_actions` from a message; an ephemeral one carries no `message`."""
    ephemeral = posted.only_for is not None
    channel = world.channels[posted.channel]
    payload: Json = {
        "type": "block_actions",
        **_who(world, human),
        "container": {
            "type": "message",
            "message_ts": posted.ts,
            "channel_id": posted.channel,
            "is_ephemeral": ephemeral,
            **({"thread_ts": posted.thread_ts} if posted.is_reply else {}),
        },
        "trigger_id": trigger_id,
        "channel": {"id": channel.id, "name": channel.name},
        "state": {"values": posted.state},
        "response_url": response_url,
        "actions": [action],
    }
    if not ephemeral:
        payload["message"] = message_json(posted)
    return payload


def press_in_view(world: World, human: Human, view: OpenView, *, action: Json, trigger_id: str) -> Json:
    """`block_actions` from a modal: no response_url, no channel."""
    return {
        "type": "block_actions",
        **_who(world, human),
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": trigger_id,
        "view": view.slack_json(),
        "actions": [action],
    }


def submission(world: World, human: Human, view: OpenView, *, trigger_id: str) -> Json:
    """`view_submission`."""
    return {
        "type": "view_submission",
        **_who(world, human),
        "trigger_id": trigger_id,
        "view": view.slack_json(),
        "response_urls": [],
    }


def closing(world: World, human: Human, view: OpenView, *, is_cleared: bool) -> Json:
    """`view_closed`."""
    return {"type": "view_closed", **_who(world, human), "view": view.slack_json(), "is_cleared": is_cleared}


def search(
    world: World,
    human: Human,
    block: Json,
    element: Json,
    typed: str,
    *,
    view: OpenView | None,
    posted: Posted | None,
) -> Json:
    """`block_suggestion`: what was typed in an external select."""
    payload: Json = {
        "type": "block_suggestion",
        **_who(world, human),
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "value": typed,
    }
    if view is not None:
        return payload | {"container": {"type": "view", "view_id": view.id}, "view": view.slack_json()}
    if posted is not None:
        payload["channel"] = {"id": posted.channel, "name": world.channels[posted.channel].name}
        payload["container"] = {"type": "message", "message_ts": posted.ts, "channel_id": posted.channel}
    return payload


def action_of(block: Json, element: Json, *, ts: str, **chosen: Any) -> Json:
    """One entry of `actions`."""
    action: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": ts,
    }
    for name in ("text", "value", "url", "style", "placeholder"):
        if name in element:
            action[name] = element[name]
    return action | chosen


def event_body(world: World, event: Json) -> Json:
    """The outer body of an Events API delivery."""
    number = world.number()
    return {
        "token": _LEGACY_TOKEN,
        "team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{number:010d}",
        "event_time": int(world.clock().timestamp()),
        "authorizations": [{"team_id": TEAM_ID, "user_id": "U0LEXERBOT", "is_bot": True}],
        "is_ext_shared_channel": False,
    }
