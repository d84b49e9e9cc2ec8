"""README.md says what is so."""

import re
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, tracked
from tests.architecture.readme_parts import PURPOSES, README, parts, replaced

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PAGES = [name for name in tracked() if name.endswith(".md")]


def test_the_tables_are_current() -> None:
    """What the first page shows is what one gets (`make docs` writes it anew)."""
    assert all(part.count("\n") > 2 for part in parts().values())
    text = README.read_text(encoding="utf-8")
    assert text == replaced(text)


def test_the_first_screen_has_both_commands() -> None:
    """Nobody scrolls to find out how to try it."""
    first = README.read_text(encoding="utf-8").splitlines()[:45]
    assert any(line.startswith("make demo") for line in first)
    assert any(line.startswith("make test") for line in first)


def test_every_setting_is_explained() -> None:
    """A setting without a sentence is one nobody dares to touch."""
    text = README.read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in PURPOSES)


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    """A reader who follows a link arrives."""
    path = ROOT / page
    targets = [
        link.partition("#")[0] for link in LINK.findall(path.read_text(encoding="utf-8")) if "://" not in link
    ]
    assert [target for target in targets if target and not (Path(path.parent) / target).exists()] == []


def test_every_make_target_named_exists() -> None:
    """No page sends a reader to a command that is gone."""
    made = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        word
        for page in PAGES
        for word in re.findall(r"`make ([a-z]+)", (ROOT / page).read_text(encoding="utf-8"))
    }
    assert named
    assert named <= made
