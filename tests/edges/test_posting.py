"""Posting to channels: what is sent again and what never blindly is, which channels are lost, what Slack says of a channel."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from bot.messenger import ChannelInfo, DeliveryFailure, FailureKind, Messenger, Posted, person_from_slack
from bot.slack_client import open_session
from store.records import WorkspaceId
from tests.edges.acts import said
from tests.edges.pretend_slack import TEAM, TOKEN, Answer, PretendSlack

WS = WorkspaceId(TEAM)
NOW = datetime(2026, 11, 25, tzinfo=UTC)
CHANNEL = "C0INTEGRATIONS"
YES: Answer = (200, {}, {"ok": True, "channel": CHANNEL, "ts": "1.1"})


def no(error: str, **more: Any) -> Answer:
    """A refusal by name."""
    return (200, {}, {"ok": False, "error": error, **more})


@pytest.fixture
async def messenger(slack: PretendSlack) -> AsyncIterator[Messenger]:
    """A messenger of one workspace, outside any transaction."""
    async with open_session() as session:
        yield Messenger(
            session=session,
            api_url=slack.api_url,
            token_of=lambda ws: SecretStr(TOKEN) if ws == WS else None,
            refuse=lambda: None,
            clock=lambda: NOW,
        )


@pytest.mark.parametrize("error", ["internal_error", "fatal_error"])
async def test_a_post_that_may_be_there_is_unknown(
    messenger: Messenger, slack: PretendSlack, error: str
) -> None:
    """After errors that leave work half done nobody knows; an edit may simply be made again."""
    slack.refuse("chat.postMessage", error)
    slack.refuse("chat.update", error)
    assert await messenger.post(WS, CHANNEL, said("x")) == DeliveryFailure(
        kind=FailureKind.UNKNOWN, error=error
    )
    edited = await messenger.update(WS, CHANNEL, "1.1", said("x"))
    assert edited == DeliveryFailure(kind=FailureKind.RETRY, error=error)


@pytest.mark.parametrize("error", ["ratelimited", "service_unavailable", "request_timeout"])
async def test_a_post_that_was_refused_for_now_is_not_unknown(
    messenger: Messenger, slack: PretendSlack, error: str
) -> None:
    """What Slack says it did not take may be said again."""
    slack.refuse("chat.postMessage", error, 429 if error == "ratelimited" else 200)
    found = await messenger.post(WS, CHANNEL, said("x"))
    assert isinstance(found, DeliveryFailure)
    assert found.kind is FailureKind.RETRY


async def test_a_connection_that_breaks_after_sending_leaves_it_open() -> None:
    """The request was read and no answer came: the message may be there."""

    async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(break_off, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, open_session() as session:
        messenger = Messenger(
            session=session,
            api_url=f"http://127.0.0.1:{port}/api/",
            token_of=lambda _ws: SecretStr(TOKEN),
            refuse=lambda: None,
            clock=lambda: NOW,
        )
        found = await messenger.post(WS, CHANNEL, said("x"))
        entered = await messenger.join(WS, CHANNEL)
    assert found == DeliveryFailure(kind=FailureKind.UNKNOWN, error="no_answer")
    assert entered == DeliveryFailure(kind=FailureKind.RETRY, error="no_answer")


async def test_a_public_channel_is_joined_once(messenger: Messenger, slack: PretendSlack) -> None:
    """A channel the bot is not in is entered, and the message posted then."""
    slack.answers["chat.postMessage"] = lambda _call: (
        YES if slack.of("conversations.join") else no("not_in_channel")
    )
    assert await messenger.post(WS, CHANNEL, said("x")) == Posted(channel=CHANNEL, ts="1.1")
    assert slack.of("conversations.join") == [{"channel": CHANNEL}]


JOINS = [
    (no("is_archived"), FailureKind.LOST, "not_in_channel"),
    (no("missing_scope", needed="channels:join"), FailureKind.LOST, "not_in_channel"),
    (no("ratelimited"), FailureKind.RETRY, "ratelimited"),
    (YES, FailureKind.LOST, "not_in_channel"),
]


@pytest.mark.parametrize(("join", "kind", "error"), JOINS)
async def test_a_channel_that_cannot_be_joined_is_lost(
    messenger: Messenger, slack: PretendSlack, join: Answer, kind: FailureKind, error: str
) -> None:
    """Joining is tried once a post; only Slack's limit leaves hope."""
    slack.refuse("chat.postMessage", "not_in_channel")
    slack.answers["conversations.join"] = lambda _call: join
    found = await messenger.post(WS, CHANNEL, said("x"))
    assert isinstance(found, DeliveryFailure)
    assert (found.kind, found.error) == (kind, error)
    assert len(slack.of("conversations.join")) == 1


@pytest.mark.parametrize(
    "error", ["thread_not_found", "cannot_reply_to_message", "restricted_action_thread_locked"]
)
async def test_a_reply_without_a_thread_stands_by_itself(
    messenger: Messenger, slack: PretendSlack, error: str
) -> None:
    """Where the thread is gone or closed the words still arrive."""
    slack.answers["chat.postMessage"] = lambda call: no(error) if "thread_ts" in call.args else YES
    assert await messenger.post(WS, CHANNEL, said("x"), thread_ts="1.0") == Posted(channel=CHANNEL, ts="1.1")
    assert [sent.get("thread_ts") for sent in slack.of("chat.postMessage")] == ["1.0", None]


async def test_a_missing_permission_is_named(
    messenger: Messenger, slack: PretendSlack, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever installed an older version reads which permission is missing and what to do."""
    slack.answers["conversations.info"] = lambda _call: no(
        "missing_scope", needed="channels:read,groups:read"
    )
    found = await messenger.channel(WS, CHANNEL)
    assert found == DeliveryFailure(
        kind=FailureKind.REFUSED, error="missing_scope", needed=("channels:read", "groups:read")
    )
    assert "channels:read or groups:read; install the app again" in caplog.text


CHANNELS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"name": "integrations", "is_member": True}, {"name": "integrations", "is_member": True}),
    ({"is_private": True}, {"is_private": True}),
    ({"is_group": True}, {"is_private": True}),
    ({"is_archived": True}, {"is_archived": True}),
    ({"is_ext_shared": True}, {"is_shared": True}),
    ({"is_pending_ext_shared": True}, {"is_shared": True}),
    ({"is_org_shared": True, "is_shared": True}, {}),
    ({"is_im": True, "name": 7}, {"is_im": True, "is_private": True, "is_member": True}),
    ({"name": ["x"], "is_archived": "yes", "is_member": 1}, {}),
]


@pytest.mark.parametrize(("fields", "told"), CHANNELS)
async def test_what_slack_says_of_a_channel_is_understood(
    messenger: Messenger, slack: PretendSlack, fields: dict[str, Any], told: dict[str, Any]
) -> None:
    """Private, archived, shared with others: each is seen, and a broken answer is nothing of it."""
    slack.answers["conversations.info"] = lambda _call: (
        200,
        {},
        {"ok": True, "channel": {"id": CHANNEL, **fields}},
    )
    usual = {
        "is_private": False,
        "is_archived": False,
        "is_member": False,
        "is_shared": False,
        "is_im": False,
    }
    expected = ChannelInfo(id=CHANNEL, **{"name": "", **usual, **told})
    assert await messenger.channel(WS, CHANNEL) == expected
    assert slack.of("conversations.info")[0]["channel"] == CHANNEL


@pytest.mark.parametrize("channel", [None, [], {"id": 7}, "C1"])
async def test_no_channel_in_the_answer_is_no_channel(
    messenger: Messenger, slack: PretendSlack, channel: Any
) -> None:
    """An answer that makes no sense is asked for again later."""
    slack.answers["conversations.info"] = lambda _call: (200, {}, {"ok": True, "channel": channel})
    found = await messenger.channel(WS, CHANNEL)
    assert isinstance(found, DeliveryFailure)
    assert found.kind is FailureKind.RETRY


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("maria@acme.example", "maria@acme.example"),
        ("maría+lexer@acme.example", "maría+lexer@acme.example"),
        ("", None),
        ("nobody", None),
        ("a@b\r\nBcc: c@d", None),
        ("Maria <maria@acme.example>", None),
        ("a@b,c@d", None),
        (f"{'x' * 300}@acme.example", None),
        (["a@b"], None),
        (None, None),
    ],
)
def test_an_address_is_one_a_mail_could_go_to(given: object, kept: str | None) -> None:
    """Nothing from a profile can add recipients or lines to a mail."""
    person = person_from_slack(WS, {"id": "U1", "team_id": TEAM, "profile": {"email": given}}, NOW)
    assert person is not None
    assert person.email == kept
    assert "maria@" not in repr(person)
