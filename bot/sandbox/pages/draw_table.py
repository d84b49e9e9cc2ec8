"""The table block: the first row is its header (docs.slack.dev/reference/block-kit/blocks/table-block, read 2026-11)."""

from collections.abc import Iterator

from markupsafe import Markup, escape

from bot.sandbox.pages.draw_json import obj, shown
from bot.sandbox.pages.draw_macros import macro
from bot.sandbox.pages.draw_reader import Reader
from bot.sandbox.pages.draw_rich import draw_rich
from bot.sandbox.pages.draw_text import words_of
from bot.sandbox.world import Json

_ALIGNED = ("left", "center", "right")


def table(block: Json, reader: Reader) -> Markup:
    """Rows of cells, aligned and wrapped as the columns say."""
    found = block.get("rows")
    rows = [list(_cells(row, block, reader)) for row in (found if isinstance(found, list) else [])]
    return macro("blocks.html", "table")(head=rows[0] if rows else [], rows=rows[1:])


def _cells(row: object, block: Json, reader: Reader) -> Iterator[tuple[str, Markup]]:
    """(classes, content) of each cell."""
    for column, cell in enumerate(row if isinstance(row, list) else []):
        yield _classes(block.get("column_settings"), column), _content(obj(cell), reader)


def _classes(settings: object, column: int) -> str:
    listed = settings if isinstance(settings, list) else []
    setting = obj(listed[column]) if column < len(listed) else {}
    align = setting.get("align")
    wrapped = "is-wrapped" if setting.get("is_wrapped") is True else ""
    return " ".join(filter(None, (f"is-{align}" if align in _ALIGNED else "is-left", wrapped)))


def _content(cell: Json, reader: Reader) -> Markup:
    match cell.get("type"):
        case "raw_text":
            return escape(words_of({"text": cell.get("text")}, reader))
        case "raw_number":
            return escape(shown(cell.get("text")) or _number(cell.get("value")))
        case "rich_text":
            return draw_rich(cell, reader)
        case None:
            return Markup("")
        case kind:
            return macro("blocks.html", "unknown_inline")(shown(kind))


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) else ""
