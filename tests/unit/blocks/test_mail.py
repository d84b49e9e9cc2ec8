"""The e-mails: what they say, and that nothing in them acts."""

import re
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings

from blocks import alert_samples, mail
from blocks.alert_examples import MAILS
from blocks.alert_views import End
from blocks.mail import Mail
from blocks.mail_views import AlertMailView, AllClearMailView
from tests.unit.blocks.test_absurd import plain
from tests.unit.blocks.test_examples import JARGON

LINKS = {
    "https://slack.com/app_redirect?app=A0LEXER&team=T0ACME",
    "https://bot.acme.example/mail/stop/signed",
}
VOID = {"meta", "br"}


class Reading(HTMLParser):
    """What a mail program makes of the HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember it, and where it leads."""
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_endtag(self, tag: str) -> None:
        """Each one closes what was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Words between tags."""
        self.words.append(data)


def read(html: str) -> Reading:
    """The mail, opened."""
    reading = Reading()
    reading.feed(html)
    reading.close()
    assert reading.open == []
    return reading


def check(drawn: Mail) -> Reading:
    """One line of subject; only our tags; only our links; both forms say the same."""
    assert "\n" not in drawn.subject
    assert "\r" not in drawn.subject
    assert drawn.subject.strip()
    assert len(drawn.subject) <= mail.SUBJECT_LIMIT
    drawn.text.encode()
    reading = read(drawn.html)
    assert set(reading.tags) <= {
        "html", "head", "meta", "title", "body", "h1", "p", "ul", "ol", "li", "a", "strong", "br",
    }  # fmt: skip
    squeezed = re.sub(r"\s", "", drawn.text)
    assert all(re.sub(r"\s", "", words) in squeezed for words in reading.words[1:])
    return reading


@pytest.mark.parametrize("name", MAILS)
def test_every_mail(name: str) -> None:
    """No name in an e-mail forges a line, a tag or a link; the only links go to Slack and to stopping the mails."""
    drawn = MAILS[name]()
    assert set(check(drawn).links) == LINKS
    assert set(re.findall(r"https?://\S+", drawn.text)) == LINKS


@pytest.mark.parametrize("name", [name for name in MAILS if "(plain)" in name])
def test_no_jargon_in_a_mail(name: str) -> None:
    """A marketer can read every e-mail."""
    drawn = MAILS[name]()
    assert not JARGON.search(re.sub(r"https://\S+", "", f"{drawn.subject} {drawn.text}"))


@pytest.mark.parametrize(
    ("kind", "draw"), [(AlertMailView, mail.alert_mail), (AllClearMailView, mail.all_clear_mail)]
)
def test_any_mail_can_be_written(kind: type, draw: Any) -> None:
    """Whatever people call things, the e-mail is whole."""

    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(plain(kind))
    def written(view: Any) -> None:
        check(draw(view))

    written()


def test_the_alert_says_how_to_reconnect() -> None:
    """One reads what broke, since when in one's own zone, why, who connected it, and the steps to mend it."""
    view = alert_samples.alert_mail("@acme", 1)
    berlin = replace(view, reader=replace(view.reader, zone=ZoneInfo("Europe/Berlin")))
    drawn = mail.alert_mail(berlin)
    assert drawn.subject == "@acme at Twitter (X) is disconnected"
    assert (
        "Since Tue 24 Nov 2026, 10:50 (Europe/Berlin): the password was changed. It was connected by Maria."
        in drawn.text
    )
    assert "1. Open Lexer in Slack" in drawn.text
    assert "2. Press Reconnect there, then Continue." in drawn.text
    assert "3. Sign in to Twitter (X) as @acme. Who can sign in there: the owner" in drawn.text
    assert "Stop these e-mails: https://bot.acme.example/mail/stop/signed" in drawn.text


def test_thousands_are_one_short_mail() -> None:
    """Ten thousand accounts are a count and ten names."""
    drawn = mail.alert_mail(alert_samples.alert_mail("@acme", 10_000))
    assert drawn.subject == "10,000 X accounts at Twitter (X) are disconnected"
    assert drawn.text.count("\n- ") == 11
    assert "- and 9,990 more" in drawn.text
    assert len(drawn.html) < 10_000


def test_the_all_clear() -> None:
    """Who got the alarm hears how it ended, by whom and after how long."""
    drawn = mail.all_clear_mail(alert_samples.all_clear_mail("@acme", 1))
    assert drawn.subject == "@acme at Twitter (X) works again"
    assert "Reconnected by Maria, Tue 24 Nov 2026, 12:00 (UTC), after 2 h 10 min." in drawn.text
    removed = mail.all_clear_mail(alert_samples.all_clear_mail("@acme", 1, End.REMOVED))
    assert removed.subject == "@acme at Twitter (X) is removed"
    assert "Disconnected by Maria" in removed.text


def test_an_address_in_a_name_is_no_link() -> None:
    """A shop called "https://evil.example" is not made a link by the mail program."""
    named = mail.alert_mail(alert_samples.alert_mail("https://evil.example", 1))
    assert "https://evil" not in named.text + named.html + named.subject


def test_a_wrong_address_is_left_out() -> None:
    """A link that is not one of ours leads nowhere."""
    view = alert_samples.all_clear_mail("@acme", 1)
    odd = replace(view.reader, slack_url="javascript:alert(1)", stop_url='https://x"onclick="y')
    drawn = mail.all_clear_mail(replace(view, reader=odd))
    assert "javascript" not in drawn.html + drawn.text
    assert "onclick" not in drawn.html + drawn.text


def test_times_are_the_readers_own() -> None:
    """The same moment reads differently in Sydney, and says whose time it is."""
    view = alert_samples.alert_mail("@acme", 1)
    there = replace(view, reader=replace(view.reader, zone=ZoneInfo("Australia/Sydney")))
    assert "Tue 24 Nov 2026, 20:50 (Australia/Sydney)" in mail.alert_mail(there).text
    assert isinstance(view.since, datetime)
