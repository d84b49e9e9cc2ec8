"""What is pressed: buttons, links that look like buttons, overflow menus."""

from markupsafe import Markup

from bot.sandbox.pages.draw_field import Control
from bot.sandbox.pages.draw_json import objects, one_of, shown, string
from bot.sandbox.pages.draw_links import safe
from bot.sandbox.pages.draw_macros import macro
from bot.sandbox.pages.draw_text import words_of

_STYLES = {"primary": " is-primary", "danger": " is-danger"}


def button(control: Control) -> Markup:
    """A button; with a web address a link that is reported to the bot too."""
    element, url = control.element, string(control.element.get("url"))
    return macro("elements.html", "button")(
        id=control.id,
        action=control.action,
        words=words_of(element.get("text"), control.reader),
        label=shown(element.get("accessibility_label")),
        style=one_of(_STYLES, element.get("style")),
        url=url if safe(url) else "",
    )


def workflow_button(control: Control) -> Markup:
    """There are no workflows here: it is shown and cannot be pressed."""
    return macro("elements.html", "workflow_button")(
        id=control.id,
        words=words_of(control.element.get("text"), control.reader),
        label=shown(control.element.get("accessibility_label")),
        style=one_of(_STYLES, control.element.get("style")),
    )


def overflow(control: Control) -> Markup:
    """The menu behind three dots."""
    options = [
        {
            "words": words_of(option.get("text"), control.reader),
            "description": words_of(option.get("description"), control.reader),
            "value": string(option.get("value")),
            "url": string(option.get("url")) if safe(string(option.get("url"))) else "",
        }
        for option in objects(control.element.get("options"))
    ]
    return macro("elements.html", "overflow")(id=control.id, action=control.action, options=options)
