"""Who may connect: asked again at every step, from the first click to Save."""

from bot.sandbox.finding import find_button
from store.records import AccountStatus, Stage
from tests.e2e.connecting import (
    attempts_kept,
    ended,
    newest_link,
    secrets_kept,
    submission,
    takes_permission,
    to_consent,
    way_back,
)
from tests.e2e.house import House
from tests.e2e.ways import ON_SQLITE

KEY = "facebook_ads"


async def test_losing_the_permission_at_the_provider(house: House) -> None:
    """Whoever is no Integrator any more when they come back connects nothing; the sign-in's code is not even used."""
    await house.set_up()
    maria = house.maria
    await to_consent(house, maria)
    await takes_permission(house, "ada")
    page = await maria.browser.allows()
    await house.settle()
    assert "You no longer have the permission to connect integrations." in page
    assert "You no longer have the permission" in maria.screen
    assert "Get a new link" not in maria.screen
    assert "You no longer have the permission" in maria.read(maria.dms[-1])
    assert await house.accounts() == ()
    (code,) = house.sandbox.provider("twitter").codes.values()
    assert not code.used
    assert await secrets_kept(house) == 0
    assert ("sign_in", False) in await house.audited()


class TestAtEachStep:
    """The other steps."""

    pytestmark = ON_SQLITE

    async def test_before_continue(self, house: House) -> None:
        """A link handed out before is of no use to somebody who lost the permission since."""
        await house.set_up()
        maria = house.maria
        await house.begins(maria)
        await maria.browser.opens(newest_link(maria))
        await takes_permission(house, "ada")
        page = await maria.browser.continues()
        await house.settle()
        assert "You no longer have the permission" in page
        assert "You no longer have the permission" in maria.screen
        assert house.sandbox.provider("twitter").sign_ins == []

    async def test_before_the_answer_to_the_question(self, house: House) -> None:
        """Yes, that was me, from somebody who may not any more, ends the sign-in."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria)
        maria.browser.forget_cookies()
        await maria.browser.allows()
        await house.settle()
        await takes_permission(house, "ada")
        await maria.presses("Yes, that was me", waits=True)
        await house.settle()
        assert "You no longer have the permission" in maria.screen
        assert await house.accounts() == ()
        assert ended(house) == [True]
        assert await secrets_kept(house) == 0

    async def test_before_pick(self, house: House) -> None:
        """Next, from somebody who may not any more, brings no account in, not even a waiting one."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria, "Facebook Ads")
        await maria.browser.allows()
        await house.settle()
        await maria.chooses("Which ad accounts", "Northwind Retail")
        await takes_permission(house, "ada")
        await maria.submits()
        await house.settle()
        assert "You no longer have the permission" in maria.screen
        assert await house.accounts(KEY) == ()
        assert ended(house, KEY) == [True]
        assert await secrets_kept(house) == 0

    async def test_before_save(self, house: House) -> None:
        """Save, from somebody who may not any more, leaves the account waiting."""
        await house.set_up()
        maria = house.maria
        await house.begins(maria)
        await house.signs_in(maria)
        await maria.chooses("Who may use", "Marketing")
        await takes_permission(house, "ada")
        await maria.submits()
        await house.settle()
        assert "Only people in a Group with the Integrators permission can do this." in maria.screen
        (account,) = await house.accounts()
        assert account.account.status is AccountStatus.WAITING
        assert ("connect", False) in await house.audited()

    async def test_deactivated_meanwhile(self, house: House) -> None:
        """Somebody who left the company while signing in connects nothing."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria)
        back = await way_back(maria.browser)
        await house.sandbox.changes("maria", deleted=True)
        await maria.browser.opens(back)
        await house.settle()
        assert await house.accounts() == ()
        assert [a.stage for a in await attempts_kept(house)] == [Stage.FAILED]


class TestOtherPeople:
    """Somebody else's buttons and windows."""

    pytestmark = ON_SQLITE

    async def test_a_member_cannot_begin(self, house: House) -> None:
        """Without the permission there is no Integrate button, and a press made by hand makes no link."""
        await house.set_up()
        maria, tom = house.maria, house.tom
        await house.opens(maria)
        view = maria.screen.view
        assert view is not None
        button = find_button(view.body, "Integrate Twitter (X)", maria.name_of)
        assert button is not None
        await house.opens(tom)
        assert "Integrate Twitter (X)" not in tom.screen
        mine = tom.screen.view
        assert mine is not None
        await tom.acts(button, mine)
        await house.settle()
        assert await attempts_kept(house) == ()
        assert tom.dms == []
        assert ("integrate", False) in await house.audited()

    async def test_an_attempt_belongs_to_one_person(self, house: House) -> None:
        """Another Integrator cannot answer, pick or save for Maria, whatever they send."""
        await house.set_up()
        maria, ada = house.maria, house.ada
        await house.begins(maria)
        await house.signs_in(maria)
        await maria.chooses("Who may use", "Sales")
        view = maria.screen.view
        assert view is not None
        stolen = submission(ada, view)
        answer = await stolen.again()
        assert "That link is not yours" in str(answer.body)
        (account,) = await house.accounts()
        assert account.account.status is AccountStatus.WAITING
