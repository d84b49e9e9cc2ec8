"""The e-mails that were sent: a list, and one of them as its reader sees it, or as plain text. Their links work."""

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from bot.sandbox.pages.asked import Asked
from bot.sandbox.pages.hours import clock_words
from bot.sandbox.pages.stage import Stage
from bot.sandbox.records import Mail

LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""Of a letter's own page: nothing runs, nothing is loaded. What its links open is an ordinary page again."""
_SHOWN = 50
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One mail in the list."""

    url: str
    to: str
    subject: str
    time: str
    iso: str
    is_new: bool
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A mail in full. `letter_url`: a page with nothing but the letter; `text` only where the plain form is looked at."""

    subject: str
    sender: str
    to: str
    address: str
    time: str
    iso: str
    letter_url: str
    as_letter_url: str
    as_text_url: str
    text: Markup | None
    close_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailsView:
    """The newest first. `left_out`: how many older ones are not listed."""

    lines: tuple[Line, ...]
    left_out: int
    opened: Opened | None


def mails_view(stage: Stage, asked: Asked) -> MailsView:
    """The list, or the one that is opened. Changes nothing."""
    mails = stage.records.mails
    numbered = list(enumerate(mails, 1))[::-1]
    lines = tuple(_line(stage, asked, number, mail) for number, mail in numbered[:_SHOWN])
    found = mails[asked.mail - 1] if 0 < asked.mail <= len(mails) else None
    return MailsView(
        lines=lines,
        left_out=max(0, len(mails) - _SHOWN),
        opened=None if found is None else _opened(stage, asked, found),
    )


def unread_mails(stage: Stage) -> int:
    """How many nobody has opened."""
    return sum(number not in stage.read_mails for number in range(1, len(stage.records.mails) + 1))


def letter(stage: Stage, number: int) -> str | None:
    """A mail's HTML, whose links open in a tab of their own; None for one there is not."""
    mails = stage.records.mails
    if not 0 < number <= len(mails):
        return None
    return mails[number - 1].html.replace("<head>", '<head><base target="_blank">', 1)


def _line(stage: Stage, asked: Asked, number: int, mail: Mail) -> Line:
    at = mail.at.astimezone(ZoneInfo(asked.human.tz))
    return Line(
        url=asked.url(panel="mails", mail=number, plain=False),
        to=_name(stage, mail.to),
        subject=mail.subject,
        time=f"{at:%a} {clock_words(at)}",
        iso=at.isoformat(timespec="seconds"),
        is_new=number not in stage.read_mails,
        is_here=number == asked.mail,
    )


def _opened(stage: Stage, asked: Asked, mail: Mail) -> Opened:
    at = mail.at.astimezone(ZoneInfo(asked.human.tz))
    return Opened(
        subject=mail.subject,
        sender=mail.sender,
        to=_name(stage, mail.to),
        address=mail.to,
        time=f"{at:%A}, {at.day} {at:%B}, {clock_words(at)}",
        iso=at.isoformat(timespec="seconds"),
        letter_url=f"/letter/{asked.mail}",
        as_letter_url=asked.url(plain=False),
        as_text_url=asked.url(plain=True),
        text=_linked(mail.text) if asked.plain else None,
        close_url=asked.url(mail=0, plain=False),
    )


def _name(stage: Stage, address: str) -> str:
    return next((human.real_name for human in stage.world.humans.values() if human.email == address), address)


def _linked(text: str) -> Markup:
    """Plain text with its addresses as links, as mail programs show it."""
    parts, end = [], 0
    for found in _ADDRESS.finditer(text):
        parts.append(escape(text[end : found.start()]))
        parts.append(
            Markup('<a href="{0}" target="_blank" rel="noopener noreferrer">{0}</a>').format(found[0])
        )
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])
