"""Selects of every kind, and the options that fill their lists."""

from collections.abc import Collection, Iterator, Sequence

from markupsafe import Markup

from bot.sandbox.pages.draw_field import Control
from bot.sandbox.pages.draw_json import encodable, objects, string, whole
from bot.sandbox.pages.draw_macros import macro
from bot.sandbox.pages.draw_reader import Reader
from bot.sandbox.pages.draw_text import words_of
from bot.sandbox.world import Json

LEAST_TYPED = 3
"""Letters before an external select asks the bot, where the bot sets no number (min_query_length)."""
_EMPTY = {
    "users_select": "Select a person",
    "conversations_select": "Select a conversation",
    "channels_select": "Select a channel",
}


def select(control: Control) -> Markup:
    """A combobox; its list is asked for when it opens."""
    element, several = control.element, control.kind.startswith("multi_")
    single = control.kind.removeprefix("multi_")
    most = whole(element.get("max_selected_items"), 0, 0, 1000)
    return macro("elements.html", "select")(
        control,
        several=several,
        chosen=list(_chosen(control, several=several)),
        least=_least_typed(element),
        most=most or "",
        placeholder=words_of(element.get("placeholder"), control.reader)
        or _EMPTY.get(single, "Select an option"),
    )


def _least_typed(element: Json) -> int:
    """How many letters must be typed before there are options."""
    if "external" not in string(element.get("type")):
        return 0
    return whole(element.get("min_query_length"), LEAST_TYPED, 0, 1000)


def _chosen(control: Control, *, several: bool) -> Iterator[tuple[str, str]]:
    """(value, label) of what is chosen."""
    value = control.value
    listed = value if several and isinstance(value, list) else [] if several else [value]
    for one in listed:
        if isinstance(one, dict):
            yield string(one.get("value")), words_of(one.get("text"), control.reader)
        elif isinstance(one, str) and one:
            yield one, name_of(one, control.kind, control.reader)


def name_of(found: str, kind: str, reader: Reader) -> str:
    """The name of a chosen person or conversation, its id where nobody knows it."""
    if "users" in kind:
        return reader.person(found) or found
    channel = reader.channel(found)
    return f"#{channel}" if channel else reader.person(found) or found


def draw_options(
    groups: Sequence[Json], reader: Reader, chosen: Collection[str] = (), hint: str | None = None
) -> Markup:
    """The `<li>`s of a list. `groups`: {"label"?, "options"}; `chosen`: values; `hint`: a line instead of, or above, options."""
    drawn = macro("elements.html", "note")(hint) if hint else Markup("")
    for group in objects(groups):
        label, options = words_of(group.get("label"), reader), objects(group.get("options"))
        if label and options:
            drawn += macro("elements.html", "group")(label)
        drawn += Markup("").join(_option(one, reader, chosen) for one in options)
    return encodable(drawn)


def _option(option: Json, reader: Reader, chosen: Collection[str]) -> Markup:
    value = string(option.get("value"))
    return macro("elements.html", "option")(
        value=value,
        words=words_of(option.get("text"), reader),
        description=words_of(option.get("description"), reader),
        chosen=value in chosen,
    )
