"""What `check` says of e-mail: whether mails can go out, and whether anybody's address is known."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.checkup import Checkup, check
from bot.sandbox.mail_server import MailServer, open_mail_server
from bot.sandbox.records import Records
from bot.sandbox.world import World, cast, wall
from tests.edges.certificates import pair
from tests.edges.pretend_slack import TEAM, PretendSlack

ANSWER = {"ok": True, "team_id": TEAM, "team": "Acme", "user_id": "U0BOT", "bot_id": "B0BOT"}


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    """A mail server that asks for a login."""
    async with open_mail_server(World(cast(), wall), Records(), login=("bot", "pw-of-mine")) as made:
        yield made


def granted(slack: PretendSlack, *scopes: str) -> None:
    """The app has these permissions."""
    slack.answers["auth.test"] = lambda _call: (200, {"x-oauth-scopes": ",".join(scopes)}, ANSWER)


async def checked(env: dict[str, str], smtp_url: str) -> Checkup:
    """What `check` finds."""
    return await check({**env, "LEXER_SMTP_URL": smtp_url, "LEXER_MAIL_FROM": "lexer@acme.example"}, ())


async def test_all_is_well(slack: PretendSlack, environment: dict[str, str], server: MailServer) -> None:
    """It logs in, sends nothing, and says so."""
    granted(slack, "chat:write", "users:read", "users:read.email")
    found = await checked(environment, server.url())
    assert found.problems == ()
    assert f"smtp://127.0.0.1:{server.port}: reached, logged in" in found.mail
    assert "people's addresses: the bot may read them in Slack" in found.mail
    assert (server.visits, server.mails) == (1, [])
    assert "pw-of-mine" not in repr(found)


async def test_nobodys_address_is_known(
    slack: PretendSlack, environment: dict[str, str], server: MailServer
) -> None:
    """Without the permission to read addresses no mail ever goes out: it is named, with how to get it."""
    granted(slack, "chat:write", "users:read")
    (problem,) = (await checked(environment, server.url())).problems
    assert problem.name == "users:read.email"
    assert "install the app in the workspace again" in problem.mend


async def test_slack_does_not_say(
    slack: PretendSlack, environment: dict[str, str], server: MailServer
) -> None:
    """Where Slack cannot be asked, nothing is claimed."""
    slack.refuse("auth.test", "fatal_error", 500)
    found = await checked(environment, server.url())
    assert found.problems == ()
    assert any("did not say" in line for line in found.mail)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("pw-of-mine", "wrong"), "the server refuses"),
        (("smtp://", "smtp+starttls://"), "does not offer STARTTLS"),
        (("smtp://", "smtps://"), "no mail server that works"),
    ],
)
async def test_a_server_that_cannot_be_used_is_named(
    slack: PretendSlack,
    environment: dict[str, str],
    server: MailServer,
    change: tuple[str, str],
    words: str,
) -> None:
    """A wrong password or the wrong way of encrypting is found before the first alert."""
    granted(slack, "users:read.email")
    found = await checked(environment, server.url().replace(*change))
    (problem,) = found.problems
    assert problem.name == "LEXER_SMTP_URL"
    assert words in problem.what
    assert "pw-of-mine" not in repr(found)


async def test_a_certificate_nobody_vouches_for(
    slack: PretendSlack, environment: dict[str, str], tmp_path: Path
) -> None:
    """It is said that it is the certificate."""
    granted(slack, "users:read.email")
    tls = pair(tmp_path, "127.0.0.1").server
    async with open_mail_server(World(cast(), wall), Records(), tls=tls) as server:
        (problem,) = (await checked(environment, server.url("smtp+starttls"))).problems
    assert "certificate cannot be trusted" in problem.what


async def test_without_mail_it_is_said(slack: PretendSlack, environment: dict[str, str]) -> None:
    """Not set up is no fault, and is not passed over in silence; Slack is not asked."""
    found = await check(environment, ())
    assert found.problems == ()
    assert "not set up" in found.mail[0]
    assert slack.of("auth.test") == []
