"""What one library sees or remembers, another has words for; they do not know each other, so it is compared here."""

import ast
from collections.abc import Iterator

from blocks.alert_words import STANDS_STILL
from blocks.disconnect import _STOPS
from blocks.integration import _MOVES, HISTORY
from blocks.listing import category_words
from blocks.status import REASONS, Status
from blocks.views import Failure
from bot.interactions import Command
from connectors.engine import SignInProblem
from connectors.observation import Reason
from connectors.provider import Capability, Category
from store.records import AccountStatus
from tests.architecture.handlers import handlers
from tests.architecture.house import sources


def test_every_reason_has_words() -> None:
    """Nobody reads "sign_in_refused"."""
    assert set(REASONS) == {reason.value for reason in Reason}


def test_every_status_can_be_shown() -> None:
    """What the store holds has a circle and a word."""
    assert {status.value for status in AccountStatus} <= {status.value for status in Status}


def test_every_way_a_sign_in_ends_has_words() -> None:
    """Each failure is told in its own words with a next step."""
    told = {failure.value for failure in Failure}
    assert {problem.value for problem in SignInProblem} - {
        "no_code"
    } <= told  # without a code it is not genuine


def test_every_command_is_explained() -> None:
    """The help leaves nothing out."""
    commands = handlers(Command)
    assert all(command.usage.startswith("/lexer") and command.summary for command in commands)
    names = [name for command in commands for name in (command.name, *command.aliases)]
    assert len(names) == len(set(names))


def test_every_category_has_a_name() -> None:
    """No integration is filed under nothing."""
    assert len({category_words(category.value) for category in Category}) == len(Category)


def test_everything_an_integration_moves_has_words() -> None:
    """One reads what it does before connecting, and what stops before disconnecting."""
    moves = {capability.value for capability in Capability}
    assert set(_MOVES) == moves
    assert set(_STOPS) == moves
    assert set(STANDS_STILL) == moves


def test_every_remembered_event_has_words() -> None:
    """The history never says just "changed"."""
    kinds = set(_remembered())
    assert "removed" in kinds
    assert kinds <= set(HISTORY)


def _remembered() -> Iterator[str]:
    """Kinds written out in calls of `remember`."""
    for source in sources("bot"):
        for node in ast.walk(source.tree):
            match node:
                case ast.Call(func=ast.Attribute(attr="remember"), keywords=keywords):
                    yield from filter(None, map(_kind, keywords))
                case _:
                    pass


def _kind(word: ast.keyword) -> str | None:
    match word:
        case ast.keyword(arg="kind", value=ast.Constant(value=str(kind))):
            return kind
        case _:
            return None
