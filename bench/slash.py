"""A slash command as Slack sends it, signed (docs.slack.dev/authentication/verifying-requests-from-slack, read 2026-11-24)."""

import hashlib
import hmac
import time
from urllib.parse import urlencode

SIGNING_SECRET = "0123456789abcdef0123456789abcdef"
WORKSPACE = "T00000BENCH"
INTEGRATOR = "U00000BENCH"


def request(text: str, *, port: int) -> bytes:
    """The whole HTTP request of `/lexer <text>`."""
    body = _body(text)
    stamp = str(int(time.time()))
    signature = hmac.new(SIGNING_SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    head = (
        "POST /slack/events HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{port}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n"
        "User-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\n"
        "Accept: application/json,*/*\r\n"
        f"X-Slack-Request-Timestamp: {stamp}\r\n"
        f"X-Slack-Signature: v0={signature}\r\n\r\n"
    )
    return head.encode() + body


def _body(text: str) -> bytes:
    fields = {
        "token": "legacy",
        "team_id": WORKSPACE,
        "team_domain": "bench",
        "channel_id": "C00000BENCH",
        "channel_name": "general",
        "user_id": INTEGRATOR,
        "user_name": "maria",
        "command": "/lexer",
        "text": text,
        "api_app_id": "A00000BENCH",
        "is_enterprise_install": "false",
        "response_url": "https://hooks.slack.com/commands/T00000BENCH/1/x",
        "trigger_id": "1.2.3",
    }
    return urlencode(fields).encode()
