"""Once a day in each Integrator channel: what is still broken, since when, who is on it."""

from blocks.alert_views import AlertView, DigestView, OldDigestView
from blocks.alert_words import first_names, on_it, subject, total, why
from blocks.alerts import open_button
from blocks.integration import RECONNECT
from blocks.parts import Json, Message, button, context, header, message, metadata, section
from blocks.text import count, day, lasted, plain_name, when

_NAMES = 3
_ROWS = 20
"""Slack takes 50 blocks in a message; more than this nobody reads."""
ALL_COMMAND = "/lexer integrations disconnected"


def digest(view: DigestView) -> Message:
    """The digest; with nothing broken it says so."""
    if not view.alerts and view.others:
        text = "🟢 *What was listed here is done.* What broke since has a message of its own."
        return message(text, [section(text)])
    if not view.alerts:
        text = f"🟢 *Nothing is disconnected any more.*{_snoozed(view)}"
        return message(text, [section(text)])
    broken = sum(max(alert.broken, 1) for alert in view.alerts)
    verb = "is" if broken == 1 else "are"
    title = f"{count(broken, 'account')} {verb} still disconnected"
    blocks: list[Json] = [header(title)]
    rows = [_row_words(view, alert) for alert in view.alerts[:_ROWS]]
    blocks += [
        section(words, _row_button(alert, number))
        for number, (words, alert) in enumerate(zip(rows, view.alerts, strict=False))
    ]
    last = _rest(view)
    blocks.append(context(last))
    return message("\n".join([f"{title}, {day(view.at)}.", *rows, last]), blocks)


def _row_words(view: DigestView, alert: AlertView) -> str:
    lines = [f"*{subject(alert)}*"]
    if total(alert) > 1:
        lines.append(first_names(alert, _NAMES))
    lines.append(f"Since {when(alert.since)} ({lasted(alert.since, view.at)}). {why(alert)}".rstrip())
    lines.append(on_it(alert))
    return "\n".join(line for line in lines if line)


def _row_button(alert: AlertView, number: int) -> Json:
    if alert.broken <= 1 and len(alert.accounts) == 1:
        account = alert.accounts[0]
        spoken = f"Reconnect {plain_name(account.name, 60)}"
        value = metadata(a=alert.id, i=account.id)
        return button("Reconnect", f"{RECONNECT}:{number}:{account.id}", value=value, label=spoken)
    drawn = open_button(alert.provider_key, alert.provider, alert_id=alert.id)
    return drawn | {"action_id": f"{drawn['action_id']}:{number}"}


def _rest(view: DigestView) -> str:
    parts = []
    if len(view.alerts) > _ROWS:
        parts.append(f"and {len(view.alerts) - _ROWS:,} more: type `{ALL_COMMAND}`.")
    parts.append(f"This comes once a day while something is broken.{_snoozed(view)}")
    return " ".join(parts)


def _snoozed(view: DigestView) -> str:
    if not view.snoozed:
        return ""
    return f" {count(view.snoozed, 'alert')} {'is' if view.snoozed == 1 else 'are'} snoozed."


def old_digest(view: OldDigestView) -> Message:
    """What a digest turns into when the next one comes."""
    accounts = count(view.broken, "account")
    text = f"{day(view.at)}: {accounts} disconnected. A newer list is further down."
    return message(text, [context(text)])
