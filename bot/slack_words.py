"""What a person is told when something could not be done, and where: the surface at hand."""

from dataclasses import dataclass

from blocks import help as words
from blocks.parts import Message, View, if_it_stays, modal, section
from bot.errors import Outdated, UserFacingError
from bot.in_flight import report
from bot.insisting import insisted
from bot.interactions import ActionCall, Caller, ViewRef

AGAIN = "Type /lexer to see how things stand now."


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """The same words for either surface."""

    message: Message
    view: View


def not_done(what: str, what_to_do: str) -> Trouble:
    """Cannot be done, and why."""
    to_do = what_to_do or AGAIN
    return Trouble(message=words.problem(what, to_do), view=words.problem_view(what, to_do))


def of_error(error: Exception) -> Trouble:
    """An error on its way out of a handler: its own words, or a bug that is logged under a reference."""
    if isinstance(error, UserFacingError):
        return not_done(error.what, error.what_to_do)
    reference = report(error)
    return Trouble(message=words.broke(reference), view=words.broke_view(reference))


def not_installed() -> Trouble:
    """The payload is of a workspace this bot is not installed in."""
    return not_done(
        "The Lexer Integrations Bot is not installed in this workspace.",
        "Ask a workspace admin to install it here, or use it in the workspace it belongs to.",
    )


def outdated() -> Trouble:
    """A control no handler knows."""
    return of_error(Outdated())


def meanwhile(submitted: ViewRef) -> View:
    """Shown where a submission takes longer; keeps the view's ids, so that it can still be found and turned."""
    return modal(
        "One moment",
        submitted.callback_id or words.PROBLEM,
        [section("Working on it. This turns by itself in a moment."), if_it_stays()],
        metadata=submitted.private_metadata,
        external_id=submitted.external_id,
    )


async def tell(call: ActionCall, trouble: Trouble) -> None:
    """Say it where the person looks: in the view their press opened, beside the message, in a new view, or in a DM."""
    caller = call.caller
    if await turned(caller, trouble):
        return
    if call.response_url:
        respond = caller.context.messenger.respond
        said = await insisted(lambda: respond(call.response_url, trouble.message)) is None
    else:
        said = isinstance(await call.show(trouble.view), str)
    if not said and caller.user_id:
        await caller.context.messenger.post(caller.workspace_id, caller.user_id, trouble.message)


async def turned(caller: Caller, trouble: Trouble) -> bool:
    """Turn the view this very press opened, so that no loading view stays; False if it opened none."""
    messenger = caller.context.messenger
    opened = messenger.opened_by(caller.trigger_id)
    if not opened:
        return False
    turn = messenger.update_view
    return await insisted(lambda: turn(caller.workspace_id, trouble.view, view_id=opened)) is None
