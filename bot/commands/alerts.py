"""`/lexer alerts`: where alerts go, and how one is told."""

from blocks.alert_settings import opening_settings
from blocks.parts import Message
from bot.interactions import Command, CommandCall
from bot.usecases.alert_settings import form


async def run(call: CommandCall) -> Message | None:
    """Open the settings."""
    who = call.caller
    await call.open_then(
        opening_settings(), lambda _view_id: form(who.context, who.workspace_id, who.user_id)
    )
    return None


COMMAND = Command(
    name="alerts",
    aliases=("alert", "notifications"),
    usage="/lexer alerts",
    summary="Where you are told when an account stops working: channels, your quiet hours, the daily message.",
    run=run,
    opens_view=True,
)
