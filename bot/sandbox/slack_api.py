"""The door of the Web API: reads a call, checks token and scope, lets faults happen, finds the method, writes it down."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from bot.sandbox.answers import Cut, api_answer, cut_off
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.pace import ChannelPace
from bot.sandbox.records import ApiCall, Begun, Records
from bot.sandbox.triggers import Passes
from bot.sandbox.world import Json, World

SCOPES = frozenset(
    {
        "commands",
        "chat:write",
        "users:read",
        "users:read.email",
        "channels:read",
        "channels:join",
        "groups:read",
    }
)
"""What the pretend installation grants unless told otherwise; the manifest's scopes are held against it by a test."""
_CHANNELS, _GROUPS = frozenset({"channels:read"}), frozenset({"groups:read"})
EVENTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "app_uninstalled": frozenset(),
        "channel_archive": _CHANNELS,
        "channel_deleted": _CHANNELS,
        "channel_id_changed": _CHANNELS | _GROUPS,
        "channel_left": _CHANNELS,
        "group_archive": _GROUPS,
        "group_deleted": _GROUPS,
        "group_left": _GROUPS,
        "member_left_channel": _CHANNELS | _GROUPS,
        "tokens_revoked": frozenset(),
        "user_change": frozenset({"users:read"}),
    }
)
"""The events the app has subscribed to, which the manifest is held against too, each with the scopes of which it needs one
(docs.slack.dev/reference/events, each event's page, read 2026-11)."""

_JSON_ARGUMENTS = ("blocks", "view", "attachments", "metadata")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiError:
    """Slack's refusal. `status` 429 is no mistake of the bot's: it may come again after `retry_after` seconds."""

    error: str
    status: int = 200
    retry_after: int | None = None
    messages: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def slack_json(self) -> Json:
        """The answer's body."""
        body: Json = {"ok": False, "error": self.error, **self.extra}
        if self.messages:
            body["errors"] = list(self.messages)
            body["response_metadata"] = {"messages": list(self.messages)}
        return body


def missing(*names: str) -> ApiError:
    """A required argument was not given."""
    words = tuple(f"[ERROR] missing required field: {name} [json-pointer:/{name}]" for name in names)
    return ApiError(error="invalid_arguments", messages=words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One Web API method. `needs`: any of these scopes (none = no scope). `app_level`: takes the app-level token.

    `takes_json`: False where Slack reads arguments only from a query or form, and sees nothing of a JSON body.
    """

    name: str
    run: Callable[["SlackSide", Json], Json | ApiError]
    arguments: frozenset[str]
    required: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    app_level: bool = False
    takes_json: bool = True


@dataclass(slots=True, kw_only=True)
class SlackSide:
    """Everything Slack keeps: what the methods work on."""

    world: World
    passes: Passes
    records: Records
    bot_token: str
    app_token: str
    scopes: frozenset[str] = SCOPES
    subscribed: frozenset[str] = frozenset(EVENTS)
    pace: ChannelPace | None = None
    """How often a channel may be posted to; None: as often as anybody likes."""
    faults: Faults = field(default_factory=Faults)
    token_error: str | None = None
    """Set to "token_revoked", "account_inactive", … to end the installation."""
    socket_tickets: set[str] = field(default_factory=set)
    base_url: str = ""


async def answer_call(
    slack: SlackSide, methods: Mapping[str, Method], name: str, request: Request
) -> Response:
    """One call of `/api/<name>`."""
    begun, fault = slack.records.begins(), slack.faults.next(name)
    if fault is not None:
        await asyncio.sleep(fault.delay)
        if fault.status is not None and not fault.worked:
            return _broken(slack, begun, name, fault)
        if fault.cut == "before":
            slack.records.exchanged(begun, way="to Slack", name=name, sent="", status=0)
            return cut_off(Cut())
    forced = fault.error if fault is not None and not fault.worked else None
    args, answer, judged = await _worked(slack, methods, name, request, forced)
    limited = judged is not None and judged.status == 429
    slack.records.calls.append(ApiCall(method=name, args=args, answer=answer, status=429 if limited else 200))
    number = slack.records.exchanged(begun, way="to Slack", name=name, sent=args, answered=answer)
    if judged is not None and forced is None and not limited:
        slack.records.refuse(name, judged.error, judged.messages, exchange=number)
    slack.records.ring()
    if fault is not None and fault.cut == "after":
        return cut_off(Cut())
    if fault is not None and fault.worked:
        return api_answer({"ok": False, "error": fault.error or "internal_error"}, status=fault.status or 200)
    headers = {"x-oauth-scopes": ",".join(sorted(slack.scopes))}
    if limited and judged is not None:
        return api_answer(answer, status=429, headers=headers | {"Retry-After": str(judged.retry_after or 1)})
    return api_answer(answer, headers=headers)


def _broken(slack: SlackSide, begun: Begun, name: str, fault: Fault) -> Response:
    """Slack in trouble: a status instead of an answer."""
    status = fault.status or 500
    body: Json = {"ok": False, "error": "ratelimited" if status == 429 else "internal_error"}
    slack.records.calls.append(ApiCall(method=name, args={}, answer=body, status=status))
    slack.records.exchanged(begun, way="to Slack", name=name, sent={}, answered=body, status=status)
    retry = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
    return api_answer(body, status=status, headers=retry)


async def _worked(
    slack: SlackSide, methods: Mapping[str, Method], name: str, request: Request, forced: str | None
) -> tuple[Json, Json, ApiError | None]:
    """Arguments without token, body of the answer, and the refusal if it was one."""
    found = methods.get(name)
    read = await read_arguments(request, takes_json=found is None or found.takes_json)
    if isinstance(read, ApiError):
        return {}, read.slack_json(), read
    token, args = read
    method = _checked(slack, methods, name, token, args)
    result: Json | ApiError
    if isinstance(method, ApiError):
        result = method
    else:
        result = ApiError(error=forced) if forced is not None else method.run(slack, args)
    if isinstance(result, ApiError):
        return args, result.slack_json(), result
    return args, {"ok": True, **result}, None


def _checked(
    slack: SlackSide, methods: Mapping[str, Method], name: str, token: str | None, args: Json
) -> Method | ApiError:
    method = methods.get(name)
    if method is None:
        return ApiError(error="unknown_method", extra={"req_method": name})
    refused = _token_refused(slack, method, token)
    if refused is not None:
        return refused
    if method.needs and not set(method.needs) & slack.scopes:
        needed = {"needed": ",".join(method.needs), "provided": ",".join(sorted(slack.scopes))}
        return ApiError(error="missing_scope", extra=needed)
    absent = [wanted for wanted in method.required if args.get(wanted) in (None, "")]
    if absent:
        return missing(*absent)
    # Slack passes over arguments it does not know; to a bot's author an unknown one is a typing mistake all the same.
    unknown = sorted(set(args) - method.arguments - {"team_id", "token"})
    if unknown:
        words = tuple(f"[ERROR] unknown argument: {wanted} [json-pointer:/{wanted}]" for wanted in unknown)
        return ApiError(error="invalid_arguments", messages=words)
    return method


def _token_refused(slack: SlackSide, method: Method, token: str | None) -> ApiError | None:
    if not token:
        return ApiError(error="not_authed")
    if token not in (slack.bot_token, slack.app_token):
        return ApiError(error="invalid_auth")
    if (token == slack.app_token) is not method.app_level:
        return ApiError(error="not_allowed_token_type")
    if slack.token_error is not None:
        return ApiError(error=slack.token_error)
    return None


async def read_arguments(request: Request, *, takes_json: bool = True) -> tuple[str | None, Json] | ApiError:
    """Token and arguments from query, form or, where the method takes it, JSON (docs.slack.dev/apis/web-api, read 2026-11)."""
    args: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    raw = await request.body()
    if raw and kind == "application/json":
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError):
            return ApiError(error="invalid_json")
        if not isinstance(body, dict):
            return ApiError(error="json_not_object")
        args |= body if takes_json else {}
    elif raw and kind == "application/x-www-form-urlencoded":
        args |= dict(parse_qsl(raw.decode(errors="replace"), keep_blank_values=True))
    elif raw:
        return ApiError(error="invalid_post_type")
    header = request.headers.get("authorization", "")
    told = args.pop("token", None)
    token = header.removeprefix("Bearer ") if header.startswith("Bearer ") else told
    return (str(token) if token else None), decoded(args)


def decoded(args: Json) -> Json:
    """Arguments that travel as JSON text, taken apart; what cannot be read stays text, and the method refuses it."""
    out = dict(args)
    for name in _JSON_ARGUMENTS:
        if isinstance(out.get(name), str):
            try:
                out[name] = json.loads(out[name])
            except (ValueError, RecursionError):
                continue
    return out
