"""How Slack's Web API is reached: one connection pool, a client that logs no payload, and failures as values."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

_log = logging.getLogger(__name__)

TRIGGER_SECONDS = 2.5
"""A trigger id lives 3 seconds from when Slack sent it (docs.slack.dev/interactivity/handling-user-interaction, read 2026-11)."""
BACKGROUND_SECONDS = 15.0
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 3600.0


class FailureKind(StrEnum):
    """What a failed delivery means for whoever asked."""

    GONE = "gone"
    """The view, message or person is not there any more: drop it."""
    RETRY = "retry"
    """Rate limit, Slack's trouble, network or time-out: try later."""
    TRIGGER = "trigger"
    """The trigger id ran out or was used: only another press can open a view."""
    REFUSED = "refused"
    """Refused for good: permission, channel or person."""
    REVOKED = "revoked"
    """The bot's own access to the workspace ended."""
    OURS = "ours"
    """Slack calls what we sent malformed: a bug of ours."""
    UNKNOWN = "unknown"
    """A post left and no usable answer came: it is there or not. Only chat.postMessage; what may be said twice treats it as RETRY."""
    LOST = "lost"
    """Nothing can be posted to this channel any more: archived, deleted, left, or closed to us."""


# Error names: docs.slack.dev/reference/methods, each method's page (read 2026-11). All others are REFUSED.
_KINDS: Mapping[FailureKind, str] = {
    FailureKind.GONE: "not_found view_not_found message_not_found user_not_found users_not_found user_disabled"
    " cant_update_message edit_window_closed is_inactive cannot_dm_bot used_url expired_url no_team",
    FailureKind.RETRY: "ratelimited rate_limited message_limit_exceeded internal_error fatal_error service_unavailable"
    " request_timeout hash_conflict external_channel_migrating team_added_to_org",
    FailureKind.TRIGGER: "expired_trigger_id exchanged_trigger_id invalid_trigger_id invalid_trigger",
    FailureKind.REVOKED: "invalid_auth not_authed account_inactive token_revoked token_expired user_removed_from_team",
    FailureKind.LOST: "not_in_channel channel_not_found is_archived restricted_action restricted_action_read_only_channel"
    " restricted_action_thread_only_channel posting_to_channel_denied ekm_access_denied channel_is_limited_access",
    FailureKind.OURS: "invalid_blocks invalid_blocks_format msg_blocks_too_long msg_too_long no_text invalid_arguments"
    " invalid_arg_name invalid_array_arg invalid_charset invalid_form_data invalid_json json_not_object missing_argument"
    " view_too_large push_limit_reached duplicate_external_id block_mismatch invalid_payload unknown_method",
}
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names.split()}
_PERHAPS_DONE = frozenset({"internal_error", "fatal_error"})
"""Errors after which part of the work may be done (docs.slack.dev/reference/methods/chat.postMessage, read 2026-11)."""
_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
"""No connection was made, so nothing has left (docs.aiohttp.org/en/stable/client_reference.html, hierarchy of exceptions)."""


def meaning(error: str) -> FailureKind:
    """What one of Slack's error names means, as far as its name says."""
    return _KIND_OF.get(error, FailureKind.REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailure:
    """Why Slack did not take something. `error` is Slack's name for it or ours; `retry_after` in seconds.

    `needed`: with "missing_scope", the permissions of which one is missing, as Slack names them.
    """

    kind: FailureKind
    error: str
    retry_after: float | None = None
    needed: tuple[str, ...] = ()


@asynccontextmanager
async def open_session() -> AsyncIterator[aiohttp.ClientSession]:
    """The one connection pool for everything sent to Slack; follows no redirect."""
    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(_refuse_redirect)
    timeout = aiohttp.ClientTimeout(total=BACKGROUND_SECONDS, connect=10)
    async with aiohttp.ClientSession(
        timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), trace_configs=[trace]
    ) as session:
        yield session


async def _refuse_redirect(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, _redirect: aiohttp.TraceRequestRedirectParams
) -> None:
    raise aiohttp.ClientConnectionError("redirected, which Slack does not do")


def web_client(session: aiohttp.ClientSession, api_url: str, token: str | None = None) -> AsyncWebClient:
    """slack_sdk's client at `api_url`: no retries of its own, and a logger that never shows a payload."""
    client = AsyncWebClient(
        token=token, base_url=api_url, session=session, retry_handlers=[], logger=quiet_logger()
    )
    if _is_loopback(urlsplit(api_url).hostname or ""):
        client.proxy = None  # slack_sdk takes a proxy from the environment and knows no exceptions to it
    return client


def quiet_logger() -> logging.Logger:
    """A logger for slack_sdk, which writes payloads out when its logger's own level is DEBUG or unset."""
    logger = logging.getLogger("bot.slack_client.sdk")
    logger.setLevel(logging.ERROR)
    return logger


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


async def answer_of(
    method: str, call: Awaitable[AsyncSlackResponse], seconds: float, *, once: bool = False
) -> Mapping[str, Any] | DeliveryFailure:
    """Slack's decoded answer to a Web API call, or why there is none within `seconds`.

    With `once`, for what must not be said twice unawares, a call that left and may have worked is UNKNOWN instead of RETRY.
    """
    try:
        async with asyncio.timeout(seconds):
            response = await call
    except SlackApiError as error:
        return _api_failure(method, error.response, once=once)
    except Exception as error:  # noqa: BLE001  slack_sdk lets whatever a broken answer causes through
        return no_answer(method, error, once=once)
    return response.data if isinstance(response.data, Mapping) else _unreadable(method, once=once)


async def insist(
    method: str, call: Callable[[], Awaitable[AsyncSlackResponse]], wait: float
) -> Mapping[str, Any] | DeliveryFailure:
    """At the start of the bot: try again while Slack or the network has trouble, for about `wait` seconds."""
    loop = asyncio.get_running_loop()
    until, pause = loop.time() + wait, _FIRST_PAUSE
    while True:
        answer = await answer_of(method, call(), max(until - loop.time(), _FIRST_PAUSE))
        if not isinstance(answer, DeliveryFailure) or answer.kind is not FailureKind.RETRY:
            return answer
        if loop.time() + pause >= until:
            return answer
        await asyncio.sleep(pause)
        pause *= 2


def _api_failure(method: str, response: object, *, once: bool) -> DeliveryFailure:
    if not isinstance(response, AsyncSlackResponse) or not isinstance(response.data, Mapping):
        status = getattr(response, "status_code", None) or getattr(response, "status", None) or 500
        headers = getattr(response, "headers", None) or {}
        return refusal(method, {}, status, headers, once=once)
    return refusal(method, response.data, response.status_code, response.headers, once=once)


def refusal(
    what: str, answer: Mapping[str, Any], status: int, headers: Mapping[str, Any], *, once: bool = False
) -> DeliveryFailure:
    """What Slack's no to `what` (a method's name) means; logged without contents. `answer`: `error` and what else there is."""
    error = str(answer.get("error") or "")[:60]
    kind = _kind_of(error, status, once=once)
    needed = _listed(answer.get("needed")) if error == "missing_scope" else ()
    if kind is FailureKind.OURS:
        # Slack's messages name places and limits ("must be less than 151 characters [json-pointer:/blocks/0]"), not contents.
        told = [str(message)[:200] for message in _messages(answer)][:5]
        _log.error("Slack calls our %s malformed: %s %s", what, error, told)
    elif error == "missing_scope":
        wanted = " or ".join(needed) or "another one"
        _log.error("%s needs a permission this installation lacks: %s; install the app again", what, wanted)
    else:
        _log.info("%s was refused: %s (%s)", what, error or "no reason", status)
    return DeliveryFailure(
        kind=kind, error=error or f"http_{status}", retry_after=_retry_after(headers), needed=needed
    )


def _messages(answer: Mapping[str, Any]) -> Sequence[object]:
    extra = answer.get("response_metadata")
    found = extra.get("messages") if isinstance(extra, Mapping) else None
    return found if isinstance(found, list) else ()


def _listed(names: object) -> tuple[str, ...]:
    """Scopes as Slack writes them: "channels:read,groups:read"."""
    text = names[:200] if isinstance(names, str) else ""
    return tuple(name for name in text.replace(" ", ",").split(",") if name)


def _kind_of(error: str, status: int, *, once: bool) -> FailureKind:
    if once and status != 429 and (status >= 500 or error in _PERHAPS_DONE or (status == 200 and not error)):
        return FailureKind.UNKNOWN
    if status == 429 or status >= 500:
        return FailureKind.RETRY
    if status in {404, 410}:
        return FailureKind.GONE
    unnamed = FailureKind.RETRY if not error else FailureKind.REFUSED
    return _KIND_OF.get(error, unnamed)


def _retry_after(headers: Mapping[str, Any]) -> float | None:
    named = {str(name).lower(): value for name, value in headers.items()}
    try:
        # "nan" and "inf" are numbers too; an hour is longer than Slack ever asks for.
        return min(max(0.0, float(named["retry-after"])), _LONGEST_PAUSE)
    except (KeyError, TypeError, ValueError):
        return None


def no_answer(what: str, error: Exception, *, once: bool = False) -> DeliveryFailure:
    """The call broke off or timed out, or never got through."""
    # Only the kind of the error: its text may hold the address or the answer.
    _log.info("%s got no answer: %s", what, type(error).__name__)
    perhaps = once and not isinstance(error, _NOT_SENT)
    return DeliveryFailure(kind=FailureKind.UNKNOWN if perhaps else FailureKind.RETRY, error="no_answer")


def _unreadable(what: str, *, once: bool) -> DeliveryFailure:
    _log.info("%s got an answer that is no JSON object", what)
    return DeliveryFailure(kind=FailureKind.UNKNOWN if once else FailureKind.RETRY, error="unreadable_answer")
