"""The Slack app's manifest: filled in for one bot, and what people see of it. The text is manifest.yml, of which the package carries a copy."""

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCommand:
    """A slash command as Slack's composer offers it while somebody types."""

    command: str
    usage_hint: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What of the manifest people see of the app before it says anything."""

    commands: tuple[ShownCommand, ...]
    home_tab: bool
    read_only_messages: bool
    """Nobody can type in the app's Messages tab."""


def shown() -> Shown:
    """What manifest.yml makes Slack show."""
    features = yaml.safe_load(_text())["features"]
    return Shown(
        commands=tuple(
            ShownCommand(
                command=one["command"], usage_hint=one.get("usage_hint", ""), description=one["description"]
            )
            for one in features["slash_commands"]
        ),
        home_tab=features["app_home"]["home_tab_enabled"],
        read_only_messages=features["app_home"]["messages_tab_read_only_enabled"],
    )


def filled(url: str, *, socket: bool) -> str:
    """manifest.yml as YAML with this bot's public address, or with Socket Mode on and no addresses at all."""
    manifest: dict[str, Any] = yaml.safe_load(_text())
    request_url = None if socket else f"{url}/slack/events"
    settings = manifest["settings"]
    settings["socket_mode_enabled"] = socket
    _put(settings["event_subscriptions"], "request_url", request_url)
    _put(settings["interactivity"], "request_url", request_url)
    _put(settings["interactivity"], "message_menu_options_url", request_url)
    for command in manifest["features"]["slash_commands"]:
        _put(command, "url", request_url)
    return yaml.safe_dump(manifest, sort_keys=False, allow_unicode=True, width=120)


def _text() -> str:
    return files("bot").joinpath("manifest.yml").read_text(encoding="utf-8")


def _put(part: dict[str, Any], name: str, value: str | None) -> None:
    if value is None:
        part.pop(name, None)
    else:
        part[name] = value
