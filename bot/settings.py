"""Settings: the only reader of the environment and of `.env`. Everything wrong with them is found at once and said without a value.

`SLACK_*` and `LEXER_*` in the environment win over `.env`; an empty value counts as not set.
"""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from dotenv import dotenv_values
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot import mail_settings
from bot.errors import SettingsProblem, SettingsProblems
from bot.mail_settings import Sender, SmtpServer, is_loopback
from bot.settings_list import DEMO_PORT, KNOWN, MEND
from store.vault import BadKeys, Vault

_PREFIXES = ("SLACK_", "LEXER_")
_PROVIDER_SETTING = re.compile(r"LEXER_([A-Z0-9_]+?)_(CLIENT_ID|CLIENT_SECRET)")


def _plain(value: SecretStr) -> SecretStr:
    """Goes into an HTTP header: no blank, no line break, nothing beyond ASCII."""
    text = value.get_secret_value()
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("has blanks, line breaks or characters that cannot be part of it")
    return value


def _bot_token(value: SecretStr) -> SecretStr:
    if value.get_secret_value().startswith("xapp-"):
        raise ValueError("holds an app-level token (xapp-…), not the bot's")
    return _plain(value)


def _app_token(value: SecretStr) -> SecretStr:
    if value.get_secret_value().startswith(("xoxb-", "xoxp-")):
        raise ValueError("holds a bot or user token, not an app-level one (xapp-…)")
    return _plain(value)


def _api_url(value: str) -> str:
    parts = _split(value)
    if parts.scheme not in {"https", "http"} or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("is not an address such as https://slack.com/api/")
    return value.rstrip("/") + "/"


def _public_url(value: str) -> str:
    parts = _split(value)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ValueError("is http, which is only allowed on this machine itself (localhost, 127.0.0.1)")
    if parts.scheme not in {"https", "http"}:
        raise ValueError("does not begin with https://")
    if parts.path.rstrip("/") or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("has a path, query or user name; only scheme, host and port belong there")
    if not value.isascii():
        raise ValueError("has letters beyond ASCII; write the host in its xn-- form")
    netloc = parts.netloc.lower()
    default = {"https": ":443", "http": ":80"}[parts.scheme]
    return f"{parts.scheme}://{netloc.removesuffix(default)}"


def _split(value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(character.isspace() for character in value):
        raise ValueError("is not an address with a host")
    return parts


# Drivers this bot carries; the short forms people paste are completed.
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}


def _database_url(value: SecretStr) -> SecretStr:
    scheme, colon, rest = value.get_secret_value().partition("://")
    driver = _DRIVERS.get(scheme.lower())
    if not colon or not rest or driver is None:
        raise ValueError("is neither an SQLite nor a PostgreSQL address")
    return SecretStr(f"{driver}://{rest}")


def _keys(value: SecretStr) -> SecretStr:
    try:
        Vault.from_setting(value.get_secret_value())
    except BadKeys as bad:
        raise ValueError(f"cannot be used: {str(bad).rstrip('.')}") from None
    return value


def _smtp_url(value: SecretStr) -> SecretStr:
    mail_settings.smtp_server(value.get_secret_value())
    return value


def _mail_from(value: str) -> str:
    mail_settings.sender(value)
    return value


class ProviderSettings(BaseModel):
    """Our client at one provider, from LEXER_<KEY>_*. `extra`: further settings by their name without prefix."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    client_id: str | None = None
    client_secret: SecretStr | None = None
    extra: Mapping[str, SecretStr] = Field(default_factory=dict)


class Settings(BaseSettings):
    """Everything the bot can be told. Made by `load`; frozen; secrets show in no repr."""

    model_config = SettingsConfigDict(frozen=True, hide_input_in_errors=True, populate_by_name=True)

    slack_bot_token: Annotated[SecretStr, AfterValidator(_bot_token)]
    slack_signing_secret: Annotated[SecretStr, AfterValidator(_plain)] | None = None
    slack_app_token: Annotated[SecretStr, AfterValidator(_app_token)] | None = None
    slack_api_url: Annotated[str, AfterValidator(_api_url)] = "https://slack.com/api/"
    """With a trailing slash."""
    lexer_public_url: Annotated[str, AfterValidator(_public_url)]
    """Scheme, host and port; no trailing slash."""
    lexer_host: str = "127.0.0.1"
    lexer_port: Annotated[int, Field(ge=1, le=65535)] = 3000
    lexer_database_url: Annotated[SecretStr, AfterValidator(_database_url)] = SecretStr(
        "sqlite+aiosqlite:///lexer.db"
    )
    """Secret, since it may hold a password."""
    lexer_secret_keys: Annotated[SecretStr, AfterValidator(_keys)]
    lexer_smtp_url: Annotated[SecretStr, AfterValidator(_smtp_url)] | None = None
    lexer_mail_from: Annotated[str, AfterValidator(_mail_from)] | None = None
    providers: Mapping[str, ProviderSettings] = Field(default_factory=dict)
    """By provider key, lower case."""

    @model_validator(mode="after")
    def _one_way_in(self) -> "Settings":
        if self.slack_signing_secret is None and self.slack_app_token is None:
            raise ValueError("is missing")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` hands over: never the environment behind its back."""
        return (init_settings,)

    @property
    def socket_mode(self) -> bool:
        """Slack reaches us over a WebSocket we open, not over /slack/events."""
        return self.slack_app_token is not None

    @property
    def mail(self) -> tuple[SmtpServer, Sender] | None:
        """Where e-mails go and whom they come from; None: they are not set up."""
        if self.lexer_smtp_url is None or self.lexer_mail_from is None:
            return None
        server = mail_settings.smtp_server(self.lexer_smtp_url.get_secret_value())
        return server, mail_settings.sender(self.lexer_mail_from)


def gather(env: Mapping[str, str], env_file: Path | None) -> Mapping[str, str]:
    """Every set SLACK_* and LEXER_* value, trimmed; the environment wins over the file.

    Raises SettingsProblems: the file is there and cannot be read.
    """
    found = {**_from_file(env_file), **{name: value for name, value in env.items() if value.strip()}}
    return {
        name: value.strip()
        for name, value in found.items()
        if name.startswith(_PREFIXES) and value and value.strip()
    }


def _from_file(env_file: Path | None) -> Mapping[str, str]:
    if env_file is None or not env_file.is_file():
        return {}
    try:
        return {name: value or "" for name, value in dotenv_values(env_file, interpolate=False).items()}
    except (OSError, UnicodeDecodeError):
        problem = SettingsProblem(
            name=str(env_file), what="cannot be read", mend="Make it a UTF-8 text file this user may read."
        )
        raise SettingsProblems([problem]) from None


def environment() -> Mapping[str, str]:
    """The process's environment: the only place it is read."""
    return os.environ


def load(env: Mapping[str, str], env_file: Path | None) -> Settings:
    """Read and check all settings.

    Raises SettingsProblems: every problem at once, without any value.
    """
    values = gather(env, env_file)
    fields = {name.lower(): value for name, value in values.items() if name.lower() in Settings.model_fields}
    half = _half_of_mail(values)
    try:
        settings = Settings.model_validate({**fields, "providers": provider_settings(values)})
    except ValidationError as error:
        problems = [_problem(e["loc"], e["type"], e["msg"]) for e in error.errors(include_input=False)]
        raise SettingsProblems(_with_way_in([*problems, *half], values)) from None
    if half:
        raise SettingsProblems(half)
    return settings


def _half_of_mail(values: Mapping[str, str]) -> list[SettingsProblem]:
    missing = [name for name in ("LEXER_SMTP_URL", "LEXER_MAIL_FROM") if name not in values]
    return [_problem((name,), "missing", "") for name in missing] if len(missing) == 1 else []


def provider_settings(values: Mapping[str, str]) -> Mapping[str, ProviderSettings]:
    """Every provider that has a client id or secret among `values`, by key (lower case)."""
    found = [_PROVIDER_SETTING.fullmatch(name) for name in values]
    keys = sorted({match[1] for match in found if match}, key=len, reverse=True)
    return {key.lower(): _provider(key, keys, values) for key in keys}


def _provider(key: str, keys: list[str], values: Mapping[str, str]) -> ProviderSettings:
    own = {
        name.removeprefix(f"LEXER_{key}_"): value
        for name, value in values.items()
        if name.startswith(f"LEXER_{key}_") and _owner(name, keys) == key
    }
    return ProviderSettings(
        client_id=own.pop("CLIENT_ID", None),
        client_secret=SecretStr(secret) if (secret := own.pop("CLIENT_SECRET", None)) else None,
        extra={name: SecretStr(value) for name, value in own.items()},
    )


def _owner(name: str, keys: list[str]) -> str | None:
    """The longest key wins: LEXER_GOOGLE_ADS_X belongs to google_ads though google may exist."""
    return next((key for key in keys if name.startswith(f"LEXER_{key}_")), None)


def _problem(place: tuple[int | str, ...], kind: str, words: str) -> SettingsProblem:
    name = str(place[0]).upper() if place else "SLACK_SIGNING_SECRET"
    what = "is missing" if kind == "missing" else words.removeprefix("Value error, ")
    if kind in {"int_parsing", "greater_than_equal", "less_than_equal"}:
        what = "is not a port number"
    return SettingsProblem(name=name, what=what, mend=MEND.get(name, "Correct it."))


def _with_way_in(problems: list[SettingsProblem], values: Mapping[str, str]) -> list[SettingsProblem]:
    """For pydantic does not reach the check of the whole while a field is wrong."""
    without = "SLACK_SIGNING_SECRET" not in values and "SLACK_APP_TOKEN" not in values
    if without and all(problem.name != "SLACK_SIGNING_SECRET" for problem in problems):
        problems.append(_problem((), "missing", ""))
    order = {known.name: place for place, known in enumerate(KNOWN)}
    return sorted(problems, key=lambda problem: order.get(problem.name, len(order)))


def demo_port(env: Mapping[str, str]) -> int:
    """LEXER_DEMO_PORT, the only setting the demo reads.

    Raises SettingsProblems: it is not a port number.
    """
    text = env.get("LEXER_DEMO_PORT", "").strip() or str(DEMO_PORT)
    if text.isascii() and text.isdigit() and 0 < int(text) <= 65535:
        return int(text)
    raise SettingsProblems([_problem(("LEXER_DEMO_PORT",), "int_parsing", "")])


def public_url(values: Mapping[str, str]) -> str:
    """LEXER_PUBLIC_URL alone, as `load` would give it. Raises SettingsProblems."""
    return _alone("LEXER_PUBLIC_URL", values.get("LEXER_PUBLIC_URL"), _public_url)


def database_url(values: Mapping[str, str]) -> str:
    """LEXER_DATABASE_URL alone, or its default, as `load` would give it. Raises SettingsProblems."""
    default = Settings.model_fields["lexer_database_url"].default
    return _alone(
        "LEXER_DATABASE_URL",
        values.get("LEXER_DATABASE_URL", default.get_secret_value()),
        lambda text: _database_url(SecretStr(text)).get_secret_value(),
    )


def _alone(name: str, value: str | None, parse: Callable[[str], str]) -> str:
    try:
        if value is None:
            raise ValueError("is missing")  # noqa: TRY301  said like everything else that is wrong with it
        return parse(value)
    except ValueError as error:
        raise SettingsProblems([_problem((name,), "", str(error))]) from None
