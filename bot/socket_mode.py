"""Slack's requests over a WebSocket that we open (docs.slack.dev/apis/events-api/using-socket-mode, read 2026-11)."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import SettingsProblem, SettingsProblems, StartProblem
from bot.slack_client import DeliveryFailure, FailureKind, insist, web_client

_log = logging.getLogger(__name__)
_CONNECT_SECONDS = 10.0


@asynccontextmanager
async def open_socket(
    app: AsyncApp, app_token: SecretStr, session: aiohttp.ClientSession, api_url: str
) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """Connect, and stay connected until the block ends; gives the question whether the connection stands now.

    Raises SettingsProblems (Slack refuses the token), StartProblem (Slack gives no connection).
    """
    logger = logging.getLogger("bot.socket_mode.sdk")
    logger.setLevel(logging.CRITICAL)  # below that slack_sdk writes payloads and addresses with their tickets
    client = web_client(session, api_url)
    address = await _address(client.apps_connections_open, app_token)
    handler = AsyncSocketModeHandler(app, app_token.get_secret_value(), logger=logger, web_client=client)
    socket = handler.client
    socket.proxy = client.proxy
    socket.wss_uri = address
    try:
        await socket.connect()  # type: ignore[no-untyped-call]
        _log.info("connected to Slack by Socket Mode")
        yield socket.is_connected
    finally:
        await socket.close()  # type: ignore[no-untyped-call]


async def _address(opening: Callable[..., Awaitable[AsyncSlackResponse]], app_token: SecretStr) -> str:
    answer = await insist(
        "apps.connections.open",
        lambda: opening(app_token=app_token.get_secret_value()),
        _CONNECT_SECONDS,
    )
    if isinstance(answer, DeliveryFailure):
        raise _why_not(answer)
    return str(answer.get("url") or "")


def _why_not(failure: DeliveryFailure) -> SettingsProblems | StartProblem:
    if failure.kind in {FailureKind.REVOKED, FailureKind.REFUSED}:
        problem = SettingsProblem(
            name="SLACK_APP_TOKEN",
            what=f"is refused by Slack ({failure.error})",
            mend="Make an app-level token (xapp-…) with connections:write under Basic Information, and switch Socket Mode on.",
        )
        return SettingsProblems([problem])
    return StartProblem(
        f"Slack gave no Socket Mode connection ({failure.error})",
        "Check the network and SLACK_API_URL, then start again.",
    )
