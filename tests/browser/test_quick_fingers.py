"""Somebody is quicker than the page, or does two things at once: nothing goes to the wrong window, in the wrong name or to waste."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from bot.sandbox.workspace import Sandbox, open_sandbox
from tests.browser.office import USUAL
from tests.browser.watch import Watch
from tests.browser.window import Window
from tests.sandbox.fake_bot import FakeBot, Json, field_block, modal, open_bot, section


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """Maria's tab, and a bot that does what the test says."""

    maria: Window
    sandbox: Sandbox
    bot: FakeBot

    async def opens(self, *blocks: Json, **more: str) -> None:
        """A window, on top of the one that is open if there is one."""
        top = self.sandbox.world.top_view("U0MARIA")
        method = "views.push" if top else "views.open"
        trigger = self.sandbox.slack.passes.trigger("U0MARIA", top.id if top else None)
        opened = await self.bot.call(method, trigger_id=trigger, view=modal(*blocks, **more))
        assert opened["ok"], opened
        await expect(self.maria.page.locator(f"#view-{opened['view']['id']}")).to_be_visible()


@pytest_asyncio.fixture(loop_scope="session")
async def play(chromium: Browser) -> AsyncIterator[Play]:
    """The workspace without our bot."""
    async with open_sandbox() as sandbox, open_bot(sandbox) as bot:
        context = await chromium.new_context(**USUAL)
        watch = Watch()
        watch.over(context)
        maria = Window(await context.new_page(), sandbox.base_url, "maria", watch)
        await maria.goes()
        yield Play(maria=maria, sandbox=sandbox, bot=bot)
        await context.close()
        watch.check()


async def test_a_double_click_closes_one_window(play: Play) -> None:
    """The second half of a double click does not close the window below as well."""
    await play.opens(section("below"))
    await play.opens(section("above"))
    await play.maria.foot("close").click()
    await play.maria.sees("below")
    await play.maria.foot("close").hover()
    await play.maria.page.mouse.down(click_count=2)
    await play.maria.page.mouse.up(click_count=2)
    # Had it closed the window, this one would stand alone.
    await play.opens(section("above again"))
    assert len(play.sandbox.person("maria").modals) == 2


async def test_letters_typed_last_raise_no_complaint(play: Play) -> None:
    """Typing and then at once Escape, or Enter, ends the window; no notice says that it is closed."""
    typing = {"trigger_actions_on": ["on_character_entered"]}
    heard = {**field_block("Words", dispatch_action_config=typing), "dispatch_action": True}
    for block in (field_block("Words"), heard):
        for key in ("Escape", "Enter"):
            await play.opens(block, submit="Save")
            await play.maria.modal.get_by_label("Words").press_sequentially("abc")
            await play.maria.page.keyboard.press(key)
            await play.maria.sees_no_modal()
            # A complaint would come with the answer to an order still to be sent: one more order is answered after it.
            await play.maria.types("hello")
            await play.maria.sees("hello")
    await expect(play.maria.page.locator("#toasts")).to_be_empty()
    submitted = [got["view"]["state"]["values"] for got in play.bot.got if got["type"] == "view_submission"]
    assert [values["name"]["typed"]["value"] for values in submitted] == ["abc", "abc"]


async def test_what_waits_to_be_sent_keeps_its_sender(play: Play) -> None:
    """A message behind a slow command is Maria's, though the tab became Tom's in the meantime."""
    answered = asyncio.Event()

    async def slow() -> None:
        await answered.wait()

    play.bot.answer = lambda _payload: slow()
    await play.maria.types("/lexer")
    await play.maria.types("from Maria")
    await play.maria.becomes("tom", "Tom")
    answered.set()
    await play.maria.sees("from Maria")
    assert [posted.by for posted in play.sandbox.world.messages] == ["U0MARIA"]


async def test_letters_typed_into_a_select_all_arrive(play: Play) -> None:
    """Whoever comes by keyboard and types at once loses none of the letters to the list that opens."""
    options = [
        {"text": {"type": "plain_text", "text": words}, "value": words} for words in ("Marketing", "Sales")
    ]
    select = {"type": "static_select", "action_id": "group", "options": options}
    await play.opens(section("Group", block_id="b", accessory=select))
    field = play.maria.modal.get_by_role("combobox")
    await field.focus()
    await field.press_sequentially("sal")
    await expect(field).to_have_value("sal")
    await expect(play.maria.modal.get_by_role("option")).to_have_text(["Sales"])


async def test_what_is_listed_can_be_chosen_while_the_next_search_runs(play: Play) -> None:
    """An option on screen is taken, even when more letters have already been searched."""
    shown = {"no": "Northwind", "nox": "Noxford"}

    def found(payload: Json) -> Json | None:
        words = shown.get(payload.get("value", ""))
        return (
            {"options": [{"text": {"type": "plain_text", "text": words}, "value": words}]} if words else None
        )

    searched, chosen = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        answer = await route.fetch()
        searched.set()
        await chosen.wait()
        await route.fulfill(response=answer)

    play.bot.answer = found
    select = {"type": "external_select", "action_id": "account", "min_query_length": 2}
    await play.opens(section("Account", block_id="b", accessory=select))
    field = play.maria.modal.get_by_role("combobox")
    await field.press_sequentially("no")
    option = play.maria.modal.get_by_role("option", name="Northwind")
    await expect(option).to_be_visible()
    await play.maria.page.route("**/options?**q=nox**", late)
    await field.press_sequentially("x")
    await searched.wait()
    await option.click()
    await expect(field).to_have_value("Northwind")
    await expect(play.maria.modal.locator("[aria-busy]")).to_have_count(0)
    chosen.set()
    assert play.bot.got[-1]["actions"][0]["selected_option"]["value"] == "Northwind"
