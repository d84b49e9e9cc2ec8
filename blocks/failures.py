"""Why a sign-in ended without a connected account, and the next step, in words. One pair of sentences per failure."""

from collections.abc import Mapping
from types import MappingProxyType

from blocks.text import escape, plain_name, plain_names
from blocks.views import FailedView, Failure

_WHAT: Mapping[Failure, str] = MappingProxyType(
    {
        Failure.CANCELLED: "The sign-in at {provider} was cancelled.",
        Failure.TOO_FEW_PERMISSIONS: "{provider} was not given every permission this needs.",
        Failure.WRONG_ACCOUNT: "You signed in to a different account.",
        Failure.NO_ACCOUNTS: "This sign-in reaches no account at {provider} that can be connected.",
        Failure.PROVIDER_DOWN: "{provider} has problems right now.",
        Failure.PROVIDER_BUSY: "{provider} is busy right now.",
        Failure.CODE_REFUSED: "{provider} did not accept this sign-in.",
        Failure.NOT_GENUINE: "The answer from {provider} did not fit this sign-in, so it was not used.",
        Failure.UNREADABLE: "{provider} sent an answer this bot could not read.",
        Failure.MISCONFIGURED: "{provider} does not accept this bot. Your account is not the cause.",
        Failure.LINK_RAN_OUT: "The link ran out. Links work for 30 minutes.",
        Failure.REPLACED: "A newer link took the place of this one.",
        Failure.NO_LONGER_ALLOWED: "You no longer have the permission to connect integrations.",
        Failure.ACCOUNT_GONE: "The account was disconnected in the meantime.",
        Failure.INTERRUPTED: "Something interrupted the sign-in on our side.",
        Failure.DECLINED: "You said this sign-in was not yours, so it was thrown away.",
        Failure.KEY_GONE: "This sign-in can no longer be read here.",
        Failure.NOT_FINISHED: "You signed in, but the last step here was not taken in time, so the sign-in was thrown away.",
        Failure.CONNECTED_BY_ANOTHER: "Somebody else has just connected this account.",
    }
)

_NEXT: Mapping[Failure, str] = MappingProxyType(
    {
        Failure.CANCELLED: "Nothing was connected. Get a new link when you are ready.",
        Failure.TOO_FEW_PERMISSIONS: "Get a new link and leave every box ticked at {provider}.",
        Failure.WRONG_ACCOUNT: "Nothing was changed. Get a new link and sign in to the right account.",
        Failure.NO_ACCOUNTS: "Ask an admin at {provider} to give you access, then get a new link.",
        Failure.PROVIDER_DOWN: "Nothing was connected. Try again in a while.",
        Failure.PROVIDER_BUSY: "Nothing was connected. Try again in a few minutes.",
        Failure.CODE_REFUSED: "Nothing was connected. Get a new link and sign in once more.",
        Failure.NOT_GENUINE: "Nothing was connected. Get a new link and open it in one browser.",
        Failure.UNREADABLE: "Nothing was connected. Try again; if it stays so, tell the person who runs the bot.",
        Failure.MISCONFIGURED: "Tell the person who runs the bot: its set-up for {provider} needs a look.",
        Failure.LINK_RAN_OUT: "Get a new link to go on.",
        Failure.REPLACED: "Use the newest link, or start again.",
        Failure.NO_LONGER_ALLOWED: "Ask an Integrator to do it.",
        Failure.ACCOUNT_GONE: "Integrate it again if you still need it.",
        Failure.INTERRUPTED: "Nothing was connected. Get a new link and try again.",
        Failure.DECLINED: "Nothing was connected. If somebody sent you that link, tell an admin.",
        Failure.KEY_GONE: "Get a new link and sign in again.",
        Failure.NOT_FINISHED: "Nothing was changed. Get a new link and sign in once more.",
        Failure.CONNECTED_BY_ANOTHER: "There is nothing left to do: /lexer integrations shows it, and who may use it.",
    }
)


def what_happened(view: FailedView) -> str:
    """One or two sentences, for mrkdwn."""
    return escape(plain_what(view))


def what_next(view: FailedView) -> str:
    """The next step, for mrkdwn."""
    return escape(plain_next(view))


def plain_what(view: FailedView) -> str:
    """One or two sentences on what happened, as plain text."""
    if view.failure is Failure.WRONG_ACCOUNT and (view.details or view.needed):
        return _other_account(view)
    text = _WHAT[view.failure].format(provider=plain_name(view.provider))
    if view.failure is Failure.TOO_FEW_PERMISSIONS and view.details:
        missing = "; ".join(plain_name(wanted.rstrip("."), 100) for wanted in view.details[:8])
        return f"{text}\nMissing: {missing}."
    return text


def _other_account(view: FailedView) -> str:
    who = plain_names(view.details, 3) if view.details else "someone else"
    signed_in = f"You signed in as {who}."
    return f"{signed_in} This needs {plain_name(view.needed)}." if view.needed else signed_in


def plain_next(view: FailedView) -> str:
    """The next step as plain text, with how to switch accounts or where to look by hand when that helps."""
    first = _NEXT[view.failure].format(provider=plain_name(view.provider))
    steps = [first.replace("Nothing was connected", "Nothing was changed") if view.needed else first]
    if view.failure in {Failure.WRONG_ACCOUNT, Failure.NO_ACCOUNTS} and view.switch_hint:
        steps.append(plain_name(view.switch_hint, 300))
    if view.by_hand and view.failure in _LOOK_THERE:
        steps.append(f"You can look at or end the access yourself. {plain_name(view.by_hand, 300)}")
    return " ".join(steps)


_LOOK_THERE = frozenset({Failure.DECLINED, Failure.NOT_GENUINE, Failure.KEY_GONE})
