"""Says things in Slack (views, messages, answers) and asks it who someone is.

A failed delivery is a value. Knows nothing of what is said or why.
"""

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from pydantic import SecretStr
from slack_sdk.webhook.async_client import AsyncWebhookClient

from blocks.parts import Message, View
from bot.slack_client import (
    BACKGROUND_SECONDS,
    TRIGGER_SECONDS,
    DeliveryFailure,
    FailureKind,
    answer_of,
    no_answer,
    quiet_logger,
    refusal,
    web_client,
)
from store.records import Person, UserId, WorkspaceId

__all__ = ["ChannelInfo", "DeliveryFailure", "FailureKind", "Messenger", "Posted", "person_from_slack"]

_log = logging.getLogger(__name__)

_PEOPLE_PAGES = 20
_PEOPLE_A_PAGE = 1000
"""The most users.list gives at once (docs.slack.dev/reference/methods/users.list, read 2026-11)."""
_TRIGGERS_KEPT = 500
_SLACKS_OWN = (".slack.com", ".slack-gov.com")
"""Where response_urls live: GovSlack has the domain slack-gov.com (docs.slack.dev/govslack); its name hooks there is unverified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """Where a message now is: the channel (a DM's D… id) and its ts, as chat.update needs them."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelInfo:
    """A conversation as Slack describes it now (docs.slack.dev/reference/objects/conversation-object, read 2026-11)."""

    id: str
    name: str
    """Without #; "" for direct messages."""
    is_private: bool
    is_archived: bool
    is_member: bool
    """The bot is in it."""
    is_shared: bool
    """With another organisation (Slack Connect), or somebody is asking for that."""
    is_im: bool
    """A direct message, of two people or more."""


_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\\x00-\x1f\x7f]{1,64}@[^\s@<>()\[\],;:\"\\\x00-\x1f\x7f]{1,189}")
_NO_THREAD = frozenset(
    {"thread_not_found", "cannot_reply_to_message"}
    | {"restricted_action_non_threadable_channel", "restricted_action_thread_locked"}
)
"""A reply cannot be made there, while the channel itself takes messages (docs.slack.dev/reference/methods/chat.postMessage, read 2026-11)."""


def person_from_slack(workspace_id: WorkspaceId, user: Mapping[str, Any], seen_at: datetime) -> Person | None:
    """Slack's user object (docs.slack.dev/reference/objects/user-object, read 2026-11) as we keep it; None if it is none."""
    user_id = user.get("id")
    if not isinstance(user_id, str) or not user_id:
        return None
    return Person(
        workspace_id=workspace_id,
        id=UserId(user_id),
        name=_name_of(user) or user_id,
        is_admin=any(user.get(flag) is True for flag in ("is_admin", "is_owner", "is_primary_owner")),
        is_guest=any(user.get(flag) is True for flag in ("is_restricted", "is_ultra_restricted")),
        is_bot=user.get("is_bot") is True or user_id == "USLACKBOT",
        is_deactivated=user.get("deleted") is True,
        is_outsider=_is_outsider(workspace_id, user),
        tz=user["tz"] if isinstance(user.get("tz"), str) else None,
        email=_email_of(user),
        seen_at=seen_at,
    )


def _email_of(user: Mapping[str, Any]) -> str | None:
    """The profile's address, which Slack gives with users:read.email; None also for what no mail could be sent to."""
    found = _profile_of(user).get("email")
    return found if isinstance(found, str) and _ADDRESS.fullmatch(found) else None


def _profile_of(user: Mapping[str, Any]) -> Mapping[str, Any]:
    profile = user.get("profile")
    return profile if isinstance(profile, Mapping) else {}


def _name_of(user: Mapping[str, Any]) -> str:
    named = _profile_of(user)
    candidates = (named.get("display_name"), named.get("real_name"), user.get("real_name"), user.get("name"))
    return next((name.strip() for name in candidates if isinstance(name, str) and name.strip()), "")


def _is_outsider(workspace_id: WorkspaceId, user: Mapping[str, Any]) -> bool:
    if user.get("is_stranger") is True:
        return True
    in_grid = user.get("enterprise_user")
    teams = in_grid.get("teams") if isinstance(in_grid, Mapping) else None
    if isinstance(teams, Sequence) and workspace_id in teams:
        return False
    return bool(user.get("team_id", workspace_id) != workspace_id)


class Messenger:
    """Slack as the use cases see it.

    `token_of` gives a workspace's bot token, None where we are not installed. `refuse` is called before each call and
    raises inside a database transaction. `clock` dates what is learned of people.
    """

    def __init__(
        self,
        *,
        session: aiohttp.ClientSession,
        api_url: str,
        token_of: Callable[[WorkspaceId], SecretStr | None],
        refuse: Callable[[], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._session = session
        self._api = urlsplit(api_url)
        self._client = web_client(session, api_url)
        self._token_of = token_of
        self._refuse = refuse
        self._clock = clock
        self._opened: OrderedDict[str, str] = OrderedDict()

    def opened_by(self, trigger_id: str) -> str | None:
        """The view a trigger id opened, for a moment afterwards: whoever must now say it failed turns that view."""
        return self._opened.get(trigger_id)

    async def open_view(
        self, workspace_id: WorkspaceId, trigger_id: str, view: View
    ) -> str | DeliveryFailure:
        """Open a modal; its view id, or why not."""
        return await self._trigger("views.open", workspace_id, trigger_id, view)

    async def push_view(
        self, workspace_id: WorkspaceId, trigger_id: str, view: View
    ) -> str | DeliveryFailure:
        """Put a modal on top of the open one; its view id, or why not."""
        return await self._trigger("views.push", workspace_id, trigger_id, view)

    async def update_view(
        self,
        workspace_id: WorkspaceId,
        view: View,
        *,
        view_id: str | None = None,
        external_id: str | None = None,
        hash_: str | None = None,
    ) -> DeliveryFailure | None:
        """Turn an open modal, found by either id, into `view`; with `hash_` only if nobody turned it meanwhile."""
        named = {"view_id": view_id, "external_id": external_id, "hash": hash_}
        body = {"view": view, **{name: value for name, value in named.items() if value}}
        return _failure(await self._call("views.update", workspace_id, json=body))

    async def post(
        self, workspace_id: WorkspaceId, channel: str, message: Message, *, thread_ts: str | None = None
    ) -> Posted | DeliveryFailure:
        """Post to a channel, or to a person's DM when `channel` is a user id; a reply to `thread_ts`, the ts of a message that is no reply.

        If Slack calls the blocks malformed (logged as our bug), the text alone is sent: it holds the essentials. A public
        channel we are not in is joined once. Where no reply can be made the message stands by itself.
        UNKNOWN says that the message may be there: whoever may say a thing twice treats it as RETRY.
        """
        body = {"channel": channel, **message, "unfurl_links": False, "unfurl_media": False}
        if thread_ts:
            body["thread_ts"] = thread_ts
        answer = await self._posted(workspace_id, body)
        if isinstance(answer, DeliveryFailure) and answer.error == "not_in_channel":
            joined = await self.join(workspace_id, channel)
            if joined is not None:
                return joined if joined.kind is FailureKind.RETRY else answer
            answer = await self._posted(workspace_id, body)
        if isinstance(answer, DeliveryFailure):
            return answer
        return Posted(channel=str(answer.get("channel") or channel), ts=str(answer.get("ts") or ""))

    async def _posted(
        self, workspace_id: WorkspaceId, body: dict[str, Any]
    ) -> Mapping[str, Any] | DeliveryFailure:
        """Post; after a definite no that leaves a plainer way, in that way."""
        answer = await self._call("chat.postMessage", workspace_id, json=body, once=True)
        if isinstance(answer, DeliveryFailure) and answer.error in _NO_THREAD and "thread_ts" in body:
            del body["thread_ts"]
            answer = await self._call("chat.postMessage", workspace_id, json=body, once=True)
        if isinstance(answer, DeliveryFailure) and answer.kind is FailureKind.OURS and "blocks" in body:
            del body["blocks"]
            answer = await self._call("chat.postMessage", workspace_id, json=body, once=True)
        return answer

    async def update(
        self, workspace_id: WorkspaceId, channel: str, ts: str, message: Message
    ) -> DeliveryFailure | None:
        """Change a message of ours."""
        body = {"channel": channel, "ts": ts, **message}
        return _failure(await self._call("chat.update", workspace_id, json=body))

    async def respond(
        self, response_url: str, message: Message, *, replace: bool = False
    ) -> DeliveryFailure | None:
        """Answer where an interaction came from, only to that person (docs.slack.dev/interactivity/handling-user-interaction).

        The address comes from a payload: anything but Slack's own hosts and the host of the API is refused unasked.
        """
        self._refuse()
        if not self._may_respond_to(response_url):
            _log.error("an answer was not sent: its response_url is not Slack's")
            return DeliveryFailure(kind=FailureKind.REFUSED, error="foreign_response_url")
        body = {**message, "response_type": "ephemeral", "replace_original": replace}
        client = AsyncWebhookClient(
            response_url, session=self._session, retry_handlers=[], logger=quiet_logger()
        )
        client.proxy = self._client.proxy
        try:
            async with asyncio.timeout(BACKGROUND_SECONDS):
                answer = await client.send_dict(body)
        except Exception as error:  # noqa: BLE001  whatever a broken connection raises, it is an undelivered answer
            return no_answer("response_url", error)
        if answer.status_code == 200:
            return None
        return refusal(
            "response_url", {"error": answer.body.strip()[:60]}, answer.status_code, answer.headers
        )

    async def channel(self, workspace_id: WorkspaceId, channel_id: str) -> ChannelInfo | DeliveryFailure:
        """Ask Slack about a channel (conversations.info). A private one we are not in is LOST, "channel_not_found".

        "missing_scope" (REFUSED) names in `needed` what a workspace admin has to allow by installing the app again.
        """
        answer = await self._call(
            "conversations.info", workspace_id, verb="GET", params={"channel": channel_id}
        )
        if isinstance(answer, DeliveryFailure):
            return answer
        found = _channel_from_slack(answer.get("channel"))
        return found or DeliveryFailure(kind=FailureKind.RETRY, error="unreadable_answer")

    async def join(self, workspace_id: WorkspaceId, channel_id: str) -> DeliveryFailure | None:
        """Enter a public channel (conversations.join); None also where we are in it already. A private one is only ever joined by invitation."""
        return _failure(await self._call("conversations.join", workspace_id, json={"channel": channel_id}))

    async def alive(self, workspace_id: WorkspaceId) -> DeliveryFailure | None:
        """Whether Slack still takes the workspace's token (auth.test): None if so, REVOKED if not."""
        return _failure(await self._call("auth.test", workspace_id))

    async def person(self, workspace_id: WorkspaceId, user_id: UserId) -> Person | DeliveryFailure:
        """Ask Slack who someone is."""
        answer = await self._call("users.info", workspace_id, verb="GET", params={"user": user_id})
        if isinstance(answer, DeliveryFailure):
            return answer
        user = answer.get("user")
        found = person_from_slack(workspace_id, user, self._clock()) if isinstance(user, Mapping) else None
        return found or DeliveryFailure(kind=FailureKind.RETRY, error="unreadable_answer")

    async def people(self, workspace_id: WorkspaceId) -> tuple[Person, ...] | DeliveryFailure:
        """Everyone in the workspace, at most 20,000."""
        found: list[Person] = []
        cursor = ""
        for _ in range(_PEOPLE_PAGES):
            params = {"limit": _PEOPLE_A_PAGE, **({"cursor": cursor} if cursor else {})}
            answer = await self._call("users.list", workspace_id, verb="GET", params=params)
            if isinstance(answer, DeliveryFailure):
                return answer
            found += self._members(workspace_id, answer.get("members"))
            following = answer.get("response_metadata")
            cursor = str(following.get("next_cursor") or "") if isinstance(following, Mapping) else ""
            if not cursor:
                break
        return tuple(found)

    def _members(self, workspace_id: WorkspaceId, members: object) -> list[Person]:
        listed = members if isinstance(members, list) else []
        seen = [
            person_from_slack(workspace_id, member, self._clock())
            for member in listed
            if isinstance(member, Mapping)
        ]
        return [person for person in seen if person is not None]

    def _may_respond_to(self, response_url: str) -> bool:
        try:
            target = urlsplit(response_url)
            # A test server or GovSlack may answer on another port of the host that SLACK_API_URL names.
            api_host = target.hostname == self._api.hostname and target.scheme in {"https", self._api.scheme}
            own = target.port in {None, 443} and (target.hostname or "").endswith(_SLACKS_OWN)
        except ValueError:
            return False
        if target.username is not None or target.password is not None:
            return False
        return api_host or (target.scheme == "https" and own)

    async def _trigger(
        self, method: str, workspace_id: WorkspaceId, trigger_id: str, view: View
    ) -> str | DeliveryFailure:
        if not trigger_id:
            return DeliveryFailure(kind=FailureKind.TRIGGER, error="no_trigger_id")
        body = {"trigger_id": trigger_id, "view": view}
        answer = await self._call(method, workspace_id, json=body, seconds=TRIGGER_SECONDS)
        if isinstance(answer, DeliveryFailure):
            return answer
        opened = answer.get("view")
        view_id = str(opened.get("id") or "") if isinstance(opened, Mapping) else ""
        self._opened[trigger_id] = view_id
        if len(self._opened) > _TRIGGERS_KEPT:
            self._opened.popitem(last=False)
        return view_id

    async def _call(
        self,
        method: str,
        workspace_id: WorkspaceId,
        *,
        verb: str = "POST",
        json: dict[str, Any] | None = None,
        params: dict[str, Any] | None = None,
        seconds: float = BACKGROUND_SECONDS,
        once: bool = False,
    ) -> Mapping[str, Any] | DeliveryFailure:
        self._refuse()
        token = self._token_of(workspace_id)
        if token is None:
            return DeliveryFailure(kind=FailureKind.REVOKED, error="not_installed")
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"}
        call = self._client.api_call(method, http_verb=verb, json=json, params=params, headers=headers)
        return await answer_of(method, call, seconds, once=once)


def _channel_from_slack(found: object) -> ChannelInfo | None:
    if not isinstance(found, Mapping) or not isinstance(found.get("id"), str):
        return None
    is_im = found.get("is_im") is True or found.get("is_mpim") is True
    return ChannelInfo(
        id=found["id"],
        name=found["name"] if isinstance(found.get("name"), str) and not is_im else "",
        # Of before March 2021 some private channels say only that they are a group.
        is_private=found.get("is_private") is True or found.get("is_group") is True or is_im,
        is_archived=found.get("is_archived") is True,
        is_member=found.get("is_member") is True or is_im,
        is_shared=any(found.get(flag) is True for flag in ("is_ext_shared", "is_pending_ext_shared")),
        is_im=is_im,
    )


def _failure(answer: Mapping[str, Any] | DeliveryFailure) -> DeliveryFailure | None:
    return answer if isinstance(answer, DeliveryFailure) else None
