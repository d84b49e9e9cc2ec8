"""What `lexer-bot check` finds out about e-mail: whether the server takes us, and whether Slack tells addresses. Sends nothing."""

import asyncio
import logging

from bot.errors import SettingsProblem
from bot.mailer import Mailer, mailer_of
from bot.settings import Settings
from bot.slack_client import open_session, web_client

_log = logging.getLogger(__name__)
_SLACK_SECONDS = 15.0
_EMAIL = "users:read.email"
_NO_MAIL = "not set up (LEXER_SMTP_URL, LEXER_MAIL_FROM): alerts go out in Slack only"


async def look_at_mail(settings: Settings) -> tuple[tuple[str, ...], list[SettingsProblem]]:
    """Logs in to the SMTP server, without a mail, and asks Slack whether it tells us addresses."""
    mailer = mailer_of(settings, lambda: None)
    if mailer is None or settings.mail is None:
        return (_NO_MAIL,), []
    server, sender = settings.mail
    reached, problems = await _server(mailer, str(server), logs_in=server.user is not None)
    told, wrong = await _addresses(settings)
    return (f"from {sender.address}", reached, told), [*problems, *wrong]


async def _server(mailer: Mailer, where: str, *, logs_in: bool) -> tuple[str, list[SettingsProblem]]:
    failure = await mailer.knock()
    if failure is None:
        return f"{where}: reached{', logged in' if logs_in else ''}", []
    what, mend = _SERVER_WORDS.get(
        failure.error, (f"leads to no mail server that works ({failure.error})", "")
    )
    return f"{where}: not usable", [
        SettingsProblem(
            name="LEXER_SMTP_URL",
            what=what,
            mend=mend or "Check host, port and the network, or ask who runs that server",
        )
    ]


_SERVER_WORDS = {
    "login_refused": ("holds a user and password that the server refuses", "Copy both again"),
    "login_not_offered": (
        "holds a user and password, and the server asks for none",
        "Leave them out, or begin it with smtp+starttls:// or smtps://",
    ),
    "certificate_refused": (
        "leads to a server whose certificate cannot be trusted",
        "Write the host's name as its certificate has it, or have the certificate renewed",
    ),
    "starttls_not_offered": (
        "leads to a server that does not offer STARTTLS",
        "Begin it with smtps:// and that server's port for it, often 465",
    ),
}
"""What is wrong and how to mend it, by the mailer's word for it."""


async def _addresses(settings: Settings) -> tuple[str, list[SettingsProblem]]:
    scopes = await _scopes(settings)
    if scopes is None:
        return "people's addresses: Slack did not say whether the bot may read them", []
    if _EMAIL in scopes:
        return "people's addresses: the bot may read them in Slack", []
    mend = "Add it under OAuth & Permissions of your Slack app, and install the app in the workspace again"
    problem = SettingsProblem(
        name=_EMAIL,
        what="is a permission this Slack app was not given, so that nobody gets an e-mail",
        mend=mend,
    )
    return "people's addresses: the bot may not read them in Slack", [problem]


async def _scopes(settings: Settings) -> frozenset[str] | None:
    """The app's permissions, from a header Slack sends with its answers; None where it does not.

    The header is widely relied upon; that Slack promises it was not confirmed (2026-11).
    """
    token = settings.slack_bot_token.get_secret_value()
    try:
        async with asyncio.timeout(_SLACK_SECONDS), open_session() as session:
            answer = await web_client(session, settings.slack_api_url, token).auth_test()
    except Exception as error:  # noqa: BLE001  slack_sdk lets whatever a broken answer causes through
        _log.info("auth.test gave no usable answer: %s", type(error).__name__)
        return None
    named = {str(name).lower(): str(value) for name, value in answer.headers.items()}
    listed = named.get("x-oauth-scopes")
    return None if listed is None else frozenset(one.strip() for one in listed.split(","))
