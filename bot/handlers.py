"""Finds what a person can do: lists the folders commands/, actions/ and modals/ for their values."""

import pkgutil
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import TypeVar

import bot.actions
import bot.commands
import bot.modals
from blocks.parts import Message
from bot.commands.help import unknown
from bot.interactions import Action, Command, CommandCall, Modal, Options

_V = TypeVar("_V", Command, Action, Modal, Options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handlers:
    """Handlers by what Slack names: command word or alias, action id up to ":", callback id."""

    commands: Mapping[str, Command]
    listed: tuple[Command, ...]
    """Each command once, in the order of the help."""
    actions: Mapping[str, Action]
    modals: Mapping[str, Modal]
    options: Mapping[str, Options]
    unknown: Callable[[CommandCall, str], Awaitable[Message | None]]
    """Answers a first word that is no command."""


def discover() -> Handlers:
    """Every handler of the three folders. Raises ValueError if a folder is empty or a name is taken twice."""
    commands, actions, modals = (_modules(folder) for folder in (bot.commands, bot.actions, bot.modals))
    both = [*actions, *modals]
    listed = sorted(
        _values(commands, Command, "COMMAND"), key=lambda c: ("" not in c.aliases, c.name == "help", c.name)
    )
    return Handlers(
        commands=_by_name(listed, lambda c: (c.name, *c.aliases)),
        listed=tuple(listed),
        actions=_by_name(_values(actions, Action, "ACTION"), lambda a: (a.name,)),
        modals=_by_name(_values(modals, Modal, "MODAL"), lambda m: (m.callback_id,)),
        options=_by_name(_values(both, Options, "OPTIONS"), lambda o: (o.name,), may_be_empty=True),
        unknown=unknown,
    )


def _modules(folder: ModuleType) -> list[ModuleType]:
    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__))
    return [import_module(f"{folder.__name__}.{name}") for name in names]


def _values(modules: Iterable[ModuleType], kind: type[_V], name: str) -> Iterator[_V]:
    """A module holds one value under `name`, or several as a tuple under it or its plural."""
    for module in modules:
        for attribute in dict.fromkeys((name, f"{name.removesuffix('S')}S")):
            found = getattr(module, attribute, ())
            yield from (found,) if isinstance(found, kind) else found


def _by_name(
    values: Iterable[_V], names: Callable[[_V], Iterable[str]], *, may_be_empty: bool = False
) -> Mapping[str, _V]:
    found: dict[str, _V] = {}
    for value in values:
        for name in names(value):
            if name in found:
                raise ValueError(f"two handlers are called {name!r}")
            found[name] = value
    if not found and not may_be_empty:
        raise ValueError("a handler folder is empty")
    return found
