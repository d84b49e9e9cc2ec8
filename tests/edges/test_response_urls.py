"""Answers by response_url: to Slack's own addresses only, and for the person alone."""

import socket
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from pydantic import SecretStr

from bot.messenger import DeliveryFailure, FailureKind, Messenger
from bot.slack_client import open_session
from store.records import WorkspaceId
from tests.edges.acts import said
from tests.edges.pretend_slack import TEAM, TOKEN, PretendSlack

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


async def test_an_answer_is_for_the_person_only(messenger: Messenger, slack: PretendSlack) -> None:
    """An answer by response_url is ephemeral, and replaces only when asked to."""
    await messenger.respond(slack.response_url, said("x"))
    await messenger.respond(slack.response_url, said("y"), replace=True)
    sent = slack.of("response_url")
    assert [one["response_type"] for one in sent] == ["ephemeral", "ephemeral"]
    assert [one["replace_original"] for one in sent] == [False, True]


FOREIGN = [
    "https://evil.example/",
    "https://slack.com.evil.example/x",
    "https://evilslack.com/x",
    "https://evilslack-gov.com/x",
    "http://hooks.slack.com/x",
    "https://hooks.slack.com:8443/x",
    "https://user@hooks.slack.com/x",
    "https://hooks.slack.com@evil.example/x",
    "file:///etc/passwd",
    "http://127.0.0.2:1/x",
    "http://[::1",
    "",
]


@pytest.mark.parametrize("url", FOREIGN)
async def test_no_answer_goes_to_a_foreign_address(messenger: Messenger, url: str) -> None:
    """A response_url that is not Slack's is refused without being asked."""
    found = await messenger.respond(url, said("x"))
    assert found == DeliveryFailure(kind=FailureKind.REFUSED, error="foreign_response_url")


class _NoNames(AbstractResolver):
    """Nothing leaves this machine: no name is found."""

    async def resolve(
        self,
        host: str,
        port: int = 0,  # noqa: ARG002
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002
    ) -> list[ResolveResult]:
        """None."""
        raise OSError(host)

    async def close(self) -> None:
        """Nothing is held."""


@pytest.mark.parametrize("url", ["https://hooks.slack.com/x", "https://hooks.slack-gov.com/x"])
async def test_an_answer_goes_to_slacks_own_addresses(slack: PretendSlack, url: str) -> None:
    """Slack's answer addresses are tried, GovSlack's too, so that nobody there is left without an answer."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=_NoNames())) as session:
        messenger = Messenger(
            session=session,
            api_url=slack.api_url,
            token_of=lambda _ws: None,
            refuse=lambda: None,
            clock=lambda: NOW,
        )
        assert await messenger.respond(url, said("x")) == DeliveryFailure(
            kind=FailureKind.RETRY, error="no_answer"
        )


async def test_a_used_up_answer_address_is_gone(messenger: Messenger, slack: PretendSlack) -> None:
    """After five uses or thirty minutes an answer is dropped, not tried for ever."""
    slack.answers["response_url"] = lambda _call: (404, {}, "used_url")
    found = await messenger.respond(slack.response_url, said("x"))
    assert found is not None
    assert found.kind is FailureKind.GONE


async def test_the_api_host_may_answer_on_another_port(messenger: Messenger) -> None:
    """A test server or GovSlack that takes answers on another port of its own host is asked, not refused."""
    found = await messenger.respond("http://127.0.0.1:1/x", said("x"))
    assert found is not None
    assert found.error == "no_answer"
