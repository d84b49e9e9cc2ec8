"""views.open, views.push, views.update: the modals on people's screens."""

import secrets
from typing import Any

from bot.sandbox.form_state import initial_state, kept_state, with_ids
from bot.sandbox.referee import judge_view
from bot.sandbox.slack_api import ApiError, Method, SlackSide, missing
from bot.sandbox.triggers import Trigger
from bot.sandbox.world import Json, OpenView

DEEPEST_STACK = 3


def _refused(slack: SlackSide, view: Any, *, ours: OpenView | None = None) -> ApiError | None:
    """What is wrong with a view before it is shown; `ours` is the one it replaces."""
    slack.records.sent.append(view if isinstance(view, dict) else {"unreadable": True})
    judged = judge_view(view)
    if judged is not None:
        return ApiError(error=judged.error, messages=tuple(judged.messages))
    named = view.get("external_id")
    other = slack.world.by_external_id(named) if named else None
    if other is not None and other is not ours:
        return ApiError(error="duplicate_external_id")
    return None


def show(slack: SlackSide, user: str, view: Json, *, under: OpenView | None) -> OpenView:
    """Put a judged view on someone's screen, on top of `under` or alone."""
    number = slack.world.number()
    body = with_ids(view)
    shown = OpenView(
        id=f"V{number:08d}",
        user=user,
        body=body,
        hash=new_hash(slack),
        root_id=under.root_id if under else f"V{number:08d}",
        previous_id=under.id if under else None,
        state=initial_state(body),
    )
    if under is None:
        slack.world.close_views(user)
    slack.world.views[shown.id] = shown
    slack.world.stacks.setdefault(user, []).append(shown.id)
    return shown


def turn(slack: SlackSide, shown: OpenView, view: Json) -> None:
    """Put a judged view in place of one on screen; fields that stay keep what was typed."""
    body = with_ids(view)
    shown.state = kept_state(shown.body, shown.state, body)
    shown.body, shown.hash, shown.errors = body, new_hash(slack), {}


def new_hash(slack: SlackSide) -> str:
    """A hash in Slack's form."""
    return f"{int(slack.world.clock().timestamp())}.{secrets.token_hex(4)}"


def _trigger(slack: SlackSide, args: Json) -> Trigger | ApiError:
    if not args.get("trigger_id"):
        return missing("trigger_id")
    found = slack.passes.exchange(args["trigger_id"])
    return ApiError(error=found) if isinstance(found, str) else found


def _open(slack: SlackSide, args: Json) -> Json | ApiError:
    refused = _refused(slack, args["view"])
    if refused is not None:
        return refused
    trigger = _trigger(slack, args)
    if isinstance(trigger, ApiError):
        return trigger
    return {"view": show(slack, trigger.user, args["view"], under=None).slack_json()}


def _push(slack: SlackSide, args: Json) -> Json | ApiError:
    refused = _refused(slack, args["view"])
    if refused is not None:
        return refused
    trigger = _trigger(slack, args)
    if isinstance(trigger, ApiError):
        return trigger
    stack = slack.world.stack(trigger.user)
    if trigger.view_id is None or all(view.id != trigger.view_id for view in stack):
        return ApiError(error="not_found")
    if len(stack) >= DEEPEST_STACK:
        return ApiError(error="push_limit_reached")
    return {"view": show(slack, trigger.user, args["view"], under=stack[-1]).slack_json()}


def _update(slack: SlackSide, args: Json) -> Json | ApiError:
    if not args.get("view_id") and not args.get("external_id"):
        return missing("view_id")
    shown = _shown(slack, args)
    refused = _refused(slack, args["view"], ours=shown)
    if refused is not None:
        return refused
    if shown is None:
        return ApiError(error="not_found")
    if args.get("hash") and args["hash"] != shown.hash:
        return ApiError(error="hash_conflict")
    turn(slack, shown, args["view"])
    return {"view": shown.slack_json()}


def _shown(slack: SlackSide, args: Json) -> OpenView | None:
    if args.get("view_id"):
        return slack.world.views.get(str(args["view_id"]))
    return slack.world.by_external_id(str(args["external_id"]))


VIEW_METHODS = (
    Method(name="views.open", run=_open, required=("view",), arguments=frozenset({"trigger_id", "view"})),
    Method(name="views.push", run=_push, required=("view",), arguments=frozenset({"trigger_id", "view"})),
    Method(
        name="views.update",
        run=_update,
        required=("view",),
        arguments=frozenset({"view_id", "external_id", "view", "hash"}),
    ),
)
