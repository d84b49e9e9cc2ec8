"""The other tab: the bot's Connect page, the provider's page that asks for permission, the Result page."""

from collections.abc import Sequence

from playwright.async_api import Locator, Page, expect


class ProviderTab:
    """What the button with the link opened."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def sees(self, *words: str) -> None:
        """All of these words are on the page."""
        for one in words:
            await expect(self.page.locator("body")).to_contain_text(one, use_inner_text=True)

    def button(self, label: str) -> Locator:
        """The button whose words begin so."""
        return self.page.get_by_role("button", name=label)

    async def continues(self) -> None:
        """The button of the Connect page: on to the provider."""
        await self.button("Continue to").click()

    async def allows(
        self, *, login: str | None = None, accounts: Sequence[str] | None = None, refuse: Sequence[str] = ()
    ) -> None:
        """Allow: as `login`, for these `accounts` (as the page has them if None), without some permissions."""
        if login is not None:
            await self.page.get_by_role("radio", name=login, exact=True).check()
        if accounts is not None:
            await self._exactly(accounts)
        for permission in refuse:
            await self.page.get_by_role("checkbox", name=permission).uncheck()
        await self.button("Allow").click()

    async def cancels(self) -> None:
        """Cancel at the provider."""
        await self.button("Cancel").click()

    async def closes(self) -> None:
        """Close this tab."""
        await self.page.close()

    async def _exactly(self, accounts: Sequence[str]) -> None:
        boxes = self.page.locator("input[name=account]:visible")
        for box in await boxes.all():
            words = (await box.locator("xpath=ancestor::label").inner_text()).strip()
            await box.set_checked(any(words.startswith(name) for name in accounts))
