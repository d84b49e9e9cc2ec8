"""The pictures of README and docs."""

import re

import pytest

from tests.architecture.house import ROOT, tracked
from tests.browser.camera import ANIMATION_LARGEST, LARGEST, PICTURES
from tests.browser.pictures import NAMES

SHOWN = re.compile(r"pictures/([\w.-]+\.(?:png|webp))")
PAGES = [name for name in tracked() if name.endswith(".md")]


def _shown() -> set[str]:
    return {name for page in PAGES for name in SHOWN.findall((ROOT / page).read_text(encoding="utf-8"))}


def test_every_picture_shown_is_there() -> None:
    """No reader sees a broken picture, and every picture shown is one that `make pictures` takes anew."""
    assert _shown() <= set(NAMES)
    assert {path.name for path in PICTURES.iterdir()} == set(NAMES)


def test_every_picture_is_shown_somewhere() -> None:
    """Nothing is carried along that nobody looks at."""
    assert set(NAMES) <= _shown()


@pytest.mark.parametrize("name", NAMES)
def test_pictures_are_small(name: str) -> None:
    """README is there before one has finished its first sentence."""
    most = ANIMATION_LARGEST if name.endswith(".webp") else LARGEST
    assert (PICTURES / name).stat().st_size <= most
