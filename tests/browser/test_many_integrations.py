"""A hundred integrations with five hundred accounts, on a desk and on a phone: found by paging, picking and typing."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from store.records import AccountStatus
from tests.browser.office import Office
from tests.browser.window import Window
from tests.databases import sqlite_template, sqlite_url
from tests.e2e.crowd import Filled, client_settings, fill, tiles
from tests.e2e.house import House, Log, open_house

HUNDRED = tiles(100)
NARROW = 360
PHONE = {"viewport": {"width": NARROW, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest_asyncio.fixture(loop_scope="session")
async def house(tmp_path: Path, log: Log) -> AsyncIterator[House]:
    """A bot that knows a hundred integrations, ten of them not set up; fifty are connected, with ten accounts each."""
    path = tmp_path / "lexer.db"
    shutil.copy(sqlite_template(), path)
    async with open_house(
        database_url=sqlite_url(path),
        mode="http",
        folder=tmp_path,
        log=log,
        providers=HUNDRED,
        settings=client_settings(HUNDRED[:90]),
    ) as made:
        await made.set_up()
        await fill(made, *_accounts())
        yield made


def _accounts() -> list[Filled]:
    """Fifty times ten; of every tenth integration one account is disconnected."""
    broken = range(9, 50, 10)
    working = [Filled(key=f"tile{n:03}", number=10 - (n in broken), group="Sales") for n in range(50)]
    ended = {"status": AccountStatus.DISCONNECTED, "reason": "access_removed", "group": "Sales"}
    return working + [Filled(key=f"tile{n:03}", name="@broken", **ended) for n in broken]


async def test_the_listing_is_read_in_pages(office: Office) -> None:
    """What needs attention comes first, twelve at a time; Show more and Show previous turn the same message."""
    tom = await office.window("tom")
    await tom.types("/lexer")
    await tom.sees("50 connected, 5 need attention.", "1–12 of 50 connected", "Tile 009", "Tile 006")
    answers = tom.page.locator(".message.is-ephemeral")
    await tom.presses("Show more integrations")
    await tom.sees("13–24 of 50 connected")
    await tom.presses("Show previous integrations")
    await tom.sees("1–12 of 50 connected")
    await expect(answers).to_have_count(1)


async def test_one_is_found_in_the_picker_by_typing(office: Office) -> None:
    """The picker holds all the others under their categories; a few letters leave just what is meant, and Enter opens it."""
    tom = await office.window("tom")
    await tom.types("/lexer")
    await tom.sees("Not connected yet")
    picker = tom.screen.get_by_role("combobox", name="Choose an integration")
    await picker.click()
    listed = tom.screen.get_by_role("option")
    await expect(listed).to_have_count(50)
    labels = tom.screen.locator(".bk-select .bk-group")
    await expect(labels).to_have_text(
        ["Marketing", "Ecommerce", "Service", "Other", "Not set up on this bot"]
    )
    await picker.press_sequentially("tile 07")
    await expect(listed).to_have_count(10)
    await picker.press_sequentially("3")
    await expect(listed).to_have_text(["Tile 073"])
    await picker.press("Enter")
    await tom.sees_title("Tile 073")
    await tom.sees("Ask an Integrator")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("tile 042", 'Found for "tile 042": 1 connected, all working.'),
        ("t42", 'Found for "t42": 1 connected, all working.'),
        ("disconnected", "5 connected, and all need attention."),
        ("other", 'Found for "other"'),
    ],
)
async def test_words_narrow_a_hundred(office: Office, words: str, found: str) -> None:
    """A name, a nickname, a state or a category leaves a short answer out of a hundred."""
    tom = await office.window("tom")
    await tom.types(f"/lexer integrations {words}")
    await tom.sees(found)


async def test_a_detail_shows_what_broke_first(office: Office) -> None:
    """An integration with many accounts opens on the one that broke; the others are a page further."""
    maria = await office.window("maria")
    await maria.types("/lexer integrations tile 009")
    await maria.presses("Open Tile 009")
    await maria.sees("🔴 Disconnected: access was removed", "Page 1 of 2 · 10 accounts")
    first = maria.modal.get_by_role("button", name="Disconnect @").first
    await expect(first).to_have_accessible_name("Disconnect @broken")
    await maria.presses("Show more accounts")
    await maria.sees("Page 2 of 2", "@tile009-connected-008")
    await maria.presses("Show previous accounts")
    await maria.sees("Page 1 of 2")


async def fits(window: Window) -> None:
    """Nothing has to be pushed sideways to be read."""
    assert await window.page.evaluate("document.scrollingElement.scrollWidth") <= NARROW


async def test_all_of_it_fits_a_phone(office: Office) -> None:
    """At 360 points nothing sticks out: the listing, an open picker, a detail full of accounts, and what is behind the scenes."""
    maria = await office.window("maria", **PHONE)
    await fits(maria)
    await maria.types("/lexer")
    await maria.sees("50 connected")
    await fits(maria)
    picker = maria.screen.get_by_role("combobox", name="Choose an integration")
    await picker.click()
    await expect(maria.screen.get_by_role("option").first).to_be_visible()
    await fits(maria)
    await picker.press("Escape")
    await maria.presses("Open Tile 009")
    await maria.sees("Page 1 of 2")
    await fits(maria)
    await maria.closes()
    await maria.page.get_by_role("button", name="Behind the scenes").click()
    for name in ("Inspector", "Outside world"):
        await maria.panel.get_by_role("link", name=name).click()
        await expect(maria.panel.get_by_role("heading", name=name)).to_be_attached()
        await fits(maria)
