"""Slack's requests, from either way in, to our handlers and back. The only file that knows Bolt.

Everything is answered well within Slack's 3 seconds; what takes longer goes on in a tracked task and arrives later.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, assert_never

import aiohttp
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from blocks.parts import Message, View
from bot import slack_payloads as payloads
from bot import slack_words
from bot.errors import NotInstalled
from bot.handlers import Handlers
from bot.in_flight import InFlight, report
from bot.insisting import insisted
from bot.installations import Installation, Installations
from bot.interactions import (
    Action,
    ActionCall,
    Caller,
    Close,
    Errors,
    Modal,
    ModalAnswer,
    ModalCall,
    Show,
)
from bot.slack_client import web_client
from bot.usecases import people, slack_side
from bot.usecases.context import Context
from store import workspaces
from store.records import Workspace, WorkspaceId

_log = logging.getLogger(__name__)

COMMAND_SECONDS = 1.0
"""How long an answer may take to go out in the ack itself."""
SUBMIT_SECONDS = 2.0
OPTIONS_SECONDS = 2.5
_ANY = re.compile(r"[\s\S]*")
_ACK_FIRST = 0.5
"""Seconds for Slack to take the ack that turns a view, before the view is turned again."""


class SlackApp:
    """Bolt with our own dispatch: `dispatch` for a request that came over HTTP, `bolt` for Socket Mode."""

    def __init__(
        self,
        *,
        context: Context,
        handlers: Handlers,
        installations: Installations,
        in_flight: InFlight,
        session: aiohttp.ClientSession,
        api_url: str,
    ) -> None:
        self._context = context
        self._handlers = handlers
        self._installations = installations
        self._in_flight = in_flight
        self.bolt = _bolt(web_client(session, api_url))
        self._listen()

    def _listen(self) -> None:
        """The order is the order of matching, so the command comes first; the last ones take whatever else Slack sends."""
        bolt = self.bolt
        bolt.command(_ANY)(self._on_command)
        bolt.action(_ANY)(self._on_action)
        bolt.view(_ANY)(self._on_submit)
        bolt.options(_ANY)(self._on_options)
        bolt.event("user_change")(self._on_user_change)
        for archived in (bolt.event("channel_archive"), bolt.event("group_archive")):
            archived(self._on_archived)
        for deleted in (bolt.event("channel_deleted"), bolt.event("group_deleted")):
            deleted(self._on_deleted)
        for left in (bolt.event("channel_left"), bolt.event("group_left")):
            left(self._on_left)
        bolt.event("member_left_channel")(self._on_member_left)
        bolt.event("channel_id_changed")(self._on_channel_moved)
        bolt.event("tokens_revoked")(self._on_tokens_revoked)
        bolt.event("app_uninstalled")(self._on_uninstalled)
        for other in (bolt.view_closed, bolt.event, bolt.shortcut):
            other(_ANY)(_just_ack)
        bolt.error(_unmatched)

    async def dispatch(self, body: dict[str, Any]) -> tuple[int, str, str]:
        """Answer a verified, decoded request: status, content type and body of the reply."""
        # Bolt takes a decoded body only in this mode. The mode changes nothing but its signature check, which web/ has made
        # over the raw bytes (Bolt's own decoding loses every command whose text holds the word "payload").
        try:
            request = AsyncBoltRequest(body=body, mode="socket_mode")
            response = await self.bolt.async_dispatch(request)
        except (TypeError, AttributeError, LookupError):  # Bolt trusts the types in a payload
            return 400, "text/plain; charset=utf-8", "malformed"
        kind = response.first_headers().get("content-type", "text/plain; charset=utf-8")
        return response.status, kind, response.body

    def _installed(self, body: payloads.Payload) -> Installation | None:
        workspace_id = payloads.workspace_of(body)
        try:
            found = self._installations.get(workspace_id)
        except NotInstalled as error:
            _log.warning("a request was refused: %s", error)
            return None
        app_id = payloads.app_of(body)
        if app_id and (learned := self._installations.learn_app(workspace_id, app_id)):
            self._in_flight.start(_save(self._context, learned))
        return found

    async def _on_command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        if self._installed(body) is None:
            await ack(_ephemeral(slack_words.not_installed().message))
            return
        text = payloads.typed(body)
        name, rest = payloads.first_word(text)
        commands = self._handlers.commands
        command = commands.get(name) or (None if name else commands.get("integrations"))
        words = rest if command else text[:500]
        call = payloads.command_call(self._context, body, words, self._handlers.listed)
        if command and command.quick and (said := command.quick(call)):
            await ack(_ephemeral(said))
            return
        work = command.run(call) if command else self._handlers.unknown(call, words)
        answer = self._in_flight.start(_said(work, call.caller))
        in_time = not (command and command.opens_view)
        if in_time and await _ready(answer, COMMAND_SECONDS):
            await ack(_ephemeral(answer.result()))
            return
        await ack()
        self._in_flight.start(self._say_later(answer, payloads.response_url_of(body)))

    async def _say_later(self, answer: "asyncio.Task[Message | None]", response_url: str) -> None:
        said = await answer
        if response_url and said:
            await insisted(lambda: self._context.messenger.respond(response_url, said))

    async def _on_action(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        name, call = payloads.action_call(self._context, body)
        self._in_flight.start(_done(self._handlers.actions.get(name), call, self._installed(body)))

    async def _on_options(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        name, call, text = payloads.options_call(self._context, body)
        found = self._handlers.options.get(name)
        if found is None or self._installed(body) is None:
            await ack({"options": []})
            return
        search = self._in_flight.start(_found(found.run(call, text)))
        in_time = await _ready(search, OPTIONS_SECONDS)
        await ack({"options": search.result() if in_time else []})

    async def _on_submit(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        call = payloads.modal_call(self._context, body)
        if self._installed(body) is None:
            await ack(_update(slack_words.not_installed().view))
            return
        modal = self._handlers.modals.get(call.view.callback_id)
        answer = self._in_flight.start(_submitted(modal, call))
        if await _ready(answer, SUBMIT_SECONDS):
            await ack(_modal_ack(answer.result()))
            return
        await ack(_update(slack_words.meanwhile(call.view)))
        self._in_flight.start(self._turn_later(answer, call))

    async def _turn_later(self, answer: "asyncio.Task[ModalAnswer]", call: ModalCall) -> None:
        view = _late_view(await answer)
        await asyncio.sleep(_ACK_FIRST)
        turn = self._context.messenger.update_view
        await insisted(lambda: turn(call.caller.workspace_id, view, view_id=call.view.id))

    async def _on_user_change(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        event = body.get("event")
        user = event.get("user") if isinstance(event, dict) else None
        if self._installed(body) is not None and isinstance(user, dict):
            self._in_flight.start(people.changed(self._context, payloads.workspace_of(body), user))

    async def _on_archived(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        self._closed(body, "is_archived")

    async def _on_deleted(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        self._closed(body, "channel_deleted")

    async def _on_left(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        self._closed(body, "not_in_channel")

    async def _on_member_left(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        found = self._installed(body)
        if found is not None and payloads.event_of(body).get("user") == found.bot_user_id:
            self._closed(body, "not_in_channel")

    def _closed(self, body: dict[str, Any], error: str) -> None:
        found, channel = self._installed(body), payloads.channel_in(payloads.event_of(body))
        if found is not None and channel:
            self._in_flight.start(
                slack_side.channel_closed(self._context, found.workspace_id, channel, error=error)
            )

    async def _on_channel_moved(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        found, event = self._installed(body), payloads.event_of(body)
        old, new = (payloads.channel_in(event, name) for name in ("old_channel_id", "new_channel_id"))
        if found is not None and old and new:
            self._in_flight.start(slack_side.channel_moved(self._context, found.workspace_id, old, new))

    async def _on_tokens_revoked(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        if payloads.names_our_tokens(payloads.event_of(body)):
            self._taken_out(body)

    async def _on_uninstalled(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        self._taken_out(body)

    def _taken_out(self, body: dict[str, Any]) -> None:
        found = self._installed(body)
        if found is not None:
            self._in_flight.start(self._end(found.workspace_id))

    async def _end(self, workspace_id: WorkspaceId) -> None:
        if await slack_side.taken_out(self._context, workspace_id):
            self._installations.end(workspace_id)


def _bolt(client: AsyncWebClient) -> AsyncApp:
    """Everything explicit, for Bolt reads what is left out from the environment."""
    logger = logging.getLogger("bot.slack_app.bolt")
    logger.setLevel(
        logging.CRITICAL
    )  # below that Bolt writes whole bodies; what fails is reported by our listeners
    return AsyncApp(
        name="lexer-bot",
        logger=logger,
        client=client,
        authorize=_Authorize(),
        signing_secret="",
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=True,
        ignoring_self_events_enabled=False,
        ignoring_self_assistant_message_events_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )


class _Authorize(AsyncAuthorize):
    """From memory, and always yes: a workspace we are not installed in is told so in words, by the listener.

    A class, for Bolt wraps a plain function in one that works out its arguments at every request.
    """

    def __init__(self) -> None:
        """Nothing to keep."""

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,  # noqa: ARG002
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        **_actor: str | None,
    ) -> AuthorizeResult:
        """Whoever Slack names."""
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)


async def _just_ack(ack: AsyncAck) -> None:
    await ack()


async def _unmatched(error: Exception) -> BoltResponse:
    """Slack retries and warns people about anything but 200."""
    if isinstance(error, BoltUnhandledRequestError):
        _log.warning("a request of a kind this bot does not use was acknowledged")
    else:
        report(error)
    return BoltResponse(status=200, body="")


async def _ready(task: "asyncio.Task[Any]", seconds: float) -> bool:
    await asyncio.sleep(0)  # enough for what needs no waiting, and ten times cheaper than the next line
    if not task.done():
        await asyncio.wait({task}, timeout=seconds)
    return task.done() and not task.cancelled()


async def _said(work: Awaitable[Message | None], caller: Caller) -> Message | None:
    try:
        return await work
    except Exception as error:  # noqa: BLE001  every error becomes words here
        trouble = slack_words.of_error(error)
    return None if await slack_words.turned(caller, trouble) else trouble.message


async def _found(work: Awaitable[Sequence[Mapping[str, Any]]]) -> Sequence[Mapping[str, Any]]:
    try:
        return (await work)[:100]
    except Exception as error:  # noqa: BLE001  a search without results; the bug is in the log
        report(error)
        return []


async def _done(action: Action | None, call: ActionCall, installed: Installation | None) -> None:
    if installed is None:
        # Without an installation only the answer address works.
        await call.reply(slack_words.not_installed().message)
    elif action is None:
        await slack_words.tell(call, slack_words.outdated())
    else:
        try:
            await action.run(call)
        except Exception as error:  # noqa: BLE001  every error becomes words here
            await slack_words.tell(call, slack_words.of_error(error))


async def _submitted(modal: Modal | None, call: ModalCall) -> ModalAnswer:
    if modal is None:
        return Show(view=slack_words.outdated().view)
    try:
        return await modal.run(call)
    except Exception as error:  # noqa: BLE001  every error becomes words here
        return Show(view=slack_words.of_error(error).view)


def _modal_ack(answer: ModalAnswer) -> dict[str, Any] | str:
    match answer:
        case Errors(fields=fields):
            return {"response_action": "errors", "errors": dict(fields)}
        case Show(view=view):
            return _update(view)
        case Close(all_views=True):
            return {"response_action": "clear"}
        case Close():
            return ""
        case never:
            assert_never(never)


def _late_view(answer: ModalAnswer) -> View:
    """The time for errors beside fields and for closing is over: both become a view."""
    match answer:
        case Errors(fields=fields):
            return slack_words.not_done(" ".join(fields.values()), "Close this and try again.").view
        case Show(view=view):
            return view
        case Close():
            return slack_words.not_done("That took a moment, and it is done.", "You can close this.").view
        case never:
            assert_never(never)


def _update(view: View) -> dict[str, Any]:
    return {"response_action": "update", "view": dict(view)}


def _ephemeral(said: Message | None) -> dict[str, Any] | str:
    return {"response_type": "ephemeral", **said} if said else ""


async def _save(context: Context, learned: Installation) -> None:
    async with context.store.transaction() as tx:
        await workspaces.save(tx, workspace_record(learned))


def workspace_record(installation: Installation) -> Workspace:
    """An installation as the store keeps it."""
    return Workspace(
        id=installation.workspace_id,
        name=installation.name,
        bot_user_id=installation.bot_user_id,
        app_id=installation.app_id,
    )
