"""`/lexer groups`: who is in which Group, and which Groups may connect integrations."""

from blocks.integration import opening
from blocks.parts import Message
from bot.interactions import Command, CommandCall
from bot.usecases.groups import listing


async def run(call: CommandCall) -> Message | None:
    """Open the Groups modal."""
    who = call.caller
    await call.open_then(
        opening("Groups"), lambda _view_id: listing(who.context, who.workspace_id, who.user_id)
    )
    return None


COMMAND = Command(
    name="groups",
    aliases=("group",),
    usage="/lexer groups",
    summary="The Groups, and how many people are in each. Admins create and change them here.",
    run=run,
    opens_view=True,
)
