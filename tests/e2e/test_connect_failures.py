"""When the provider does not play along: each failure in its own words, with a next step, in modal, DM and browser."""

from dataclasses import replace
from typing import Any

import pytest

from store.records import Stage
from tests.e2e.connecting import (
    attempts_kept,
    ended,
    grants_kept,
    secrets_kept,
    to_consent,
    visit,
    way_back,
)
from tests.e2e.house import House
from tests.e2e.ways import ON_SQLITE, TWO_WAYS


async def fails(house: House, words: str, *, retry: bool = True) -> None:
    """Everything that must hold once a sign-in has come to nothing."""
    await house.settle()
    maria = house.maria
    assert words in maria.screen
    assert ("Get a new link" in maria.screen) is retry
    (dm,) = maria.dms
    assert words in maria.read(dm)
    assert "Continue to" not in maria.read(dm)
    page = maria.browser.page
    assert page is not None
    assert "Not connected" in page
    assert words.partition("\n")[0] in page
    assert "Open Slack" in page
    assert await house.accounts() == ()
    (attempt,) = await attempts_kept(house)
    assert attempt.stage is Stage.FAILED
    assert await secrets_kept(house) == 0


class TestInAllFour:
    """What happens most, on both databases and both ways in."""

    async def test_cancelled_and_tried_again(self, house: House) -> None:
        """Cancel at the provider ends the attempt kindly; the new link in the same modal works."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria)
        await maria.browser.cancels()
        await fails(house, "The sign-in at Twitter (X) was cancelled.")
        house.may_refuse.add("not_found")
        await maria.presses("Get a new link")
        await house.settle()
        assert len(maria.modals) == 2
        await house.signs_in(maria)
        assert "Who may use @northwind?" in maria.screen

    @TWO_WAYS
    async def test_too_few_permissions(self, house: House) -> None:
        """A needed permission that was left out is named in plain words, and the useless sign-in is ended."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria)
        await maria.browser.allows(refuse=["tweet.read"])
        await fails(house, "Twitter (X) was not given every permission this needs.")
        assert "Missing: Bring posts and mentions into Lexer." in maria.screen
        assert "tweet.read" not in str(maria.screen)
        assert ended(house) == [True]


@TWO_WAYS
async def test_an_optional_permission_may_be_left_out(house: House) -> None:
    """Without a permission that is not needed the account is connected, and says what it lacks."""
    await house.set_up()
    maria = house.maria
    await to_consent(house, maria)
    await maria.browser.allows(refuse=["dm.read", "dm.write"])
    await house.settle()
    await maria.chooses("Who may use", "Marketing")
    await maria.submits()
    assert "Connected" in maria.screen
    (account,) = await house.accounts()
    assert set(account.grant.missing_scopes) == {"dm.read", "dm.write"}


class TestTheProvider:
    """Faults at the provider's token call."""

    pytestmark = ON_SQLITE

    @pytest.mark.parametrize(
        ("outage", "words"),
        [
            ("down", "Twitter (X) has problems right now."),
            ("throttled", "Twitter (X) is busy right now."),
        ],
    )
    async def test_in_trouble(self, house: House, outage: str, words: str) -> None:
        """An outage there is nobody's fault: try again later."""
        await house.set_up()
        await to_consent(house, house.maria)
        house.sandbox.provider("twitter").outage = outage
        await house.maria.browser.allows()
        await fails(house, words)
        assert await grants_kept(house) == ()

    async def test_slow(self, house: House) -> None:
        """A provider that takes its time is waited for, and meanwhile Slack is answered."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria)
        house.sandbox.provider("twitter").account("@northwind").slow(0.6)
        await maria.browser.allows()
        await house.settle()
        assert "Who may use @northwind?" in maria.screen

    async def test_a_refused_code(self, house: House) -> None:
        """A code that came too late is refused there, and told so here."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria)
        back = await way_back(maria.browser)
        for code in house.sandbox.provider("twitter").codes.values():
            code.used = True
        house.may_refuse.add("code_used_twice")
        await maria.browser.opens(back)
        await fails(house, "Twitter (X) did not accept this sign-in.")

    async def test_our_client_is_refused(self, house: House) -> None:
        """A bot that is set up wrongly says that it is not the person's fault, and offers no senseless retry."""
        await house.set_up()
        await to_consent(house, house.maria)
        house.sandbox.provider("twitter").client_secret = "changed-since-then-1234567890"
        house.may_refuse.add("invalid_client")
        await house.maria.browser.allows()
        await fails(house, "Twitter (X) does not accept this bot.", retry=False)
        assert "Tell the person who runs the bot" in house.maria.screen

    @pytest.mark.parametrize(
        ("token", "words"),
        [
            ({}, "sent an answer this bot could not read"),
            ({"error": "invalid_grant"}, "did not accept this sign-in"),
            ({"access_token": 5, "token_type": "bearer"}, "sent an answer this bot could not read"),
            ({"access_token": "", "token_type": "bearer"}, "sent an answer this bot could not read"),
            (
                {"access_token": "{access_token}", "token_type": "mac"},
                "sent an answer this bot could not read",
            ),
        ],
        ids=str,
    )
    async def test_garbage_answers(self, house: House, token: Any, words: str) -> None:
        """An answer nobody can read connects nothing and is told in words."""
        await house.set_up()
        await to_consent(house, house.maria)
        pretend = house.sandbox.provider("twitter")
        example = replace(pretend.provider.example, token=token)
        pretend.provider = replace(pretend.provider, example=example)
        await house.maria.browser.allows()
        await fails(house, f"Twitter (X) {words}")

    @pytest.mark.parametrize("state", ["down", "throttled", "revoked"])
    async def test_who_signed_in_cannot_be_asked(self, house: House, state: str) -> None:
        """When the provider gives a sign-in but not its name, nothing half-known is kept."""
        await house.set_up()
        await to_consent(house, house.maria)
        house.sandbox.provider("twitter").account("@northwind").state = state
        back = await way_back(house.maria.browser)
        house.sandbox.provider("twitter").account("@northwind").state = state
        await house.maria.browser.opens(back)
        await house.settle()
        assert "Get a new link" in house.maria.screen
        assert await house.accounts() == ()
        assert await secrets_kept(house) == 0


class TestErrorsInTheCallback:
    """The provider may send the browser back with an error instead of a code."""

    pytestmark = ON_SQLITE

    @pytest.mark.parametrize(
        ("error", "words"),
        [
            ("access_denied", "was cancelled"),
            ("server_error", "has problems right now"),
            ("temporarily_unavailable", "is busy right now"),
            ("unauthorized_client", "does not accept this bot"),
            ("invalid_scope", "does not accept this bot"),
            ("login_required", "did not accept this sign-in"),
            ("<b>boo</b>", "did not accept this sign-in"),
        ],
    )
    async def test_the_callback_brings_an_error(self, house: House, error: str, words: str) -> None:
        """Each error of the standard has its own words; what the provider wrote is never repeated."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria)
        state = (await way_back(maria.browser, "Cancel")).partition("state=")[2]
        page = await visit(
            f"{house.url}/oauth/callback/twitter",
            cookies=maria.browser.cookies,
            params={"state": state, "error": error, "error_description": "<!channel> tell everybody"},
        )
        await house.settle()
        assert words in maria.screen
        assert words in page.text
        assert "tell everybody" not in page.text
        assert "tell everybody" not in str(house.sandbox.sent)
