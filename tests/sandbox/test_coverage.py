"""The coverage table tells the truth."""

import ast
import json
import re
from pathlib import Path

import pytest
import yaml

from bot.sandbox.coverage import BEHAVIOURS_COVERED, METHODS_COVERED, Extent, table
from bot.sandbox.methods import METHODS
from bot.sandbox.slack_api import EVENTS, SCOPES

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NAMED = re.compile(r'"((?:apps|auth|bots|chat|conversations|team|usergroups|users|views)\.[a-zA-Z.]+)"')


def _tests() -> set[str]:
    found = set()
    for file in HERE.glob("test_*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
        found |= {f"{file.name}::{function.name}" for function in functions}
    return found


def test_every_row_names_a_test_that_exists() -> None:
    """Whoever doubts a row can run its proof."""
    proofs = {one.proof for one in [*METHODS_COVERED.values(), *BEHAVIOURS_COVERED.values()]}
    assert len(proofs) > 10
    assert proofs <= _tests()


def test_every_method_has_a_row() -> None:
    """Nothing is played in secret, nothing is promised that is not there."""
    assert set(METHODS_COVERED) == set(METHODS)


def test_what_is_partial_says_what_is_left_out() -> None:
    """Partial is not a word to hide behind."""
    for name, one in [*METHODS_COVERED.items(), *BEHAVIOURS_COVERED.items()]:
        assert bool(one.left_out) is (one.extent is Extent.PARTIAL), name
    assert table(METHODS_COVERED).count("\n") == len(METHODS) + 1


def test_every_method_the_bot_calls_is_played() -> None:
    """A bot that calls something new needs it here first."""
    called = set()
    for file in (ROOT / "bot").rglob("*.py"):
        if "sandbox" not in file.parts:
            called |= set(NAMED.findall(file.read_text(encoding="utf-8")))
    assert {"views.open", "chat.postMessage", "auth.test"} <= called
    assert called <= set(METHODS)


def test_the_scopes_and_events_are_the_manifests() -> None:
    """The workspace grants exactly what an operator grants, and brings the events the app asks for."""
    manifest = yaml.safe_load((ROOT / "bot" / "manifest.yml").read_text(encoding="utf-8"))
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == SCOPES
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == set(EVENTS)


@pytest.mark.shared
def test_methods_agree_with_the_published_ones(shared_folder: Path) -> None:
    """Arguments and scopes are those of Slack's own reference."""
    for name, method in METHODS.items():
        published = json.loads(
            (shared_folder / "slack" / "methods" / f"{name}.json").read_text(encoding="utf-8")
        )
        arguments = published["args"]
        assert method.arguments <= set(arguments["properties"]), name
        assert {*method.required, "token"} >= set(arguments["required"]), name
        assert method.takes_json is (published.get("json_input_supported") is True), name
        assert sorted(method.needs) == sorted(published["scope"].get("bot", [])), name
