"""What the messages of an alert say, as mrkdwn sentences. Knows no block."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from blocks.alert_views import AlertedAccount, AlertView, End, Ended
from blocks.status import reason_words
from blocks.text import count, lasted, listed, name, names, plural, user, when

NAMES_SHOWN = 10
_REASONS_SHOWN = 3
STANDS_STILL: Mapping[str, str] = MappingProxyType(
    {
        "segments": "no segments are sent there",
        "engagement": "no engagement comes back",
        "orders": "no orders come in",
        "conversations": "no conversations come in",
    }
)
"""What a capability means while it is missing."""


def total(view: AlertView) -> int:
    """How many accounts the alert is or was about; at least one."""
    return max(view.broken + view.repaired, 1)


def subject(view: AlertView) -> str:
    """What it is about: "@acme at Twitter (X)", "3 X accounts", or for two of several "2 of 3 X accounts"."""
    if total(view) == 1:
        return the_one(view)
    if view.ended_at is None and view.repaired:
        number, noun = f"{view.broken:,} of {total(view):,}", plural(view.account_noun)
        return f"{number} {at_provider(noun, view.provider)}"
    return at_provider(count(total(view), view.account_noun), view.provider)


def the_one(view: AlertView) -> str:
    """The only account."""
    called = name(view.accounts[0].name) if view.accounts else "An account"
    return f"{called} at {name(view.provider)}"


def at_provider(accounts: str, provider: str) -> str:
    """Such as "3 shops at Shopify"."""
    return f"{name(accounts, 120)} at {name(provider)}"


def headline(view: AlertView) -> str:
    """Circle and one sentence: how it stands."""
    if view.ended_at is not None:
        return _end_headline(view)
    verb = "is" if total(view) == 1 or view.broken == 1 else "are"
    still = "still " if view.repaired else ""
    return f"🔴 *{subject(view)} {verb} {still}disconnected*"


def _end_headline(view: AlertView) -> str:
    removed = sum(ended.count for ended in view.ends if ended.end is End.REMOVED)
    working = total(view) - removed
    if view.ends and (working <= 0 or all(ended.end is End.REMOVED for ended in view.ends)):
        return f"⚪ *{subject(view)} {'is' if total(view) == 1 else 'are'} removed*"
    if total(view) == 1:
        return f"🟢 *{the_one(view)} works again*"
    accounts = at_provider(count(working, view.account_noun), view.provider)
    return f"🟢 *{accounts} {'works' if working == 1 else 'work'} again*"


def why(view: AlertView) -> str:
    """Why, in one line: one reason, or the most frequent ones with their counts."""
    if len(view.reasons) <= 1:
        first = view.reasons[0].reason if view.reasons else None
        if not view.reasons and view.accounts:
            first = view.accounts[0].reason
        return f"Why: {reason_words(first)}."
    parts = [f"{reason_words(one.reason)} ({one.count:,})" for one in view.reasons[:_REASONS_SHOWN]]
    if len(view.reasons) > _REASONS_SHOWN:
        parts.append("other reasons")
    return f"Why: {'; '.join(parts)}."


def why_once(view: AlertView) -> str:
    """As `why`; "" where the line of each account says it (`the_accounts`)."""
    return "" if _each_its_own_reason(view) else why(view)


def stands_still(stops: Sequence[str]) -> str:
    """Such as "no segments are sent there and no orders come in"; "" for nothing known."""
    return listed([STANDS_STILL[capability] for capability in stops if capability in STANDS_STILL])


def meanwhile(view: AlertView) -> str:
    """What stands still until somebody acts; "" for nothing known."""
    still = stands_still(view.stops)
    if not still:
        return ""
    until = "it is reconnected" if view.broken <= 1 else "they are reconnected"
    return f"Until {until}, {still}."


def the_accounts(view: AlertView) -> str:
    """Which ones: a line each while ten can show all, else the first ten names and how many more. "" for a single one."""
    if total(view) <= 1 or not view.accounts:
        return ""
    if view.broken <= min(len(view.accounts), NAMES_SHOWN):
        return "\n".join(_row(view, account) for account in view.accounts[:NAMES_SHOWN])
    return f"First of them: {first_names(view, NAMES_SHOWN)}."


def first_names(view: AlertView, most: int) -> str:
    """Such as "@a, @b and 9,998 more"."""
    shown = [name(account.name, 40) for account in view.accounts[:most]]
    more = view.broken - len(shown)
    return f"{', '.join(shown)} and {more:,} more" if shown and more > 0 else listed(shown)


def _row(view: AlertView, account: AlertedAccount) -> str:
    parts = [f"• *{name(account.name)}*"]
    if _each_its_own_reason(view):
        parts.append(reason_words(account.reason))
    if shared_connector(view) is None:
        parts.append(f"connected by {user(account.connected_by)}")
    return " · ".join(parts)


def _each_its_own_reason(view: AlertView) -> bool:
    """Whether the lines of the accounts say why."""
    return len(view.reasons) > 1 and 1 < view.broken <= min(len(view.accounts), NAMES_SHOWN)


def shared_connector(view: AlertView) -> str | None:
    """Who connected all of them; None where that is not one person, or not known of all."""
    people = {account.connected_by for account in view.accounts}
    if len(people) != 1 or view.broken > len(view.accounts):
        return None
    return next(iter(people))


def facts(view: AlertView) -> str:
    """Secondary: since when, who connected it, which Groups."""
    parts = [f"Since {when(view.since)}"]
    if connectors := _connectors(view):
        parts.append(f"connected by {connectors}")
    if view.groups:
        parts.append(used_by(view.groups))
    return " · ".join(parts)


def _connectors(view: AlertView) -> str:
    """Who connected it; of very many, who connected the first of them."""
    if one := shared_connector(view):
        return user(one)
    if view.broken <= min(len(view.accounts), NAMES_SHOWN):
        return ""  # each account's line says it
    people = list(dict.fromkeys(account.connected_by for account in view.accounts[:NAMES_SHOWN]))
    return f"{', '.join(map(user, people[:3]))} and others" if people else ""


def used_by(groups: Sequence[str]) -> str:
    """Such as "Groups: Marketing and Sales"."""
    return f"{'Group' if len(groups) == 1 else 'Groups'}: {names(groups)}"


def state(view: AlertView) -> str:
    """Who is on it, and until when it is snoozed; "" when neither."""
    lines = []
    if view.taken_by is not None:
        lines.append(on_it(view))
    if view.snoozed_until is not None:
        by = f" by {user(view.snoozed_by)}" if view.snoozed_by else ""
        lines.append(f"Snoozed{by} until {when(view.snoozed_until)}: no reminders before then.")
    return "\n".join(lines)


def on_it(view: AlertView) -> str:
    """Such as "Maria is on it, since 10:32."; to herself "You are on it"."""
    since = f", since {when(view.taken_at)}" if view.taken_at else ""
    if view.taken_by is None:
        return "Nobody is on it yet."
    if view.taken_by == view.reader:
        return f"You are on it{since}."
    return f"{user(view.taken_by)} is on it{since}."


def progress(view: AlertView) -> str:
    """How the repaired ones of an open alert ended: "9,000 reconnected by Maria."; "" while there are none."""
    if not view.repaired:
        return ""
    return f"{_sentence(_ends(view.ends, numbers=True)) or f'{view.repaired:,} repaired'}."


def resolution(view: AlertView) -> str:
    """How it ended: "Reconnected by Maria, today at 10:32, after 2 h 10 min."."""
    ended_at = view.ended_at or view.since
    moment = f"{when(ended_at)}, after {lasted(view.since, ended_at)}."
    if total(view) > 1:
        return f"{_sentence(_ends(view.ends, numbers=True)) or 'All repaired'}. Done {moment}"
    if not view.ends or view.ends[0].end is End.RECOVERED:
        return f"Works again since {moment} Nobody had to reconnect it here."
    return f"{_sentence(_ends(view.ends[:1], numbers=False))}, {moment}"


def what_it_was(view: AlertView) -> str:
    """Under an alert that is over: since when it was broken, and why."""
    return f"Disconnected since {when(view.since)}: {why(view).removeprefix('Why: ').removesuffix('.')}"


def ended_words(ended: Ended, at: datetime | None) -> str:
    """How one account's problem ended: "Reconnected by Maria, today at 10:32."."""
    moment = f", {when(at)}" if at else ""
    return f"{_sentence(_ends((ended,), numbers=False))}{moment}."


def _ends(ends: Sequence[Ended], *, numbers: bool) -> str:
    return listed([_end(ended, numbers=numbers) for ended in ends[:4]])


def _end(ended: Ended, *, numbers: bool) -> str:
    number = f"{ended.count:,} " if numbers else ""
    by = f" by {user(ended.by)}" if ended.by else ""
    match ended.end:
        case End.RECONNECTED:
            return f"{number}reconnected{by}"
        case End.RECOVERED:
            return f"{number}{'work' if numbers and ended.count != 1 else 'works'} again"
        case End.REMOVED:
            return f"{number}disconnected{by}"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
