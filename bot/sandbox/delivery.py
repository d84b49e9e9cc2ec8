"""How Slack brings something to the bot: a signed POST, or an envelope down a socket, and 3 seconds for the answer."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx

from bot.sandbox.records import Begun, Hearing, Records
from bot.sandbox.socket_mode import Sockets
from bot.sandbox.world import Json

ACK_SECONDS = 3.0
_RETRIES = ("http_timeout", "connection_failed", "http_error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """The bot's answer. `status` 0 = none in time or no connection; `body` decoded JSON, text, or None when empty."""

    status: int
    body: Any = None
    headers: Mapping[str, str] | None = None
    problem: str = ""
    exchange: int | None = None
    """Its number in the records."""

    @property
    def good(self) -> bool:
        """Whether Slack counts it as an answer."""
        return self.status == 200 and not self.problem


class Delivery:
    """The way to the bot. Signatures use wall time, whatever the workspace's clock says."""

    def __init__(
        self, *, signing_secret: str, records: Records, sockets: Sockets, ack_seconds: float
    ) -> None:
        self._secret = signing_secret
        self._records = records
        self._sockets = sockets
        self._ack_seconds = ack_seconds
        self._client = httpx.AsyncClient(trust_env=False, timeout=None)  # noqa: S113  the ack has its own limit
        self.bot_url: str | None = None

    async def aclose(self) -> None:
        """Let the connections go."""
        await self._client.aclose()

    async def command(self, form: Mapping[str, str]) -> Ack:
        """A slash command."""
        if self._sockets.connected:
            return await self._by_socket("slash_commands", dict(form))
        return await self.send(urlencode(form).encode(), "application/x-www-form-urlencoded")

    async def interaction(self, payload: Json) -> Ack:
        """A press, a submission, a closing or a search."""
        if self._sockets.connected:
            return await self._by_socket("interactive", payload)
        return await self.send(
            urlencode({"payload": json.dumps(payload)}).encode(), "application/x-www-form-urlencoded"
        )

    async def event(self, body: Json) -> Ack:
        """An event, brought again up to three times when it is not answered with 200."""
        if self._sockets.connected:
            return await self._by_socket("events_api", body)
        raw = json.dumps(body).encode()
        ack = await self.send(raw, "application/json")
        for attempt in range(1, 4):
            if ack.status == 200 or (ack.headers or {}).get("x-slack-no-retry") == "1":
                break
            reason = _RETRIES[2] if ack.status else _RETRIES[0]
            extra = {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": reason}
            ack = await self.send(raw, "application/json", headers=extra)
        return ack

    async def send(
        self,
        raw: bytes,
        content_type: str,
        *,
        timestamp: str | None = None,
        signature: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Ack:
        """One signed POST. `timestamp` and `signature` replace the true ones, for hostile tests."""
        if self.bot_url is None:
            raise RuntimeError(
                "the workspace does not know where the bot is: call point_at, or connect by Socket Mode"
            )
        at = timestamp if timestamp is not None else str(int(time.time()))
        signed = signature if signature is not None else sign(self._secret, at, raw)
        sent = {"Content-Type": content_type, "X-Slack-Request-Timestamp": at, "X-Slack-Signature": signed}
        request = self._client.build_request(
            "POST",
            f"{self.bot_url}/slack/events",
            content=raw,
            headers=[*_latin(sent), *_latin(headers or {})],
        )
        begun, hearing = self._records.begins(), Hearing(self._records)
        return self._noted(begun, hearing, _payload(raw, content_type), await self._posted(request, hearing))

    async def _posted(self, request: httpx.Request, hearing: Hearing) -> Ack:
        try:
            async with asyncio.timeout(self._ack_seconds):
                response = await self._client.send(request)
        except TimeoutError:
            return _late(hearing, "operation_timeout")
        except httpx.HTTPError:
            return _late(hearing, "connection_failed")
        return _read(response)

    async def _by_socket(self, kind: str, payload: Json) -> Ack:
        begun, hearing = self._records.begins(), Hearing(self._records)
        answer = await self._sockets.deliver(kind, payload, seconds=self._ack_seconds, hearing=hearing)
        if answer is None:
            ack = _late(hearing, "operation_timeout")
        else:
            ack = Ack(status=200, body=answer.get("payload"))
        return self._noted(begun, hearing, payload, ack)

    def _noted(self, begun: Begun, hearing: Hearing, payload: Json | str, ack: Ack) -> Ack:
        """The ack, written down."""
        number = self._records.exchanged(
            begun,
            way="to bot",
            name=name_of(payload),
            sent=payload,
            answered=ack.body,
            status=ack.status,
            refusals=hearing.heard,
        )
        return replace(ack, exchange=number)


def _late(hearing: Hearing, problem: str) -> Ack:
    hearing.refuse("ack", problem)
    return Ack(status=0, problem=problem)


def _payload(raw: bytes, content_type: str) -> Json | str:
    """What a body says, decoded; the text itself where it cannot be read."""
    text = raw.decode(errors="replace")
    form = dict(parse_qsl(text, keep_blank_values=True)) if "urlencoded" in content_type else {}
    try:
        found = json.loads(form.get("payload", text))
    except (ValueError, RecursionError):
        return form or text
    return found if isinstance(found, dict) else text


def name_of(payload: Json | str) -> str:
    """A delivery in a few words: "/lexer integrations", "block_actions: open", "event: user_change"."""
    if isinstance(payload, str):
        return "unreadable"
    if "command" in payload:
        return f"{payload['command']} {payload.get('text', '')}".strip()
    event, view, actions = (payload.get(name) for name in ("event", "view", "actions"))
    if isinstance(event, dict):
        return f"event: {event.get('type')}"
    first = actions[0] if isinstance(actions, list) and actions else None
    if isinstance(first, dict):
        detail = first.get("action_id")
    else:
        detail = payload.get("action_id") or (view.get("callback_id") if isinstance(view, dict) else None)
    kind = str(payload.get("type", "unknown"))
    return f"{kind}: {str(detail).partition(':')[0]}" if detail else kind


def _latin(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode("utf-8")) for name, value in headers.items()]


def sign(secret: str, timestamp: str, raw: bytes) -> str:
    """Slack's signature, version 0 (docs.slack.dev/authentication/verifying-requests-from-slack, read 2026-11)."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + raw, hashlib.sha256).hexdigest()


def _read(response: httpx.Response) -> Ack:
    headers = {name.lower(): value for name, value in response.headers.items()}
    if not response.content:
        return Ack(status=response.status_code, headers=headers)
    if headers.get("content-type", "").startswith("application/json"):
        try:
            return Ack(status=response.status_code, body=response.json(), headers=headers)
        except ValueError:
            return Ack(status=response.status_code, headers=headers, problem="invalid_json")
    return Ack(status=response.status_code, body=response.text, headers=headers)
