"""Sign-ins nobody finished: accounts that wait for Groups, and what becomes of what was given up."""

import pytest

from bot.sandbox.finding import find_button
from store.records import AccountStatus, GrantState, Stage
from tests.e2e.connecting import (
    META,
    attempts_kept,
    ended,
    grants_kept,
    secrets_kept,
    to_consent,
)
from tests.e2e.house import House
from tests.e2e.ways import ON_SQLITE, TWO_WAYS

KEY = "facebook_ads"


class TestWaiting:
    """An account whose Groups were not chosen yet."""

    async def test_after_seven_days_it_is_removed_and_the_person_told(self, house: House) -> None:
        """A waiting account goes after 7 days, its sign-in ends, and only the person who signed in hears of it."""
        await house.set_up()
        maria = house.maria
        house.may_refuse.add("not_found")
        await house.begins(maria)
        await house.signs_in(maria)
        await maria.closes(everything=True)
        await house.passes(days=6, hours=23)
        assert len(await house.accounts()) == 1
        dms = len(maria.dms)
        await house.passes(hours=2)
        assert await house.accounts() == ()
        assert len(maria.dms) == dms + 1
        assert "@northwind" in maria.read(maria.dms[-1])
        assert "disconnected in the meantime" in maria.read(maria.dms[0])
        assert house.ada.dms == []
        assert await secrets_kept(house) == 0
        assert ended(house) == [True]
        assert [a.stage for a in await attempts_kept(house)] == [Stage.FAILED]

    @TWO_WAYS
    async def test_only_who_signed_in_gives_the_first_groups(self, house: House) -> None:
        """Another Integrator sees the waiting account, may remove it, but cannot decide who uses it."""
        await house.set_up()
        maria, ada = house.maria, house.ada
        house.may_refuse.add("not_found")
        await house.begins(maria)
        await house.signs_in(maria)
        await maria.closes()
        await house.settle()
        theirs = maria.screen.view
        assert theirs is not None
        button = find_button(theirs.body, "Choose Groups", maria.name_of)
        assert button is not None
        await house.opens(ada)
        assert "Only @Maria Silva can choose its Groups." in ada.screen
        assert "Choose Groups" not in ada.screen
        mine = ada.screen.view
        assert mine is not None
        await ada.acts(button, mine)
        await ada.sees("Who may use")
        await ada.chooses("Who may use", "Sales")
        await ada.submits()
        assert "Only the person who signed in can choose the first Groups." in ada.screen
        (account,) = await house.accounts()
        assert account.account.status is AccountStatus.WAITING
        await ada.closes(everything=True)
        await house.opens(ada)
        await ada.presses("Disconnect")
        await ada.sees("Keep connected")
        await ada.submits()
        house.may_refuse.add("not_found")
        await house.settle()
        assert await house.accounts() == ()
        assert "disconnected in the meantime" in maria.read(maria.dms[0])
        assert ended(house) == [True]


class TestQuietly:
    """What a waiting account does not do."""

    pytestmark = ON_SQLITE

    async def test_members_do_not_see_it(self, house: House) -> None:
        """Until Save nobody but Integrators knows of it."""
        await house.set_up()
        await house.begins(house.maria)
        await house.signs_in(house.maria)
        await house.opens(house.tom)
        assert "@northwind" not in house.tom.screen

    async def test_who_signed_in_may_choose_later_from_the_list(self, house: House) -> None:
        """The way by the integration's own window ends the same, and closes the connecting for good."""
        await house.set_up()
        maria = house.maria
        house.may_refuse.add("not_found")
        await house.begins(maria)
        await house.signs_in(maria)
        await maria.closes(everything=True)
        await house.passes(days=2)
        await house.opens(maria)
        await maria.presses("Choose Groups", waits=True)
        await maria.sees("Who may use")
        await maria.chooses("Who may use", "Sales")
        await maria.submits()
        await house.settle()
        (account,) = await house.accounts()
        assert account.account.status is AccountStatus.CONNECTED
        assert [a.stage for a in await attempts_kept(house)] == [Stage.DONE]
        assert "connected" in maria.read(maria.dms[0])
        assert "Choose Groups" not in maria.read(maria.dms[0])


class TestGivenUp:
    """Sign-ins that were completed at the provider and never used here."""

    @TWO_WAYS
    async def test_an_abandoned_choice_is_destroyed_and_ended(self, house: House) -> None:
        """Accounts never picked: after half an hour the sign-in is ended at the provider and its secrets are gone."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria, META)
        await maria.browser.allows()
        await house.settle()
        assert await secrets_kept(house) == 1
        await house.passes(minutes=31)
        assert "the last step here was not taken in time" in maria.screen
        assert "Get a new link" in maria.read(maria.dms[-1])
        assert await secrets_kept(house) == 0
        assert ended(house, KEY) == [True]
        assert [g.state for g in await grants_kept(house)] == [GrantState.REVOKED]

    @pytest.mark.parametrize("how", ["abandoned", "declined", "too few permissions"])
    @ON_SQLITE
    async def test_it_is_not_ended_where_that_would_end_another(self, house: House, how: str) -> None:
        """Where ending one sign-in ends everything of that person, a living account is worth more: only our copy goes."""
        await house.set_up()
        maria = house.maria
        house.may_refuse.add("not_found")
        await house.connects(maria)
        await to_consent(house, maria)
        if how == "declined":
            maria.browser.forget_cookies()
        await maria.browser.allows(refuse=["tweet.read"] if how == "too few permissions" else [])
        await house.settle()
        if how == "declined":
            await maria.presses("No, throw it away", waits=True)
        await house.passes(minutes=61)
        assert ended(house) == [False, False]
        assert await secrets_kept(house) == 0
        (account,) = await house.accounts()
        assert account.account.status is AccountStatus.CONNECTED
        states = [g.state for g in await grants_kept(house)]
        assert states == [GrantState.LIVE, GrantState.NOT_REVOKED]

    @ON_SQLITE
    async def test_the_provider_is_down_when_it_should_end(self, house: House) -> None:
        """An ending that fails is tried again; the secrets are kept exactly as long as it takes."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria)
        maria.browser.forget_cookies()
        await maria.browser.allows()
        await house.settle()
        house.sandbox.provider("twitter").outage = "down"
        await maria.presses("No, throw it away", waits=True)
        await house.settle()
        assert ended(house) == [False]
        assert [g.state for g in await grants_kept(house)] == [GrantState.REVOKE_PENDING]
        house.sandbox.provider("twitter").outage = None
        await house.passes(minutes=60)
        assert ended(house) == [True]
        assert await secrets_kept(house) == 0
