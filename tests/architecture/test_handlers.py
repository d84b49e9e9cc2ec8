"""What is drawn is answered, and what is answered is drawn."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from blocks.examples import EXAMPLES
from bot.interactions import Action, Modal, Options
from tests.architecture.handlers import handlers

SCREENS: Mapping[str, Mapping[str, Any]] = {name: draw() for name, draw in EXAMPLES.items()}


def _dicts(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _dicts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _dicts(value)


def _name(action_id: str) -> str:
    return action_id.partition(":")[0]


def _controls() -> Iterator[tuple[dict[str, Any], bool]]:
    """Every control with an action id, and whether it is a field of an input block (such a one is sent with the whole)."""
    for screen in SCREENS.values():
        for block in screen["blocks"]:
            quiet = block["type"] == "input" and not block.get("dispatch_action")
            yield from ((node, quiet) for node in _dicts(block) if "action_id" in node)


def _pressed() -> set[str]:
    """Names of controls whose press Slack reports at once, links too."""
    return {_name(node["action_id"]) for node, quiet in _controls() if not quiet}


def _searched() -> set[str]:
    return {_name(node["action_id"]) for node, _ in _controls() if "external_select" in node["type"]}


def _submitted() -> set[str]:
    return {screen["callback_id"] for screen in SCREENS.values() if "submit" in screen}


def test_there_are_screens() -> None:
    """The tests below look at something."""
    assert len(SCREENS) > 20
    assert _pressed()
    assert _submitted()


def test_every_button_has_exactly_one_handler() -> None:
    """No press goes nowhere, and no handler waits for a button that is never drawn."""
    answered = [action.name for action in handlers(Action)]
    assert _twice(answered) == []
    assert _pressed() - set(answered) == set()
    assert set(answered) - _pressed() == set()


def test_every_form_has_exactly_one_handler() -> None:
    """No Save is lost."""
    answered = [modal.callback_id for modal in handlers(Modal)]
    assert _twice(answered) == []
    assert set(answered) == _submitted()


def test_every_search_has_exactly_one_handler() -> None:
    """A menu too long to be sent is searched."""
    answered = [options.name for options in handlers(Options)]
    assert _twice(answered) == []
    assert set(answered) == _searched()


def _twice(names: list[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]
