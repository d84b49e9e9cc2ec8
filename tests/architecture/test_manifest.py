"""manifest.yml holds what the code uses, and nothing else."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.interactions import Command
from tests.architecture.handlers import handlers
from tests.architecture.house import ROOT, Source, sources

MANIFEST: Mapping[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
PLACEHOLDER = "https://lexer-bot.example.com"

SCOPES_OF_METHOD: Mapping[str, frozenset[str]] = {
    "apps.connections.open": frozenset(),  # the app-level token's own permission, not the bot's
    "auth.test": frozenset(),
    "chat.postMessage": frozenset({"chat:write"}),
    "chat.update": frozenset({"chat:write"}),
    # One for each kind of channel asked about; direct messages are not.
    "conversations.info": frozenset({"channels:read", "groups:read"}),
    "conversations.join": frozenset({"channels:join"}),
    "users.info": frozenset({"users:read"}),
    "users.list": frozenset({"users:read"}),
    "views.open": frozenset(),
    "views.push": frozenset(),
    "views.update": frozenset(),
}
"""The bot scopes each Slack method asks for (docs.slack.dev/reference/methods, each method's page, read 2026-11-24)."""
SCOPES_OF_EVENT: Mapping[str, frozenset[str]] = {
    "app_uninstalled": frozenset(),
    "channel_archive": frozenset({"channels:read"}),
    "channel_deleted": frozenset({"channels:read"}),
    "channel_id_changed": frozenset({"channels:read"}),
    "channel_left": frozenset({"channels:read"}),
    "group_archive": frozenset({"groups:read"}),
    "group_deleted": frozenset({"groups:read"}),
    "group_left": frozenset({"groups:read"}),
    "member_left_channel": frozenset({"channels:read", "groups:read"}),
    "tokens_revoked": frozenset(),
    "user_change": frozenset({"users:read"}),
}
"""docs.slack.dev/reference/events, each event's page, read 2026-11."""
SCOPE_OF_FIELD = {"email": "users:read.email"}
"""Fields of Slack's user object that take a scope of their own (docs.slack.dev/reference/objects/user-object, read 2026-11)."""

METHOD = re.compile(
    r"^(admin|apps|auth|bots|chat|conversations|files|oauth|reactions|team|usergroups|users|views)\.[a-zA-Z.]+$"
)


def _bot() -> tuple[Source, ...]:
    return tuple(source for source in sources("bot") if not source.name.startswith("bot/sandbox/"))


def _methods(found: tuple[Source, ...]) -> set[str]:
    """Slack methods written as text ("chat.update") or called on slack_sdk's client (`client.chat_update`)."""
    called_as = {method.replace(".", "_"): method for method in SCOPES_OF_METHOD}
    methods = set()
    for source in found:
        for node in ast.walk(source.tree):
            match node:
                case ast.Constant(value=str(text)) if METHOD.match(text):
                    methods.add(text)
                case ast.Attribute(attr=attr) if attr in called_as:
                    methods.add(called_as[attr])
                case _:
                    pass
    return methods


def _listened_to() -> Iterator[str]:
    """Events named to Bolt: `bolt.event("user_change")`, as call or decorator."""
    for source in _bot():
        for node in ast.walk(source.tree):
            match node:
                case ast.Call(func=ast.Attribute(attr="event"), args=[ast.Constant(value=str(name)), *_]):
                    yield name
                case _:
                    pass


def test_the_scopes_are_those_the_calls_need() -> None:
    """Whoever installs the bot grants nothing it does not use, and everything it does."""
    methods = _methods(_bot())
    assert "chat.postMessage" in methods
    assert methods <= SCOPES_OF_METHOD.keys(), "give the new method its scopes in SCOPES_OF_METHOD"
    needed = {"commands"} | {SCOPE_OF_FIELD[field] for field in _fields()}
    needed = needed.union(*(SCOPES_OF_METHOD[method] for method in methods))
    needed = needed.union(*(SCOPES_OF_EVENT[event] for event in _events()))
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == needed
    assert "user" not in MANIFEST["oauth_config"]["scopes"]


def _fields() -> set[str]:
    """Fields of a person that are read out of Slack's answers."""
    (messenger,) = (source for source in _bot() if source.name == "bot/messenger.py")
    read = {node.value for node in ast.walk(messenger.tree) if isinstance(node, ast.Constant)}
    return {field for field in SCOPE_OF_FIELD if field in read}


def _events() -> list[str]:
    return list(MANIFEST["settings"]["event_subscriptions"]["bot_events"])


def test_the_events_are_those_somebody_listens_to() -> None:
    """Slack sends nothing for nobody."""
    listened = set(_listened_to())
    assert listened
    assert listened == set(_events())


def test_the_command_is_the_one_that_answers() -> None:
    """What Slack offers while typing is what the help speaks of."""
    (command,) = MANIFEST["features"]["slash_commands"]
    commands = handlers(Command)
    assert {shown.usage.split()[0] for shown in commands} == {command["command"]}
    assert set(re.findall(r"[a-z]+", command["usage_hint"])) == {
        shown.name for shown in commands if shown.name
    }


def test_names_typed_after_the_command_reach_us_as_ids() -> None:
    """`@maria` in a command is somebody, not a word."""
    assert all(command["should_escape"] for command in MANIFEST["features"]["slash_commands"])


def test_the_package_carries_the_same() -> None:
    """`lexer-bot manifest` prints it from an installed package, too."""
    assert (ROOT / "bot" / "manifest.yml").read_bytes() == (ROOT / "manifest.yml").read_bytes()


def test_every_address_is_the_placeholder() -> None:
    """One replacement makes it this bot's own manifest."""
    text = (ROOT / "manifest.yml").read_text(encoding="utf-8")
    addresses = re.findall(r"https?://\S+", text)
    ours = [address for address in addresses if not address.startswith("https://your.address")]
    assert len(ours) == 4
    assert set(ours) == {f"{PLACEHOLDER}/slack/events"}


def test_it_is_the_http_form_with_searchable_menus() -> None:
    """Buttons, submissions and long menus arrive where commands do."""
    settings = MANIFEST["settings"]
    assert settings["socket_mode_enabled"] is False
    assert settings["interactivity"]["is_enabled"] is True
    assert settings["interactivity"]["request_url"] == settings["interactivity"]["message_menu_options_url"]


@pytest.mark.shared
def test_slacks_own_schema_accepts_it(shared_folder: Path) -> None:
    """Pasting it into Slack's app settings works the first time."""
    schema = json.loads(
        (shared_folder / "slack/schemas/manifest.schema.2.0.0.json").read_text(encoding="utf-8")
    )
    validator = jsonschema.validators.validator_for(schema)
    errors = [f"{error.json_path}: {error.message}" for error in validator(schema).iter_errors(MANIFEST)]
    assert errors == []


@pytest.mark.shared
def test_the_scope_of_each_method_is_slacks(shared_folder: Path) -> None:
    """The table above is not from memory."""
    for method, scopes in SCOPES_OF_METHOD.items():
        known = json.loads((shared_folder / f"slack/methods/{method}.json").read_text(encoding="utf-8"))
        published = set(known["scope"].get("bot", []))
        assert scopes <= published, method
        assert bool(scopes) is bool(published), method
