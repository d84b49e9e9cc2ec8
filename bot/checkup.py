"""What `lexer-bot check` finds out: every setting, every provider, the database and its keys, and e-mail. Changes nothing, shows no secret."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import SettingsProblem, SettingsProblems
from bot.mailer import Mailer, mailer_of
from bot.settings import Settings, load, public_url
from bot.settings_list import SettingRow, describe, without_password
from bot.slack_client import open_session, web_client
from connectors.provider import Provider
from store import workspaces
from store.database import (
    BadDatabaseUrl,
    KeysMissing,
    NotMigrated,
    StoreUnavailable,
    open_store,
    sealed_rows_by_key,
)
from store.vault import Vault

_log = logging.getLogger(__name__)
_SQLITE = "sqlite+aiosqlite:///"
_SLACK_SECONDS = 15.0
_EMAIL = "users:read.email"
_NO_MAIL = "not set up (LEXER_SMTP_URL, LEXER_MAIL_FROM): alerts go out in Slack only"
_NOT_LOOKED = "not looked at, since settings are wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRow:
    """One provider: its name, what it still needs (nothing = set up), and the callback address to register there."""

    name: str
    missing: tuple[str, ...]
    callback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """Everything found. `problems` keep the bot from working as asked; `notes` do not."""

    settings: tuple[SettingRow, ...]
    providers: tuple[ProviderRow, ...]
    database: tuple[str, ...]
    mail: tuple[str, ...]
    problems: tuple[SettingsProblem, ...]
    notes: tuple[str, ...]


async def check(values: Mapping[str, str], providers: tuple[Provider, ...]) -> Checkup:
    """Look at everything. `values` as `bot.settings.gather` gives them."""
    problems: list[SettingsProblem] = []
    database: tuple[str, ...]
    mail: tuple[str, ...]
    try:
        settings = load(values, None)
    except SettingsProblems as found:
        problems += found.problems
        database, mail = (_NOT_LOOKED,), (_NOT_LOOKED,)
        address = _address(values)
    else:
        vault = Vault.from_setting(settings.lexer_secret_keys.get_secret_value())
        database, wrong = await _database(settings.lexer_database_url.get_secret_value(), vault)
        problems += wrong
        mail, wrong = await _mail(settings)
        problems += wrong
        address = settings.lexer_public_url
    rows = tuple(_provider(one, values, address) for one in providers)
    return Checkup(
        settings=tuple(row for row in describe(values) if not _of_a_provider(row.name, providers)),
        providers=rows,
        database=database,
        mail=mail,
        problems=(*problems, *_half_set_up(rows, providers)),
        notes=_notes(rows, values, providers),
    )


def _address(values: Mapping[str, str]) -> str:
    """The bot's own, where other settings are wrong; its setting's name where it is wrong too."""
    try:
        return public_url(values)
    except SettingsProblems:
        return "<LEXER_PUBLIC_URL>"


def _needed(provider: Provider) -> tuple[str, ...]:
    names = ("CLIENT_ID", "CLIENT_SECRET", *provider.extra_settings)
    return tuple(f"LEXER_{provider.key.upper()}_{name}" for name in names)


def _of_a_provider(name: str, providers: tuple[Provider, ...]) -> bool:
    return any(name in _needed(provider) for provider in providers)


def _provider(provider: Provider, values: Mapping[str, str], address: str) -> ProviderRow:
    return ProviderRow(
        name=provider.name,
        missing=tuple(name for name in _needed(provider) if name not in values),
        callback=f"{address}/oauth/callback/{provider.key}",
    )


def _half_set_up(
    rows: tuple[ProviderRow, ...], providers: tuple[Provider, ...]
) -> tuple[SettingsProblem, ...]:
    return tuple(
        SettingsProblem(
            name=", ".join(row.missing),
            what=f"is missing, so that {row.name} is only half set up",
            mend=f"Set it, or leave out everything of {row.name}",
        )
        for row, provider in zip(rows, providers, strict=True)
        if 0 < len(row.missing) < len(_needed(provider))
    )


def _notes(
    rows: tuple[ProviderRow, ...], values: Mapping[str, str], providers: tuple[Provider, ...]
) -> tuple[str, ...]:
    known = {row.name for row in describe({})}
    strangers = sorted(name for name in values if name not in known and not _of_a_provider(name, providers))
    notes = [f"{name} is set and means nothing to this bot: is it a typing error?" for name in strangers]
    if all(row.missing for row in rows):
        notes.append("No provider is set up yet: the bot starts, and people cannot connect anything.")
    if values.get("SLACK_API_URL", "").startswith("http://"):
        notes.append("SLACK_API_URL is http: whoever listens on the way can read the bot's token.")
    if values.get("LEXER_SMTP_URL", "").lower().startswith("smtp://"):
        notes.append("LEXER_SMTP_URL is smtp://: whoever listens on the way can read the e-mails.")
    return tuple(notes)


async def _database(url: str, vault: Vault) -> tuple[tuple[str, ...], list[SettingsProblem]]:
    where = without_password(url)
    if _is_yet_to_be_made(url):
        return (f"{where}: not there yet, made at the start",), []
    try:
        async with open_store(url, vault, migrate=False) as store, store.reading() as tx:
            rows = await sealed_rows_by_key(tx)
            left = await workspaces.left(tx)
    except NotMigrated as error:
        return _not_migrated(where, error, by_itself=url.startswith(_SQLITE))
    except KeysMissing as error:
        return (f"{where}: reached",), [
            _problem("LEXER_SECRET_KEYS", "lacks keys that rows need", str(error))
        ]
    except (BadDatabaseUrl, StoreUnavailable) as error:
        mend = f"{error} Check the address, the network and the rights of its user"
        return (f"{where}: not reached",), [_problem("LEXER_DATABASE_URL", "leads to no database", mend)]
    keys = (f"key {key_id}: {rows.get(key_id, 0)} sealed values" for key_id in vault.key_ids)
    return (f"{where}: reached, up to date", *keys), [_taken_out(one) for one in left]


def _taken_out(left: workspaces.Left) -> SettingsProblem:
    return _problem(
        "SLACK_BOT_TOKEN",
        f"belongs to {left.name}, which took the bot out on {left.gone_at:%Y-%m-%d at %H:%M} UTC:"
        " nothing is said in Slack",
        "Install the app there again, set its new token and start the bot",
    )


def _is_yet_to_be_made(url: str) -> bool:
    """Opening it would make the file, and a check changes nothing."""
    return url.startswith(_SQLITE) and not Path(url.removeprefix(_SQLITE).partition("?")[0]).exists()


def _not_migrated(
    where: str, error: NotMigrated, *, by_itself: bool
) -> tuple[tuple[str, ...], list[SettingsProblem]]:
    if by_itself:
        return (f"{where}: reached, brought up to date at the start",), []
    mend = f"{error} Run `lexer-bot migrate`"
    return (f"{where}: reached, not up to date",), [_problem("LEXER_DATABASE_URL", "is behind", mend)]


def _problem(name: str, what: str, mend: str) -> SettingsProblem:
    return SettingsProblem(name=name, what=what, mend=mend)


async def _mail(settings: Settings) -> tuple[tuple[str, ...], list[SettingsProblem]]:
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
        _problem(
            "LEXER_SMTP_URL", what, mend or "Check host, port and the network, or ask who runs that server"
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
    problem = _problem(
        _EMAIL, "is a permission this Slack app was not given, so that nobody gets an e-mail", mend
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
