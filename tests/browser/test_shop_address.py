"""The shop's address: mistyped, then right, as people type it."""

from tests.browser.office import Office
from tests.browser.steps import SHOPIFY, begins, saves_groups, signs_in

SHOP = "northwind.myshopify.com"
FIELD = "Shop address"
WRONG = "shop.northwind.com"


async def test_mistyped_then_the_bare_name(office: Office) -> None:
    """A wrong address is told beside the field and stays to be mended; the shop's bare name leads through to connected."""
    maria = await begins(office, SHOPIFY)
    await maria.fills(FIELD, WRONG)
    await maria.submits()
    field = maria.screen.get_by_label(FIELD)
    await maria.sees_beside(FIELD, "Shopify needs the one it gave you")
    assert await field.input_value() == WRONG
    await maria.fills(FIELD, "northwind")
    await maria.submits()
    await maria.sees(SHOP, "Continue to Shopify")
    await signs_in(maria, SHOPIFY)
    await maria.sees("Who may use Northwind?")
    await saves_groups(maria, "Marketing")
    await maria.closes(everything=True)
    (account,) = await office.house.accounts("shopify")
    assert account.grant.address == SHOP
    await maria.types("/lexer")
    await maria.sees("1 connected, all working.")


async def test_the_address_as_copied_from_the_browser(office: Office) -> None:
    """What the browser shows while one works in the shop is understood."""
    maria = await begins(office, SHOPIFY)
    await maria.fills(FIELD, "https://admin.shopify.com/store/northwind/orders")
    await maria.submits()
    await maria.sees(SHOP, "Continue to Shopify")


async def test_nothing_typed(office: Office) -> None:
    """An empty field says that it needs an answer."""
    maria = await begins(office, SHOPIFY)
    await maria.sees(FIELD)
    await maria.submits()
    await maria.sees_beside(FIELD, "required")
