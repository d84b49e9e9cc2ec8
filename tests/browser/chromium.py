"""Where a Chromium is: the machine's own, or Playwright's, or else installed. `python -m tests.browser.chromium` prints its path."""

import asyncio
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
PACKAGES = ("chromium", "fonts-noto-color-emoji")
"""Debian's. Without the second the circles of a status are empty boxes."""
TYPE_THIS = ".venv/bin/playwright install chromium"
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    # Whatever a page asks for, nothing but this machine is ever found.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


class NoChromium(LookupError):
    """There is none, and it cannot be installed from here. Its words say what to type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What matters of a machine. Paths are of programs that answer; None where there is none."""

    own: str | None
    """The first of NAMES, or macOS's usual place."""
    playwrights: str | None
    """What Playwright downloaded."""
    root: bool
    apt: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Install:
    """Nothing is here yet; these packages bring it."""

    packages: tuple[str, ...]


def decide(machine: Machine) -> str | Install:
    """A path, or what to install. Raises NoChromium."""
    found = machine.own or machine.playwrights
    if found is not None:
        return found
    if machine.root and machine.apt:
        return Install(packages=PACKAGES)
    raise NoChromium(f"There is no Chromium on this machine. Type: {TYPE_THIS}")


def this_machine(playwrights: str) -> Machine:
    """The machine this runs on; `playwrights` is where Playwright's own would be."""
    named = [found for found in map(shutil.which, NAMES) if found]
    return Machine(
        own=_first([*named, *(MACOS if platform.system() == "Darwin" else ())], _answers),
        playwrights=_first([playwrights], _answers),
        root=is_root(),
        apt=shutil.which("apt-get") is not None,
    )


def is_root() -> bool:
    """Whether Chromium would refuse its own sandbox. Windows knows no such person."""
    return getattr(os, "geteuid", lambda: 1)() == 0


def _first(paths: list[str], fits: Callable[[str], bool]) -> str | None:
    return next(filter(fits, paths), None)


def _answers(path: str) -> bool:
    """Some systems have a chromium-browser that only tells where to get one."""
    if not Path(path).is_file():
        return False
    try:
        asked = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def _install(packages: tuple[str, ...]) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run(["apt-get", *command], env=quiet, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise NoChromium(f"apt-get {' '.join(command)} failed:\n{done.stderr.strip()}\nType: {TYPE_THIS}")


@asynccontextmanager
async def open_chromium() -> AsyncIterator[Browser]:
    """A Chromium without a window, with an empty profile of its own. Raises NoChromium."""
    async with async_playwright() as playwright:
        own = playwright.chromium.executable_path
        match decide(await asyncio.to_thread(this_machine, own)):
            case Install():
                raise NoChromium(f"There is no Chromium yet. Type: make {STAMP}")
            case path:
                browser = await playwright.chromium.launch(
                    executable_path=path, args=list(FLAGS), chromium_sandbox=not is_root()
                )
        try:
            yield browser
        finally:
            await browser.close()


STAMP = ".venv/chromium.stamp"


async def _playwrights() -> str:
    async with async_playwright() as playwright:
        return playwright.chromium.executable_path


def provided() -> str:
    """The path, after installing if need be. Raises NoChromium."""
    playwrights = asyncio.run(_playwrights())
    found = decide(this_machine(playwrights))
    if isinstance(found, Install):
        _install(found.packages)
        found = decide(this_machine(playwrights))
    if isinstance(found, Install):
        raise NoChromium(f"apt-get brought no Chromium that starts. Type: {TYPE_THIS}")
    return found


if __name__ == "__main__":
    try:
        print(provided())  # noqa: T201  what this command is for
    except NoChromium as problem:
        sys.exit(str(problem))
