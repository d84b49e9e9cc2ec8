"""The bot is killed while it renews, ends or repairs a sign-in: no account is half connected, and no saved sign-in is lost."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from store.records import AccountStatus, GrantState
from tests.e2e.checking import (
    checks,
    connected,
    disconnects,
    history,
    kept_secrets,
    renewals,
    sign_in,
)
from tests.e2e.house import House, Log
from tests.e2e.killing import BotProcess, open_killable
from tests.e2e.ways import ON_POSTGRESQL, ON_SQLITE, TWO_WAYS


@pytest.fixture
async def house(database_url: str, mode: str, tmp_path: Path, log: Log) -> AsyncIterator[House]:
    """A house whose bot can be killed."""
    async with open_killable(database_url=database_url, mode=mode, folder=tmp_path, log=log) as made:
        yield made


TOKENS = "/2/oauth2/token"
REVOKE = "/2/oauth2/revoke"


async def _asks_again(house: House) -> None:
    """A fresh detail modal: the old one's bot is dead."""
    await house.maria.closes(everything=True)
    await house.opens(house.maria)


@TWO_WAYS
async def test_killed_with_a_renewed_sign_in_on_the_way(house: House) -> None:
    """Killed between the provider's answer and our saving it: the old one is tried once more, is dead, and the person is asked to sign in; Reconnect heals the same account."""
    bot: BotProcess = house.bot
    maria = house.maria
    await connected(house)
    (before,) = await house.accounts()
    sign_in(house).access.clear()
    await bot.stops_at(TOKENS, maria.presses("Check now"), answered=True)
    await bot.starts_again()
    await _asks_again(house)
    await maria.presses("Check now")
    await maria.sees("is disconnected")
    assert "🔴 Disconnected: the sign-in was interrupted" in maria.screen
    await maria.presses("Reconnect", waits=True)
    await maria.sees("Continue to")
    await house.settle()
    await house.signs_in(maria)
    await house.settle()
    (after,) = await house.accounts()
    assert after.account.status is AccountStatus.CONNECTED
    assert (after.account.id, after.groups) == (before.account.id, before.groups)


@ON_POSTGRESQL
async def test_killed_before_the_provider_had_renewed(house: House) -> None:
    """Killed before the provider was reached: the old sign-in still works, nobody is told anything bad."""
    bot: BotProcess = house.bot
    maria = house.maria
    await connected(house)
    sign_in(house).access.clear()
    await bot.stops_at(TOKENS, maria.presses("Check now"))
    await bot.starts_again()
    await _asks_again(house)
    await maria.presses("Check now")
    await maria.sees("@northwind is connected.")
    assert len(sign_in(house).access) == 1


@ON_SQLITE
async def test_killed_after_a_renewed_sign_in_was_saved(house: House) -> None:
    """Killed when the renewed sign-in was saved and first used: it is not lost, and is used after the restart."""
    bot: BotProcess = house.bot
    maria = house.maria
    await connected(house)
    bot.clock.advance(timedelta(hours=3))
    await bot.killed()
    await bot.starts_again()
    await _asks_again(house)
    await bot.stops_at("/2/users/me", maria.presses("Check now"))
    assert renewals(house) == 1
    await bot.starts_again()
    await _asks_again(house)
    await maria.presses("Check now")
    await maria.sees("@northwind is connected.")
    assert renewals(house) == 1


@TWO_WAYS
async def test_killed_before_the_access_was_ended(house: House) -> None:
    """Killed right after Disconnect: the account is gone at once, and its access at the provider is ended after the restart; the modal turns."""
    bot: BotProcess = house.bot
    maria = house.maria
    await connected(house)
    await bot.stops_at(REVOKE, _confirms(house))
    assert await house.accounts() == ()
    assert not sign_in(house).ended
    await bot.starts_again()
    await maria.sees("Access at Twitter (X) has ended too.")
    assert sign_in(house).ended
    assert await kept_secrets(house) == 0
    assert (await history(house))[-2:] == ["removed", "revoked"]


async def _confirms(house: House) -> None:
    maria = house.maria
    await maria.presses("Disconnect", near="@northwind", waits=True)
    await maria.sees("Keep connected")
    await maria.submits()


@ON_POSTGRESQL
async def test_killed_while_the_access_was_ended(house: House) -> None:
    """Killed when the provider had ended the access but its answer was not heard: asked once more, and told as ended."""
    bot: BotProcess = house.bot
    await connected(house)
    await bot.stops_at(REVOKE, _confirms(house), answered=True)
    await bot.starts_again()
    await house.maria.sees("Access at Twitter (X) has ended too.")
    assert await kept_secrets(house) == 0


@ON_SQLITE
async def test_killed_while_disconnect_was_checked(house: House) -> None:
    """Killed before Disconnect was written: the account is still connected, and pressing again disconnects it."""
    bot: BotProcess = house.bot
    maria = house.maria
    await connected(house)
    await maria.presses("Disconnect", near="@northwind", waits=True)
    await maria.sees("Keep connected")
    await bot.stops_at("/api/users.info", maria.submits())
    assert len(await house.accounts()) == 1
    await bot.starts_again()
    await maria.submits()
    await maria.sees("has ended too")
    assert await house.accounts() == ()


@ON_POSTGRESQL
async def test_killed_while_reconnecting(house: House) -> None:
    """Killed while a Reconnect's sign-in is exchanged: the account keeps its old sign-in and works; the modal says it was interrupted."""
    bot: BotProcess = house.bot
    maria = house.maria
    await connected(house)
    (before,) = await house.accounts()
    await maria.presses("Reconnect", waits=True)
    await maria.sees("Continue to")
    await house.settle()
    await maria.presses("Continue to Twitter (X)")
    await maria.browser.continues()
    await bot.stops_at(TOKENS, maria.browser.allows(), answered=True)
    await bot.starts_again()
    await maria.sees("Something interrupted the sign-in on our side")
    (after,) = await house.accounts()
    assert after.grant.id == before.grant.id
    assert after.grant.state is GrantState.LIVE
    await _asks_again(house)
    await maria.presses("Check now")
    await maria.sees("@northwind is connected.")


@ON_SQLITE
async def test_killed_with_a_revoke_in_trouble(house: House) -> None:
    """The provider was down when an account was disconnected, and the bot was killed: the pending end survives and is done."""
    bot: BotProcess = house.bot
    await connected(house)
    house.sandbox.provider("twitter").outage = "down"
    assert "is being ended" in await disconnects(house, near="@northwind")
    await bot.killed()
    house.sandbox.provider("twitter").outage = None
    await bot.starts_again()
    await house.maria.sees("Access at Twitter (X) has ended too.")
    assert await kept_secrets(house) == 0


@ON_SQLITE
async def test_killed_with_a_check_under_way(house: House) -> None:
    """Killed while the provider is asked: the open modal says what to do if nothing comes, and pressing again in it works."""
    bot: BotProcess = house.bot
    await connected(house)
    await bot.stops_at("/2/users/me", house.maria.presses("Check now"))
    await bot.starts_again()
    assert [a.account.status for a in await house.accounts()] == [AccountStatus.CONNECTED]
    assert (
        "If this stays for more than a minute, close this: Lexer checks again by itself."
        in house.maria.screen
    )
    assert "@northwind" in await checks(house)
    await house.maria.sees("@northwind is connected.")
