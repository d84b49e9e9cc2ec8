"""Wrong shop addresses, typed one after the other into one Address modal: words beside the field, nothing else happens."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from store.records import Stage
from tests.e2e.connecting import attempts_kept, shared_house
from tests.e2e.house import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

WRONG = {
    "44 fragment": "evil.com#.myshopify.com",
    "45 suffix": "shop.myshopify.com.evil.com",
    "45 look-alike": "shopmyshopify.com",
    "46 user": "a@b.myshopify.com",
    "47 dots": "x/../y",
    "47 dots in a path": "northwind.myshopify.com/../evil",
    "47 query": "northwind.myshopify.com?x=.evil.com",
    "47 backslash": "evil.com\\.myshopify.com",
    "47 trailing dot": "northwind.myshopify.com.",
    "47 inner blank": "north wind.myshopify.com",
    "47 line break": "northwind.myshopify.com\nevil.com",
    "48 loopback": "127.0.0.1",
    "48 zero": "0",
    "48 hexadecimal": "0x7f.1",
    "48 decimal": "2130706433",
    "48 six": "[::1]",
    "48 mapped": "[::ffff:169.254.169.254]",
    "49 NAT64": "[64:ff9b::7f00:1]",
    "49 6to4": "[2002:7f00:1::]",
    "49 Teredo": "[2001:0:7f00:1::]",
    "50 a public name of a private host": "localtest.me",
    "50 localhost": "localhost.localdomain",
    "52 other letters": "nоrthwind.myshopify.com",
    "52 punycode": "xn--nrthwind-k1g.myshopify.com",
    "52 zero width": "north\u200bwind.myshopify.com",
    "52 full width dot": "northwind\uff0emyshopify.com",
    "53 port": "northwind.myshopify.com:22",
    "53 http": "http://northwind.myshopify.com",
    "53 ftp": "ftp://northwind.myshopify.com",
    "53 file": "file:///etc/passwd",
    "53 gopher": "gopher://northwind.myshopify.com",
    "53 javascript": "javascript:alert(1)//.myshopify.com",
    "54 metadata": "metadata.google.internal",
    "55 user info": "https://maria:hunter2-secret@northwind.myshopify.com/",
    "template": "{shop}.myshopify.com",
    "too long": "a" * 200 + ".myshopify.com",
    "only the suffix": ".myshopify.com",
    "mentions": "<!channel>",
}
RIGHT = ["NORTHWIND.MyShopify.com", "  northwind.myshopify.com  ", "https://northwind.myshopify.com/admin"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Bot and world, shared, with the Address modal open."""
    async with shared_house(tmp_path_factory) as made:
        await made.begins(made.maria, "Shopify")
        yield made
        assert not [line for line in made.log.lines if "hunter2-secret" in line]


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_address_stays_in_the_modal(house: House, name: str) -> None:
    """Words beside the field say what is expected; no link is made, nothing is called, and what was typed is not repeated."""
    maria = house.maria
    await maria.fills("Shop address", WRONG[name])
    await maria.submits()
    view = maria.screen.view
    assert view is not None
    assert "Type the address that ends in .myshopify.com" in view.errors["address"]
    assert "hunter2" not in view.errors["address"]
    (attempt,) = await attempts_kept(house)
    assert (attempt.stage, attempt.address) == (Stage.ADDRESS, None)
    assert maria.dms == []


@pytest.mark.parametrize("typed", RIGHT)
async def test_a_right_address_is_understood(house: House, typed: str) -> None:
    """After any number of wrong ones a right one goes on, however it was copied."""
    maria = house.maria
    if "Shop address" not in maria.screen:
        await maria.closes(everything=True)
        await house.begins(maria, "Shopify")
    await maria.fills("Shop address", typed)
    await maria.submits()
    assert "Shopify (northwind.myshopify.com)" in maria.screen
    await house.settle()
