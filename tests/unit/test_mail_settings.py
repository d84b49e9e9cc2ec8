"""Settings of e-mail: both or none, nothing sent unprotected that must not be, and never a password on screen."""

import pytest

from bot.errors import SettingsProblems
from bot.mail_settings import Sender, Tls, is_address, sender, smtp_server
from bot.settings import load
from bot.settings_list import describe
from tests.unit.test_settings import GOOD

MAIL = {
    "LEXER_SMTP_URL": "smtp+starttls://bot:pw-of-mine@mail.acme.com",
    "LEXER_MAIL_FROM": "Lexer <lexer@acme.com>",
}


def wrong(more: dict[str, str]) -> dict[str, str]:
    """Name -> what is wrong with it."""
    with pytest.raises(SettingsProblems) as caught:
        load({**GOOD, **more}, None)
    return {problem.name: f"{problem.what}. {problem.mend}" for problem in caught.value.problems}


SERVERS = [
    ("smtp://localhost", ("localhost", 25, Tls.NONE, None)),
    ("smtp://127.0.0.1:2525", ("127.0.0.1", 2525, Tls.NONE, None)),
    ("smtp://relay.acme.com", ("relay.acme.com", 25, Tls.NONE, None)),
    ("smtps://bot:pw@mail.acme.com", ("mail.acme.com", 465, Tls.FROM_THE_START, "bot")),
    ("SMTP+STARTTLS://bot:pw@Mail.Acme.com.:2587/", ("mail.acme.com", 2587, Tls.STARTTLS, "bot")),
    ("smtp+starttls://a%40acme.com:pw@[::1]", ("::1", 587, Tls.STARTTLS, "a@acme.com")),
]


@pytest.mark.parametrize(("url", "read"), SERVERS)
def test_every_usual_address_is_read(url: str, read: tuple[str, int, Tls, str | None]) -> None:
    """Host, port with the scheme's own as default, TLS and user."""
    server = smtp_server(url)
    assert (server.host, server.port, server.tls, server.user) == read


def test_any_password_can_be_written() -> None:
    """Signs that mean something in an address are percent-encoded."""
    server = smtp_server("smtps://a%3Ab:%2F%3F%23%40%3A%25%20%C3%A9@h.example")
    assert server.user == "a:b"
    assert server.password is not None
    assert server.password.get_secret_value() == "/?#@:% é"


BAD_SERVERS = [
    "mail.acme.com",
    "mail.acme.com:587",
    "https://mail.acme.com",
    "smtp://",
    "smtp://:25",
    "smtp://mail.acme.com:0",
    "smtp://mail.acme.com:99999",
    "smtp://mail acme.com",
    "smtp://mail.acme.com\r\nX: y",
    "smtp://mail.acme.com/path-pw-of-mine",
    "smtp://mail.acme.com?pw-of-mine",
    "smtp://mail.acme.com#pw-of-mine",
    "smtps://bot:pw-of-mine/x@mail.acme.com",
    "smtps://bot@mail.acme.com",
    "smtps://:pw-of-mine@mail.acme.com",
    "smtps://bot:%0D%0Apw-of-mine@mail.acme.com",
    "smtps://bot:pw-of-mine%00@mail.acme.com",
    "smtps://mäil.example",
    "smtp://-bad-.example",
    "smtp://bot:pw-of-mine@mail.acme.com",
    "smtp://bot:pw-of-mine@10.0.0.1",
]


@pytest.mark.parametrize("url", BAD_SERVERS)
def test_a_wrong_server_is_named_and_never_shown(url: str) -> None:
    """Said by name at the start, without the value; a password that would go unprotected over a network is refused too."""
    found = wrong({**MAIL, "LEXER_SMTP_URL": url})
    assert list(found) == ["LEXER_SMTP_URL"]
    assert "pw-of-mine" not in found["LEXER_SMTP_URL"]


def test_a_password_stays_on_this_machine_without_tls() -> None:
    """To a server on this machine a password may go as it is: nobody listens on the way."""
    assert smtp_server("smtp://bot:pw@127.0.0.1").user == "bot"
    assert "smtp+starttls" in wrong({**MAIL, "LEXER_SMTP_URL": "smtp://b:p@h.example"})["LEXER_SMTP_URL"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("lexer@acme.com", Sender(name="", address="lexer@acme.com")),
        ("<lexer@acme.com>", Sender(name="", address="lexer@acme.com")),
        ("Lexer <lexer@acme.com>", Sender(name="Lexer", address="lexer@acme.com")),
        ('"Acme, Lexer" <no-reply+x@acme.com>', Sender(name="Acme, Lexer", address="no-reply+x@acme.com")),
        ("Läxer <lexer@acme.com>", Sender(name="Läxer", address="lexer@acme.com")),
    ],
)
def test_the_sender_may_have_a_name(text: str, read: Sender) -> None:
    """An address alone, or with a name."""
    assert sender(text) == read


BAD_SENDERS = [
    "Lexer",
    "lexer@",
    "@acme.com",
    "lexer@acme com",
    "a@acme.com, b@acme.com",
    "Lexer <a@acme.com> b@acme.com",
    "Lexer\r\nBcc: x@y.example <a@acme.com>",
    "a@acme.com\nBcc: x",
    "läxer@acme.com",
    "lexer@äcme.com",
    "Lexer <lexer@acme.com",
    f"{'x' * 200} <lexer@acme.com>",
]


@pytest.mark.parametrize("text", BAD_SENDERS)
def test_a_wrong_sender_is_refused(text: str) -> None:
    """What is not one address cannot become a header."""
    assert list(wrong({**MAIL, "LEXER_MAIL_FROM": text})) == ["LEXER_MAIL_FROM"]


@pytest.mark.parametrize(
    ("left_out", "named"),
    [("LEXER_SMTP_URL", "LEXER_SMTP_URL"), ("LEXER_MAIL_FROM", "LEXER_MAIL_FROM")],
)
def test_half_is_none(left_out: str, named: str) -> None:
    """One of the two alone is said at the start, also beside another fault."""
    half = {name: value for name, value in MAIL.items() if name != left_out}
    assert list(wrong(half)) == [named]
    assert set(wrong({**half, "LEXER_PORT": "x"})) == {named, "LEXER_PORT"}


def test_without_both_there_is_no_mail() -> None:
    """E-mail need not be set up."""
    assert load(GOOD, None).mail is None


def test_no_password_shows() -> None:
    """Neither the settings' repr, nor the server's, nor the rows of check hold user or password."""
    settings = load({**GOOD, **MAIL}, None)
    assert settings.mail is not None
    server, _ = settings.mail
    shown = repr(settings) + repr(server) + str(server) + repr(describe({**GOOD, **MAIL}))
    assert "pw-of-mine" not in shown
    assert "bot:" not in shown
    assert "user='bot'" not in shown
    assert str(server) == "smtp+starttls://mail.acme.com:587"


@pytest.mark.parametrize("text", ["a@b.example", "a.b+c@x-y.example", "o'neil@b.example", "a@localhost"])
def test_ordinary_addresses_are_addresses(text: str) -> None:
    """What people have is written to."""
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    ["a@b@c", "a..b@c.example", ".a@c.example", "a@-c.example", "a@c..example", "x" * 65 + "@c.example"],
)
def test_odd_addresses_are_none(text: str) -> None:
    """What no server takes is not tried."""
    assert not is_address(text)
