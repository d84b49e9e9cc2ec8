"""`/lexer help`, and the answer to words nobody knows."""

from difflib import get_close_matches
from functools import lru_cache

from blocks.help import help_, kind_refusal
from blocks.parts import Message
from blocks.views import HelpLine, HelpView
from bot import policy
from bot.interactions import Command, CommandCall
from bot.usecases.narrowing import nearest, understood
from bot.usecases.people import rights_of


def quick(call: CommandCall) -> Message | None:
    """The help at once, for someone known to be a member; None where the store has to be asked first."""
    who = call.caller
    if (who.workspace_id, who.user_id, who.context.clock()) not in who.context.members:
        return None
    return _rendered(call.known, None, None)


async def run(call: CommandCall) -> Message:
    """Every command in one line each."""
    return await _help(call, typed=None, near=None)


async def unknown(call: CommandCall, typed: str) -> Message:
    """What `typed` most likely meant: a command, or an integration's name typed without the command."""
    return await _help(call, typed=typed, near=_nearest(call, typed))


async def _help(call: CommandCall, *, typed: str | None, near: str | None) -> Message:
    who = call.caller
    rights = await rights_of(who.context, who.workspace_id, who.user_id)
    if not policy.welcome(rights.person):
        return kind_refusal()
    who.context.members.remember(who.workspace_id, who.user_id, who.context.clock())
    return _rendered(call.known, typed, near)


@lru_cache(maxsize=16)
def _rendered(known: tuple[Command, ...], typed: str | None, near: str | None) -> Message:
    """The same words always give the same help, for whoever reads it."""
    lines = tuple(HelpLine(usage=c.usage, summary=c.summary) for c in known)
    return help_(HelpView(lines=lines, typed=typed, nearest=near))


def _nearest(call: CommandCall, typed: str) -> str | None:
    providers = call.caller.context.connectors.providers()
    if understood(typed, providers):
        return f"/lexer integrations {typed}"
    words = {alias: c.usage for c in call.known for alias in (c.name, *c.aliases) if alias}
    found = get_close_matches(typed.casefold().split(" ")[0][:40], list(words), n=1, cutoff=0.6)
    if found:
        return words[found[0]]
    meant = nearest(typed, providers)
    return f"/lexer integrations {meant}" if meant else None


COMMAND = Command(
    name="help", aliases=("?",), usage="/lexer help", summary="This list.", run=run, quick=quick
)
