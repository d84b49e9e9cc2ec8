"""What `lexer-bot check` finds out: every setting, every provider, the database and its keys, and e-mail. Changes nothing, shows no secret."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import SettingsProblem, SettingsProblems
from bot.mail_checkup import look_at_mail
from bot.settings import load, public_url
from bot.settings_list import SettingRow, describe, without_password
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

_SQLITE = "sqlite+aiosqlite:///"
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
        mail, wrong = await look_at_mail(settings)
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
