"""The pages' templates: everything is escaped unless drawn by us."""

from jinja2 import Environment, PackageLoader, StrictUndefined


def environment() -> Environment:
    """A new environment over `templates/`."""
    return Environment(
        loader=PackageLoader("bot.sandbox.pages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
