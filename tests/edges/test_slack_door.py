"""What reaches the bot as a Slack request: only what Slack signed, just now, and well formed."""

import json
import logging
import time
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.app import Bot
from tests.edges.acts import Acts
from tests.edges.pretend_slack import SECRET, command, press, signed

URL = "/slack/events"


async def test_a_signed_command_is_answered(browser: httpx.AsyncClient) -> None:
    """A genuine request gets its answer in the reply itself, for the person only."""
    body = command("do this")
    answer = await browser.post(URL, content=body, headers=signed(body))
    assert answer.status_code == 200
    assert answer.json()["response_type"] == "ephemeral"
    assert answer.json()["text"] == "done: this"


UNSIGNED = {
    "wrong secret": lambda body: signed(body, secret="another"),
    "five minutes and a second old": lambda body: signed(body, at=time.time() - 301),
    "from the future": lambda body: signed(body, at=time.time() + 301),
    "no headers": lambda _body: {"Content-Type": "application/x-www-form-urlencoded"},
    "body sent with another signature": lambda body: signed(body + b"&x=1"),
    "timestamp is no number": lambda body: {**signed(body), "X-Slack-Request-Timestamp": "soon"},
    "timestamp is huge": lambda body: {**signed(body), "X-Slack-Request-Timestamp": "9" * 400},
    "timestamp in other digits": lambda body: {**signed(body), "X-Slack-Request-Timestamp": "١٧".encode()},
    "signature is not ASCII": lambda body: {**signed(body), "X-Slack-Signature": "v0=é".encode()},
    "signature without version": lambda body: {**signed(body), "X-Slack-Signature": "00"},
    "no timestamp": lambda body: {k: v for k, v in signed(body).items() if "Timestamp" not in k},
}


@pytest.mark.parametrize("how", UNSIGNED)
async def test_nothing_unsigned_comes_in(browser: httpx.AsyncClient, acts: Acts, how: str) -> None:
    """A request that Slack did not sign, or not now, is refused and no handler sees it."""
    body = command("do this")
    answer = await browser.post(URL, content=body, headers=UNSIGNED[how](body))
    assert answer.status_code == 401
    assert acts.calls == []


MALFORMED = {
    "JSON cut short": (b'{"type": "event_callback"', "application/json", 400),
    "JSON list": (b"[]", "application/json", 400),
    "JSON number": (b"7", "application/json", 400),
    "empty JSON": (b"", "application/json", 400),
    "nested too deep": (b"[" * 200_000, "application/json", 400),
    "payload is no JSON": (b"payload=%7B", "application/x-www-form-urlencoded", 400),
    "payload is a list": (b"payload=[]", "application/x-www-form-urlencoded", 400),
    "not UTF-8": (b"text=\xff\xfe", "application/x-www-form-urlencoded", 400),
    "not UTF-8 in percents": (b"text=%ff%fe", "application/x-www-form-urlencoded", 400),
    "too many fields": (b"&".join(b"a=1" for _ in range(500)), "application/x-www-form-urlencoded", 400),
    "XML": (b"<a/>", "application/xml", 415),
    "no type": (b"a=1", "", 415),
    "too large": (b"a=" + b"x" * 1_000_001, "application/x-www-form-urlencoded", 413),
}


@pytest.mark.parametrize("how", MALFORMED)
async def test_a_malformed_body_gets_a_plain_refusal(
    browser: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    """A signed body that makes no sense gets a 4xx: no stack trace to the sender, no line of the body in the log."""
    body, kind, status = MALFORMED[how]
    with caplog.at_level(logging.DEBUG):
        answer = await browser.post(URL, content=body, headers={**signed(body), "Content-Type": kind})
    assert answer.status_code == status
    assert "Traceback" not in answer.text
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_body_without_announced_length_is_cut_off_too(browser: httpx.AsyncClient) -> None:
    """A body that comes in pieces is read no further than the limit."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 50_000

    answer = await browser.post(URL, content=pieces(), headers=signed(b""))
    assert answer.status_code == 413


async def test_the_address_check_of_slack_is_answered(browser: httpx.AsyncClient) -> None:
    """Entering the address in Slack's settings works: the challenge comes back."""
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"}).encode()
    answer = await browser.post(
        URL, content=body, headers={**signed(body), "Content-Type": "application/json"}
    )
    assert answer.status_code == 200
    assert "3eZbrw1a" in answer.text


async def test_slacks_certificate_check_is_answered(browser: httpx.AsyncClient, acts: Acts) -> None:
    """Slack's `ssl_check` gets its 200 and starts nothing."""
    body = b"ssl_check=1&token=x"
    answer = await browser.post(URL, content=body, headers=signed(body))
    assert answer.status_code == 200
    assert acts.calls == []


@pytest.mark.parametrize("kind", ["message", "app_home_opened", "team_join"])
async def test_events_nobody_uses_are_acknowledged(browser: httpx.AsyncClient, kind: str) -> None:
    """An event this bot does not use is acknowledged, or Slack would switch the subscription off."""
    event = {"type": "event_callback", "team_id": "T0LEXER", "event": {"type": kind}, "event_id": "Ev1"}
    body = json.dumps(event).encode()
    answer = await browser.post(
        URL, content=body, headers={**signed(body), "Content-Type": "application/json"}
    )
    assert answer.status_code == 200


async def test_the_same_delivery_three_times_is_fine(
    browser: httpx.AsyncClient, acts: Acts, bot: Bot
) -> None:
    """Slack's retries are accepted like the first delivery."""
    body = press("press", "one")
    for number in range(3):
        headers = {**signed(body), "X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": "http_timeout"}
        assert (await browser.post(URL, content=body, headers=headers)).status_code == 200
    await bot.drain()
    assert [call.value for call in acts.calls] == ["one"] * 3


async def test_characters_no_database_takes_are_left_out(
    browser: httpx.AsyncClient, acts: Acts, bot: Bot
) -> None:
    """A zero byte or half a character in a payload cannot break a write later."""
    body = press("press", "a\x00b\ud800c")
    await browser.post(URL, content=body, headers=signed(body))
    await bot.drain()
    assert acts.calls[0].value == "abc"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_other_methods_get_a_short_page(browser: httpx.AsyncClient, method: str) -> None:
    """Looking at Slack's address in a browser shows words, not an error dump."""
    answer = await browser.request(method, URL)
    assert answer.status_code == 405
    assert "Lexer" in answer.text


async def test_no_secret_and_no_body_reaches_the_log(
    browser: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Also with everything at DEBUG, a refused and an accepted request leave nothing of themselves in the log."""
    with caplog.at_level(logging.DEBUG):
        for secret in (SECRET, "wrong"):
            body = command("do mention-of-a-secret-plan")
            await browser.post(URL, content=body, headers=signed(body, secret=secret))
    assert "mention-of-a-secret-plan" not in caplog.text
    assert "v0=" not in caplog.text
