"""Which Chromium the stories are played in."""

import pytest

from tests.browser.chromium import PACKAGES, TYPE_THIS, Install, Machine, NoChromium, decide


@pytest.mark.parametrize("playwrights", [None, "/cache/chrome"])
@pytest.mark.parametrize("root", [True, False])
def test_the_one_on_the_machine_is_used(playwrights: str | None, *, root: bool) -> None:
    """Whoever has a Chromium is asked for nothing and downloads nothing."""
    machine = Machine(own="/usr/bin/chromium", playwrights=playwrights, root=root, apt=True)
    assert decide(machine) == "/usr/bin/chromium"


def test_playwrights_own_is_used_where_the_machine_has_none() -> None:
    """Whoever typed Playwright's command once has done enough."""
    assert decide(Machine(own=None, playwrights="/cache/chrome", root=True, apt=True)) == "/cache/chrome"


def test_root_on_debian_gets_it_installed() -> None:
    """Where a change is judged, on a bare machine, there always is one; the circles of a status have their colours."""
    assert decide(Machine(own=None, playwrights=None, root=True, apt=True)) == Install(packages=PACKAGES)


@pytest.mark.parametrize(("root", "apt"), [(False, True), (True, False), (False, False)])
def test_everybody_else_is_told_the_one_command(root: bool, apt: bool) -> None:  # noqa: FBT001
    """Nobody has to find out what is missing."""
    with pytest.raises(NoChromium) as told:
        decide(Machine(own=None, playwrights=None, root=root, apt=apt))
    assert str(told.value).endswith(TYPE_THIS)
