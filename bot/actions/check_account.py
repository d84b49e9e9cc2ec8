"""Check now: ask the provider whether the sign-in still works, and say what it answered."""

from blocks.integration import CHECK
from blocks.status import reason_words
from bot.interactions import Action, ActionCall
from bot.usecases import detail, monitor
from bot.usecases.values import number, read, word
from connectors.observation import Misconfigured, ScopeMissing, Throttled, Unreachable
from connectors.provider import Provider
from store.records import AccountId, AccountStatus

_BY_ITSELF = "Lexer checks again by itself."
_CHECKING = f"Checking now … If this stays for more than a minute, close this: {_BY_ITSELF}"


async def run(call: ActionCall) -> None:
    """Check the account named by the value."""
    who = call.caller
    view_id = call.view.id if call.view else None
    place = read(call.view.private_metadata if call.view else "")
    key, page = word(place, "k"), number(place, "p")
    if key:
        await call.turn(
            await detail.show(who.context, who.workspace_id, who.user_id, key, page=page, notice=_CHECKING)
        )
    try:
        checked = await monitor.check_now(
            who.context, who.workspace_id, who.user_id, AccountId(call.value), view_id=view_id
        )
    except Exception:
        # What went wrong is said on top of this view; below it must not go on checking.
        if key:
            await call.turn(await detail.show(who.context, who.workspace_id, who.user_id, key, page=page))
        raise
    provider = detail.provider_of(who.context, checked.account.provider_key)
    notice, level = verdict(checked, provider)
    await call.turn(
        await detail.show(
            who.context,
            who.workspace_id,
            who.user_id,
            checked.account.provider_key,
            page=page,
            notice=notice,
            level=level,
        )
    )


def verdict(checked: monitor.Checked, provider: Provider) -> tuple[str, str]:
    """One sentence and its level about what a check found."""
    name, there = checked.account.name, provider.name
    match checked.observation:
        case None:
            return f"{name} waits for its Groups: choose them first.", "warning"
        case Unreachable():
            return f"{there} did not answer, so {name} could not be checked. {_BY_ITSELF}", "warning"
        case Throttled():
            return f"{there} asks for a pause, so {name} could not be checked. {_BY_ITSELF}", "warning"
        case Misconfigured():
            return (
                f"{there} does not accept this bot's own settings. Your account is not the cause.",
                "warning",
            )
        case ScopeMissing(scopes=scopes):
            missing = ", ".join(detail.permission_words(provider, scopes)) or "a permission"
            return f"{name} works, but it lacks: {missing}. Reconnect it to allow that too.", "warning"
        case _:
            return _by_status(checked)


def _by_status(checked: monitor.Checked) -> tuple[str, str]:
    account = checked.account
    if account.status is AccountStatus.DISCONNECTED:
        return f"{account.name} is disconnected: {reason_words(account.reason)}. Reconnect it below.", "error"
    if account.failures:
        next_step = "Lexer checks again by itself, and tells the Integrators if it stays so."
        return f"{account.name} looks disconnected, which may pass. {next_step}", "warning"
    if account.status is AccountStatus.NEEDS_PERMISSION:
        return f"{account.name} works, but a permission is missing. Reconnect it to give that too.", "warning"
    return f"{account.name} is connected.", "success"


ACTION = Action(name=CHECK, run=run)
