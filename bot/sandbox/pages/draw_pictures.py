"""Pictures and videos: never loaded. What is drawn is the words that stand for them and where they lie."""

from markupsafe import Markup

from bot.sandbox.pages.draw_field import Control
from bot.sandbox.pages.draw_json import obj, shown
from bot.sandbox.pages.draw_links import host, safe
from bot.sandbox.pages.draw_macros import macro
from bot.sandbox.pages.draw_reader import Reader
from bot.sandbox.pages.draw_text import words_of
from bot.sandbox.world import Json


def picture(image: Json, reader: Reader) -> Markup:
    """An image block's picture under its title."""
    return macro("blocks.html", "picture")(
        alt=shown(image.get("alt_text")), source=source(image), title=words_of(image.get("title"), reader)
    )


def small_picture(image: Json) -> Markup:
    """One in a row of context."""
    return macro("blocks.html", "small_picture")(alt=shown(image.get("alt_text")), source=source(image))


def thumbnail(control: Control) -> Markup:
    """One beside a section."""
    image = control.element
    return macro("blocks.html", "thumbnail")(alt=shown(image.get("alt_text")), source=source(image))


def video(block: Json, reader: Reader) -> Markup:
    """A video's title, who made it, and what it is about."""
    url = shown(block.get("title_url"))
    return macro("blocks.html", "video")(
        alt=shown(block.get("alt_text")),
        source=host(shown(block.get("video_url"))),
        title=words_of(block.get("title"), reader),
        url=url if safe(url) else "",
        by=" · ".join(filter(None, (shown(block.get("author_name")), shown(block.get("provider_name"))))),
        description=words_of(block.get("description"), reader),
    )


def source(image: Json) -> str:
    """Where a picture lies: its host, or Slack itself."""
    if obj(image.get("slack_file")):
        return "a file in Slack"
    return host(shown(image.get("image_url")))
