"""One person's tab with the local Slack workspace, driven as a person does: by what is written on buttons, fields and options."""

import re
from collections.abc import Sequence

from playwright.async_api import BrowserContext, FrameLocator, Locator, Page, expect
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from tests.browser.provider_tab import ProviderTab
from tests.browser.watch import Watch

PATIENCE = 8.0
"""Seconds until something awaited has failed to come; the longest a real person would look at a still screen."""
TEAM, GENERAL = "T0LEXERDEMO", "C0GENERAL"
_TOP = ".modal-layer:last-child .modal"
_SCREEN = f"{_TOP}, body:not(:has(.modal-layer)) #conversation"
"""What a person looks at: the modal in front, or else the conversation."""


class Window:
    """A tab at /client/…?as=<who>."""

    def __init__(self, page: Page, base_url: str, who: str, watch: Watch) -> None:
        self.page = page
        self.who = who
        self.watch = watch
        self._base_url = base_url

    @property
    def context(self) -> BrowserContext:
        """Their browser: cookies, other tabs."""
        return self.page.context

    @property
    def screen(self) -> Locator:
        """The modal in front, or else the conversation."""
        return self.page.locator(_SCREEN)

    @property
    def modal(self) -> Locator:
        """The modal in front."""
        return self.page.locator(_TOP)

    @property
    def conversation(self) -> Locator:
        """The middle of the screen."""
        return self.page.locator("#conversation")

    @property
    def panel(self) -> Locator:
        """Behind the scenes."""
        return self.page.locator("#panel")

    # --- going ---

    async def goes(self, channel: str = GENERAL, **query: str) -> None:
        """To a conversation, by its address."""
        fields = "&".join(f"{name}={value}" for name, value in {"as": self.who, **query}.items())
        await self.page.goto(f"{self._base_url}/client/{TEAM}/{channel}?{fields}")
        await self.is_ready()

    async def goes_to(self, path: str) -> None:
        """To any other page of the workspace, such as /gallery."""
        await self.page.goto(f"{self._base_url}{path}")

    async def is_ready(self) -> None:
        """The conversation is on screen."""
        await expect(self.page.locator("#conversation")).to_be_visible()

    async def reloads(self) -> None:
        """As with F5."""
        await self.page.reload()
        await self.is_ready()

    async def clicks_in_sidebar(self, name: str) -> None:
        """A channel, a direct message or the app."""
        await self.page.locator("#sidebar").get_by_role("link", name=name).click()
        await expect(self.page.locator("#sidebar a[aria-current=page]")).to_contain_text(name)

    async def becomes(self, who: str, name: str) -> None:
        """The switch "you are": a person's handle, and the name on the switch."""
        await self.page.get_by_role("navigation", name="You are").get_by_role("link", name=name).click()
        await expect(self.page.locator(f"#app[data-as={who}]")).to_be_attached()
        self.who = who

    # --- seeing ---

    async def sees(self, *words: str) -> None:
        """All of these words are, or come, on screen. Raises AssertionError with the screen otherwise."""
        for one in words:
            await expect(self.screen).to_contain_text(one, use_inner_text=True, timeout=PATIENCE * 1e3)

    async def sees_no(self, *words: str) -> None:
        """None of these words are on screen, or they go."""
        for one in words:
            await expect(self.screen).not_to_contain_text(one, use_inner_text=True, timeout=PATIENCE * 1e3)

    async def sees_title(self, words: str) -> None:
        """The modal in front is called so."""
        await expect(self.modal.get_by_role("heading", level=2).first).to_have_text(
            words, timeout=PATIENCE * 1e3
        )

    async def sees_no_modal(self) -> None:
        """Every modal is closed."""
        await expect(self.page.locator(".modal-layer")).to_have_count(0)

    async def sees_beside(self, label: str, words: str) -> None:
        """What is wrong with a field, said where it stands."""
        field = self.screen.get_by_label(label)
        await expect(field).to_have_attribute("aria-invalid", "true")
        await expect(field).to_have_accessible_description(re.compile(re.escape(words), re.IGNORECASE))

    async def has_unread(self, name: str, count: int) -> None:
        """In the sidebar: so many unread messages of a channel, a direct message or the app."""
        badge = self.page.locator("#sidebar").get_by_role("link", name=name).locator(".badge")
        await expect(badge).to_have_count(1 if count else 0)
        if count:
            await expect(badge).to_have_text(str(count))

    async def is_told(self, words: str) -> None:
        """Slack's own short notice says so."""
        await expect(self.page.locator("#toasts")).to_contain_text(words, timeout=PATIENCE * 1e3)

    async def is_told_no_more(self) -> None:
        """Every short notice is put away."""
        for away in await self.page.locator("#toasts button").all():
            await away.click()

    # --- behind the scenes ---

    async def outside_button(self, account: str, label: str) -> Locator:
        """In the panel Outside world: the button that says `label` beside an account."""
        await self._panel("Outside world")
        exact = self.page.get_by_text(account, exact=True)
        row = self.panel.locator(".account").filter(has=exact)
        button = row.get_by_role("button", name=label, exact=True)
        for folded in (row.locator("summary.account-head"), row.locator(".more > summary")):
            if not await button.is_visible() and await folded.is_visible():
                await folded.click()
        return button

    async def does_outside(self, account: str, label: str) -> None:
        """Press it."""
        await (await self.outside_button(account, label)).click()

    async def does_to_provider(self, provider: str, label: str) -> None:
        """The same for all of a provider, such as "Take the provider down"."""
        await self._panel("Outside world")
        group = self.panel.get_by_role("group", name=f"What happens to all of {provider}")
        quiet = self.panel.get_by_role("button", name=f"{label}: {provider}", exact=True)
        await group.get_by_role("button", name=label, exact=True).or_(quiet).click()

    async def removes_access(self, account: str) -> None:
        """As somebody does in the provider's own settings."""
        await self.does_outside(account, "Remove access")

    async def changes_password(self, account: str) -> None:
        """At the provider."""
        await self.does_outside(account, "Change the password")

    async def lets_pass(self, label: str) -> None:
        """In the panel: a button of the clock, until all that is due meanwhile has happened."""
        await self._panel("Outside world")
        wishes = self.panel.get_by_role("group", name="Let time pass")
        before = await self.panel.locator("#hours time").inner_text()
        await wishes.get_by_role("button", name=label, exact=True).click()
        clock = self.panel.locator("#hours time")
        await expect(clock).not_to_have_text(before, timeout=PATIENCE * 1e3)
        await expect(wishes.locator("[aria-disabled]")).to_have_count(0, timeout=PATIENCE * 5e3)

    async def opens_mail(self, to: str) -> FrameLocator:
        """In the panel E-mails: the newest one to somebody; gives back the letter."""
        await self._panel("E-mails")
        await self.panel.locator(".mail-line").filter(has_text=to).first.click()
        return self.panel.frame_locator("#letter")

    async def follows(self, link: Locator) -> "Window":
        """A link that opens a tab of its own: that tab, as theirs."""
        async with self.context.expect_page() as opened:
            await link.click()
        page = await opened.value
        await page.wait_for_load_state()
        return Window(page, self._base_url, self.who, self.watch)

    async def opens_exchange(self, words: str) -> None:
        """In the panel Inspector: the newest entry with these words, in full."""
        await self._panel("Inspector")
        entry = self.panel.locator("details.exchange").filter(has_text=words).first
        await entry.locator("summary").click()
        await expect(entry.locator(".exchange-body")).not_to_be_empty()

    async def _panel(self, name: str) -> None:
        tab = self.panel.get_by_role("navigation", name="Behind the scenes").get_by_role("link", name=name)
        if not await tab.is_visible():
            await self.page.locator("[data-toggle=panel]").click()
        if await tab.get_attribute("aria-current") is None:
            await tab.click()
            await expect(tab).to_have_attribute("aria-current", "page")

    # --- acting ---

    async def types(self, text: str) -> None:
        """A command or a message, and Enter."""
        composer = self.page.locator("#conversation form[data-composer] textarea")
        await composer.fill(text)
        await composer.press("Enter")
        await expect(composer).to_have_value("")

    async def presses(self, label: str, *, near: str | None = None) -> None:
        """The button that says `label`, or says so to a screen reader; of several in messages the newest one."""
        await (await self.button(label, near=near)).click()

    async def opens_in_new_tab(self, label: str, *, near: str | None = None) -> ProviderTab:
        """A button with a link, and the tab it opens."""
        button = await self.button(label, near=near)
        async with self.context.expect_page() as opened:
            await button.click()
        page = await opened.value
        await page.wait_for_load_state()
        return ProviderTab(page)

    async def fills(self, label: str, text: str) -> None:
        """Type into a field."""
        await self.screen.get_by_label(label).fill(text)

    async def chooses(self, label: str, *options: str) -> None:
        """Options of checkboxes or of a select of any kind, by their words; exactly these are chosen afterwards."""
        boxes = self.screen.get_by_role("group", name=label)
        field = boxes.or_(self.screen.get_by_role("combobox", name=label)).last
        await self._comes(field, f"field {label!r}")
        if await field.get_attribute("role") == "combobox":
            await self._select(field, options)
        else:
            await self._tick(field, options)

    async def submits(self) -> None:
        """The button at the foot of the modal that sends it."""
        await self.foot("submit").click()

    def foot(self, what: str) -> Locator:
        """At the foot of the modal in front: submit or close."""
        return self.modal.locator(f".modal-foot [data-do={what}]")

    async def closes(self, *, everything: bool = False) -> None:
        """The button at the modal's foot, or with `everything` the X that takes all of them away."""
        layers = self.page.locator(".modal-layer")
        before = await layers.count()
        if everything:
            await self.modal.locator("[data-everything]").click()
        else:
            await self.foot("close").click()
        await expect(layers).to_have_count(0 if everything else before - 1)

    async def button(self, label: str, *, near: str | None = None) -> Locator:
        """The button `presses` would press, once it is there. Messages grow downwards, so the last one is the newest."""
        place = self.screen if near is None else self._part(near)
        exact = re.compile(rf"^{re.escape(label)}$")
        named = place.get_by_role("button", name=exact).or_(place.get_by_role("link", name=exact))
        written = place.locator(".bk-button").filter(has_text=exact)
        found = named.or_(written).last
        await self._comes(found, f"button {label!r}")
        return found

    async def _comes(self, found: Locator, what: str) -> None:
        try:
            await found.wait_for(timeout=PATIENCE * 1e3)
        except PlaywrightTimeoutError:
            seen = await self.screen.inner_text()
            raise AssertionError(f"{self.who} finds no {what} on:\n{seen}") from None

    def _part(self, near: str) -> Locator:
        """The block with those words, and the one after it."""
        block = self.screen.locator(".bk").filter(has_text=near).first
        return block.or_(block.locator("xpath=following-sibling::*[position() <= 2]"))

    async def _tick(self, boxes: Locator, options: Sequence[str]) -> None:
        for box in await boxes.get_by_role("checkbox").or_(boxes.get_by_role("radio")).all():
            words = await box.evaluate("box => box.closest('label').innerText.trim().split('\\n')[0]")
            wanted = any(words.startswith(option) for option in options)
            if wanted != await box.is_checked():
                await box.set_checked(wanted)
        for option in options:
            chosen = boxes.get_by_role("checkbox", name=option).or_(boxes.get_by_role("radio", name=option))
            await expect(chosen.first).to_be_checked()

    async def _select(self, field: Locator, options: Sequence[str]) -> None:
        whole = field.locator("xpath=ancestor::*[@data-select]")
        for chip in await whole.locator(".bk-chip").all_inner_texts():
            words = chip.replace("×", "").strip()
            if words not in options:
                await whole.get_by_role("button", name=f"Remove {words}").click()
        for option in options:
            if await whole.locator(".bk-chip").filter(has_text=option).count():
                continue
            await field.click()
            await field.fill(option)
            await whole.get_by_role("option").filter(has_text=option).first.click()
