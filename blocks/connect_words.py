"""Sentences and buttons that the connect modal and its DM share."""

from blocks.parts import Json, button
from blocks.status import Status, dot, words
from blocks.text import can_use, name, names, plain_name
from blocks.views import ConfirmView, ContinueView, DoneView, FailedView

CONTINUE = "connect.continue"
YES = "connect.yes"
NO = "connect.no"
NEW_LINK = "connect.new_link"


def number_words(number: int) -> str:
    """The number that lets a person see that page and Slack belong together."""
    return f"The page that opens shows the number *{number:02d}*. If it shows another one, close it."


def continue_button(view: ContinueView) -> Json:
    """The link, as a button."""
    return button(
        f"Continue to {plain_name(view.provider, 60)}",
        CONTINUE,
        value=view.attempt_id,
        url=view.url,
        style="primary",
    )


def asks_to_confirm(view: ConfirmView) -> str:
    """The question, with what hangs on it."""
    lines = [f"*Did you just sign in to {name(view.provider)} as {name(view.identity)}?*"]
    if view.accounts not in ((), (view.identity,)):
        lines.append(f"It reaches {names(view.accounts, 6)}.")
    lines.append(
        f"Your page showed the number *{view.number:02d}*. If this was not you, say no: nothing is connected then."
    )
    return "\n".join(lines)


def answer_buttons(view: ConfirmView) -> tuple[Json, Json]:
    """Yes and no."""
    return (
        button("Yes, that was me", YES, value=view.attempt_id, style="primary"),
        button("No, throw it away", NO, value=view.attempt_id),
    )


def new_link_button(view: FailedView) -> Json:
    """The next step after most failures."""
    return button("Get a new link", NEW_LINK, value=view.attempt_id, style="primary")


def who_can_use(view: DoneView) -> str:
    """Such as "14 people can use it."."""
    return (
        can_use(view.people) if len(view.accounts) < 2 else can_use(view.people).replace("use it", "use them")
    )


def good_end(view: DoneView) -> str:
    """The circle of the status the accounts have now."""
    return dot(Status.NEEDS_PERMISSION if view.missing_permissions else Status.CONNECTED)


def groups_and_rest(view: DoneView) -> list[str]:
    """The Groups, and what stayed behind."""
    lines = []
    if view.groups:
        lines.append(f"{'Group' if len(view.groups) == 1 else 'Groups'}: {names(view.groups)}")
    if view.missing_permissions:
        missing = words(Status.NEEDS_PERMISSION, permissions=view.missing_permissions)
        lines.append(
            f"{missing}. Everything else works; to allow it, open {name(view.provider)} with `/lexer` and press Reconnect."
        )
    if view.left_behind:
        verb, them = ("needs", "it") if len(view.left_behind) == 1 else ("need", "them")
        lines.append(
            f"🔴 {names(view.left_behind)} still {verb} to be reconnected: this sign-in does not reach {them}."
        )
    return lines
