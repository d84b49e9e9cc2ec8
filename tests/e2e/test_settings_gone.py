"""The operator starts the bot again without a provider's settings, while people are at it."""

from urllib.parse import parse_qsl, urlsplit

from bot.usecases import browser
from bot.usecases.pages import ResultPage
from connectors.observation import Misconfigured
from store.records import AccountStatus
from tests.e2e.checking import another_bot, check
from tests.e2e.house import House
from tests.e2e.ways import ON_SQLITE

# What is asked of the store and the provider is the same on both databases and in both modes.
pytestmark = ON_SQLITE
WITHOUT = {"LEXER_TWITTER_CLIENT_SECRET": ""}


async def test_a_link_says_so(house: House) -> None:
    """A link that was out says in words that the integration is not set up any more."""
    await house.set_up()
    await house.begins(house.maria)
    await house.maria.presses("Continue to Twitter (X)")
    (link,) = [url for url in house.maria.browser.history if "/connect/" in url]
    async with another_bot(house, settings=WITHOUT) as bot:
        ticket = link.rpartition("/")[2]
        pages = [await browser.look(bot.context, ticket), await browser.go(bot.context, ticket, {})]
    assert all(isinstance(page, ResultPage) and "not set up any more" in page.title for page in pages)


async def test_coming_back_from_the_provider_says_so(house: House) -> None:
    """Whoever was at the provider meanwhile is told whom to ask, in the browser and in Slack."""
    await house.set_up()
    await house.begins(house.maria)
    await house.maria.presses("Continue to Twitter (X)")
    await house.maria.browser.continues()
    asked = dict(parse_qsl(urlsplit(house.maria.browser.history[-1]).query))
    async with another_bot(house, settings=WITHOUT) as bot:
        query = [("state", asked["state"]), ("code", "c")]
        page = await browser.finish(bot.context, "twitter", query, {})
    assert "does not accept this bot" in " ".join(page.sentences)
    await house.settle()
    assert "Your account is not the cause" in house.maria.screen


async def test_an_account_is_not_blamed(house: House) -> None:
    """A check without our own client blames nobody: the account keeps its sign-in and is green when the settings are back."""
    await house.set_up()
    await house.connects(house.maria)
    (found,) = await house.accounts()
    async with another_bot(house, settings=WITHOUT) as bot:
        checked = await check(bot, found.account.id)
    assert isinstance(checked.observation, Misconfigured)
    assert checked.account.status is AccountStatus.SETUP_PROBLEM
    again = await check(house.bot, found.account.id)
    assert again.account.status is AccountStatus.CONNECTED
