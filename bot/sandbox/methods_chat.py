"""chat.postMessage, chat.update, chat.postEphemeral, and what response addresses do with a message."""

from typing import Any

from bot.sandbox.form_state import initial_state, with_ids
from bot.sandbox.referee import judge_message
from bot.sandbox.slack_api import ApiError, Method, SlackSide
from bot.sandbox.world import APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID, Channel, Human, Json, Posted

_POST = frozenset(
    {"channel", "text", "blocks", "attachments", "thread_ts", "unfurl_links", "unfurl_media", "metadata"}
)
_LONGEST_UPDATE = 4000


def message_refused(slack: SlackSide, args: Json, *, longest: int = 40_000) -> ApiError | None:
    """What is wrong with a message's words and blocks."""
    slack.records.sent.append({name: args[name] for name in ("text", "blocks") if name in args})
    if args.get("blocks") is not None and not isinstance(args["blocks"], list):
        return ApiError(error="invalid_blocks_format")
    if args.get("attachments"):
        return ApiError(error="invalid_attachments")
    judged = judge_message(args, longest=longest)
    return ApiError(error=judged.error, messages=tuple(judged.messages)) if judged else None


def place(slack: SlackSide, wanted: object) -> Channel | ApiError:
    """The channel a message goes to: a channel, a direct message, or a person's (made when needed)."""
    name = wanted if isinstance(wanted, str) else ""
    human = slack.world.humans.get(name)
    if human is not None:
        refused = _no_dm(human, messages_tab=slack.world.messages_tab)
        return refused or slack.world.dm(human.id)
    channel = slack.world.channels.get(name)
    if channel is None:
        return ApiError(error="channel_not_found")
    if channel.is_archived:
        return ApiError(error="is_archived")
    if BOT_USER_ID not in channel.members:
        return ApiError(error="not_in_channel" if channel.kind == "public" else "channel_not_found")
    return ApiError(error=channel.closed) if channel.closed is not None else channel


def _no_dm(human: Human, *, messages_tab: bool) -> ApiError | None:
    if human.is_bot or human.id == "USLACKBOT":
        return ApiError(error="cannot_dm_bot")
    if human.deleted:
        return ApiError(error="user_disabled")
    if human.team_id != TEAM_ID:
        return ApiError(error="channel_not_found")
    return None if messages_tab else ApiError(error="messages_tab_disabled")


def put(
    slack: SlackSide, channel: str, args: Json, *, only_for: str | None = None, by: str = BOT_USER_ID
) -> Posted:
    """Write a judged message."""
    body = with_ids({"blocks": args.get("blocks") or []})
    posted = Posted(
        channel=channel,
        ts=slack.world.ts(),
        text=str(args.get("text") or ""),
        blocks=body["blocks"],
        by=by,
        only_for=only_for,
        thread_ts=args.get("thread_ts") or None,
        state=initial_state(body),
    )
    slack.world.messages.append(posted)
    return posted


def rewrite(posted: Posted, args: Json) -> None:
    """Put other words and blocks in a message."""
    body = with_ids({"blocks": args.get("blocks") or []})
    posted.text = str(args.get("text") or "")
    posted.blocks, posted.state, posted.edited = body["blocks"], initial_state(body), True


def message_json(posted: Posted) -> Json:
    """The message object as payloads and answers carry it."""
    return {
        "type": "message",
        "user": posted.by,
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "team": TEAM_ID,
        "ts": posted.ts,
        "text": posted.text,
        "blocks": posted.blocks,
        **({"thread_ts": posted.thread_ts} if posted.thread_ts else {}),
        **({"edited": {"user": posted.by, "ts": posted.ts}} if posted.edited else {}),
    }


def _post(slack: SlackSide, args: Json) -> Json | ApiError:
    channel = place(slack, args["channel"])
    if isinstance(channel, ApiError):
        return channel
    refused = message_refused(slack, args) or _thread_refused(slack, channel, args.get("thread_ts"))
    if refused is not None:
        return refused
    wait = slack.pace.wait(channel.id) if slack.pace is not None else 0
    if wait:
        return ApiError(error="ratelimited", status=429, retry_after=wait)
    posted = put(slack, channel.id, args)
    return {"channel": channel.id, "ts": posted.ts, "message": message_json(posted)}


def _thread_refused(slack: SlackSide, channel: Channel, thread: object) -> ApiError | None:
    """Why there can be no reply to a message. Slack warns against naming a reply instead of its parent; here that is refused."""
    if thread in (None, ""):
        return None
    if not isinstance(thread, str):
        return ApiError(
            error="invalid_arguments", messages=("[ERROR] must be a string [json-pointer:/thread_ts]",)
        )
    if channel.threads_closed is not None:
        return ApiError(error=channel.threads_closed)
    parent = slack.world.message(channel.id, thread)
    if parent is None or parent.only_for is not None:
        return ApiError(error="thread_not_found")
    return ApiError(error="cannot_reply_to_message") if parent.is_reply else None


def _update(slack: SlackSide, args: Json) -> Json | ApiError:
    channel = slack.world.channels.get(str(args["channel"]))
    if channel is None or (channel.kind != "public" and BOT_USER_ID not in channel.members):
        return ApiError(error="channel_not_found")
    if channel.is_archived:
        return ApiError(error="is_inactive")
    posted = slack.world.message(channel.id, str(args["ts"]))
    if posted is None or posted.only_for is not None:
        return ApiError(error="message_not_found")
    if posted.by != BOT_USER_ID:
        return ApiError(error="cant_update_message")
    refused = message_refused(slack, args, longest=_LONGEST_UPDATE)
    if refused is not None:
        return refused
    # Left out, blocks stay as they were; text alone would leave stale buttons on screen, which is what Slack does too.
    kept: dict[str, Any] = {"text": posted.text, "blocks": posted.blocks}
    rewrite(posted, kept | {name: args[name] for name in ("text", "blocks") if args.get(name) is not None})
    return {"channel": channel.id, "ts": posted.ts, "text": posted.text, "message": message_json(posted)}


def _ephemeral(slack: SlackSide, args: Json) -> Json | ApiError:
    channel = place(slack, args["channel"])
    if isinstance(channel, ApiError):
        return channel
    if args["user"] not in channel.members:
        return ApiError(error="user_not_in_channel")
    refused = message_refused(slack, args)
    if refused is not None:
        return refused
    posted = put(slack, channel.id, args, only_for=str(args["user"]))
    return {"message_ts": posted.ts}


CHAT_METHODS = (
    Method(name="chat.postMessage", run=_post, required=("channel",), needs=("chat:write",), arguments=_POST),
    Method(
        name="chat.update",
        run=_update,
        required=("channel", "ts"),
        needs=("chat:write",),
        arguments=frozenset({"channel", "ts", "text", "blocks", "attachments", "metadata"}),
    ),
    Method(
        name="chat.postEphemeral",
        run=_ephemeral,
        required=("channel", "user"),
        needs=("chat:write",),
        arguments=frozenset({"channel", "user", "text", "blocks", "attachments", "thread_ts"}),
    ),
)
