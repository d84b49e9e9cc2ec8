"""Reconnect: a new sign-in repairs the same account, and nothing else changes."""

from datetime import timedelta

from bot.sandbox.people import PersonAtWork
from store.records import AccountStatus, GrantState
from tests.e2e.checking import (
    FB,
    checks,
    connected,
    disconnects,
    history,
    kept_secrets,
    sign_in,
)
from tests.e2e.house import House
from tests.e2e.ways import BOTH_DATABASES, BY_SOCKET, ON_POSTGRESQL, ON_SQLITE, TWO_WAYS


async def _broken(house: House, name: str = "Twitter (X)") -> None:
    """Connected, then ended by the provider, and found out."""
    await connected(house, name)
    key = "twitter" if name == "Twitter (X)" else "facebook_ads"
    pretend = house.sandbox.provider(key)
    one = pretend.provider.example.accounts[0].name
    pretend.account(one).state = "revoked"
    assert "🔴" in await checks(house, near=one)


async def _reconnects(
    house: House,
    *,
    who: PersonAtWork | None = None,
    name: str = "Twitter (X)",
    near: str = "@northwind",
    **consent: object,
) -> str:
    person = who or house.maria
    await person.presses("Reconnect", near=near, waits=True)
    await person.sees("Continue to")
    await house.settle()
    await house.signs_in(person, provider=name, **consent)
    return person.screen.text


async def test_the_same_account_is_healed(house: House) -> None:
    """A red account is reconnected without Save: it keeps its id, its Groups and its history, and the detail below turns green."""
    await _broken(house)
    (before,) = await house.accounts()
    shown = await _reconnects(house)
    assert "econnected" in shown
    (after,) = await house.accounts()
    assert after.account.id == before.account.id
    assert after.groups == before.groups
    assert after.account.connected_by == before.account.connected_by
    assert after.account.status is AccountStatus.CONNECTED
    assert (await history(house))[-3:] == ["connected", "disconnected", "reconnected"]
    assert "econnected" in house.maria.read(house.maria.dms[-1])
    assert ("reconnected", True) in await house.audited()
    await house.maria.closes()
    assert "🟢 Connected" in house.maria.screen
    assert "@northwind is connected." in await checks(house)
    assert await kept_secrets(house) == 1, "the old sign-in's secrets are destroyed"


@TWO_WAYS
async def test_another_account_is_refused_and_named(house: House) -> None:
    """Signed in with another account: both are named, nothing changes, the new sign-in is ended, and a new link leads on."""
    await _broken(house)
    (before,) = await house.accounts()
    shown = await _reconnects(house, login="@southwind")
    assert "You signed in as @southwind. This needs @northwind." in shown
    assert "Nothing was changed." in shown
    assert "@southwind" in house.maria.read(house.maria.dms[-1])
    (after,) = await house.accounts()
    assert after == before
    assert sign_in(house).ended, "the sign-in that came in vain"
    await house.maria.presses("Get a new link", waits=True)
    await house.maria.sees("Continue to")
    await house.settle()
    await house.signs_in(house.maria, login="@northwind")
    (healed,) = await house.accounts()
    assert healed.account.status is AccountStatus.CONNECTED
    assert healed.account.id == before.account.id


@ON_POSTGRESQL
async def test_another_browser_brings_the_question_first(house: House) -> None:
    """The sign-in comes back in a browser without the cookie: nothing changes before the person has said it was theirs."""
    await _broken(house)
    maria = house.maria
    await maria.presses("Reconnect", waits=True)
    await maria.sees("Continue to")
    await house.settle()
    await maria.presses("Continue to Twitter (X)")
    await maria.browser.continues()
    maria.browser.forget_cookies()
    await maria.browser.allows()
    await house.settle()
    assert "Did you just sign in" in maria.screen
    assert (await house.accounts())[0].account.status is AccountStatus.DISCONNECTED
    await maria.presses("Yes, that was me")
    await house.settle()
    assert (await house.accounts())[0].account.status is AccountStatus.CONNECTED
    assert "econnected" in maria.screen


@BY_SOCKET
async def test_siblings_heal_together(house: House) -> None:
    """One sign-in carries five ad accounts: reconnecting one heals all that the new sign-in reaches."""
    await _broken(house, FB)
    shown = await _reconnects(house, name=FB, near="Northwind Retail")
    assert "Northwind Outlet" in shown
    assert {a.account.status for a in await house.accounts("facebook_ads")} == {AccountStatus.CONNECTED}
    assert len({a.grant.id for a in await house.accounts("facebook_ads")}) == 1


@BOTH_DATABASES
async def test_siblings_out_of_reach_stay_and_are_named(house: House) -> None:
    """The new sign-in leaves one ad account unticked: that one stays red, is named, and can still be reconnected."""
    await _broken(house, FB)
    reached = ["Northwind Retail", "Northwind Outlet", "Northwind Home", "Northwind Kids"]
    shown = await _reconnects(house, name=FB, near="Northwind Retail", accounts=reached)
    assert "Northwind Travel" in shown
    by_name = {a.account.name: a.account.status for a in await house.accounts("facebook_ads")}
    assert by_name == {
        **dict.fromkeys(reached, AccountStatus.CONNECTED),
        "Northwind Travel": AccountStatus.DISCONNECTED,
    }
    assert not sign_in(house, "facebook_ads").ended
    await house.maria.closes()
    shown = await _reconnects(house, name=FB, near="Northwind Travel")
    assert {a.account.status for a in await house.accounts("facebook_ads")} == {AccountStatus.CONNECTED}
    assert not sign_in(house, "facebook_ads").ended, "ending the old one would have ended the new one too"


@ON_SQLITE
async def test_a_green_account_can_be_reconnected(house: House) -> None:
    """Reconnect is offered on a healthy account too, and the one sign-in is not ended by the end of the other."""
    await connected(house)
    assert "econnected" in await _reconnects(house)
    await house.maria.closes()
    assert "@northwind is connected." in await checks(house)
    assert await kept_secrets(house) == 1


@ON_POSTGRESQL
async def test_another_integrator_may_repair(house: House) -> None:
    """Ada repairs what Maria connected, and Maria's open detail turns green."""
    await _broken(house)
    await house.opens(house.ada)
    assert "econnected" in await _reconnects(house, who=house.ada)
    (found,) = await house.accounts()
    assert found.account.status is AccountStatus.CONNECTED
    assert found.grant.signed_in_by == "U0ADA"
    assert found.account.connected_by == "U0MARIA"
    assert "🟢 Connected" in house.maria.screen


@BY_SOCKET
async def test_an_account_removed_meanwhile_needs_no_sign_in(house: House) -> None:
    """Someone disconnects the account while its Reconnect link is open: modal, message and page say so; nobody signs in for nothing."""
    await _broken(house)
    maria = house.maria
    await maria.presses("Reconnect", waits=True)
    await maria.sees("Continue to")
    await house.settle()
    await maria.presses("Continue to Twitter (X)")
    await house.opens(house.ada)
    await disconnects(house, near="@northwind", who=house.ada)
    assert "The account was disconnected in the meantime." in maria.screen
    assert "disconnected in the meantime" in maria.read(maria.dms[-1])
    page = await maria.browser.continues()
    assert "disconnected in the meantime" in page.text


@ON_SQLITE
async def test_an_account_removed_during_the_sign_in_stays_removed(house: House) -> None:
    """As above, but at the provider's page already: the sign-in brings nothing back and is ended."""
    await _broken(house)
    maria = house.maria
    await maria.presses("Reconnect", waits=True)
    await maria.sees("Continue to")
    await house.settle()
    await maria.presses("Continue to Twitter (X)")
    await maria.browser.continues()
    await house.opens(house.ada)
    await disconnects(house, near="@northwind", who=house.ada)
    page = await maria.browser.allows()
    await house.settle()
    assert "disconnected in the meantime" in page.text
    assert await house.accounts() == ()
    assert await kept_secrets(house) == 0


@ON_POSTGRESQL
async def test_cancelling_changes_nothing(house: House) -> None:
    """Reconnect cancelled at the provider: the account stays as it was, red or green."""
    await _broken(house)
    before = await house.accounts()
    maria = house.maria
    await maria.presses("Reconnect", waits=True)
    await maria.sees("Continue to")
    await house.settle()
    await maria.presses("Continue to Twitter (X)")
    await maria.browser.continues()
    await maria.browser.cancels()
    await house.settle()
    assert "was cancelled" in maria.screen
    assert await house.accounts() == before


@BY_SOCKET
async def test_fewer_permissions_leave_the_account_as_it_was(house: House) -> None:
    """A needed permission was left out: the reconnect is refused with its words, the account stays red."""
    await _broken(house)
    shown = await _reconnects(house, refuse=["tweet.read"])
    assert "not given every permission" in shown
    (found,) = await house.accounts()
    assert found.account.status is AccountStatus.DISCONNECTED


@ON_SQLITE
async def test_an_old_reconnect_button_answers_with_the_present(house: House) -> None:
    """Reconnect pressed in a modal from before the account was removed: it says that the account is gone."""
    await _broken(house)
    stale = house.maria.screen.view
    assert stale is not None
    body = dict(stale.body)
    await house.opens(house.ada)
    await disconnects(house, near="@northwind", who=house.ada)
    stale.body = body
    await house.maria.presses("Reconnect", near="@northwind")
    await house.settle()
    assert "no longer connected" in house.maria.screen


@ON_POSTGRESQL
async def test_someone_else_cannot_repair_without_the_permission(house: House) -> None:
    """Tom sees that an account of his Group is broken and can ask; a Reconnect of his by a forged press is refused."""
    await connected(house)
    maria, tom = house.maria, house.tom
    await maria.presses("Choose Groups", waits=True)
    await maria.sees("Save")
    await maria.chooses("Who may use", "Marketing", "Sales")
    await maria.submits()
    await house.settle()
    await house.opens(tom)
    assert "@northwind" in tom.screen
    assert "Reconnect" not in tom.screen
    theirs, his = maria.screen.view, tom.screen.view
    assert theirs is not None
    assert his is not None
    his.body = {**his.body, "blocks": theirs.body["blocks"]}
    await tom.presses("Reconnect", near="@northwind")
    await house.settle()
    assert "Integrators permission" in tom.screen
    assert ("reconnect", False) in await house.audited()


@BY_SOCKET
async def test_a_sign_in_of_someone_else_repairs_and_ends_the_old_one(house: House) -> None:
    """Another person at the provider reaches the same ad accounts: whoever signs in repairs, and the old sign-in is ended."""
    await connected(house, FB)
    meta = house.sandbox.provider("facebook_ads")
    accounts = meta.logins()[0].accounts
    meta.add_login("Nina Park", *accounts)
    old = sign_in(house, "facebook_ads")
    shown = await _reconnects(house, name=FB, near="Northwind Retail", login="Nina Park")
    assert "econnected" in shown
    assert old.ended
    assert {a.grant.identity_name for a in await house.accounts("facebook_ads")} == {"Nina Park"}
    assert {a.grant.state for a in await house.accounts("facebook_ads")} == {GrantState.LIVE}
    house.clock.advance(timedelta(minutes=1))
    await house.maria.closes()
    assert "🟢 Connected" in await checks(house, near="Northwind Outlet")
