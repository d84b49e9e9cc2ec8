"""An alert, wherever it is told: one function draws it in every state, so that what is edited is never out of date."""

from collections.abc import Iterable, Iterator

from blocks.alert_views import AlertView, OutageView, RefusalView, ReminderView
from blocks.alert_words import (
    facts,
    headline,
    meanwhile,
    on_it,
    progress,
    resolution,
    state,
    subject,
    the_accounts,
    total,
    what_it_was,
    why_once,
)
from blocks.integration import RECONNECT
from blocks.listing import OPEN
from blocks.parts import (
    Json,
    Message,
    View,
    actions,
    button,
    context,
    message,
    metadata,
    modal,
    option,
    section,
)
from blocks.text import channel, count, lasted, listed, mentions, name, plain_name, user, when

TAKE = "alert.take"
LET_GO = "alert.let_go"
SNOOZE = "alert.snooze"
DETAILS = "alert.details"
SNOOZES = ((1, "1 hour"), (4, "4 hours"), (24, "1 day"), (72, "3 days"))
"""Hours and words. A snooze always has an end."""


def alert(view: AlertView) -> Message:
    """The alert as DM (`view.reader`) or in a channel: open, taken, snoozed, partly repaired, or over."""
    if view.ended_at is not None:
        return _over(view)
    lines = [headline(view), progress(view), why_once(view), the_accounts(view), meanwhile(view)]
    return _told(lines, facts(view), state(view), [_buttons(view), *_where(view)], _where_words(view))


def _over(view: AlertView) -> Message:
    return _told([headline(view), resolution(view)], what_it_was(view))


def _told(
    lines: Iterable[str], small: str, state_: str = "", rest: Iterable[Json] = (), last: str = ""
) -> Message:
    """`text` says all the blocks say: screen readers read nothing else."""
    said = "\n".join(line for line in lines if line)
    blocks = [section(said), context(small)]
    if state_:
        blocks.append(section(state_))
    text = "\n".join(line for line in (said, state_, small, last) if line)
    return message(text, [*blocks, *rest])


def _buttons(view: AlertView) -> Json:
    return actions(main_button(view), *_taking(view), _snooze(view), _details(view))


def main_button(view: AlertView) -> Json:
    """Reconnect the one account that is left, or the way to all of them."""
    if view.broken <= 1 and len(view.accounts) == 1:
        account = view.accounts[0]
        spoken = f"Reconnect {plain_name(account.name, 60)}"
        value = metadata(a=view.id, i=account.id)
        return button("Reconnect", f"{RECONNECT}:{account.id}", value=value, style="primary", label=spoken)
    return open_button(view.provider_key, view.provider, alert_id=view.id, primary=True)


def open_button(provider_key: str, provider: str, *, alert_id: str = "", primary: bool = False) -> Json:
    """The way to all accounts of an integration, the disconnected ones on top. `alert_id`: of the alert it stands under."""
    text = f"Open {plain_name(provider, 60)}"
    value = metadata(a=alert_id, k=provider_key) if alert_id else provider_key
    return button(text, f"{OPEN}:{provider_key}", value=value, style="primary" if primary else None)


def _taking(view: AlertView) -> Iterator[Json]:
    if view.taken_by is None:
        yield _take(view, "I'm on it")
    elif view.taken_by == view.reader:
        yield _let_go(view)
    else:
        # From whom: somebody else may have taken it before this is pressed.
        yield _take(view, "Take over", metadata(a=view.id, o=view.taken_by))


def _take(view: AlertView, text: str, value: str = "") -> Json:
    return button(text, TAKE, value=value or view.id, label=f"{text}: {_spoken(view)}")


def _let_go(view: AlertView) -> Json:
    return button("Hand it back", LET_GO, value=view.id, label=f"Hand it back: {_spoken(view)}")


def _details(view: AlertView) -> Json:
    return button("Show details", DETAILS, value=view.id, label=f"Show details: {_spoken(view)}")


def _spoken(view: AlertView) -> str:
    """What a screen reader says where the same buttons stand under another alert."""
    if total(view) == 1 and view.accounts:
        return plain_name(view.accounts[0].name, 50)
    return plain_name(view.provider, 50)


def _snooze(view: AlertView) -> Json:
    """Its id changes with the snooze, so that an edited message does not keep showing the last choice."""
    until = int(view.snoozed_until.timestamp()) if view.snoozed_until else 0
    return {
        "type": "static_select",
        "action_id": f"{SNOOZE}:{until}",
        "placeholder": {"type": "plain_text", "text": "Snooze", "emoji": False},
        "options": [option(f"Snooze for {words}", snooze_value(view.id, hours)) for hours, words in SNOOZES],
    }


def snooze_value(alert_id: str, hours: int) -> str:
    """What a choice of Snooze carries: JSON of the alert's id under "a" and the hours under "h"."""
    return metadata(a=alert_id, h=hours)


def _where(view: AlertView) -> Iterator[Json]:
    yield context(_where_words(view))


def _where_words(view: AlertView) -> str:
    if view.reader is None:
        return "Integrators can reconnect and snooze this; everybody else can ask one of them."
    parts = []
    if view.unsure_of is not None:
        parts.append(f"Slack did not say whether {channel(view.unsure_of)} has this, so look here.")
    elif view.told_in:
        parts.append(f"Also in {listed([channel(id_) for id_ in view.told_in[:3]])}.")
    parts.append("Quiet hours and mutes: type `/lexer alerts`.")
    return " ".join(parts)


def repaired_line(view: AlertView) -> Message:
    """The thread's line once an alert is over: an edit alone is seen by nobody."""
    return _line(f"{headline(view)}\n{resolution(view)}")


def already_over(view: AlertView) -> Message:
    """To who pressed a button of an alert that is over, only they see it."""
    return _line(f"{headline(view)}\n{resolution(view)} Nothing is left to do.")


def how_it_stands(view: AlertView) -> Message:
    """To who pressed a button that does not fit how it now stands, only they see it."""
    return _line("\n".join(line for line in (headline(view), state(view) or on_it(view)) if line))


def taken_over(view: AlertView, before: str) -> Message:
    """To who took it from somebody else, only they see it."""
    return _line(f"{user(before)} had taken {subject(view)}. Now you are on it; please tell them.")


def kept(view: AlertView) -> Message:
    """To who keeps it, only they see it."""
    return _line(f"You are still on it: {subject(view)}. Lexer asks you again in 4 hours if need be.")


def refusal(view: RefusalView) -> Message:
    """To a member who pressed a button, only they see it."""
    return _line(refusal_words(view))


def refusal_view(view: RefusalView) -> View:
    """The same where a modal is open already."""
    return modal("Not possible", "problem", [section(refusal_words(view))])


def refusal_words(view: RefusalView) -> str:
    """Who can do it, and that they know."""
    first = f"Only Integrators can {view.act.value} {subject(view.alert)}."
    if view.alert.taken_by is not None:
        return f"{first} {on_it(view.alert)}"
    who = mentions(view.integrators, 3)
    return f"{first} They have been told; to ask for news, write to {who}." if who else first


def reminder(view: ReminderView) -> Message:
    """A reply in the alert's thread; once the alert is over it becomes a line without buttons."""
    told = view.alert
    if told.ended_at is not None:
        return _line(f"Done. {resolution(told)}")
    verb = "is" if total(told) == 1 or told.broken == 1 else "are"
    still = f"*{subject(told)}* {verb} still disconnected"
    if view.answered:
        return _line(f"{still}. {state(told) or on_it(told)}")
    if told.taken_by is not None:
        ago = f" You took it {lasted(told.taken_at, view.at)} ago." if told.taken_at else ""
        text = f"{user(told.taken_by)}, {still}.{ago} Are you still on it?"
        return message(
            text,
            [section(text), actions(main_button(told), _take(told, "Keep it"), _let_go(told))],
        )
    before = f" {user(view.taken_before_by)} had taken it." if view.taken_before_by else ""
    text = f"Nobody is on it: {still}, for {lasted(told.since, view.at)}.{before}"
    return message(text, [section(text), actions(main_button(told), _take(told, "I'm on it"))])


def outage(view: OutageView) -> Message:
    """A provider has problems, in a channel or DM; edited into its end. Nothing to press: there is nothing to do."""
    if view.ended_at is not None:
        return _line(outage_over_words(view))
    lines = [
        f"⚪ *{name(view.provider)} has problems since {when(view.since)}*",
        "Nothing to do: your accounts are not to blame, and nobody has to sign in again.",
    ]
    if view.accounts:
        verb = "may stand" if view.accounts == 1 else "may all stand"
        lines.append(f"{count(view.accounts, 'account')} there {verb} still until it is over.")
    small = "Lexer goes on checking by itself and says here when it is over."
    return _told(lines, small)


def outage_over(view: OutageView) -> Message:
    """The thread's line when it is over."""
    return _line(outage_over_words(view))


def outage_over_words(view: OutageView) -> str:
    """It is over, and what follows."""
    ended_at = view.ended_at or view.since
    return (
        f"🟢 *{name(view.provider)} works again*\n"
        f"It had problems for {lasted(view.since, ended_at)}, until {when(ended_at)}. "
        "Lexer checks each account there; should one need you, it gets a message of its own."
    )


def _line(text: str) -> Message:
    return message(text, [section(text)])
