"""The demo begins where a newcomer's minute begins: with Groups, and nothing on anybody's screen."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.finding import CannotDo
from bot.sandbox.opening import opening
from bot.sandbox.workspace import Sandbox
from store import groups
from tests.e2e.house import TEAM, House, Log, open_house
from tests.sandbox.fake_bot import FakeBot


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """The real bot on a database of its own."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'lexer.db'}"
    async with open_house(database_url=url, mode="http", folder=tmp_path, log=Log()) as made:
        yield made


async def _groups(house: House) -> dict[str, tuple[bool, set[str]]]:
    """Of each Group by name: whether its people may connect, and who they are."""
    async with house.bot.context.store.reading() as tx:
        found = await groups.all(tx, TEAM)
        return {one.name: (one.integrators, set(await groups.members(tx, TEAM, one.id))) for one in found}


def _traces(sandbox: Sandbox) -> list[object]:
    records = sandbox.records
    seen = [one for human in sandbox.world.humans for one in sandbox.world.visible_to(human)]
    return [*seen, *sandbox.world.views, *records.calls, *records.sent, *records.exchanges, *records.refusals]


async def test_the_first_minute_needs_no_admin(house: House) -> None:
    """Maria may connect and has someone to share with, and her workspace is as empty as on the first day."""
    assert await opening(house.sandbox, house.settle)
    assert await _groups(house) == {
        "Marketing": (True, {"U0ADA", "U0MARIA"}),
        "Sales": (False, {"U0TOM", "U0NINA"}),
    }
    assert _traces(house.sandbox) == []
    assert "Nothing is connected yet" in await house.answer(house.maria, "/lexer integrations")


async def test_groups_that_were_kept_stay_as_they_are(house: House) -> None:
    """The next time nothing is made twice, and looking for Groups leaves nothing behind either."""
    await house.set_up()
    before = await _groups(house)
    assert not await opening(house.sandbox, house.settle)
    assert await _groups(house) == before
    assert [one for one in house.sandbox.world.visible_to("U0ADA") if one.only_for] == []


async def test_a_bot_that_makes_no_group_is_told_so(sandbox: Sandbox, bot: FakeBot) -> None:
    """Whoever broke the Groups learns it at the start, with the screen, not in the middle of a sign-in."""
    bot.answer = lambda form: {"text": "Create the first Group"} if "command" in form else None

    async def tick() -> None:
        """Nothing is under way."""

    sandbox.person("ada").patience = 0.1
    with pytest.raises(CannotDo, match="Create the first Group"):
        await opening(sandbox, tick)
