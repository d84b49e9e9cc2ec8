"""What the bot answers: acks of commands and submissions, options, and what it posts to response addresses."""

import asyncio
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.sandbox.answers import Cut, api_answer, cut_off
from bot.sandbox.delivery import Ack
from bot.sandbox.faults import Fault
from bot.sandbox.methods_chat import message_refused, put, rewrite
from bot.sandbox.methods_views import DEEPEST_STACK, show, turn
from bot.sandbox.records import ApiCall, Begun
from bot.sandbox.referee import judge_options, judge_view
from bot.sandbox.slack_api import ApiError, SlackSide
from bot.sandbox.triggers import ResponseAddress
from bot.sandbox.world import Json, OpenView

_SLACKBOT = "USLACKBOT"
_RESPONSE_FIELDS = frozenset(
    {"text", "blocks", "response_type", "replace_original", "delete_original", "thread_ts", "attachments"}
    | {"unfurl_links", "unfurl_media"}
)


async def answer_response_url(slack: SlackSide, made: str, request: Request) -> Response:
    """A POST to a response address."""
    begun, fault = slack.records.begins(), slack.faults.next("response_url")
    if fault is not None:
        await asyncio.sleep(fault.delay)
        broken = _broken(slack, begun, fault)
        if broken is not None:
            return broken
    said, error = _read(await request.body())
    if error is None:
        error = _respond(slack, made, said)
    answer: Json = {"ok": True} if error is None else error.slack_json()
    status = 200 if error is None else 404 if error.error.endswith("_url") else 400
    slack.records.calls.append(ApiCall(method="response_url", args=said, answer=answer, status=status))
    number = _noted(slack, begun, said, answer, status)
    if error is not None:
        slack.records.refuse("response_url", error.error, error.messages, exchange=number)
    slack.records.ring()
    return cut_off(Cut()) if fault is not None and fault.cut == "after" else api_answer(answer, status=status)


def _noted(slack: SlackSide, begun: Begun, said: Json, answer: Json | None, status: int) -> int:
    return slack.records.exchanged(
        begun, way="to Slack", name="response_url", sent=said, answered=answer, status=status
    )


def _broken(slack: SlackSide, begun: Begun, fault: Fault) -> Response | None:
    """What Slack answers in trouble, if this fault keeps it from reading anything."""
    if fault.status is not None or fault.error is not None:
        retry = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
        body = {"ok": False, "error": fault.error or "internal_error"}
        status = fault.status or 404
        _noted(slack, begun, {}, body, status)
        return api_answer(body, status=status, headers=retry)
    if fault.cut == "before":
        _noted(slack, begun, {}, None, 0)
        return cut_off(Cut())
    return None


def _read(raw: bytes) -> tuple[Json, ApiError | None]:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return {}, ApiError(error="invalid_payload")
    if not isinstance(body, dict):
        return {}, ApiError(error="invalid_payload")
    unknown = sorted(set(body) - _RESPONSE_FIELDS)
    words = tuple(f"[ERROR] unknown field [json-pointer:/{name}]" for name in unknown)
    return body, ApiError(error="invalid_payload", messages=words) if unknown else None


def _respond(slack: SlackSide, made: str, body: Json) -> ApiError | None:
    if not body.get("delete_original"):
        refused = message_refused(slack, body)
        if refused is not None:
            return refused
    address = slack.passes.use_address(made)
    if isinstance(address, str):
        return ApiError(error=address)
    source = address.source
    if body.get("delete_original"):
        slack.world.messages = [found for found in slack.world.messages if found is not source]
    elif body.get("replace_original") and source is not None:
        rewrite(source, body)
    else:
        _say(slack, address, body)
    return None


def _say(slack: SlackSide, address: ResponseAddress, body: Json) -> None:
    open_to_all = body.get("response_type") == "in_channel"
    put(slack, address.channel, body, only_for=None if open_to_all else address.user)


def take_command_ack(slack: SlackSide, ack: Ack, command: str, channel: str, user: str) -> None:
    """What the person sees of a command's ack."""
    problem = ack.problem or ("" if ack.status == 200 else "dispatch_failed")
    body = {"text": ack.body} if isinstance(ack.body, str) else ack.body
    if not problem and body:
        refused = message_refused(slack, body) if isinstance(body, dict) else ApiError(error="invalid_json")
        if refused is not None:
            slack.records.refuse("command ack", refused.error, refused.messages, exchange=ack.exchange)
            problem = refused.error
    if problem:
        words = f'{command} failed with the error "{problem}"'
        slack.records.refuse("command ack", problem, exchange=ack.exchange)
        put(slack, channel, {"text": words}, only_for=user, by=_SLACKBOT)
    elif body:
        open_to_all = body.get("response_type") == "in_channel"
        put(slack, channel, body, only_for=None if open_to_all else user)


def take_action_ack(slack: SlackSide, ack: Ack) -> str | None:
    """An action's ack counts only as such; without one the person sees a warning, whose words are given back."""
    if ack.good:
        return None
    slack.records.refuse("action ack", ack.problem or f"http_{ack.status}", exchange=ack.exchange)
    return f"This app did not answer ({ack.problem or f'status {ack.status}'}). Try again."


def take_options(slack: SlackSide, ack: Ack) -> list[Any]:
    """The option groups a search found, one without a label where the answer has none; a refused answer shows none."""
    refused = judge_options(ack.body) if ack.good else None
    if not ack.good or refused is not None:
        error = refused.error if refused else ack.problem or f"http_{ack.status}"
        words = refused.messages if refused else ()
        slack.records.refuse("options ack", error, words, exchange=ack.exchange)
        return []
    return list(ack.body.get("option_groups") or [{"options": ack.body.get("options") or []}])


def take_submission_ack(slack: SlackSide, ack: Ack, view: OpenView) -> str | None:
    """Do what the ack of a submission says; gives back the words the person sees when Slack cannot."""
    problem = _submission_problem(slack, ack, view)
    if problem is not None:
        slack.records.refuse("submission ack", problem.error, problem.messages, exchange=ack.exchange)
        return "We had some trouble connecting. Try again?"
    answer = ack.body if isinstance(ack.body, dict) else {}
    view.errors = {}
    depth = slack.world.stacks[view.user].index(view.id)
    match answer.get("response_action"):
        case None:
            slack.world.close_views(view.user, down_to=depth)
        case "clear":
            slack.world.close_views(view.user)
        case "errors":
            view.errors = dict(answer["errors"])
        case "update":
            turn(slack, view, answer["view"])
        case _:
            show(slack, view.user, answer["view"], under=view)
    return None


def _submission_problem(slack: SlackSide, ack: Ack, view: OpenView) -> ApiError | None:
    if not ack.good:
        return ApiError(error=ack.problem or f"http_{ack.status}")
    if ack.body in (None, "", {}):
        return None
    if not isinstance(ack.body, dict):
        return ApiError(error="invalid_json")
    match ack.body.get("response_action"):
        case "clear":
            return None
        case "errors":
            return _errors_problem(ack.body.get("errors"), view)
        case "update" | "push" as action:
            return _shown_problem(slack, ack.body.get("view"), view, action)
        case _:
            return ApiError(error="unknown_response_action")


def _errors_problem(errors: Any, view: OpenView) -> ApiError | None:
    if not isinstance(errors, dict) or not errors:
        return ApiError(error="errors_missing")
    inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
    unknown = sorted(set(errors) - inputs)
    if unknown:
        return ApiError(error="unknown_block_id", messages=tuple(unknown))
    bad = [
        block for block, words in errors.items() if not isinstance(words, str) or not 1 <= len(words) <= 3000
    ]
    return ApiError(error="invalid_error_text", messages=tuple(bad)) if bad else None


def _shown_problem(slack: SlackSide, shown: Any, view: OpenView, action: str) -> ApiError | None:
    slack.records.sent.append(shown if isinstance(shown, dict) else {"unreadable": True})
    refused = judge_view(shown)
    if refused is not None:
        return ApiError(error=refused.error, messages=tuple(refused.messages))
    named = shown.get("external_id")
    other = slack.world.by_external_id(named) if named else None
    if other is not None and not (action == "update" and other is view):
        return ApiError(error="duplicate_external_id")
    if action == "push" and len(slack.world.stack(view.user)) >= DEEPEST_STACK:
        return ApiError(error="push_limit_reached")
    return None
