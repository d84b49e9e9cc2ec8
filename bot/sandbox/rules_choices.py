"""Options, option groups and confirm dialogs: what selects, checkboxes and buttons are composed of."""

from collections.abc import Callable, Iterable
from typing import Any

from bot.sandbox.rules import (
    Check,
    Ruling,
    Shape,
    anything,
    check_shape,
    items,
    one_of,
    shaped,
    string,
    text,
    url,
)

CONFIRM = shaped(
    Shape(
        fields={
            "title": text(100, plain=True),
            "text": text(300),
            "confirm": text(30, plain=True),
            "deny": text(30, plain=True),
            "style": one_of("primary", "danger"),
        },
        required=frozenset({"title", "text", "confirm", "deny"}),
    )
)


def option(*, mrkdwn: bool = False, link: bool = False) -> Check:
    """One choice; `mrkdwn` in checkboxes and radio buttons, `link` in overflow menus."""
    fields: dict[str, Check] = {
        "text": text(75, plain=not mrkdwn),
        "value": string(150),
        "description": text(75, plain=not mrkdwn),
    }
    if link:
        fields["url"] = url
    return shaped(Shape(fields=fields, required=frozenset({"text", "value"})))


def options(lowest: int, highest: int, one: Check | None = None) -> Check:
    """A list of choices whose values differ."""
    listed = items(one or option(), lowest, highest)

    def check(ruling: Ruling, pointer: str, value: Any) -> None:
        listed(ruling, pointer, value)
        _differ(ruling, pointer, value if isinstance(value, list) else [])

    return check


def _differ(ruling: Ruling, pointer: str, listed: Iterable[Any]) -> None:
    seen: set[str] = set()
    for index, one in enumerate(listed):
        value = one.get("value") if isinstance(one, dict) else None
        if isinstance(value, str) and value in seen:
            ruling.refuse(f"{pointer}/{index}/value", f"duplicate option value `{value[:40]}`")
        if isinstance(value, str):
            seen.add(value)


GROUPS = items(
    shaped(
        Shape(
            fields={"label": text(75, plain=True), "options": options(1, 100)},
            required=frozenset({"label", "options"}),
        )
    ),
    1,
    100,
)


def all_options(element: dict[str, Any]) -> list[Any]:
    """Every choice of an element, in groups or not."""
    found = element.get("options")
    listed = list(found) if isinstance(found, list) else []
    groups = element.get("option_groups")
    for group in groups if isinstance(groups, list) else []:
        inner = group.get("options") if isinstance(group, dict) else None
        listed += inner if isinstance(inner, list) else []
    return listed


def one_list(*, required: bool = True) -> Callable[[Ruling, str, Any], None]:
    """Options or option groups, not both; what is chosen at first must be one of them."""

    def check(ruling: Ruling, pointer: str, value: Any) -> None:
        given = [name for name in ("options", "option_groups") if name in value]
        if required and len(given) != 1:
            ruling.refuse(pointer, "exactly one of options and option_groups is required")
        if "option_groups" in value:
            _differ(ruling, f"{pointer}/option_groups", all_options(value))
        chosen_exist(ruling, pointer, value)

    return check


def chosen_exist(ruling: Ruling, pointer: str, value: dict[str, Any]) -> None:
    """`initial_option(s)` must equal options of the element."""
    known = all_options(value)
    first = [value["initial_option"]] if "initial_option" in value else []
    more = value.get("initial_options", [])
    for chosen in [*first, *(more if isinstance(more, list) else [])]:
        if chosen not in known:
            name = "initial_option" if first else "initial_options"
            ruling.refuse(f"{pointer}/{name}", "initial option is not one of the options")


def check_answer(ruling: Ruling, value: Any) -> None:
    """The answer to a search of an external select: `options` or `option_groups`, at most 100."""
    shape = Shape(fields={"options": options(0, 100), "option_groups": GROUPS, "type": anything})
    check_shape(ruling, "", value, shape)
    if isinstance(value, dict) and ("options" in value) == ("option_groups" in value):
        ruling.refuse("", "exactly one of options and option_groups is required")
