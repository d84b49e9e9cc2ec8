"""`make pictures`: plays a story and takes the pictures of docs/pictures. A story with the clock standing still, so they tell the same each time."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bot.sandbox.opening import opening
from tests.browser.camera import PICTURES, Camera
from tests.browser.chromium import NoChromium, open_chromium
from tests.browser.film import the_loop
from tests.browser.office import Office, open_office
from tests.browser.steps import signs_in
from tests.browser.window import Window
from tests.databases import sqlite_template, sqlite_url
from tests.e2e.house import Log, open_house

X, META = "Twitter (X)", "Facebook Ads"
STILLS = (
    "listing",
    "continue",
    "connect-page",
    "consent-page",
    "result-page",
    "choose-groups",
    "outside-world",
    "detail-disconnected",
    "inspector",
    "gallery",
    "phone",
    "dark",
    "alert-settings",
    "time",
    "alert-channel",
    "alert-dm",
    "alert-mail",
    "alert-over",
    "digest",
    "alert-phone",
)
NAMES = (*(f"{name}.png" for name in STILLS), "the-loop.webp")
"""Every file of docs/pictures."""
SHARP = {"device_scale_factor": 2, "viewport": {"width": 1280, "height": 800}}


@asynccontextmanager
async def _office() -> AsyncIterator[Office]:
    """As `make demo` begins, with somebody's browser to be opened in it."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lexer-pictures-")))
        shutil.copy(sqlite_template(), folder / "lexer.db")
        url = sqlite_url(folder / "lexer.db")
        house = await stack.enter_async_context(
            open_house(database_url=url, mode="http", folder=folder, log=Log())
        )
        house.may_refuse.add("dead_refresh_token")
        await opening(house.sandbox, house.settle)
        chromium = await stack.enter_async_context(open_chromium())
        yield await stack.enter_async_context(open_office(house, chromium))


async def _stills(camera: Camera) -> None:
    async with _office() as office:
        maria = await office.window("maria", **SHARP)
        await _connecting(camera, office, maria)
        await _afterwards(camera, office, maria)


async def _connecting(camera: Camera, office: Office, maria: Window) -> None:
    """From the first listing to the choice of Groups; Facebook Ads is connected already, so that there is something to see."""
    await office.house.connects(office.house.maria, META)
    await maria.reloads()
    await maria.types("/lexer")
    await maria.sees("1 connected")
    await camera.still("listing", maria.page)
    await maria.chooses("Choose an integration", X)
    await maria.presses(f"Integrate {X}")
    await maria.sees("Leave this window open")
    await camera.still("continue", maria.page)
    tab = await maria.opens_in_new_tab(f"Continue to {X}")
    await tab.page.set_viewport_size({"width": 960, "height": 860})
    await camera.still("connect-page", tab.page)
    await tab.continues()
    await tab.sees("Allow")
    await camera.still("consent-page", tab.page)
    await tab.allows()
    await tab.sees("You can close this page.")
    await camera.still("result-page", tab.page)
    await tab.closes()
    await maria.sees("Who may use")
    await maria.chooses("Who may use", "Marketing", "Sales")
    await camera.still("choose-groups", maria.page)
    await maria.submits()
    await maria.sees("Connected.")
    await maria.closes(everything=True)


async def _afterwards(camera: Camera, office: Office, maria: Window) -> None:
    """What goes wrong outside, and how it looks here."""
    (account,) = await office.house.accounts()
    await maria.types("/lexer")
    await maria.sees("2 connected, all working.")
    await maria.removes_access(account.account.name)
    await maria.is_told("access removed")
    await maria.is_told_no_more()
    await camera.still("outside-world", maria.page)
    await maria.types("/lexer integrations twitter")
    await maria.presses(f"Open {X}")
    await maria.presses("Check now")
    await maria.sees("🔴 Disconnected")
    await camera.still("detail-disconnected", maria.page)
    await maria.closes(everything=True)
    await maria.goes(panel="inspector")
    await maria.types("/lexer")
    await maria.sees("needs attention")
    await maria.opens_exchange("/lexer")
    await camera.still("inspector", maria.page)
    await maria.goes_to("/gallery/detail")
    await camera.still("gallery", maria.page)
    await _elsewhere(camera, office)


async def _elsewhere(camera: Camera, office: Office) -> None:
    """The same at phone width and in the dark."""
    phone = await office.window("maria", device_scale_factor=2, viewport={"width": 390, "height": 780})
    await phone.types("/lexer")
    await phone.sees("needs attention")
    await camera.still("phone", phone.page)
    dark = await office.window("maria", **SHARP, color_scheme="dark")
    await dark.types("/lexer")
    await dark.presses(f"Open {X}")
    await dark.sees("🔴 Disconnected")
    await camera.still("dark", dark.page)


async def _alerts(camera: Camera) -> None:
    """An account stops working while nobody looks."""
    async with _office() as office:
        office.house.may_refuse.add("dead_access_token")
        await office.house.connects(office.house.maria)
        maria = await office.window("maria", **SHARP)
        await _broken(camera, office, maria)
        await _told(camera, office, maria)


async def _broken(camera: Camera, office: Office, maria: Window) -> None:
    """The channel is chosen, the password changed, and time passes."""
    (account,) = await office.house.accounts()
    await maria.types("/lexer alerts")
    await maria.chooses("Channel for alerts", "#integrations")
    await camera.still("alert-settings", maria.page)
    await maria.submits()
    await maria.sees("Saved.")
    await maria.closes()
    await maria.changes_password(account.account.name)
    await maria.is_told("password changed")
    await maria.lets_pass("15 minutes pass")
    await maria.panel.locator("#hours").scroll_into_view_if_needed()
    await camera.still("time", maria.page)


async def _told(camera: Camera, office: Office, maria: Window) -> None:
    """How it looks wherever it was told, then and afterwards."""
    await maria.clicks_in_sidebar("#integrations")
    await maria.presses("I'm on it")
    await maria.sees("is on it")
    await camera.still("alert-channel", maria.page)
    await maria.clicks_in_sidebar("Lexer")
    await maria.sees("You are on it")
    await camera.still("alert-dm", maria.page)
    letter = await maria.opens_mail("Maria Silva")
    await letter.get_by_role("heading").wait_for()
    await camera.still("alert-mail", maria.page)
    phone = await office.window("maria", device_scale_factor=2, viewport={"width": 390, "height": 780})
    await phone.goes("D0MARIA")
    await phone.sees("You are on it")
    await camera.still("alert-phone", phone.page)
    await maria.lets_pass("A day passes")
    await maria.clicks_in_sidebar("#integrations")
    await maria.sees("still disconnected")
    await camera.still("digest", maria.page)
    await maria.clicks_in_sidebar("Lexer")
    await maria.presses("Reconnect")
    await maria.sees("Sign in as")
    await signs_in(maria, X)
    await maria.sees("Reconnected.")
    await maria.closes()
    await maria.clicks_in_sidebar("#integrations")
    await maria.sees("works again", "1 reply")
    await maria.conversation.get_by_role("link", name="1 reply").click()
    await maria.page.get_by_role("complementary", name="Thread").wait_for()
    await camera.still("alert-over", maria.page)


async def _loop(camera: Camera) -> None:
    async with _office() as office:
        await the_loop(camera, office)


PARTS: tuple[Callable[[Camera], Awaitable[None]], ...] = (_stills, _alerts, _loop)


async def taken(folder: Path) -> Camera:
    """Every picture, into this folder."""
    camera = Camera(folder)
    for part in PARTS:
        await part(camera)
    return camera


async def main() -> int:
    """Takes them all; those of yesterday that are no longer taken go."""
    try:
        camera = await taken(PICTURES)
    except NoChromium as problem:
        print(problem, file=sys.stderr)
        return 1
    for old in PICTURES.iterdir():
        if old.name not in camera.taken:
            old.unlink()
    for name in camera.taken:
        print(f"docs/pictures/{name}: {(PICTURES / name).stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
