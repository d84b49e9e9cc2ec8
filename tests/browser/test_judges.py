"""The judges of the browser stories see what they are there for."""

import pytest
from playwright.async_api import Browser

from tests.browser.axe import axe
from tests.browser.watch import Watch


async def judged(chromium: Browser, body: str) -> Watch:
    """What the watch notes of a page, once what the page calls `done` is."""
    context = await chromium.new_context()
    watch = Watch()
    watch.over(context)
    page = await context.new_page()
    await page.set_content(f'<!doctype html><html lang="en"><title>page</title><main>{body}</main></html>')
    await page.evaluate("window.done")
    await context.close()
    return watch


@pytest.mark.parametrize(
    "body",
    [
        "<script>console.error('no')</script>",
        "<script>console.warn('no')</script>",
        "<script>missing.thing()</script>",
        "<script>Promise.reject(new Error('no'))</script>",
        '<img alt="" src="http://pictures.example/one.png">',
        "<script>done = new Promise(ends => new WebSocket('ws://elsewhere.example/').onerror = ends)</script>",
    ],
)
async def test_a_complaint_or_a_request_outside_fails_the_story(chromium: Browser, body: str) -> None:
    """No page slips through that complains, breaks, or tells anybody outside who is reading it."""
    watch = await judged(chromium, body)
    with pytest.raises(AssertionError):
        watch.check()


async def test_a_quiet_page_passes(chromium: Browser) -> None:
    """And nothing else fails it."""
    watch = await judged(chromium, "<h1>words</h1><script>console.log('fine')</script>")
    watch.check()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('<p style="color:#bbb;background:#fff">pale</p>', "contrast"),
        ("<button></button>", "Buttons must have discernible text"),
        ('<input type="text">', "labels"),
    ],
)
async def test_a_page_some_cannot_use_fails(chromium: Browser, body: str, words: str) -> None:
    """The sentence says what is wrong and where."""
    page = await chromium.new_page()
    await page.set_content(f'<!doctype html><html lang="en"><title>page</title><main>{body}</main></html>')
    with pytest.raises(AssertionError, match=words):
        await axe(page)
    await page.close()
