"""Block Kit as HTML, as a person in Slack sees it. Pure: the same blocks, state and reader give the same HTML.

What is wrong in a payload is left out or named in words, never an error: the referee says what Slack refuses.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from markupsafe import Markup

from bot.sandbox.pages.draw_elements import ELEMENTS, draw_element
from bot.sandbox.pages.draw_field import Control, Ids, Sheet, control, value_in
from bot.sandbox.pages.draw_json import encodable, obj, objects, one_of, shown, string, whole
from bot.sandbox.pages.draw_macros import macro
from bot.sandbox.pages.draw_markdown import markdown
from bot.sandbox.pages.draw_pictures import picture, small_picture, video
from bot.sandbox.pages.draw_reader import Reader
from bot.sandbox.pages.draw_rich import draw_rich
from bot.sandbox.pages.draw_selects import draw_options
from bot.sandbox.pages.draw_table import table
from bot.sandbox.pages.draw_text import draw_text, words_of
from bot.sandbox.world import Json

__all__ = ["BLOCKS", "Reader", "draw", "draw_options", "draw_text"]

_LEVELS = {"info": "Note", "warning": "Warning", "error": "Error", "success": "Done", "default": "Note"}
_INSIDE = frozenset({"checkboxes", "radio_buttons"})
"""Elements whose label stands inside them, as a legend."""


def draw(
    blocks: Sequence[Json],
    *,
    reader: Reader,
    prefix: str,
    state: Json | None = None,
    errors: Mapping[str, str] | None = None,
) -> Markup:
    """Blocks one below the other. `prefix`: unique on the page, for ids; `state`: `state.values`; `errors`: block id -> words."""
    sheet = Sheet(reader=reader, ids=Ids(prefix=prefix), state=obj(state), errors=errors or {})
    return encodable(Markup("\n").join(_blocks(sheet, blocks)))


def _blocks(sheet: Sheet, blocks: object) -> Iterator[Markup]:
    for number, block in enumerate(objects(blocks)):
        kind, named = string(block.get("type")), string(block.get("block_id"))
        block_id = sheet.ids.take(named or f"block-{number}")
        known = BLOCKS.get(kind)
        inner = known(sheet, block, block_id) if known else macro("blocks.html", "unknown")(shown(kind))
        yield macro("blocks.html", "block")(
            id=block_id, kind=kind if known else "unknown", block=named, inner=inner
        )


def _section(sheet: Sheet, block: Json, block_id: str) -> Markup:
    accessory, text_id = obj(block.get("accessory")), f"{block_id}--text"
    has_text = "text" in block
    drawn = None
    if accessory:
        labelled_by = text_id if has_text else ""
        drawn = draw_element(control(sheet, block, accessory, block_id, labelled_by=labelled_by))
    return macro("blocks.html", "section")(
        text=draw_text(block.get("text"), sheet.reader) if has_text else None,
        text_id=text_id,
        fields=[draw_text(one, sheet.reader) for one in objects(block.get("fields"))],
        accessory=drawn,
        kind=shown(accessory.get("type")),
    )


def _actions(sheet: Sheet, block: Json, block_id: str) -> Markup:
    drawn = [draw_element(control(sheet, block, one, block_id)) for one in objects(block.get("elements"))]
    return macro("blocks.html", "actions")(drawn)


def _context(sheet: Sheet, block: Json, _block_id: str) -> Markup:
    drawn = [_context_part(one, sheet.reader) for one in objects(block.get("elements"))]
    return macro("blocks.html", "context")(drawn)


def _context_part(part: Json, reader: Reader) -> Markup:
    match part.get("type"):
        case "image":
            return small_picture(part)
        case "mrkdwn" | "plain_text":
            return draw_text(part, reader)
        case kind:
            return macro("blocks.html", "unknown_inline")(shown(kind))


def _header(sheet: Sheet, block: Json, _block_id: str) -> Markup:
    level = whole(block.get("level"), 1, 1, 4)
    return macro("blocks.html", "header")(words_of(block.get("text"), sheet.reader), level)


def _alert(sheet: Sheet, block: Json, _block_id: str) -> Markup:
    level = string(block.get("level"))
    level = level if level in _LEVELS else "default"
    return macro("blocks.html", "alert")(
        draw_text(block.get("text"), sheet.reader), level, one_of(_LEVELS, level)
    )


def _input(sheet: Sheet, block: Json, block_id: str) -> Markup:
    label = macro("blocks.html", "label_words")(
        words_of(block.get("label"), sheet.reader) or "Field", optional=block.get("optional") is True
    )
    hint = words_of(block.get("hint"), sheet.reader)
    error = shown(sheet.errors.get(string(block.get("block_id"))))
    field = _field(sheet, block, block_id, label, described=_described(block_id, hint, error))
    return macro("blocks.html", "input")(
        label=None if field.legend else label,
        field_id=field.id if field.kind in ELEMENTS and field.kind != "image" else "",
        field=draw_element(field),
        block_id=block_id,
        hint=hint,
        error=error,
    )


def _described(block_id: str, hint: str, error: str) -> str:
    return " ".join(f"{block_id}--{name}" for name, words in (("error", error), ("hint", hint)) if words)


def _field(sheet: Sheet, block: Json, block_id: str, label: Markup, *, described: str) -> Control:
    element = obj(block.get("element"))
    kind = string(element.get("type"))
    action = string(element.get("action_id")) or "element"
    return Control(
        element=element,
        kind=kind,
        id=sheet.ids.take(action, under=block_id),
        value=value_in(sheet, block, element),
        reader=sheet.reader,
        name=words_of(block.get("label"), sheet.reader) or "Field",
        place="input",
        described_by=described,
        legend=label if kind in _INSIDE else None,
        is_wrong=f"{block_id}--error" in described,
        dispatch=_dispatch(block, element),
    )


def _dispatch(block: Json, element: Json) -> str:
    """When a text field is sent to the bot: never, on Enter, or with every character."""
    if block.get("dispatch_action") is not True:
        return ""
    when = obj(element.get("dispatch_action_config")).get("trigger_actions_on")
    return "typing" if isinstance(when, list) and "on_character_entered" in when else "enter"


BLOCKS: Mapping[str, Callable[[Sheet, Json, str], Markup]] = MappingProxyType(
    {
        "section": _section,
        "actions": _actions,
        "context": _context,
        "header": _header,
        "alert": _alert,
        "input": _input,
        "divider": lambda _sheet, _block, _block_id: Markup("<hr>"),
        "image": lambda sheet, block, _block_id: picture(block, sheet.reader),
        "video": lambda sheet, block, _block_id: video(block, sheet.reader),
        "rich_text": lambda sheet, block, _block_id: draw_rich(block, sheet.reader),
        "table": lambda sheet, block, _block_id: table(block, sheet.reader),
        "markdown": lambda _sheet, block, _block_id: markdown(shown(block.get("text"))),
    }
)
