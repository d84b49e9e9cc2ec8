"""What a choice becomes: the words a person picks, turned into the state Slack keeps and sends. Pure."""

from collections.abc import Sequence

from bot.sandbox.finding import CannotDo, pick_option
from bot.sandbox.form_state import value_key
from bot.sandbox.reading import Names
from bot.sandbox.rules_choices import all_options
from bot.sandbox.world import Json, World


def dispatches(block: Json) -> bool:
    """Whether a choice is sent to the bot at once: always, but in an input block only when it asks for it."""
    return block["type"] != "input" or bool(block.get("dispatch_action"))


def chosen_value(
    element: Json, words: Sequence[str], searched: list[Json], names: Names, world: World
) -> Json:
    """The part of the state that holds the choice, e.g. {"selected_option": …}. Raises CannotDo."""
    kind = element["type"]
    if kind == "button" or kind.endswith("_input"):
        raise CannotDo(f"a {kind} offers nothing to choose")
    several = kind == "checkboxes" or kind.startswith("multi_")
    values = [_value(kind, element, word, searched, names, world) for word in words]
    most = element.get("max_selected_items")
    if (not several and len(values) > 1) or (most is not None and len(values) > most):
        raise CannotDo(f"only {most or 1} may be chosen")
    key = "selected_option" if kind == "overflow" else value_key(kind)
    return {key: values if several else (values[0] if values else None)}


def _value(kind: str, element: Json, word: str, searched: list[Json], names: Names, world: World) -> object:
    if "users" in kind:
        return _user(word, world)
    if "conversations" in kind or "channels" in kind:
        return _channel(word, world)
    if kind == "datetimepicker":
        return _moment(word)
    if kind.endswith("picker"):
        return word
    listed = [*all_options(element), *searched]
    option = pick_option(listed, word, names)
    if option is None:
        raise CannotDo(
            f"{word!r} is not offered; there is: {', '.join(option['text']['text'] for option in listed)}"
        )
    return option


def _moment(word: str) -> int:
    if not word.isdecimal():
        raise CannotDo(f"{word!r} is no time in seconds")
    return int(word)


def _user(word: str, world: World) -> str:
    for human in world.humans.values():
        if word in (human.id, human.name, human.real_name):
            return human.id
    raise CannotDo(f"nobody is called {word!r}")


def _channel(word: str, world: World) -> str:
    for channel in world.channels.values():
        if word.removeprefix("#") in (channel.id, channel.name):
            return channel.id
    raise CannotDo(f"no channel is called {word!r}")
