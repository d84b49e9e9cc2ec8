"""The two e-mails: an alert with how to reconnect, and the all-clear. Plain text and HTML say the same; neither carries a link that signs in.

No picture, no script, nothing loaded from elsewhere: mail programs show it as it is, and opening it tells nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from blocks.alert_views import End
from blocks.alert_words import stands_still
from blocks.mail_views import AlertMailView, AllClearMailView, MailAccount, MailReader
from blocks.status import reason_words
from blocks.text import count, lasted, listed, plain_name, plain_names, shorten

SUBJECT_LIMIT = 120
_NAMES_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What is sent, without its headers. `subject` is one line of at most SUBJECT_LIMIT characters."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    """The parts both forms are made of, in plain words."""

    title: str
    paragraphs: tuple[str, ...]
    listed: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    button: str
    reader: MailReader


def alert_mail(view: AlertMailView) -> Mail:
    """What stopped working, since when, why, and how to reconnect it."""
    title = _title(view)
    paragraphs = [_why(view), _still(view), _on_it(view)]
    shown = view.accounts[:_NAMES_SHOWN] if view.broken > 1 else ()
    several = [_row(account) for account in shown]
    if several and view.broken > len(several):
        several.append(f"and {view.broken - len(several):,} more")
    letter = _Letter(
        title=f"{title}.",
        paragraphs=tuple(paragraph for paragraph in paragraphs if paragraph),
        listed=tuple(several),
        steps=_steps(view),
        button="Open Lexer in Slack",
        reader=view.reader,
    )
    return _mail(title, letter)


def _title(view: AlertMailView) -> str:
    provider = _called(view.provider, 50)
    if view.broken <= 1 and view.accounts:
        return f"{_called(view.accounts[0].name, 50)} at {provider} is disconnected"
    verb = "is" if view.broken == 1 else "are"
    return f"{count(view.broken, _called(view.account_noun, 30))} at {provider} {verb} disconnected"


def _why(view: AlertMailView) -> str:
    since = f"Since {_when(view.since, view.reader)}"
    reasons = {reason_words(account.reason) for account in view.accounts}
    if len(reasons) != 1 or not view.same_reason:
        return f"{since}."
    by = view.accounts[0].connected_by
    who = f" It was connected by {_called(by)}." if view.broken <= 1 and by else ""
    return f"{since}: {next(iter(reasons))}.{who}"


def _still(view: AlertMailView) -> str:
    still = stands_still(view.stops)
    lines = []
    if still:
        lines.append(f"Until {'it is' if view.broken <= 1 else 'they are'} reconnected, {still}.")
    if view.groups:
        noun = "Group" if len(view.groups) == 1 else "Groups"
        lines.append(f"Used by the {noun} {_names(view.groups)}.")
    return " ".join(lines)


def _on_it(view: AlertMailView) -> str:
    return f"{_called(view.taken_by)} is on it." if view.taken_by else ""


def _row(account: MailAccount) -> str:
    by = f", connected by {_called(account.connected_by)}" if account.connected_by else ""
    return f"{_called(account.name)}: {reason_words(account.reason)}{by}"


def _steps(view: AlertMailView) -> tuple[str, ...]:
    provider = _called(view.provider)
    one = view.broken <= 1
    if view.reader.in_dm:
        steps = ["Open Lexer in Slack: its messages to you hold this alert."]
        there = (
            "Reconnect there, then Continue"
            if one
            else f"Open {provider} there, then Reconnect beside each account"
        )
    else:
        steps = ["Open Slack and type /lexer integrations."]
        there = f"Open beside {provider}, then Reconnect beside {'the account' if one else 'each account'}"
    steps.append(f"Press {there}.")
    role = (
        f" Who can sign in there: {_called(view.role_needed, 200).rstrip('.')}." if view.role_needed else ""
    )
    called = _called(view.accounts[0].name) if one and view.accounts else "the account it asks for"
    steps.append(f"Sign in to {provider} as {called}.{role}")
    if view.switch_hint:
        steps.append(f"If {provider} shows another account: {_called(view.switch_hint, 300)}")
    return tuple(steps)


def all_clear_mail(view: AllClearMailView) -> Mail:
    """It is over: how, when, after how long."""
    one = view.total <= 1
    what = _what(view)
    removed = view.end is End.REMOVED
    state = ("is removed" if one else "are removed") if removed else ("works again" if one else "work again")
    title = f"{what} {state}"
    by = f" by {_names(view.by, 3)}" if view.by and view.end is not End.RECOVERED else ""
    how = {End.RECONNECTED: "Reconnected", End.RECOVERED: "Works again", End.REMOVED: "Disconnected"}[
        view.end
    ]
    when = _when(view.ended_at, view.reader)
    ended = f"{how}{by}, {when}, after {lasted(view.since, view.ended_at)}. Nothing is left to do."
    several = () if one else (_first_names(view),)
    letter = _Letter(
        title=f"{title}.",
        paragraphs=(ended, *(part for part in several if part)),
        button="Open Lexer in Slack",
        reader=view.reader,
    )
    return _mail(title, letter)


def _what(view: AllClearMailView) -> str:
    provider = _called(view.provider, 50)
    if view.total <= 1 and view.accounts:
        return f"{_called(view.accounts[0], 50)} at {provider}"
    return f"{count(view.total, _called(view.account_noun, 30))} at {provider}"


def _first_names(view: AllClearMailView) -> str:
    shown = [_called(account, 40) for account in view.accounts[:_NAMES_SHOWN]]
    more = view.total - len(shown)
    return f"{', '.join(shown)} and {more:,} more" if shown and more > 0 else listed(shown)


def _called(text: str, limit: int = 80) -> str:
    """A name in which no mail program finds an address to make a link of."""
    return plain_name(text, limit).replace("://", ":\u2060//")


def _names(texts: Sequence[str], most: int = 5) -> str:
    return plain_names(texts, most).replace("://", ":\u2060//")


def _mail(subject: str, letter: _Letter) -> Mail:
    return Mail(subject=shorten(subject, SUBJECT_LIMIT), text=_text(letter), html=_html(letter))


def _when(moment: datetime, reader: MailReader) -> str:
    """Such as "Tue 24 Nov 2026, 13:00 (Europe/Berlin)"."""
    there = moment.astimezone(reader.zone)
    zone = str(reader.zone).replace("_", " ")
    return f"{there:%a} {there.day} {there:%b %Y, %H:%M} ({_called(zone, 40)})"


def _because(reader: MailReader) -> str:
    workspace = _called(reader.workspace, 60)
    return f"You get this because you are an Integrator in the Slack workspace {workspace}."


def _text(letter: _Letter) -> str:
    parts = [letter.title, *letter.paragraphs]
    if letter.listed:
        parts.append("\n".join(f"- {line}" for line in letter.listed))
    if letter.steps:
        steps = "\n".join(f"{number}. {step}" for number, step in enumerate(letter.steps, 1))
        parts.append(f"How to reconnect:\n{steps}")
    parts.append(f"{letter.button}:\n{_address(letter.reader.slack_url)}")
    stop = f"Stop these e-mails: {_address(letter.reader.stop_url)}"
    parts.append(f"-- \n{_because(letter.reader)}\n{stop}")
    return "\n\n".join(parts) + "\n"


def _html(letter: _Letter) -> str:
    said = "".join(f'<p style="{_PARAGRAPH}">{escape(line)}</p>' for line in letter.paragraphs)
    accounts = _list("ul", letter.listed)
    steps = f'<p style="{_PARAGRAPH}"><strong>How to reconnect</strong></p>{_list("ol", letter.steps)}'
    href, stop = _href(letter.reader.slack_url), _href(letter.reader.stop_url)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f'<title>{escape(letter.title)}</title></head><body style="{_BODY}">'
        f'<h1 style="{_TITLE}">{escape(letter.title)}</h1>{said}{accounts}{steps if letter.steps else ""}'
        f'<p style="{_PARAGRAPH}"><a href="{href}" style="{_BUTTON}">{escape(letter.button)}</a></p>'
        f'<p style="{_SMALL}">{escape(_because(letter.reader))}<br>'
        f'<a href="{stop}" style="color:inherit">Stop these e-mails</a></p></body></html>\n'
    )


_BODY = "margin:0 auto;padding:24px;max-width:560px;font:16px/1.5 -apple-system,'Segoe UI',Roboto,Arial,sans-serif"
_TITLE = "margin:0 0 16px;font-size:20px;line-height:1.3"
_PARAGRAPH = "margin:0 0 12px"
_BUTTON = "display:inline-block;padding:12px 20px;border-radius:6px;background:#0b6e4f;color:#ffffff;text-decoration:none;font-weight:bold"
_SMALL = "margin:24px 0 0;font-size:13px;opacity:.8"


def _list(kind: str, lines: Sequence[str]) -> str:
    items = "".join(_items(lines))
    return f'<{kind} style="margin:0 0 12px;padding-left:24px">{items}</{kind}>' if items else ""


def _items(lines: Iterable[str]) -> Iterable[str]:
    return (f"<li>{escape(line)}</li>" for line in lines)


def _address(url: str) -> str:
    """Only ways back to us and to Slack; anything else is left out."""
    safe = url.startswith(("https://", "http://")) and not any(c.isspace() or c in "<>\"'" for c in url)
    return url if safe else ""


def _href(url: str) -> str:
    return escape(_address(url))
