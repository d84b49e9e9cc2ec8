"""Every element by its type."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from markupsafe import Markup

from bot.sandbox.pages.draw_buttons import button, overflow, workflow_button
from bot.sandbox.pages.draw_confirm import with_confirm
from bot.sandbox.pages.draw_field import Control
from bot.sandbox.pages.draw_inputs import boxes, file, line, number, picker, rich_area
from bot.sandbox.pages.draw_json import shown
from bot.sandbox.pages.draw_macros import macro
from bot.sandbox.pages.draw_pictures import thumbnail
from bot.sandbox.pages.draw_selects import select

_SELECTS = ("static", "external", "users", "conversations", "channels")
ELEMENTS: Mapping[str, Callable[[Control], Markup]] = MappingProxyType(
    {
        "button": button,
        "image": thumbnail,
        "overflow": overflow,
        "workflow_button": workflow_button,
        "checkboxes": boxes,
        "radio_buttons": boxes,
        "datepicker": picker,
        "timepicker": picker,
        "datetimepicker": picker,
        "plain_text_input": line,
        "email_text_input": line,
        "url_text_input": line,
        "number_input": number,
        "rich_text_input": rich_area,
        "file_input": file,
        **{f"{kind}_select": select for kind in _SELECTS},
        **{f"multi_{kind}_select": select for kind in _SELECTS},
    }
)


def draw_element(control: Control) -> Markup:
    """An element with the question it asks before it acts; one unknown here is named in words."""
    known = ELEMENTS.get(control.kind)
    if known is None:
        return macro("blocks.html", "unknown_inline")(shown(control.element.get("type")))
    return with_confirm(known(control), control.element, control.reader)
