"""Where this bot is installed: each workspace's bot token and ids, kept in memory from the start on."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from pydantic import SecretStr

from bot.errors import NotInstalled, SettingsProblem, SettingsProblems, StartProblem
from bot.slack_client import DeliveryFailure, FailureKind, insist, web_client
from store.records import UserId, WorkspaceId

_log = logging.getLogger(__name__)
_WAIT_SECONDS = 10.0
_OWN_CLIENTS = {"slack.com": "https://app.slack.com", "slack-gov.com": "https://app.slack-gov.com"}
"""Slack's client in the browser, by the domain of the API. GovSlack has the domain slack-gov.com (docs.slack.dev/govslack);
that its client is at app.slack-gov.com is what other programs go by (seen 2026-11), not confirmed by Slack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """The bot in one workspace."""

    workspace_id: WorkspaceId
    name: str
    bot_token: SecretStr
    bot_user_id: UserId
    bot_id: str | None = None
    app_id: str | None = None
    """Known from the first payload on; the start does not learn it."""


class Installations:
    """Looks workspaces up; answers from memory."""

    def __init__(self, known: Iterable[Installation]) -> None:
        self._known = {one.workspace_id: one for one in known}
        self._ended: set[WorkspaceId] = set()

    def all(self) -> tuple[Installation, ...]:
        """Every workspace."""
        return tuple(self._known.values())

    def get(self, workspace_id: WorkspaceId) -> Installation:
        """The bot in this workspace. Raises NotInstalled."""
        found = self._known.get(workspace_id)
        if found is None:
            raise NotInstalled(workspace_id)
        return found

    def token_of(self, workspace_id: WorkspaceId) -> SecretStr | None:
        """The workspace's bot token; None where we are not installed (any more)."""
        found = self._known.get(workspace_id)
        return found.bot_token if found and workspace_id not in self._ended else None

    def end(self, workspace_id: WorkspaceId) -> None:
        """Use a workspace's token no more: the bot was taken out. Only a new start ends that."""
        self._ended.add(workspace_id)

    def learn_app(self, workspace_id: WorkspaceId, app_id: str) -> Installation | None:
        """Slack names the app in every payload; the changed installation the first time, None later."""
        found = self._known.get(workspace_id)
        if found is None or found.app_id == app_id:
            return None
        self._known[workspace_id] = replace(found, app_id=app_id)
        return self._known[workspace_id]


async def ask_slack(
    session: aiohttp.ClientSession, api_url: str, token: SecretStr, *, wait: float = _WAIT_SECONDS
) -> Installation:
    """Which workspace a bot token belongs to (auth.test), waiting up to `wait` seconds for Slack to answer.

    Raises SettingsProblems (Slack refuses the token), StartProblem (no usable answer).
    """
    client = web_client(session, api_url, token.get_secret_value())
    answer = await insist("auth.test", client.auth_test, wait)
    if isinstance(answer, DeliveryFailure):
        raise _why_not(answer, api_url)
    return _installation(answer, token)


def _installation(answer: Mapping[str, Any], token: SecretStr) -> Installation:
    team, user = answer.get("team_id"), answer.get("user_id")
    if not isinstance(team, str) or not team or not isinstance(user, str):
        raise StartProblem(
            "Slack did not say which workspace SLACK_BOT_TOKEN belongs to",
            "Use the bot token of a workspace installation (organisation-wide installations are not supported yet).",
        )
    _log.info("installed in workspace %s", team)
    return Installation(
        workspace_id=WorkspaceId(team),
        name=str(answer.get("team") or team),
        bot_token=token,
        bot_user_id=UserId(user),
        bot_id=answer.get("bot_id") if isinstance(answer.get("bot_id"), str) else None,
        app_id=answer.get("app_id") if isinstance(answer.get("app_id"), str) else None,
    )


def _why_not(failure: DeliveryFailure, api_url: str) -> SettingsProblems | StartProblem:
    if failure.kind is FailureKind.REVOKED:
        problem = SettingsProblem(
            name="SLACK_BOT_TOKEN",
            what=f"is refused by Slack ({failure.error})",
            mend="Copy the Bot User OAuth Token (xoxb-…) again, or install the app in the workspace again.",
        )
        return SettingsProblems([problem])
    host = urlsplit(api_url).netloc
    return StartProblem(
        f"Slack at {host} gave no usable answer ({failure.error})",
        "Check the network and SLACK_API_URL, then start again.",
    )


def client_address(api_url: str) -> str:
    """Where a browser finds the Slack that answers at `api_url` (SLACK_API_URL, already checked); `/<team>/<channel>` follows.

    A Slack that is not Slack's own (a test server, the local workspace) has its client beside its API.
    """
    parts = urlsplit(api_url)
    host = (parts.hostname or "").removesuffix(".")
    for domain, client in _OWN_CLIENTS.items():
        if host == domain or host.endswith(f".{domain}"):
            return f"{client}/client"
    return f"{parts.scheme}://{parts.netloc.lower()}/client"
