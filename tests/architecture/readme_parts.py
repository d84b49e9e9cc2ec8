"""The parts of README.md that the code knows better: written by `make docs`, compared by a test.

Each stands between `<!-- name -->` and `<!-- /name -->`.
"""

import re
from collections.abc import Mapping, Sequence

from blocks.listing import category_words
from bot.interactions import Command
from bot.settings_list import describe
from connectors.providers import all_providers
from tests.architecture.handlers import handlers
from tests.architecture.house import ROOT

README = ROOT / "README.md"

PURPOSES = {
    "SLACK_BOT_TOKEN": "The bot's token (`xoxb-…`), from *OAuth & Permissions* of your Slack app.",
    "SLACK_SIGNING_SECRET": "From *Basic Information*; proves that a request comes from Slack. Not needed with `SLACK_APP_TOKEN`.",
    "SLACK_APP_TOKEN": "An app-level token (`xapp-…`): switches to Socket Mode, where Slack needs no way in.",
    "SLACK_API_URL": "Where Slack's API is; GovSlack and test servers have their own.",
    "LEXER_PUBLIC_URL": "The address browsers reach this bot at: sign-ins come back there, in Socket Mode too.",
    "LEXER_HOST": "The address to listen on.",
    "LEXER_PORT": "The port to listen on.",
    "LEXER_DATABASE_URL": "SQLite file or `postgresql+asyncpg://user:password@host/database`.",
    "LEXER_SECRET_KEYS": "Seals tokens before they are stored; `lexer-bot keys new` prints one. Newest first, comma-separated.",
    "LEXER_SMTP_URL": "Where e-mails are handed over: `smtp+starttls://user:password@host:587`, `smtps://…:465`, or `smtp://` for a relay on your own machine or network. Signs such as `/` or `@` in user and password are percent-encoded. Without it alerts go out in Slack only.",
    "LEXER_MAIL_FROM": "Whom e-mails come from: `Lexer <lexer@acme.com>`. Goes with `LEXER_SMTP_URL`: both or neither.",
    "LEXER_DEMO_PORT": "The demo's port; the only setting the demo reads.",
}
_ORDER = ("integrations", "alerts", "groups", "help")
"""Of the commands, as somebody new meets them."""
REQUIRED = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "LEXER_PUBLIC_URL", "LEXER_SECRET_KEYS")


def parts() -> Mapping[str, str]:
    """Every part by name, as Markdown."""
    return {
        "settings": _settings(),
        "commands": _commands(),
        "providers": _providers(),
    }


def replaced(text: str) -> str:
    """README's text with every part as it must be. Raises ValueError where a part has no place."""
    for name, part in parts().items():
        place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if len(place.findall(text)) != 1:
            raise ValueError(f"README.md needs exactly one <!-- {name} --> … <!-- /{name} -->")
        text = place.sub(lambda found, part=part: f"{found[1]}{part}\n{found[2]}", text)  # type: ignore[misc]
    return text


def _settings() -> str:
    rows = [
        (
            f"`{row.name}`",
            f"`{row.default}`" if row.default else _without_default(row.name),
            PURPOSES[row.name],
        )
        for row in describe({})
    ]
    rows += [
        (
            "`LEXER_<KEY>_CLIENT_ID`",
            "",
            "Your client at a provider; `<KEY>` is in the table of providers, in capitals.",
        ),
        ("`LEXER_<KEY>_CLIENT_SECRET`", "", "Its secret."),
    ]
    return _table(("setting", "default", "what it is"), rows)


def _without_default(name: str) -> str:
    return "required" if name in REQUIRED else ""


def _commands() -> str:
    shown = sorted(handlers(Command), key=lambda command: _ORDER.index(command.name))
    return _table(("type", "and see"), [(f"`{command.usage}`", command.summary) for command in shown])


def _providers() -> str:
    rows = [
        (
            provider.name,
            f"`{provider.key}`",
            category_words(provider.category.value),
            provider.role_needed,
            f"`<LEXER_PUBLIC_URL>/oauth/callback/{provider.key}`",
            ", ".join(
                f"`LEXER_{provider.key.upper()}_{name}`"
                for name in ("CLIENT_ID", "CLIENT_SECRET", *provider.extra_settings)
            ),
        )
        for provider in all_providers()
    ]
    return _table(
        ("integration", "key", "category", "who can connect it", "callback address to register", "settings"),
        rows,
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    README.write_text(replaced(README.read_text(encoding="utf-8")), encoding="utf-8")
