"""Listing and narrowing, typed into the composer and read on the screen."""

import pytest

from tests.browser.office import Office


@pytest.mark.parametrize("command", ["/lexer", "/lexer integrations"])
async def test_the_listing_is_for_my_eyes_only(office: Office, command: str) -> None:
    """Typing the command lists every integration, and says that nobody else sees it; nobody else does."""
    await office.house.set_up()
    maria, tom = await office.window("maria"), await office.window("tom")
    await maria.types(command)
    await maria.sees("Only visible to you", "Nothing is connected yet.", "Twitter (X)", "Shopify")
    await tom.sees_no("Integrations", "Shopify")
    await maria.reloads()
    await maria.sees_no("Shopify")


@pytest.mark.parametrize(
    ("words", "there", "gone"),
    [
        ("shopify", "Shopify", "Facebook Ads"),
        ("ecommerce", "Shopify", "Facebook Ads"),
        ("x", "Twitter (X)", "Shopify"),
    ],
)
async def test_words_narrow_it(office: Office, words: str, there: str, gone: str) -> None:
    """A name, a category or a nickname shows just what it means."""
    await office.house.set_up()
    maria = await office.window("maria")
    await maria.types(f"/lexer integrations {words}")
    await maria.sees(there)
    await maria.sees_no(gone)


async def test_a_typo_is_understood(office: Office) -> None:
    """Nobody is left with an empty answer."""
    await office.house.set_up()
    maria = await office.window("maria")
    await maria.types("/lexer integrations shopfy")
    await maria.sees("No integration matches", "Did you mean /lexer integrations shopify?")


async def test_the_detail_opens_from_the_picker_and_from_a_button(office: Office) -> None:
    """An integration opens in a window of its own, in front of everything, and closes again."""
    await office.house.set_up()
    maria = await office.window("maria")
    await maria.types("/lexer")
    await maria.chooses("Choose an integration", "Shopify")
    await maria.sees_title("Shopify")
    await maria.sees("Not connected.")
    await maria.closes()
    await maria.sees_no_modal()
    await maria.types("/lexer integrations x")
    await maria.presses("Open Twitter (X)")
    await maria.sees_title("Twitter (X)")
