"""What one person is told by DM before or beside alerts: a sign-in that ends soon, a lost channel, trouble with the watching itself."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from blocks.alert_settings_views import ChannelProblem
from blocks.alert_views import End, Ended
from blocks.alert_words import at_provider, ended_words, stands_still
from blocks.alerts import open_button
from blocks.integration import ASK, RECONNECT
from blocks.notice_views import ChannelLostView, WarningView, WatcherProblem, WatcherView
from blocks.parts import Json, Message, actions, button, context, message, section
from blocks.status import Status, phrase
from blocks.text import channel, count, lasted, listed, name, names, plain_name, user, when

_LOST: Mapping[ChannelProblem, str] = MappingProxyType(
    {
        ChannelProblem.NOT_INVITED: "Lexer is no longer in that channel.",
        ChannelProblem.ARCHIVED: "The channel is archived.",
        ChannelProblem.GONE: "The channel is gone, or Lexer was taken out of it.",
        ChannelProblem.SHARED: "People of other companies are in that channel now.",
        ChannelProblem.NOT_ALLOWED: "Only some people may post in that channel now.",
        ChannelProblem.NOT_PERMITTED: "Lexer has no permission to post there any more.",
        ChannelProblem.NO_ANSWER: "Slack takes no messages for that channel.",
    }
)
_RUNS = "If this lasts, tell the person who runs the bot."
_NOTICED_LATE = "An account that stops working now may be noticed late."
_NOBODY = (
    "If an account stops working, there is nobody to tell and nobody who can reconnect it. "
    "Type `/lexer groups` and give a Group with people in it the Integrators permission."
)


def warning(view: WarningView) -> Message:
    """Before a sign-in ends; edited once it is renewed, removed, or has run out."""
    what = _what(view)
    one = len(view.accounts) <= 1
    if view.ended is not None:
        return _line(f"{_ended(view.ended, what, one=one)}\n{_how(view.ended, view.ended_at)}")
    if view.ran_out:
        verb = "has" if one else "have"
        return _line(
            f"🔴 *{what} {verb} expired*, {when(view.ends_at)}.\nA message of its own says what to do."
        )
    if view.superseded:
        return _line(f"🟡 {what} {_expires(view, one=one)}. A newer message is further down.")
    lines = [f"🟡 *{what} {_expires(view, one=one)}*", _reconnect_by(view)]
    if still := stands_still(view.stops):
        lines.append(f"After that {still}.")
    if len(view.accounts) > 1:
        lines.append(f"Accounts: {names([account.name for account in view.accounts], 10)}.")
    small = _because(view, one=one)
    text = "\n".join(lines)
    return message(f"{text}\n{small}", [section(text), actions(*_warning_buttons(view)), context(small)])


def _because(view: WarningView, *, one: bool) -> str:
    if view.connected_by is None:
        return f"You get this because you connected {'it' if one else 'them'}."
    return f"You get this because you are an Integrator. {user(view.connected_by)} connected {'it' if one else 'them'}."


def _how(ended: Ended, at: datetime | None) -> str:
    if ended.end is End.RECOVERED:
        return "Nothing is left to do."
    return ended_words(ended, at)


def _ended(ended: Ended, what: str, *, one: bool) -> str:
    verb = "is" if one else "are"
    if ended.end is End.REMOVED:
        return f"⚪ *{what} {verb} removed*"
    return f"🟢 *{what} {verb} renewed*"


def _what(view: WarningView) -> str:
    if len(view.accounts) == 1:
        return f"{name(view.accounts[0].name)} at {name(view.provider)}"
    return at_provider(count(max(len(view.accounts), 1), view.account_noun), view.provider)


def _expires(view: WarningView, *, one: bool) -> str:
    words = phrase(Status.EXPIRING, days=view.days)
    words = words[:1].lower() + words[1:]
    return words if one else words.replace("expires", "expire", 1)


def _reconnect_by(view: WarningView) -> str:
    until = f"The sign-in there ends {when(view.ends_at)}."
    if view.may_manage:
        return f"{until} Reconnect before then and nothing stops."
    return f"{until} An Integrator has to reconnect before then."


def _warning_buttons(view: WarningView) -> list[Json]:
    if not view.may_manage:
        return [button("Ask an Integrator", ASK, value=view.provider_key, style="primary")]
    if len(view.accounts) != 1:
        return [open_button(view.provider_key, view.provider, primary=True)]
    account = view.accounts[0]
    spoken = f"Reconnect {plain_name(account.name, 60)}"
    return [
        button("Reconnect", f"{RECONNECT}:{account.id}", value=account.id, style="primary", label=spoken),
        open_button(view.provider_key, view.provider),
    ]


def watcher(view: WatcherView) -> Message:
    """To admins, when the watching itself is in trouble; edited once that is over."""
    if view.ended_at is not None:
        return _line(
            f"🟢 *{_over(view)}*\nThis lasted {lasted(view.since, view.ended_at)}, until {when(view.ended_at)}."
        )
    return _line(_trouble(view))


def _trouble(view: WatcherView) -> str:
    since = f"since {when(view.since)}"
    match view.problem:
        case WatcherProblem.LATE:
            late = f"{count(view.count, 'account')} should have been checked {since}."
            return f"⚪ *Lexer is late in checking accounts{_there(view)}*\n{late} {_NOTICED_LATE} {_RUNS}"
        case WatcherProblem.STUCK:
            stuck = f"{count(view.count, 'message')} to people here should have gone out {since}."
            return f"⚪ *Messages from Lexer do not get through*\n{stuck} {_RUNS}"
        case WatcherProblem.NOBODY:
            return f"⚪ *Nobody here is an Integrator any more*\n{_NOBODY}"


def _there(view: WatcherView) -> str:
    return f" at {name(view.provider)}" if view.provider else ""


def _over(view: WatcherView) -> str:
    match view.problem:
        case WatcherProblem.LATE:
            return f"Lexer checks accounts{_there(view)} in time again"
        case WatcherProblem.STUCK:
            return "Messages from Lexer get through again"
        case WatcherProblem.NOBODY:
            return "There is an Integrator again"


def channel_lost(view: ChannelLostView) -> Message:
    """To who chose a channel that takes no messages any more."""
    for_group = f" for {name(view.group)}" if view.group else ""
    gets = listed([channel(view.instead), "the Integrators"]) if view.instead else "the Integrators alone"
    text = (
        f"⚪ *Alerts{for_group} no longer reach {channel(view.channel_id)}*\n"
        f"{_LOST[view.problem]} They go to {gets} now. "
        "To choose a channel again, type `/lexer alerts`."
    )
    return _line(text)


def _line(text: str) -> Message:
    return message(text, [section(text)])
