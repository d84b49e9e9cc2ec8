"""Help, refusals and what went wrong, each with one next step."""

from collections.abc import Sequence

from blocks.listing import OPEN
from blocks.parts import Message, View, actions, button, message, modal, notice, section
from blocks.text import mentions, name, plain_name, user
from blocks.views import AskView, HelpView

PROBLEM = "problem"


def help_(view: HelpView) -> Message:
    """The commands, one line each; for a typo the nearest one first."""
    lines = []
    if view.typed:
        nearest = f" Did you mean `{name(view.nearest)}`?" if view.nearest else ""
        lines.append(f'There is no command "{name(view.typed)}".{nearest}')
    lines.append("*What you can type*")
    lines += [f"`{name(line.usage)}` {name(line.summary, 200)}" for line in view.lines[:20]]
    return _said("\n".join(lines))


def kind_refusal() -> Message:
    """For guests, bots and people of other organisations."""
    return _said(
        "This is for full members of this workspace. A member you work with can look things up for you."
    )


def not_allowed(what: str, admins: Sequence[str] = ()) -> Message:
    """`what` completes "You cannot …", e.g. "change Groups". `admins` are Slack user ids of those who can."""
    return _said(_cannot(what, admins))


def not_allowed_view(what: str, admins: Sequence[str] = ()) -> View:
    """As `not_allowed`, where a modal is already open."""
    return modal("Not possible", PROBLEM, [section(_cannot(what, admins))])


def _cannot(what: str, admins: Sequence[str]) -> str:
    return f"You cannot {name(what, 150)}. {mentions(admins) or 'A workspace admin'} can help."


def problem(what: str, what_to_do: str) -> Message:
    """One sentence each: what is wrong, and the next step."""
    return _said(f"{name(what, 500)}\n{name(what_to_do, 500)}")


def problem_view(what: str, what_to_do: str) -> View:
    """As `problem`, in a modal."""
    return modal(
        "Not possible", PROBLEM, [notice(name(what, 500), "warning"), section(name(what_to_do, 500))]
    )


def broke(reference: str) -> Message:
    """An error of ours; `reference` finds it in the log."""
    return _said(_broke(reference))


def broke_view(reference: str) -> View:
    """As `broke`, in a modal."""
    return modal("Something broke", PROBLEM, [notice(_broke(reference), "error")])


def _broke(reference: str) -> str:
    return f"Something broke on our side. Please try again. If it stays so, send reference {name(reference)} to the person who runs the bot."


def ask_dm(view: AskView) -> Message:
    """What an Integrator gets from "Ask an Integrator"."""
    text = f"{user(view.asker)} asks for {name(view.provider)}. Open it to connect an account, or to share one with more Groups."
    opens = button(f"Open {plain_name(view.provider, 60)}", OPEN, value=view.provider_key, style="primary")
    return message(text, [section(text), actions(opens)])


def asked(provider: str, already: bool) -> Message:  # noqa: FBT001 - contract: one flag, named where it is called
    """The answer to the person who asked."""
    return _said(_asked(provider, already=already))


def asked_sentence(provider: str, *, already: bool) -> str:
    """The same as a notice in the detail modal, in plain words."""
    return _asked(plain_name(provider), already=already)


def _asked(provider: str, *, already: bool) -> str:
    if already:
        return f"You already asked about {name(provider)} today. The Integrators know."
    return f"The Integrators got a message from you about {name(provider)}."


def waiting_removed_dm(provider: str, account: str) -> Message:
    """To who signed in, after 7 days without Groups."""
    text = (
        f"{name(account)} at {name(provider)} was removed: no Group was chosen for 7 days. "
        "To use it, integrate it again: type `/lexer integrations`."
    )
    return _said(text)


def _said(text: str) -> Message:
    return message(text, [section(text)])
