"""The templates' macros as functions that give back finished HTML."""

from collections.abc import Callable

from markupsafe import Markup

from bot.sandbox.pages.templating import environment

_TEMPLATES = environment()


def macro(template: str, name: str) -> Callable[..., Markup]:
    """A macro of a template. Its arguments are escaped unless they are Markup."""
    found: Callable[..., Markup] = getattr(_TEMPLATES.get_template(template).module, name)
    return found
