"""Where browser stories are played: the house, and a browser of their own for each person in it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser

from tests.browser.watch import Watch
from tests.browser.window import GENERAL, PATIENCE, Window
from tests.e2e.house import House

USUAL: Mapping[str, Any] = {
    "viewport": {"width": 1280, "height": 800},
    "locale": "en-AU",
    "color_scheme": "light",
    # Nothing moves, so nothing has to be waited for.
    "reduced_motion": "reduce",
}


@dataclass(slots=True, kw_only=True)
class Office:
    """Opens windows; they are closed, and judged, when the office closes."""

    house: House
    chromium: Browser
    windows: list[Window] = field(default_factory=list)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def window(self, who: str, *, channel: str = GENERAL, **differently: Any) -> Window:
        """Somebody's browser with the workspace open. `differently`: of Playwright's options for a new context."""
        context = await self.chromium.new_context(**{**USUAL, **differently})
        context.set_default_timeout(PATIENCE * 1e3)
        self._stack.push_async_callback(context.close)
        watch = Watch()
        watch.over(context)
        window = Window(await context.new_page(), self.house.sandbox.base_url, who, watch)
        self.windows.append(window)
        await window.goes(channel)
        return window

    async def close(self) -> None:
        """Let the house come to rest, close every browser, then judge what they saw. Raises AssertionError."""
        await self.house.settle()
        await self._stack.aclose()
        for window in self.windows:
            # So that the house looks for the codes and states in them, too.
            self.house.sandbox.person(window.who).browser.history.extend(window.watch.addresses)
        for window in self.windows:
            window.watch.check()


@asynccontextmanager
async def open_office(house: House, chromium: Browser) -> AsyncIterator[Office]:
    """An office in this house; where the story failed, that is what is told."""
    office = Office(house=house, chromium=chromium)
    try:
        yield office
    except BaseException:
        await office._stack.aclose()
        raise
    await office.close()
