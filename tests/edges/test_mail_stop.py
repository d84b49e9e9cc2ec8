"""The link at the foot of an e-mail: whoever has it can stop that person's e-mails, with one question asked and nothing else done."""

import logging

import httpx
import pytest

from bot.app import Bot
from bot.usecases import mail_stops
from store import alert_settings, audit
from store.records import UserId, WorkspaceId
from tests.edges.conftest import PUBLIC_URL
from tests.edges.pretend_slack import TEAM as ACME

TEAM, MARIA = WorkspaceId(ACME), UserId("U0MARIA")


@pytest.fixture
def link(bot: Bot) -> str:
    """Maria's."""
    return mail_stops.link(bot.context, TEAM, MARIA)


async def wants_mail(bot: Bot, user_id: UserId = MARIA) -> bool:
    """What the store says."""
    async with bot.context.store.reading() as tx:
        return (await alert_settings.personal(tx, TEAM, user_id)).mail


async def test_looking_asks_and_changes_nothing(bot: Bot, browser: httpx.AsyncClient, link: str) -> None:
    """A scanner that opens every link of a mail stops nobody's mails."""
    page = await browser.get(link)
    assert (await browser.head(link)).status_code == page.status_code == 200
    assert "Stop e-mails from Lexer?" in page.text
    assert '<form method="post">' in page.text
    assert "/lexer alerts" in page.text
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert "set-cookie" not in page.headers
    assert await wants_mail(bot)


async def test_the_button_stops_them(bot: Bot, browser: httpx.AsyncClient, link: str) -> None:
    """One press, and the page says how to have them again; pressing once more changes nothing."""
    for _ in range(2):
        page = await browser.post(link, headers={"Origin": PUBLIC_URL})
        assert page.status_code == 200
        assert "no more e-mails" in page.text
        assert "/lexer alerts" in page.text
    assert not await wants_mail(bot)
    assert await wants_mail(bot, UserId("U0TOM"))
    assert "no more e-mails" in (await browser.get(link)).text
    async with bot.context.store.reading() as tx:
        assert [entry.action for entry in await audit.entries(tx, TEAM, limit=9)] == ["mail_stop"]


async def test_a_mail_program_stops_them(bot: Bot, browser: httpx.AsyncClient, link: str) -> None:
    """One-Click as RFC 8058 has it: a form without cookie or Origin, answered without a redirect."""
    page = await browser.post(link, data={"List-Unsubscribe": "One-Click"})
    assert page.status_code == 200
    assert not await wants_mail(bot)


async def test_other_settings_stay(bot: Bot, browser: httpx.AsyncClient, link: str) -> None:
    """Stopping mails touches neither messages nor quiet hours."""
    async with bot.context.store.transaction() as tx:
        kept = await alert_settings.personal(tx, TEAM, MARIA)
        quiet = type(kept)(workspace_id=TEAM, user_id=MARIA, dm=False, quiet_from="22:00", quiet_to="07:00")
        await alert_settings.save_personal(tx, quiet)
    await browser.post(link)
    async with bot.context.store.reading() as tx:
        now = await alert_settings.personal(tx, TEAM, MARIA)
    assert (now.dm, now.mail, now.quiet_from, now.quiet_to) == (False, False, "22:00", "07:00")


def changed(signed: str) -> list[str]:
    """Links somebody made from Maria's."""
    ws, user, mac = signed.split(".")
    return [
        f"{ws}.U0TOM.{mac}",
        f"T0OTHER.{user}.{mac}",
        f"{ws}.{user}.{mac[:-1]}{'A' if mac[-1] != 'A' else 'B'}",
        f"{ws}.{user}.",
        f"{ws}.{user}",
        f"{ws} {user}..{mac}",
        ws,
        "x" * 5000,
        "é.é.é",
        "..",
        f"{signed}.more",
    ]


@pytest.mark.parametrize("number", range(11))
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_invented_link_is_explained(
    bot: Bot, browser: httpx.AsyncClient, link: str, number: int, method: str
) -> None:
    """Nobody stops another's mails; who comes with a broken link reads how to do it in Slack."""
    signed = changed(link.rpartition("/")[2])[number]
    page = await browser.request(method, f"/mail/stop/{signed}")
    assert page.status_code in {404, 414}
    if page.status_code == 404:
        assert "This link does not work" in page.text or "There is nothing here" in page.text
    assert await wants_mail(bot)


async def test_a_link_of_a_workspace_nobody_knows(bot: Bot, browser: httpx.AsyncClient) -> None:
    """After the bot was set up anew, an old mail's link is explained, too."""
    old = mail_stops.link(bot.context, WorkspaceId("T0GONE"), MARIA)
    assert (await browser.get(old)).status_code == (await browser.post(old)).status_code == 404


async def test_a_ticket_is_no_stop_link(bot: Bot, browser: httpx.AsyncClient) -> None:
    """A signature made for another purpose opens nothing here."""
    mac = bot.context.store.vault.sign("ticket", f"{TEAM} {MARIA}")
    assert (await browser.post(f"/mail/stop/{TEAM}.{MARIA}.{mac}")).status_code == 404


async def test_the_log_keeps_the_link_to_itself(
    browser: httpx.AsyncClient, link: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever reads the log cannot stop anybody's mails."""
    with caplog.at_level(logging.DEBUG, logger="bot"):
        await browser.get(link)
        await browser.post(link)
    assert "POST /mail/stop/<signed> 200" in caplog.text
    assert link.rpartition(".")[2] not in caplog.text
