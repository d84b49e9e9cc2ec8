"""What the bot says to Slack, and what it makes of Slack's answers."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from bot.errors import NetworkInTransaction
from bot.messenger import DeliveryFailure, FailureKind, Messenger, Posted
from bot.slack_client import open_session
from store.records import WorkspaceId
from tests.edges.acts import said, shown
from tests.edges.pretend_slack import PERSON, TEAM, TOKEN, PretendSlack

WS = WorkspaceId(TEAM)
NOW = datetime(2026, 11, 24, tzinfo=UTC)
Opened = Callable[..., Messenger]


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


async def test_a_view_opens_with_the_workspaces_token(messenger: Messenger, slack: PretendSlack) -> None:
    """views.open carries trigger, view and the token of that workspace, and gives the view's id."""
    assert await messenger.open_view(WS, "1.2.x", shown("hello")) == "V0OPENED"
    call = slack.calls[0]
    assert (call.method, call.args["trigger_id"], call.authorization) == (
        "views.open",
        "1.2.x",
        f"Bearer {TOKEN}",
    )
    assert messenger.opened_by("1.2.x") == "V0OPENED"


async def test_a_view_is_pushed_and_turned(messenger: Messenger, slack: PretendSlack) -> None:
    """views.push and views.update go out with just what they need."""
    assert await messenger.push_view(WS, "1.2.x", shown("hello")) == "V0PUSHED"
    assert await messenger.update_view(WS, shown("turned"), external_id="attempt-1") is None
    assert slack.of("views.update")[0].keys() == {"view", "external_id"}


async def test_a_message_never_unfurls(messenger: Messenger, slack: PretendSlack) -> None:
    """A link in a DM shows no preview, which would visit it."""
    assert await messenger.post(WS, PERSON, said("hello")) == Posted(
        channel="D0MARIA", ts="1700000000.000100"
    )
    sent = slack.of("chat.postMessage")[0]
    assert (sent["unfurl_links"], sent["unfurl_media"], sent["text"]) == (False, False, "hello")


async def test_a_message_slack_cannot_read_still_arrives(
    messenger: Messenger, slack: PretendSlack, caplog: pytest.LogCaptureFixture
) -> None:
    """When Slack calls the blocks malformed, the text arrives without them, and the log names our bug."""
    yes = (200, {}, {"ok": True, "channel": "D1", "ts": "1.1"})
    no = (200, {}, {"ok": False, "error": "invalid_blocks"})
    slack.answers["chat.postMessage"] = lambda call: no if "blocks" in call.args else yes
    assert await messenger.post(WS, PERSON, said("hello")) == Posted(channel="D1", ts="1.1")
    assert "invalid_blocks" in caplog.text


async def test_a_message_is_changed(messenger: Messenger, slack: PretendSlack) -> None:
    """chat.update names channel and ts."""
    assert await messenger.update(WS, "D1", "1.1", said("new")) is None
    assert slack.of("chat.update")[0]["ts"] == "1.1"


KINDS = [
    ("expired_trigger_id", FailureKind.TRIGGER),
    ("exchanged_trigger_id", FailureKind.TRIGGER),
    ("not_found", FailureKind.GONE),
    ("message_not_found", FailureKind.GONE),
    ("internal_error", FailureKind.RETRY),
    ("invalid_auth", FailureKind.REVOKED),
    ("token_revoked", FailureKind.REVOKED),
    ("account_inactive", FailureKind.REVOKED),
    ("channel_not_found", FailureKind.LOST),
    ("is_archived", FailureKind.LOST),
    ("restricted_action_read_only_channel", FailureKind.LOST),
    ("posting_to_channel_denied", FailureKind.LOST),
    ("missing_scope", FailureKind.REFUSED),
    ("invalid_blocks", FailureKind.OURS),
    ("push_limit_reached", FailureKind.OURS),
    ("an_error_of_tomorrow", FailureKind.REFUSED),
]


@pytest.mark.parametrize(("error", "kind"), KINDS)
async def test_a_refusal_is_understood(
    messenger: Messenger, slack: PretendSlack, error: str, kind: FailureKind
) -> None:
    """Each of Slack's error names leads to the right next step."""
    slack.refuse("chat.update", error)
    assert await messenger.update(WS, "D1", "1.1", said("x")) == DeliveryFailure(kind=kind, error=error)


async def test_a_rate_limit_says_how_long(messenger: Messenger, slack: PretendSlack) -> None:
    """429 is no failure for good, and Retry-After is handed on, not slept away."""
    slack.refuse("chat.postMessage", "ratelimited", 429, **{"Retry-After": "30"})
    found = await messenger.post(WS, PERSON, said("x"))
    assert found == DeliveryFailure(kind=FailureKind.RETRY, error="ratelimited", retry_after=30.0)


@pytest.mark.parametrize(("asked", "kept"), [("inf", 3600.0), ("nan", 0.0), ("-1", 0.0), ("1e300", 3600.0)])
async def test_an_absurd_pause_holds_no_message_back_for_ever(
    messenger: Messenger, slack: PretendSlack, asked: str, kept: float
) -> None:
    """A server that asks for an endless pause gets its message an hour later."""
    slack.refuse("chat.postMessage", "ratelimited", 429, **{"Retry-After": asked})
    found = await messenger.post(WS, PERSON, said("x"))
    assert isinstance(found, DeliveryFailure)
    assert found.retry_after == kept
    assert len(slack.calls) == 1


GARBAGE: list[tuple[int, Any]] = [
    (500, {"ok": False}),
    (503, "<html>"),
    (200, "<html>"),
    (200, "[]"),
    (200, ["a"]),
    (200, {}),
    (200, ""),
]


@pytest.mark.parametrize(("status", "body"), GARBAGE)
async def test_an_unreadable_answer_is_tried_again_later(
    messenger: Messenger, slack: PretendSlack, status: int, body: Any
) -> None:
    """A broken answer of Slack never raises, and never counts as done; of a new message nobody knows whether it is there."""
    for method in ("chat.postMessage", "chat.update"):
        slack.answers[method] = lambda _call: (status, {}, body)
    posted = await messenger.post(WS, PERSON, said("x"))
    assert isinstance(posted, DeliveryFailure)
    assert posted.kind is FailureKind.UNKNOWN
    edited = await messenger.update(WS, "D1", "1.1", said("x"))
    assert edited is not None
    assert edited.kind is FailureKind.RETRY


async def test_no_connection_is_a_value(slack: PretendSlack) -> None:
    """With Slack out of reach a delivery fails as a value."""
    async with open_session() as session:
        lonely = Messenger(
            session=session,
            api_url="http://127.0.0.1:9/api/",
            token_of=lambda _ws: SecretStr(TOKEN),
            refuse=lambda: None,
            clock=lambda: NOW,
        )
        found = await lonely.post(WS, PERSON, said("x"))
    assert found == DeliveryFailure(kind=FailureKind.RETRY, error="no_answer")


async def test_a_redirect_is_not_followed(messenger: Messenger, slack: PretendSlack) -> None:
    """Neither a token nor a message goes where an answer points."""
    slack.answers["chat.update"] = lambda _call: (307, {"Location": f"{slack.api_url}chat.elsewhere"}, {})
    slack.answers["response_url"] = lambda _call: (307, {"Location": f"{slack.url}/response/2"}, {})
    first = await messenger.update(WS, "D1", "1.1", said("x"))
    second = await messenger.respond(slack.response_url, said("x"))
    assert first is not None
    assert second is not None
    assert [call.method for call in slack.calls] == ["chat.update", "response_url"]


async def test_a_workspace_without_installation_gets_nothing(
    messenger: Messenger, slack: PretendSlack
) -> None:
    """No token of one workspace is ever used for another."""
    found = await messenger.post(WorkspaceId("T0OTHER"), PERSON, said("x"))
    assert found == DeliveryFailure(kind=FailureKind.REVOKED, error="not_installed")
    assert slack.calls == []


async def test_nothing_is_sent_inside_a_transaction(slack: PretendSlack) -> None:
    """A Slack call while a transaction is open is refused, so that no lock waits for a network."""

    def refuse() -> None:
        raise NetworkInTransaction("Slack")

    async with open_session() as session:
        held = Messenger(
            session=session,
            api_url=slack.api_url,
            token_of=lambda _ws: SecretStr(TOKEN),
            refuse=refuse,
            clock=lambda: NOW,
        )
        with pytest.raises(NetworkInTransaction):
            await held.post(WS, PERSON, said("x"))
        with pytest.raises(NetworkInTransaction):
            await held.respond(slack.response_url, said("x"))
    assert slack.calls == []
