"""A hundred integrations and five hundred accounts: within Slack's limits, and never a wall."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store import accounts
from store.records import AccountStatus
from tests.e2e.crowd import Filled, client_settings, fill, tiles
from tests.e2e.house import TEAM, House, Log, open_house
from tests.e2e.ways import BOTH_DATABASES

# How much there is has nothing to do with the way Slack comes in; the databases differ in how they sort and count.
pytestmark = BOTH_DATABASES
HUNDRED = tiles(100)


@pytest.fixture
async def house(database_url: str, mode: str, tmp_path: Path, log: Log) -> AsyncIterator[House]:
    """A bot that knows a hundred integrations, ten of them not set up."""
    async with open_house(
        database_url=database_url,
        mode=mode,
        folder=tmp_path,
        log=log,
        providers=HUNDRED,
        settings=client_settings(HUNDRED[:90]),
    ) as made:
        yield made


async def fifty_connected(house: House) -> None:
    """Fifty integrations with ten accounts each; one account of every tenth integration is disconnected."""
    await house.set_up()
    working = [Filled(key=f"tile{n:03}", number=10 - (n % 10 == 9), group="Sales") for n in range(50)]
    broken = [
        Filled(key=f"tile{n:03}", status=AccountStatus.DISCONNECTED, reason="access_removed", group="Sales")
        for n in range(9, 50, 10)
    ]
    await fill(house, *working, *broken)


async def test_a_hundred_integrations_are_read_in_pages(house: House) -> None:
    """The five that broke are on top of the first page; "Show more" turns the same message, there and back."""
    await fifty_connected(house)
    tom = house.tom
    await house.answer(house.tom, "/lexer")
    (listing,) = tom.messages[-1:]
    seen = tom.read(listing)
    assert "50 connected, 5 need attention." in seen
    assert seen.index("Tile 049") < seen.index("Tile 000") < seen.index("Tile 006")
    assert "1–12 of 50 connected" in seen
    assert len(listing.blocks) <= 25
    assert len(listing.text) < 4000
    before = len(tom.messages)
    for first in ("13–24", "25–36", "37–48", "49–50"):
        await tom.presses("Show more")
        await house.settle()
        assert f"{first} of 50 connected" in tom.read(listing)
    assert "[Show more]" not in tom.read(listing)
    await tom.presses("Show previous")
    await house.settle()
    assert "37–48 of 50 connected" in tom.read(listing)
    assert len(tom.messages) == before


async def test_the_others_are_in_one_picker(house: House) -> None:
    """What can be connected is a line per category and one picker with everything in it, those not set up last."""
    await fifty_connected(house)
    tom = house.tom
    seen = await house.answer(house.tom, "/lexer")
    assert "Marketing: Tile 052" in seen
    assert "[Choose an integration ▾]" in seen
    assert "Not set up on this bot: Tile 090" in seen
    await tom.chooses("Choose an integration", "Tile 071")
    await tom.sees("Ask an Integrator")
    assert "Tile 071" in tom.screen


async def test_show_more_on_an_old_listing_shows_how_things_are_now(house: House) -> None:
    """The button of a listing whose accounts are gone by now answers with what there is, not with an error."""
    await fifty_connected(house)
    await house.answer(house.tom, "/lexer")
    (listing,) = house.tom.messages[-1:]
    async with house.bot.context.store.transaction() as tx:
        for n in range(5, 50):
            for detail in await accounts.of_provider(tx, TEAM, f"tile{n:03}"):
                await accounts.remove(tx, TEAM, detail.account.id, by=None, at=house.clock())
    await house.tom.presses("Show more")
    await house.settle()
    assert "5 connected, all working." in house.tom.read(listing)
    assert "[Show more]" not in house.tom.read(listing)


async def test_narrowing_keeps_while_paging(house: House) -> None:
    """A narrowed listing goes on with "Show more" in the same narrowing."""
    await fifty_connected(house)
    await house.answer(house.tom, "/lexer integrations connected")
    (listing,) = house.tom.messages[-1:]
    await house.tom.presses("Show more")
    await house.settle()
    seen = house.tom.read(listing)
    assert 'Found for "connected": 50 connected' in seen
    assert "13–24 of 50" in seen
    assert "Not connected yet" not in seen


async def test_five_hundred_accounts_of_one_integration(house: House) -> None:
    """One integration with 500 accounts opens on those that broke, eight at a time."""
    await house.set_up()
    await fill(
        house,
        Filled(key="tile000", number=499, group="Sales"),
        Filled(key="tile000", status=AccountStatus.DISCONNECTED, name="@broken", group="Sales"),
    )
    seen = await house.opens(house.maria, "Tile 000")
    assert seen.text.index("@broken") < seen.text.index("@tile000-connected-000")
    assert "Page 1 of 63 · 500 accounts" in seen
    await house.maria.presses("Show more accounts")
    await house.settle()
    assert "Page 2 of 63" in house.maria.screen
    await house.maria.presses("Show previous accounts")
    await house.settle()
    assert "Page 1 of 63" in house.maria.screen


async def test_only_admins_see_which_settings_are_missing(house: House) -> None:
    """To an admin "Not set up on this bot" names the settings; others read it last and quietly."""
    await house.set_up()
    for_ada = await house.opens(house.ada, "Tile 090")
    assert "⚪ Not set up on this bot" in for_ada
    assert "LEXER_TILE090_CLIENT_ID" in for_ada
    assert "LEXER_TILE090_CLIENT_SECRET" in for_ada
    for_maria = await house.opens(house.maria, "Tile 090")
    assert "⚪ Not set up on this bot" in for_maria
    assert "LEXER_" not in for_maria
    assert "Integrate" not in for_maria
    await house.ada.closes(everything=True)
    listing = await house.answer(house.ada, "/lexer")
    assert "Open one to see what is missing." in listing
    assert listing.rindex("Not set up on this bot") > listing.rindex("Other: ")
