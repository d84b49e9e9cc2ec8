"""Takes the pictures of docs/pictures: small files, and an animation whose frames say what happens."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from PIL import Image
from playwright.async_api import Locator, Page

from tests.architecture.house import ROOT

PICTURES = ROOT / "docs" / "pictures"
LARGEST = 400_000
"""Bytes of a still picture."""
ANIMATION_LARGEST = 1_500_000
_COLOURS = 256
WIDTH, HEIGHT, CAPTION = 1000, 640, 52
"""Of a frame; its caption stands above the screen."""
SCREEN = (1250, 800)
"""The screen that is filmed, shrunk to fit."""
_EDGE = 5
_FRAME = """<!doctype html><html lang="en"><style>
*{{margin:0;box-sizing:border-box}}
body{{width:{width}px;height:{whole}px;background:#16181d;font:500 20px/1 system-ui,sans-serif;color:#fff;overflow:hidden}}
p{{height:{caption}px;display:flex;align-items:center;gap:14px;padding:0 20px}}
b{{display:grid;place-items:center;width:28px;height:28px;border-radius:50%;background:#fff;color:#16181d;font-size:16px}}
figure{{position:relative;width:{width}px;height:{height}px}} img{{display:block;width:100%}}
i{{position:absolute;left:{left}px;top:{top}px;width:{across}px;height:{down}px;display:{pointer};
border:3px solid #f28500;border-radius:12px;box-shadow:0 0 0 5px #f2850040}}
svg{{position:absolute;right:-9px;bottom:-21px;width:28px;fill:#16181d;stroke:#fff;stroke-width:1.5}}
</style><p><b>{number}</b>{words}</p><figure><img alt="" src="data:image/png;base64,{picture}"><i>{arrow}</i></figure></html>"""
_ARROW = '<svg viewBox="0 0 20 22"><path d="M2 1v17l4.6-4 3 6.6 3.2-1.4-3-6.5h6z"/></svg>'


@dataclass(slots=True)
class Camera:
    """What it has taken, by name."""

    folder: Path
    taken: list[str] = field(default_factory=list)

    async def still(self, name: str, page: Page, *, of: Locator | None = None) -> None:
        """The visible part of a page, or one part of it."""
        await page.evaluate(
            "document.activeElement?.blur(); document.getElementById('toasts')?.replaceChildren()"
        )
        # Nothing is pointed at.
        await page.mouse.move(1, 1)
        raw = await (of or page).screenshot(animations="disabled", caret="hide")
        self._write(f"{name}.png", _small(raw))

    def _write(self, name: str, data: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(data)
        self.taken.append(name)

    def animation(self, name: str, frames: "Sequence[Frame]") -> None:
        """Frames one after another, for ever."""
        images = [Image.open(io.BytesIO(frame.picture)).convert("RGB") for frame in frames]
        written = io.BytesIO()
        images[0].save(
            written,
            format="WEBP",
            save_all=True,
            append_images=images[1:],
            duration=[frame.milliseconds for frame in frames],
            loop=0,
            quality=80,
            method=6,
        )
        self._write(f"{name}.webp", written.getvalue())


def _small(raw: bytes) -> bytes:
    """A palette holds the colours of a screen; round letters keep their edges without dithering."""
    image = Image.open(io.BytesIO(raw)).convert("RGB")
    drawn = image.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    written = io.BytesIO()
    drawn.save(written, format="PNG", optimize=True)
    return written.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A picture (PNG) of the animation and how long it stays."""

    picture: bytes = field(repr=False)
    milliseconds: int


@dataclass(slots=True, kw_only=True)
class Film:
    """Frames with a caption each, made by a page of its own. `desk` is that page."""

    desk: Page
    frames: list[Frame] = field(default_factory=list)

    async def frame(
        self, words: str, page: Page, *, press: Locator | None = None, milliseconds: int = 1800
    ) -> None:
        """What `page` shows now, and where somebody is about to press."""
        if press is not None:
            await press.scroll_into_view_if_needed()
        shot = await page.screenshot(animations="disabled", caret="hide")
        box = await press.bounding_box() if press is not None else None
        by = WIDTH / SCREEN[0]
        left, top, across, down = (
            (box["x"], box["y"], box["width"], box["height"]) if box else (0.0, 0.0, 0.0, 0.0)
        )
        html = _FRAME.format(
            width=WIDTH,
            height=HEIGHT,
            caption=CAPTION,
            whole=HEIGHT + CAPTION,
            left=left * by - _EDGE,
            top=top * by - _EDGE,
            across=across * by + 2 * _EDGE,
            down=down * by + 2 * _EDGE,
            pointer="block" if box else "none",
            arrow=_ARROW,
            number=len(self.frames) + 1,
            words=escape(words),
            picture=base64.b64encode(shot).decode(),
        )
        await self.desk.set_content(html)
        self.frames.append(Frame(picture=await self.desk.screenshot(), milliseconds=milliseconds))
