"""The durable copy of connecting, in the person's DM. Edited to the outcome; an outcome has no buttons but the next step."""

from typing import Literal

from blocks.connect_words import (
    answer_buttons,
    asks_to_confirm,
    continue_button,
    good_end,
    groups_and_rest,
    new_link_button,
    number_words,
    who_can_use,
)
from blocks.failures import what_happened, what_next
from blocks.parts import Message, actions, button, context, message, section
from blocks.text import clock, name, names
from blocks.views import ConfirmView, ContinueView, DoneView, FailedView, Failure

CARRY_ON = "connect.carry_on"


def continue_dm(view: ContinueView) -> Message:
    """The link, in short."""
    verb = f"Reconnect {name(view.reconnect)} at" if view.reconnect else "Connect"
    text = f"*{verb} {name(view.provider)}*\nSign in with your browser, then come back here."
    if view.reconnect:
        text += f" Sign in as *{name(view.reconnect)}*."
    text += f"\n{number_words(view.number)}"
    until = f"The link is only for you and works until {clock(view.expires_at)}."
    return message(f"{text}\n{until}", [section(text), actions(continue_button(view)), context(until)])


def confirm_dm(view: ConfirmView) -> Message:
    """The question, where it can be answered when the modal is gone."""
    text = asks_to_confirm(view)
    return message(text, [section(text), actions(*answer_buttons(view))])


def choosing_dm(
    attempt_id: str, provider: str, accounts: tuple[str, ...], stage: Literal["pick", "groups"]
) -> Message:
    """Signed in, and something is left to choose: a way back in if the modal was closed."""
    if stage == "pick":
        text = f"You are signed in to {name(provider)}. Choose which accounts to connect."
        label = "Choose accounts"
    else:
        text = f"You are signed in to {names(accounts, 3) or name(provider)}. Choose which Groups may use it."
        label = "Choose Groups"
    button_ = button(label, CARRY_ON, value=attempt_id, style="primary", label=f"{label} for this sign-in")
    return message(text, [section(text), actions(button_)])


def done_dm(view: DoneView) -> Message:
    """The good end; nothing left to press."""
    connected = "reconnected" if view.reconnected else "connected"
    first = f"{good_end(view)} *{names(view.accounts) or 'Your account'}* at {name(view.provider)}: {connected}. {who_can_use(view)}"
    text = "\n".join([first, *groups_and_rest(view)])
    return message(text, [section(text)])


def failed_dm(view: FailedView) -> Message:
    """The other end."""
    text = f"*{_headline(view)}*\n{what_happened(view)}\n{what_next(view)}"
    blocks = [section(text)]
    if view.may_retry:
        blocks.append(actions(new_link_button(view)))
    return message(text, blocks)


def _headline(view: FailedView) -> str:
    if view.failure is Failure.CONNECTED_BY_ANOTHER:
        return f"{name(view.provider)} is connected already."
    return (
        f"{name(view.needed)} is not reconnected."
        if view.needed
        else f"{name(view.provider)} is not connected."
    )
