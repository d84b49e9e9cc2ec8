"""`POST /slack/events`: the guard before Bolt. Size, signature over the raw bytes, content type, then decoding; each fault a plain 4xx.

Bolt alone answers 500 to a malformed body before it looks at the signature, and logs the body of a wrongly signed request.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from slack_sdk.signature import SignatureVerifier
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from bot.in_flight import report
from bot.web.site import Site

LARGEST_BODY = 1_000_000
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
"""Characters no database takes; in JSON they arrive escaped."""


class _Refused(Exception):
    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


class SlackDoor:
    """An ASGI endpoint for Slack's requests."""

    def __init__(self, site: Site) -> None:
        self._dispatch = site.dispatch
        secret = site.signing_secret
        self._verifier = SignatureVerifier(secret.get_secret_value()) if secret else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            response = await self._answer(_headers(scope), receive)
        except _Refused as refused:
            response = PlainTextResponse(refused.words, refused.status)
        except Exception as error:  # noqa: BLE001  Slack gets a 500 without a stack trace, and may try again
            report(error)
            response = PlainTextResponse("something broke", 500)
        await response(scope, receive, send)

    async def _answer(self, headers: Mapping[str, str], receive: Receive) -> Response:
        if self._dispatch is None or self._verifier is None:
            raise _Refused(404, "this bot uses Socket Mode")
        raw = await _body(headers, receive)
        self._verify(self._verifier, headers, raw)
        body = decoded(raw, headers.get("content-type", ""))
        if body.get("ssl_check") == "1":
            return Response()
        status, kind, text = await self._dispatch(body)
        return Response(text, status, {"content-type": kind})

    @staticmethod
    def _verify(verifier: SignatureVerifier, headers: Mapping[str, str], raw: bytes) -> None:
        timestamp = headers.get("x-slack-request-timestamp", "")
        signature = headers.get("x-slack-signature", "")
        if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
            raise _Refused(401, "not signed by Slack")
        try:
            genuine = verifier.is_valid(raw, timestamp, signature)
        except UnicodeDecodeError:
            raise _Refused(400, "not UTF-8") from None
        if not genuine:
            raise _Refused(401, "not signed by Slack, or too old")


def _headers(scope: Scope) -> Mapping[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


async def _body(headers: Mapping[str, str], receive: Receive) -> bytes:
    announced = headers.get("content-length", "0")
    if not announced.isascii() or not announced.isdigit() or int(announced[:12]) > LARGEST_BODY:
        raise _Refused(413, "too large")
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise _Refused(400, "broken off")
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise _Refused(413, "too large")
        more = message.get("more_body", False)
    return bytes(body)


def decoded(raw: bytes, content_type: str) -> dict[str, Any]:
    """The payload of a verified body: JSON, a form, or a form whose `payload` is JSON."""
    kind = content_type.partition(";")[0].strip().lower()
    try:
        text = raw.decode()
        if kind == "application/json":
            return _storable(_object(text), text)
        if kind == "application/x-www-form-urlencoded":
            return _form(text)
    except (ValueError, RecursionError):
        raise _Refused(400, "malformed") from None
    raise _Refused(415, "neither JSON nor a form")


def _form(text: str) -> dict[str, Any]:
    fields = dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=200))
    # A command's text may say anything, "payload" too: only interactions have the field and no command.
    if "payload" in fields and "command" not in fields:
        return _storable(_object(fields["payload"]), fields["payload"])
    return {name: _UNSTORABLE.sub("", value) for name, value in fields.items()}


def _object(text: str) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("not an object")  # noqa: TRY004  malformed, like everything else here
    return found


def _storable(found: dict[str, Any], text: str) -> dict[str, Any]:
    """Without the characters no database takes; looked at closely only where the raw text hints at them."""
    lowered = text.lower()
    if "\\u0000" in lowered or "\\ud" in lowered:
        return {name: _cleaned(value) for name, value in found.items()}
    return found


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    if isinstance(value, dict):
        return {_UNSTORABLE.sub("", name): _cleaned(one) for name, one in value.items()}
    return value
