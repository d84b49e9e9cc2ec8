"""Everything at once: many presses of one way back, many answers in Slack, two people with one account."""

import asyncio

import httpx

from bot.sandbox.finding import find_button
from bot.sandbox.people import PersonAtWork
from store.records import AccountStatus
from tests.e2e.connecting import (
    META,
    ended,
    grants_kept,
    submission,
    to_consent,
    visit,
    way_back,
)
from tests.e2e.house import House
from tests.e2e.ways import BOTH_DATABASES

PRESSES = 200


class TestOneCallback:
    """200 presses of one way back, on both databases."""

    pytestmark = BOTH_DATABASES

    async def test_many_presses_make_one_account(self, house: House) -> None:
        """However often a browser repeats the way back in one moment: one sign-in, one account, and every page in words."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria)
        back = await way_back(maria.browser)
        pages = await _all_at_once(back, maria.browser.cookies)
        await house.settle()
        assert len(pages) == PRESSES
        assert {page.status_code for page in pages} == {200}
        assert all("Signing you in" in page.text or "You are signed in" in page.text for page in pages)
        (account,) = await house.accounts()
        assert account.account.status is AccountStatus.WAITING
        assert len(await grants_kept(house)) == 1
        assert ended(house) == [False]
        assert "Who may use @northwind?" in maria.screen
        await maria.chooses("Who may use", "Marketing")
        view = maria.screen.view
        assert view is not None
        save = submission(maria, view)
        await asyncio.gather(*(save.again() for _ in range(10)))
        await house.settle()
        assert [name for name, _ in await house.audited()].count("connected") == 1
        assert len(maria.dms) == 1

    async def test_many_presses_of_a_repair_repair_once(self, house: House) -> None:
        """Reconnect has no Save; its way back, repeated, moves the account once."""
        await house.set_up()
        maria = house.maria
        await house.connects(maria)
        house.may_refuse.add("not_found")
        await house.opens(maria)
        await maria.presses("Reconnect")
        await maria.sees("Continue to Twitter (X)")
        await house.settle()
        await maria.presses("Continue to Twitter (X)")
        await maria.browser.continues()
        await _all_at_once(await way_back(maria.browser), maria.browser.cookies)
        await house.settle()
        (account,) = await house.accounts()
        assert account.account.status is AccountStatus.CONNECTED
        assert len(await grants_kept(house)) == 2
        assert [name for name, _ in await house.audited()].count("reconnected") == 1

    async def test_two_people_bring_one_account_at_once(self, house: House) -> None:
        """Both come back in one moment: one account waits, and whoever saves connects it; the other is told."""
        await house.set_up()
        ada, maria = house.ada, house.maria
        await to_consent(house, ada)
        await to_consent(house, maria)
        backs = [(await way_back(one.browser), one.browser.cookies) for one in (ada, maria)]
        await asyncio.gather(*(visit(url, cookies=cookies) for url, cookies in backs))
        await house.settle()
        (waiting,) = await house.accounts()
        assert waiting.account.status is AccountStatus.WAITING
        for one in (ada, maria):
            assert "Who may use @northwind?" in one.screen
        await _saves(maria, "Marketing")
        await house.settle()
        (account,) = await house.accounts()
        assert account.grant.signed_in_by == maria.human.id
        assert [group.name for group in account.groups] == ["Marketing"]
        assert account.account.status is AccountStatus.CONNECTED
        assert ended(house) == [False, False]

    async def test_ten_times_yes_and_ten_times_next(self, house: House) -> None:
        """Answers in Slack that arrive many times in one moment count once."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria, META)
        maria.browser.forget_cookies()
        await maria.browser.allows()
        await house.settle()
        dm = maria.dms[-1]
        yes = find_button({"blocks": dm.blocks}, "Yes, that was me", str)
        assert yes is not None
        await asyncio.gather(*(maria.acts(yes, dm) for _ in range(10)))
        await house.settle()
        await maria.chooses("Which ad accounts", "Northwind Retail", "Northwind Travel")
        view = maria.screen.view
        assert view is not None
        pick = submission(maria, view)
        answers = await asyncio.gather(*(pick.again() for _ in range(10)))
        await house.settle()
        assert all(answer.good for answer in answers)
        assert len(await house.accounts("facebook_ads")) == 2
        assert len(await grants_kept(house)) == 1
        assert "Who may use Northwind" in maria.screen

    async def test_ten_times_yes_to_one_sign_in(self, house: House) -> None:
        """Also where the only account is taken at once, one sign-in is kept."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria)
        maria.browser.forget_cookies()
        await maria.browser.allows()
        await house.settle()
        dm = maria.dms[-1]
        yes = find_button({"blocks": dm.blocks}, "Yes, that was me", str)
        assert yes is not None
        await asyncio.gather(*(maria.acts(yes, dm) for _ in range(10)))
        await house.settle()
        assert len(await grants_kept(house)) == 1
        assert len(await house.accounts()) == 1


async def _all_at_once(url: str, cookies: dict[str, str]) -> list[httpx.Response]:
    limits = httpx.Limits(max_connections=PRESSES)
    async with httpx.AsyncClient(trust_env=False, timeout=60, cookies=cookies, limits=limits) as client:
        return await asyncio.gather(*(client.get(url) for _ in range(PRESSES)))


async def _saves(who: PersonAtWork, group: str) -> None:
    await who.chooses("Who may use", group)
    await who.submits()
