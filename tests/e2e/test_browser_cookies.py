"""Which browser came back: the same one goes on, any other is asked about in Slack, and never in a circle."""

from bot.sandbox.finding import Found, find_button
from store.records import AccountStatus, Stage
from tests.e2e.connecting import (
    attempt_of,
    ended,
    newest_link,
    secrets_kept,
    to_consent,
    visit,
    way_back,
)
from tests.e2e.house import House
from tests.e2e.ways import ON_SQLITE, TWO_WAYS


class TestAnotherBrowserComesBack:
    """Slack's own browser at the start, another at the end."""

    async def test_yes_that_was_me(self, house: House) -> None:
        """Without the cookie Slack asks first; Yes goes on in the same modal, and nothing was active before."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria)
        maria.browser.forget_cookies()
        page = await maria.browser.allows()
        await house.settle()
        assert "One question in Slack" in page
        assert "Did you just sign in to Twitter (X) as @northwind?" in maria.screen
        assert "Did you just sign in" in maria.read(maria.dms[-1])
        assert await house.accounts() == ()
        await maria.presses("Yes, that was me", waits=True)
        await house.settle()
        assert "Who may use @northwind?" in maria.screen
        await maria.chooses("Who may use", "Marketing")
        await maria.submits()
        (account,) = await house.accounts()
        assert account.account.status is AccountStatus.CONNECTED

    @TWO_WAYS
    async def test_no_throw_it_away(self, house: House) -> None:
        """No ends that sign-in, also at the provider, and an old Yes can no longer bring it back."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria)
        maria.browser.forget_cookies()
        await maria.browser.allows()
        await house.settle()
        dm = maria.dms[-1]
        view = maria.screen.view
        assert view is not None
        await maria.presses("No, throw it away", waits=True)
        await house.settle()
        assert "You said this sign-in was not yours" in maria.screen
        assert "was not yours" in maria.read(dm)
        assert ended(house) == [True]
        assert await secrets_kept(house) == 0
        attempt = await attempt_of(house, maria)
        assert attempt.stage is Stage.FAILED
        assert await house.accounts() == ()


class TestHowItIsAsked:
    """The question's corners."""

    pytestmark = ON_SQLITE

    async def test_an_old_yes_after_no(self, house: House) -> None:
        """Two windows, two answers: the first one counts."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria)
        maria.browser.forget_cookies()
        await maria.browser.allows()
        await house.settle()
        yes = _press(maria.dms[-1].blocks, "Yes, that was me")
        dm = maria.dms[-1]
        await maria.presses("No, throw it away", waits=True)
        await maria.acts(yes, dm)
        await house.settle()
        assert (await attempt_of(house, maria)).stage is Stage.FAILED
        assert await house.accounts() == ()

    async def test_yes_twice(self, house: House) -> None:
        """A second Yes changes nothing."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria)
        maria.browser.forget_cookies()
        await maria.browser.allows()
        await house.settle()
        dm = maria.dms[-1]
        yes = _press(dm.blocks, "Yes, that was me")
        await maria.acts(yes, dm)
        await maria.acts(yes, dm)
        await house.settle()
        assert "Who may use @northwind?" in maria.screen
        assert len(await house.accounts()) == 1

    async def test_nobody_answers(self, house: House) -> None:
        """A question left alone for half an hour is a no."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria)
        maria.browser.forget_cookies()
        await maria.browser.allows()
        await house.settle()
        await house.passes(minutes=31)
        assert "the last step here was not taken in time" in maria.screen
        assert ended(house) == [True]
        assert await secrets_kept(house) == 0

    async def test_the_same_browser_as_a_stranger(self, house: House) -> None:
        """A cookie that was changed, or that belongs to another attempt, is none."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria)
        back = await way_back(maria.browser)
        (name, value) = next(iter(maria.browser.cookies.items()))
        await visit(back, cookies={name: value[:-1] + ("A" if value[-1] != "A" else "B")})
        await house.settle()
        assert "Did you just sign in" in maria.screen

    async def test_no_cookies_at_all_is_never_a_circle(self, house: House) -> None:
        """A browser that keeps no cookie is told so at Continue, at once and every time, and is sent nowhere."""
        await house.set_up()
        maria = house.maria
        await house.begins(maria)
        link = newest_link(maria)
        for _ in range(2):
            await maria.browser.opens(link)
            maria.browser.forget_cookies()
            page = await maria.browser.continues()
            assert page.status == 403
            assert "did not keep the cookie" in page
            assert page.forms == []
        assert "x.com" not in "".join(maria.browser.history)


class TestTwoFlows:
    """Several links in one browser."""

    pytestmark = ON_SQLITE

    async def test_two_links_in_one_browser(self, house: House) -> None:
        """Two sign-ins at once in one browser do not disturb each other, whichever comes back first."""
        await house.set_up()
        maria, pretend = house.maria, house.sandbox.provider("twitter")
        house.may_refuse.add("not_found")
        await to_consent(house, maria)
        first = await way_back(maria.browser)
        await maria.closes(everything=True)
        await to_consent(house, maria)
        await maria.browser.allows(login="@southwind")
        assert len(maria.browser.cookies) == 2
        await maria.browser.opens(first)
        await house.settle()
        waiting = await house.accounts()
        assert {found.account.name for found in waiting} == {"@northwind", "@southwind"}
        assert {found.account.status for found in waiting} == {AccountStatus.WAITING}
        assert len(pretend.sign_ins) == 2

    async def test_the_cookie_of_another_attempt(self, house: House) -> None:
        """A cookie opens only the attempt it was made for: elsewhere it begins nothing, and coming back it proves nothing."""
        await house.set_up()
        maria = house.maria
        house.may_refuse.add("not_found")
        await house.begins(maria)
        other = newest_link(maria)
        await maria.browser.opens(other)
        foreign = dict(maria.browser.cookies)
        maria.browser.forget_cookies()
        await maria.closes(everything=True)
        await to_consent(house, maria)
        own = next(iter(maria.browser.cookies))
        back = await way_back(maria.browser)
        forged = {own: next(iter(foreign.values()))}
        refused = await visit(
            newest_link(maria), method="POST", cookies=forged, headers={"Origin": house.url}
        )
        assert refused.status_code == 403
        await visit(back, cookies=foreign | forged)
        await house.settle()
        assert "Did you just sign in" in maria.screen


def _press(blocks: list[dict[str, object]], label: str) -> Found:
    found = find_button({"blocks": blocks}, label, str)
    assert found is not None
    return found
