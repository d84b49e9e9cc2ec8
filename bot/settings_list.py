"""Every setting by name: its default, how to mend it, and how its state may be shown."""

from collections.abc import Mapping
from dataclasses import dataclass

DEMO_PORT = 8080


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What `check` says of one setting."""

    name: str
    secret: bool
    default: str | None
    mend: str


KNOWN = (
    Known(
        name="SLACK_BOT_TOKEN",
        secret=True,
        default=None,
        mend="Copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions of your Slack app.",
    ),
    Known(
        name="SLACK_SIGNING_SECRET",
        secret=True,
        default=None,
        mend="Copy the Signing Secret from Basic Information of your Slack app, or set SLACK_APP_TOKEN to use Socket Mode.",
    ),
    Known(
        name="SLACK_APP_TOKEN",
        secret=True,
        default=None,
        mend="For Socket Mode make an app-level token (xapp-…) with connections:write under Basic Information.",
    ),
    Known(
        name="SLACK_API_URL",
        secret=False,
        default="https://slack.com/api/",
        mend="Leave it out for Slack itself; GovSlack and test servers have their own address.",
    ),
    Known(
        name="LEXER_PUBLIC_URL",
        secret=False,
        default=None,
        mend="Set the address browsers reach this bot at, e.g. https://lexer.example.com (sign-ins come back there).",
    ),
    Known(name="LEXER_HOST", secret=False, default="127.0.0.1", mend="Set the address to listen on."),
    Known(name="LEXER_PORT", secret=False, default="3000", mend="Set a number from 1 to 65535."),
    Known(
        name="LEXER_DATABASE_URL",
        secret=False,
        default="sqlite+aiosqlite:///lexer.db",
        mend="Write sqlite+aiosqlite:///file.db or postgresql+asyncpg://user:password@host/database.",
    ),
    Known(
        name="LEXER_SECRET_KEYS",
        secret=True,
        default=None,
        mend="Run `lexer-bot keys new` and set what it prints; keep it as safe as the database.",
    ),
    Known(
        name="LEXER_SMTP_URL",
        secret=True,
        default=None,
        mend="Write smtp+starttls://user:password@host:587 or smtps://user:password@host:465, with LEXER_MAIL_FROM; leave both out to send no e-mails.",
    ),
    Known(
        name="LEXER_MAIL_FROM",
        secret=False,
        default=None,
        mend="Write the address e-mails come from, such as Lexer <lexer@acme.com>, with LEXER_SMTP_URL; leave both out to send no e-mails.",
    ),
    Known(name="LEXER_DEMO_PORT", secret=False, default=str(DEMO_PORT), mend="Set a number from 1 to 65535."),
)
MEND = {known.name: known.mend for known in KNOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRow:
    """A line of `lexer-bot check`. `state` never holds a secret."""

    name: str
    default: str
    state: str


def describe(values: Mapping[str, str]) -> tuple[SettingRow, ...]:
    """A row for each setting, from `gather`'s values; secrets appear as "set"."""
    rows = [_row(known, values.get(known.name)) for known in KNOWN]
    names = {known.name for known in KNOWN}
    others = sorted(name for name in values if name not in names)
    return (*rows, *(SettingRow(name=name, default="", state="set") for name in others))


def _row(known: Known, value: str | None) -> SettingRow:
    default = known.default or ""
    if value is None:
        return SettingRow(name=known.name, default=default, state="default" if known.default else "not set")
    return SettingRow(
        name=known.name, default=default, state="set" if known.secret else without_password(value)
    )


def without_password(url: str) -> str:
    """An address as it may be shown: what stands between "://" and the last "@" is left out, and so is a query."""
    scheme, colon, rest = url.partition("://")
    user, at, place = rest.rpartition("@")
    hidden = "…@" if at and user else ""
    return f"{scheme}{colon}{hidden}{place.partition('?')[0]}" if colon else url
