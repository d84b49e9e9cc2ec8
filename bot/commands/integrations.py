"""`/lexer` and `/lexer integrations …`: the listing."""

from blocks.parts import Message
from bot.interactions import Command, CommandCall
from bot.usecases.integrations import listing


async def run(call: CommandCall) -> Message:
    """The listing, narrowed by the words."""
    return await listing(call.caller.context, call.caller.workspace_id, call.caller.user_id, call.words)


COMMAND = Command(
    name="integrations",
    aliases=("", "integration", "list"),
    usage="/lexer integrations",
    summary="Everything you can connect, and how your accounts are doing. Add a name, a category or the word disconnected to narrow it.",
    run=run,
)
