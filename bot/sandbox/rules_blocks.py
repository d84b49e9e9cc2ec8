"""Every block an app may send: its fields, its limits, and the surfaces that take it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from bot.sandbox.rules import (
    Check,
    Ruling,
    Shape,
    Surface,
    anything,
    boolean,
    check_shape,
    items,
    number,
    one_of,
    size,
    string,
    text,
    unique,
    url,
)
from bot.sandbox.rules_elements import EVERYWHERE, IMAGE, element

_MESSAGE: frozenset[Surface] = frozenset({"message"})
_MODAL: frozenset[Surface] = frozenset({"modal"})
_RARE = frozenset({"card", "carousel", "container", "data_table", "data_visualization", "plan", "task_card"})
MOST_BLOCKS: Mapping[Surface, int] = MappingProxyType({"message": 50, "modal": 100, "home": 100})


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What a block is made of and which surfaces take it."""

    shape: Shape
    surfaces: frozenset[Surface] = EVERYWHERE


_BASIC: Mapping[str, Check] = {"type": anything, "block_id": unique("block_ids")}


def _shape(required: str = "", also: Check | None = None, **fields: Check) -> Shape:
    return Shape(fields={**_BASIC, **fields}, required=frozenset(required.split()), also=also)


def _says_something(ruling: Ruling, pointer: str, value: Any) -> None:
    if "text" not in value and "fields" not in value:
        ruling.refuse(pointer, "missing required field: text")


def _context_part(ruling: Ruling, pointer: str, value: Any) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "image":
        check_shape(ruling, pointer, value, IMAGE)
    elif kind in ("plain_text", "mrkdwn"):
        text(3000)(ruling, pointer, value)
    else:
        ruling.refuse(f"{pointer}/type", f"unsupported type: {kind}")


def _image_source(ruling: Ruling, pointer: str, value: Any) -> None:
    if ("image_url" in value) == ("slack_file" in value):
        ruling.refuse(pointer, "exactly one of image_url and slack_file is required")


def _markdown(ruling: Ruling, pointer: str, value: Any) -> None:
    string(12_000)(ruling, pointer, value)
    ruling.markdown += size(value) if isinstance(value, str) else 0
    if ruling.markdown > 12_000:
        ruling.refuse(pointer, "markdown blocks must be less than 12001 characters together")


def _one_table(ruling: Ruling, pointer: str, _value: Any) -> None:
    ruling.tables += 1
    if ruling.tables > 1:
        ruling.refuse(pointer, "only_one_table_allowed")


BLOCKS: Mapping[str, Block] = MappingProxyType(
    {
        "section": Block(
            shape=_shape(
                also=_says_something,
                text=text(3000),
                fields=items(text(2000), 1, 10),
                accessory=element("section"),
                expand=boolean,
            )
        ),
        "actions": Block(shape=_shape("elements", elements=items(element("actions"), 1, 25))),
        "context": Block(shape=_shape("elements", elements=items(_context_part, 1, 10))),
        "divider": Block(shape=_shape()),
        "header": Block(shape=_shape("text", text=text(150, plain=True), level=number(1, 4))),
        "image": Block(
            shape=_shape(
                "alt_text",
                also=_image_source,
                image_url=url,
                slack_file=anything,
                alt_text=string(2000),
                title=text(2000, plain=True),
            )
        ),
        "input": Block(
            shape=_shape(
                "label element",
                label=text(2000, plain=True),
                element=element("input"),
                hint=text(2000, plain=True),
                optional=boolean,
                dispatch_action=boolean,
            )
        ),
        "rich_text": Block(shape=_shape("elements", elements=items(anything, 1, 1000))),
        "video": Block(
            shape=_shape(
                "alt_text title thumbnail_url video_url",
                alt_text=string(2000),
                title=text(199, plain=True),
                thumbnail_url=url,
                video_url=url,
                author_name=string(49),
                description=text(200, plain=True),
                provider_icon_url=url,
                provider_name=string(255),
                title_url=url,
            )
        ),
        "markdown": Block(shape=_shape("text", text=_markdown), surfaces=_MESSAGE),
        "table": Block(
            shape=_shape(
                "rows",
                also=_one_table,
                rows=items(items(anything, 1, 20), 1, 100),
                column_settings=items(anything, 0, 20),
            ),
            surfaces=_MESSAGE,
        ),
        # Slack publishes no limit for an alert's text; 200 keeps to the sparest figure anyone named (2026-11).
        "alert": Block(
            shape=_shape(
                "text", text=text(200), level=one_of("default", "info", "warning", "error", "success")
            ),
            surfaces=_MODAL,
        ),
    }
)


def check_blocks(ruling: Ruling, pointer: str, value: Any) -> None:
    """A payload's list of blocks, against its surface."""
    most = MOST_BLOCKS[ruling.surface]
    items(_block, 0 if ruling.surface == "message" else 1, most)(ruling, pointer, value)


def _block(ruling: Ruling, pointer: str, value: Any) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    known = BLOCKS.get(kind) if isinstance(kind, str) else None
    if known is not None and ruling.surface in known.surfaces:
        check_shape(ruling, pointer, value, known.shape)
        return
    why = " (not modelled in this workspace)" if isinstance(kind, str) and kind in _RARE else ""
    ruling.refuse(f"{pointer}/type", f"unsupported type: {kind}{why}")
