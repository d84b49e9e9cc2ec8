"""Every handler there is, found anew and not through the bot's own listing."""

import pkgutil
from collections.abc import Iterable
from importlib import import_module
from typing import Any, TypeVar

import bot.actions
import bot.commands
import bot.modals
from bot.interactions import Action, Command, Modal, Options

_V = TypeVar("_V", Command, Action, Modal, Options)


def handlers(kind: type[_V]) -> tuple[_V, ...]:
    """The values of this kind in the three folders; at least one, for a test over none proves nothing."""
    folders = (bot.commands, bot.actions, bot.modals)
    names = [
        f"{folder.__name__}.{m.name}" for folder in folders for m in pkgutil.iter_modules(folder.__path__)
    ]
    held = [value for name in names for value in vars(import_module(name)).values()]
    found = [value for value in _flat(held) if isinstance(value, kind)]
    assert found, f"no {kind.__name__} was found"
    return tuple({id(value): value for value in found}.values())


def _flat(values: Iterable[Any]) -> Iterable[Any]:
    for value in values:
        yield from value if isinstance(value, tuple) else (value,)
