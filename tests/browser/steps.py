"""Steps that several stories take: from nothing to the link, and through the provider's page back to Slack."""

from typing import Any

import httpx

from tests.browser.office import Office
from tests.browser.window import Window
from tests.e2e.house import House

X, META, SHOPIFY = "Twitter (X)", "Facebook Ads", "Shopify"
APP = "Lexer"
"""The app's conversation in the sidebar."""
CLOSED_MODAL = "not_found"
"""What Slack answers when the bot turns a modal that somebody has closed."""
OVER = frozenset({"dead_refresh_token", "dead_access_token"})
"""What the pretend provider notes when the bot comes with a sign-in that has ended there."""


async def opens(maria: Window, name: str) -> None:
    """The integration's detail."""
    await maria.types(f"/lexer integrations {name}")
    await maria.presses(f"Open {name}")
    await maria.sees_title(name)


async def begins(office: Office, name: str = X) -> Window:
    """Maria, with the detail of an integration open and Integrate pressed."""
    await office.house.set_up()
    maria = await office.window("maria")
    await opens(maria, name)
    await maria.presses(f"Integrate {name}")
    return maria


async def signs_in(
    maria: Window,
    name: str,
    *,
    login: str | None = None,
    accounts: tuple[str, ...] | None = None,
    refuse: tuple[str, ...] = (),
) -> None:
    """In the other tab: Continue, Allow, and the tab closed when it says that it may be."""
    tab = await maria.opens_in_new_tab(f"Continue to {name}")
    await tab.continues()
    await tab.allows(login=login, accounts=accounts, refuse=refuse)
    await tab.sees("You can close this page.")
    await tab.closes()


async def saves_groups(maria: Window, *groups: str) -> None:
    """Who may use it, then Save, until it is connected."""
    await maria.sees("Who may use")
    await maria.chooses("Who may use", *groups)
    await maria.submits()
    await maria.sees("Connected.")


async def bot_calls(house: House, method: str, **args: Any) -> dict[str, Any]:
    """A call of the bot's own, with its token; gives back Slack's answer."""
    bearer = {"Authorization": f"Bearer {house.sandbox.bot_token}"}
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{house.sandbox.api_url}{method}", json=args, headers=bearer)
    return dict(answer.json())
