"""The link and the way through the provider each live for a while: what a person sees when one of them has run out."""

from datetime import timedelta

from bot.usecases import connect
from store.records import AccountStatus, Stage
from tests.e2e.connecting import (
    attempt_of,
    attempts_kept,
    newest_link,
    secrets_kept,
    to_consent,
    visit,
    way_back,
)
from tests.e2e.house import House
from tests.e2e.ways import ON_SQLITE, TWO_WAYS


class TestRanOut:
    """After 30 minutes."""

    async def test_modal_and_dm_turn_and_a_new_link_works(self, house: House) -> None:
        """A link that ran out says so wherever it shows, and New link in the modal goes on."""
        await house.set_up()
        maria = house.maria
        await house.begins(maria)
        old = newest_link(maria)
        await house.passes(minutes=30)
        assert "The link ran out" in maria.screen
        assert "Continue to" not in maria.screen
        (dm,) = maria.dms
        assert "The link ran out" in maria.read(dm)
        page = await maria.browser.opens(old)
        assert page is not None
        assert (page.status, "This link ran out" in page, page.forms) == (410, True, [])
        assert "/connect/" not in page.html
        house.may_refuse.add("not_found")
        await maria.presses("Get a new link")
        await house.settle()
        assert newest_link(maria) != old
        await house.signs_in(maria)
        await maria.chooses("Who may use", "Marketing")
        await maria.submits()
        assert "Connected" in maria.screen

    @TWO_WAYS
    async def test_a_new_link_from_the_dm(self, house: House) -> None:
        """Whoever closed the modal gets the new link from the DM, in a new modal and a new DM."""
        await house.set_up()
        maria = house.maria
        await house.begins(maria)
        await maria.closes(everything=True)
        house.may_refuse.add("not_found")
        await house.passes(minutes=31)
        await maria.presses("Get a new link", waits=True)
        await maria.sees("Continue to Twitter (X)")
        await house.settle()
        assert len(maria.dms) == 2
        await house.signs_in(maria)
        assert "Who may use @northwind?" in maria.screen


class TestMoments:
    """Just before, just after."""

    pytestmark = ON_SQLITE

    async def test_just_before_and_at_thirty_minutes(self, house: House) -> None:
        """A link works to its last second; then the page says it ran out, before any tidying, and a POST does nothing."""
        await house.set_up()
        maria = house.maria
        await house.begins(maria)
        link = newest_link(maria)
        house.clock.advance(timedelta(minutes=29, seconds=59))
        page = await maria.browser.opens(link)
        assert page is not None
        assert page.status == 200
        house.clock.advance(timedelta(seconds=1))
        assert (await visit(link)).status_code == 410
        late = await maria.browser.continues()
        assert "This link ran out" in late
        assert house.sandbox.provider("twitter").sign_ins == []

    async def test_signing_in_when_the_link_runs_out(self, house: House) -> None:
        """Whoever is at the provider when the 30 minutes end still comes home: that way lives 10 minutes of its own."""
        await house.set_up()
        maria = house.maria
        await house.begins(maria)
        house.clock.advance(timedelta(minutes=29))
        await maria.presses("Continue to Twitter (X)")
        await maria.browser.continues()
        await house.passes(minutes=5)
        await maria.browser.allows()
        await house.settle()
        assert "Who may use @northwind?" in maria.screen
        await house.passes(minutes=20)
        await maria.chooses("Who may use", "Marketing")
        await maria.submits()
        (account,) = await house.accounts()
        assert account.account.status is AccountStatus.CONNECTED

    async def test_too_long_at_the_provider(self, house: House) -> None:
        """After 10 minutes at the provider the way back is void, and pressing Continue again works with the same link."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria)
        back = await way_back(maria.browser)
        house.clock.advance(timedelta(minutes=10))
        page = await maria.browser.opens(back)
        assert page is not None
        assert "That took too long" in page
        (code,) = house.sandbox.provider("twitter").codes.values()
        assert not code.used
        await house.settle()
        assert "Continue to Twitter (X)" in maria.screen
        await house.signs_in(maria)
        assert "Who may use @northwind?" in maria.screen

    async def test_nobody_comes_back(self, house: House) -> None:
        """A browser closed at the provider leaves no secret behind, and modal and DM say that the link ran out."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria)
        await house.passes(minutes=31)
        assert "The link ran out" in maria.screen
        assert "The link ran out" in maria.read(maria.dms[-1])
        assert await secrets_kept(house) == 0


class TestOldLinks:
    """Links and ways back that something newer took the place of."""

    pytestmark = ON_SQLITE

    async def test_continue_twice(self, house: House) -> None:
        """Pressing Continue again voids the way back of the first press; the second works."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria)
        first = await way_back(maria.browser)
        await maria.presses("Continue to Twitter (X)")
        await maria.browser.continues()
        second = await way_back(maria.browser)
        page = await visit(first, cookies=maria.browser.cookies)
        assert (page.status_code, "not known here" in page.text) == (400, True)
        await maria.browser.opens(second)
        await house.settle()
        assert "Who may use @northwind?" in maria.screen
        assert len([c for c in house.sandbox.provider("twitter").codes.values() if c.used]) == 1

    async def test_used_already(self, house: House) -> None:
        """A link whose account is connected says so and can begin nothing more."""
        await house.set_up()
        maria = house.maria
        await house.begins(maria)
        link = newest_link(maria)
        await house.signs_in(maria)
        callback = maria.browser.history[-1]
        page = await maria.browser.opens(link)
        assert page is not None
        assert ("You are signed in" in page, page.forms) == (True, [])
        await maria.chooses("Who may use", "Marketing")
        await maria.submits()
        page = await maria.browser.opens(link)
        assert page is not None
        assert ("Connected" in page, page.forms) == (True, [])
        again = await maria.browser.opens(callback)
        assert again is not None
        assert "Connected" in again
        assert len(house.sandbox.provider("twitter").sign_ins) == 1
        assert len(await house.accounts()) == 1

    async def test_replaced(self, house: House) -> None:
        """Once there is a new link the old one is dead, and so is the way back begun with it."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria)
        old_link, back = newest_link(maria), await way_back(maria.browser)
        dm = maria.dms[-1]
        house.may_refuse.add("not_found")
        await house.passes(minutes=31)
        await maria.presses_in(dm, "Get a new link")
        await house.settle()
        for url in (old_link, back):
            page = await visit(url, cookies=maria.browser.cookies)
            assert "Get a new link" in page.text or "newer link" in page.text
            assert "<form" not in page.text
        assert await house.accounts() == ()
        assert [attempt.stage for attempt in await attempts_kept(house)] == [Stage.FAILED, Stage.LINK]

    async def test_new_link_pressed_twice_in_the_dm(self, house: House) -> None:
        """Every new link works on its own; none of them is a trap."""
        await house.set_up()
        maria = house.maria
        await house.begins(maria)
        await maria.closes(everything=True)
        house.may_refuse.add("not_found")
        await house.passes(minutes=31)
        dm = maria.dms[-1]
        await maria.presses_in(dm, "Get a new link", waits=True)
        await house.settle()
        await maria.closes(everything=True)
        await house.signs_in(maria)
        await maria.presses("Choose Groups", waits=True)
        await maria.sees("Who may use @northwind?")
        assert (await attempt_of(house, maria)).stage is Stage.GROUPS

    async def test_a_new_link_that_was_not_made_costs_no_old_one(self, house: House) -> None:
        """Old and new link change places in one step: where no new one comes to be, the one that works goes on working."""
        await house.set_up()
        maria = house.maria
        await house.begins(maria)
        old = await attempt_of(house, maria)
        await connect.new_link(house.bot.context, old, old.id)
        await house.settle()
        assert [attempt.stage for attempt in await attempts_kept(house)] == [Stage.LINK]
        await house.signs_in(maria)
        assert "Who may use @northwind?" in maria.screen
