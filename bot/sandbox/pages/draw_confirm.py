"""The question a control asks before it acts. The script shows it; drawn here, it is an inert template."""

from markupsafe import Markup

from bot.sandbox.pages.draw_json import obj
from bot.sandbox.pages.draw_macros import macro
from bot.sandbox.pages.draw_reader import Reader
from bot.sandbox.pages.draw_text import draw_text, words_of
from bot.sandbox.world import Json


def with_confirm(drawn: Markup, element: Json, reader: Reader) -> Markup:
    """The control together with its question, or as it is where it asks none."""
    question = obj(element.get("confirm"))
    if not question:
        return drawn
    return macro("elements.html", "confirm")(
        drawn,
        title=words_of(question.get("title"), reader) or "Are you sure?",
        text=draw_text(question.get("text"), reader),
        yes=words_of(question.get("confirm"), reader) or "Yes",
        no=words_of(question.get("deny"), reader) or "Cancel",
        style="danger" if question.get("style") == "danger" else "primary",
    )
