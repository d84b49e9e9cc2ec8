"""How soon the local workspace is on screen, in a browser that has been there before."""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from playwright.async_api import Page

from bench.interleave import rounds
from bench.processes import free_port
from bench.table import Row
from tests.browser.chromium import open_chromium

ROUNDS, WARM = 21, 3
AT_MOST_SECONDS = 1.0
_LISTING = "Not connected yet"
_PAINT = """() => new Promise(done => {
    new PerformanceObserver(list => {
        const found = list.getEntriesByName('first-contentful-paint')[0];
        if (found) done(found.startTime);
    }).observe({type: 'paint', buffered: true});
})"""


async def measure() -> list[Row]:
    """Compare the workspace with a listing in it to a page with one word, in one tab of one Chromium."""
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(_serving("-m", "bot", "demo", port_setting="LEXER_DEMO_PORT"))
        floor = await stack.enter_async_context(_serving("-m", "bench.floors", "word"))
        browser = await stack.enter_async_context(open_chromium())
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        await _ask_for_listing(page, ours)
        variants = {"ours": partial(_paint, page, ours), "floor": partial(_paint, page, floor)}
        await rounds(variants, count=WARM)
        found = await rounds(variants, count=ROUNDS)
    note = f"{found.median('ours') * 1e3:.0f} ms against {found.median('floor') * 1e3:.0f} ms"
    ratio = found.ratio("ours", "floor")
    what = "first contentful paint of the local workspace, warm"
    return [
        Row(goal="page", what=f"{what} / a page with one word", at_most=None, measured=ratio, note=note),
        Row(
            goal="page",
            what=f"{what}, in seconds (no ratio)",
            at_most=AT_MOST_SECONDS,
            measured=found.median("ours"),
        ),
    ]


async def _paint(page: Page, url: str) -> float:
    """Seconds from asking for the page to its first words or picture."""
    await page.goto(url)
    milliseconds: float = await page.evaluate(_PAINT)
    return milliseconds / 1e3


async def _ask_for_listing(page: Page, url: str) -> None:
    await page.goto(url)
    composer = page.locator("#conversation form[data-composer] textarea")
    await composer.fill("/lexer integrations")
    await composer.press("Enter")
    await page.get_by_text(_LISTING).wait_for()


@asynccontextmanager
async def _serving(*command: str, port_setting: str = "") -> AsyncIterator[str]:
    """A program that serves pages; the address of its first one. It learns its port by that setting, or as the last argument."""
    port = free_port()
    settings = {**os.environ, **({port_setting: str(port)} if port_setting else {})}
    told = () if port_setting else (str(port),)
    with tempfile.TemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, *told, env=settings, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        try:
            end = time.perf_counter() + 60
            while not _listens(port):
                if process.returncode is not None or time.perf_counter() > end:
                    raise RuntimeError(f"{' '.join(command)} did not come up")
                await asyncio.sleep(0.05)
            yield f"http://127.0.0.1:{port}/"
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
