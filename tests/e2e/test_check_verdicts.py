"""Check now: what the provider answers decides what an account is called, and nobody is blamed for an outage."""

from datetime import timedelta

import pytest

from store.records import AccountStatus
from tests.e2e.checking import (
    FB,
    ON_PURPOSE,
    answers,
    checks,
    connected,
)
from tests.e2e.house import House
from tests.e2e.ways import BOTH_DATABASES, BY_SOCKET, ON_POSTGRESQL, ON_SQLITE, TWO_WAYS


async def test_a_living_account_is_connected(house: House) -> None:
    """Check now on a healthy account says so, and when it was last checked."""
    await connected(house)
    house.clock.advance(timedelta(minutes=20))
    shown = await checks(house)
    assert "@northwind is connected." in shown
    assert "🟢 Connected" in shown
    (found,) = await house.accounts()
    assert found.account.checked_at == found.account.healthy_at == house.clock()
    assert ("check", True) in await house.audited()


@TWO_WAYS
async def test_access_removed_turns_every_open_view_red(house: House) -> None:
    """Access removed at the provider: the account is red with its reason for whoever has it open, not only who pressed."""
    house.may_refuse |= ON_PURPOSE
    await house.set_up()
    await house.connects(house.maria, FB)
    await house.opens(house.ada, FB)
    await house.opens(house.maria, FB)
    house.sandbox.provider("facebook_ads").account("Northwind Outlet").state = "revoked"
    shown = await checks(house, near="Northwind Retail")
    assert "access was removed there" in shown
    assert shown.count("🔴 Disconnected: access was removed there") == 5, "one sign-in carries all five"
    assert "🔴" in house.ada.screen
    assert {a.account.status for a in await house.accounts("facebook_ads")} == {AccountStatus.DISCONNECTED}
    await house.maria.closes(everything=True)
    listed = await house.maria.types("/lexer")
    assert listed.text.index("🔴") < listed.text.index("Shopify")


@ON_SQLITE
async def test_a_person_off_one_ad_account_leaves_its_siblings_connected(house: House) -> None:
    """Someone is taken off one ad account: that one is red; the others of the same sign-in stay connected."""
    await connected(house, FB)
    house.sandbox.provider("facebook_ads").account("Northwind Outlet").state = "account_gone"
    shown = await checks(house, near="Northwind Outlet")
    assert shown.count("🔴 Disconnected: access was removed there") == 1
    assert shown.count("🟢 Connected") == 4


@pytest.mark.parametrize(
    ("key", "name", "state", "words"),
    [
        ("facebook_ads", FB, "password_changed", "the password was changed"),
        ("twitter", "Twitter (X)", "password_changed", "the sign-in is no longer accepted"),
        ("twitter", "Twitter (X)", "revoked", "the sign-in is no longer accepted"),
    ],
)
@ON_POSTGRESQL
async def test_the_reason_is_in_plain_words(
    house: House, key: str, name: str, state: str, words: str
) -> None:
    """A dead sign-in is red at once, with the reason as far as the provider tells it. (Words only: one combination.)"""
    await connected(house, name)
    one = house.sandbox.provider(key).provider.example.accounts[0].name
    house.sandbox.provider(key).account(one).state = state
    shown = await checks(house, near=one)
    assert f"🔴 Disconnected: {words}" in shown
    assert f"{one} is disconnected: {words}. Reconnect it below." in shown


@ON_SQLITE
async def test_a_security_check_is_given_time(house: House) -> None:
    """A security check at the provider may be over in minutes: doubtful first, red with that reason once it has lasted."""
    await connected(house, FB)
    one = house.sandbox.provider("facebook_ads").provider.example.accounts[0].name
    house.sandbox.provider("facebook_ads").account(one).state = "checkpoint"
    assert f"{one} looks disconnected" in await checks(house, near=one)
    for _ in range(2):
        house.clock.advance(timedelta(minutes=6))
        shown = await checks(house, near=one)
    assert "🔴 Disconnected: a security check is waiting there" in shown


@BY_SOCKET
async def test_a_suspended_account_is_named_so(house: House) -> None:
    """An account the provider froze looks disconnected first, and is red once that has lasted."""
    await connected(house)
    house.sandbox.provider("twitter").account("@northwind").state = "suspended"
    for _ in range(3):
        shown = await checks(house)
        house.clock.advance(timedelta(minutes=6))
    assert "🔴 Disconnected: the account is suspended there" in shown


@BOTH_DATABASES
async def test_an_undeclared_refusal_needs_three_and_time(house: House) -> None:
    """A refusal the provider's file does not call final makes an account doubtful, not red: three in a row and ten minutes."""
    await connected(house)
    twitter = house.sandbox.provider("twitter")
    answers(twitter, "account_gone", 401, {"title": "Unauthorized", "status": 401})
    twitter.account("@northwind").state = "account_gone"
    for _ in range(4):
        shown = await checks(house)
        assert "🟡 Looks disconnected: not certain yet" in shown, "four in a row, but all within a moment"
        assert "@northwind looks disconnected" in shown
    assert (await house.accounts())[0].account.status is AccountStatus.CONNECTED
    house.clock.advance(timedelta(minutes=11))
    assert "🔴 Disconnected" in await checks(house)


@ON_SQLITE
async def test_two_refusals_and_a_good_answer_begin_anew(house: House) -> None:
    """A good answer wipes the doubt away."""
    await connected(house)
    twitter = house.sandbox.provider("twitter")
    answers(twitter, "account_gone", 401, {"title": "Unauthorized", "status": 401})
    for state in ("account_gone", "account_gone", "healthy", "account_gone"):
        twitter.account("@northwind").state = state
        house.clock.advance(timedelta(minutes=11))
        shown = await checks(house)
    assert "Looks disconnected" in shown
    (found,) = await house.accounts()
    assert found.account.failures == 1


TROUBLE = [
    ("throttled", "asks for a pause", AccountStatus.CONNECTED),
    ("down", "did not answer", AccountStatus.PROVIDER_PROBLEM),
]


@pytest.mark.parametrize(("outage", "words", "status"), TROUBLE)
@ON_POSTGRESQL
async def test_trouble_over_there_never_blames_an_account(
    house: House, outage: str, words: str, status: AccountStatus
) -> None:
    """A provider that is down or busy is not a disconnection, however often one asks; afterwards all is as before."""
    await connected(house)
    twitter = house.sandbox.provider("twitter")
    twitter.outage = outage
    for _ in range(4):
        shown = await checks(house)
        house.clock.advance(timedelta(minutes=10))
    assert words in shown
    assert "🔴" not in shown
    assert (await house.accounts())[0].account.status is status
    twitter.outage = None
    assert "🟢 Connected" in await checks(house)


@BY_SOCKET
async def test_our_own_mistake_never_blames_an_account(house: House) -> None:
    """Our client secret is refused: members read nothing of a disconnection, admins that this bot's set-up is to blame."""
    await connected(house)
    house.clock.advance(timedelta(hours=3))
    twitter = house.sandbox.provider("twitter")
    right, twitter.client_secret = twitter.client_secret, "another"
    house.may_refuse.add("invalid_client")
    shown = await checks(house)
    assert "does not accept this bot's own settings" in shown
    assert "🔴" not in shown
    assert (await house.accounts())[0].account.status is AccountStatus.SETUP_PROBLEM
    await house.opens(house.ada)
    assert "⚪" in house.ada.screen
    twitter.client_secret = right
    assert "🟢 Connected" in await checks(house)


@ON_SQLITE
async def test_a_slow_provider_is_waited_for(house: House) -> None:
    """A provider that takes its time is asked in the background; the press is answered at once. (Time only: one combination.)"""
    await connected(house)
    house.sandbox.provider("twitter").account("@northwind").slow(1.0)
    await house.maria.presses("Check now")
    await house.maria.sees("Checking now")
    await house.settle()
    assert "@northwind is connected." in house.maria.screen


@ON_POSTGRESQL
async def test_a_doubt_shows_through_an_outage_that_is_over(house: House) -> None:
    """First the provider was down, then it refused: the outage is no longer shown as the cause."""
    await connected(house)
    twitter = house.sandbox.provider("twitter")
    twitter.outage = "down"
    assert "⚪ Provider has problems" in await checks(house)
    twitter.outage = None
    answers(twitter, "account_gone", 401, {"title": "Unauthorized", "status": 401})
    twitter.account("@northwind").state = "account_gone"
    shown = await checks(house)
    assert "🟡 Looks disconnected: not certain yet" in shown
    assert "⚪" not in shown


@BY_SOCKET
async def test_an_account_removed_while_it_is_checked_stays_removed(house: House) -> None:
    """Someone disconnects an account while its check runs: the check's answer brings nothing back."""
    await connected(house)
    house.sandbox.provider("twitter").account("@northwind").slow(1.0)
    await house.maria.presses("Check now")
    await house.maria.sees("Checking now")
    await house.maria.presses("Disconnect", near="@northwind", waits=True)
    await house.maria.sees("Keep connected")
    await house.maria.submits()
    await house.settle()
    await house.maria.closes()
    assert await house.accounts() == ()
    assert "Checking now" not in house.maria.screen
    assert "Not connected" in house.maria.screen


@ON_SQLITE
async def test_someone_without_the_permission_cannot_check(house: House) -> None:
    """Who lost the Integrators permission with the modal open is told so, and an audit row says it was refused."""
    await connected(house)
    await house.ada.types("/lexer groups", waits=True)
    await house.ada.sees("Marketing")
    await house.ada.presses("Edit Group", near="Marketing", waits=True)
    await house.ada.sees("Name")
    await house.ada.chooses("People", "Ada Lovell")
    await house.ada.submits(waits=True)
    await house.settle()
    await house.maria.presses("Check now")
    await house.settle()
    assert "Integrators permission" in house.maria.screen
    assert ("check", False) in await house.audited()
