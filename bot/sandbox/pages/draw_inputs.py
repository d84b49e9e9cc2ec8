"""What is typed: text of every kind, numbers, dates and times."""

from datetime import datetime

from markupsafe import Markup

from bot.sandbox.pages.draw_dates import moment
from bot.sandbox.pages.draw_field import Control
from bot.sandbox.pages.draw_json import obj, objects, shown, string, whole
from bot.sandbox.pages.draw_macros import macro
from bot.sandbox.pages.draw_reader import zone
from bot.sandbox.pages.draw_rich import rich_words
from bot.sandbox.pages.draw_text import draw_text, words_of

LONGEST = 3000
"""Characters a text field takes where the bot sets no limit."""
_TYPES = {"email_text_input": "email", "url_text_input": "url", "number_input": "number"}
_PICKERS = {"datepicker": "date", "timepicker": "time", "datetimepicker": "datetime-local"}


def line(control: Control) -> Markup:
    """One line of text, or several with `multiline`."""
    if control.element.get("multiline") is True:
        return _area(control, control.value, rows=4)
    element = control.element
    return macro("elements.html", "line")(
        control,
        type=_TYPES.get(control.kind, "text"),
        value=shown(control.value),
        placeholder=words_of(element.get("placeholder"), control.reader),
        limits=[
            ("minlength", whole(element.get("min_length"), 0, 0, LONGEST)),
            ("maxlength", whole(element.get("max_length"), LONGEST, 1, LONGEST)),
        ],
    )


def number(control: Control) -> Markup:
    """A number between bounds."""
    element = control.element
    bounds = [("min", shown(element.get("min_value"))), ("max", shown(element.get("max_value")))]
    step = ("step", "any" if element.get("is_decimal_allowed") is True else "1")
    return macro("elements.html", "line")(
        control,
        type="number",
        value=shown(control.value),
        placeholder=words_of(element.get("placeholder"), control.reader),
        limits=[*bounds, step],
    )


def rich_area(control: Control) -> Markup:
    """rich_text_input: its bare words in a text area; formatting cannot be typed here."""
    value = rich_words(control.value) if isinstance(control.value, dict) else control.value
    return _area(control, value, rows=whole(control.element.get("min_lines"), 4, 2, 20))


def _area(control: Control, value: object, *, rows: int) -> Markup:
    element = control.element
    return macro("elements.html", "area")(
        control,
        value=shown(value),
        rows=rows,
        placeholder=words_of(element.get("placeholder"), control.reader),
        limits=[
            ("minlength", whole(element.get("min_length"), 0, 0, LONGEST)),
            ("maxlength", whole(element.get("max_length"), LONGEST, 1, LONGEST)),
        ],
    )


def picker(control: Control) -> Markup:
    """A date, a time, or both. `data-tz`: the zone its value is meant in."""
    zoned = control.kind == "datetimepicker"
    zone_name = control.reader.tz if zoned else shown(control.element.get("timezone"))
    return macro("elements.html", "picker")(
        control,
        type=_PICKERS[control.kind],
        value=_local(control) if zoned else shown(control.value),
        zone=zone_name,
    )


def _local(control: Control) -> str:
    """Unix seconds as a browser's datetime-local writes them, in the reader's zone."""
    at: datetime | None = moment(control.value, zone(control.reader.tz)) if control.value else None
    return at.strftime("%Y-%m-%dT%H:%M").rjust(16, "0") if at else ""


def file(control: Control) -> Markup:
    """There are no files here: a field that says so."""
    return macro("elements.html", "file")(control)


def boxes(control: Control) -> Markup:
    """Checkboxes or radio buttons under their legend."""
    several = control.kind == "checkboxes"
    chosen = objects(control.value) if several else [obj(control.value)]
    values = {string(option.get("value")) for option in chosen if option}
    return macro("elements.html", "boxes")(
        control,
        type="checkbox" if several else "radio",
        options=[
            {
                "text": draw_text(option.get("text"), control.reader),
                "description": draw_text(option.get("description"), control.reader),
                "value": string(option.get("value")),
                "checked": string(option.get("value")) in values,
            }
            for option in objects(control.element.get("options"))
        ],
    )
