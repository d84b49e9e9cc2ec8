"""Steps the stories of checking, repairing and ending share."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from bot.app import Bot, open_bot
from bot.sandbox.people import PersonAtWork
from bot.sandbox.pretend_provider import PretendProvider, SignedIn
from bot.settings import load
from bot.usecases.monitor import Checked, check_now
from connectors.outside import Reroute
from connectors.provider import Json
from store import accounts
from store.records import AccountId, HistoryEntry, UserId
from store.tables import grants
from tests.e2e.house import KEYS, TEAM, House

FB = "Facebook Ads"
ON_PURPOSE = frozenset({"not_found", "dead_refresh_token", "dead_access_token", "unknown_access_token"})
"""Modals that people close (Slack tells of that only when the bot next updates one), and sign-ins that are over."""


async def connected(house: House, name: str = "Twitter (X)") -> None:
    """Groups, a connected account, and its detail open before Maria."""
    house.may_refuse |= ON_PURPOSE
    await house.set_up()
    await house.connects(house.maria, name)
    await house.opens(house.maria, name)


async def shop_connected(house: House) -> None:
    """As `connected`, for the shop, whose address is typed first."""
    house.may_refuse |= ON_PURPOSE
    await house.set_up()
    maria = house.maria
    await house.begins(maria, "Shopify")
    await maria.fills("Shop address", "northwind.myshopify.com")
    await maria.submits()
    await maria.sees("Continue to")
    await house.settle()
    await house.signs_in(maria, provider="Shopify")
    await maria.chooses("Who may use", "Marketing")
    await maria.submits()
    await house.settle()
    await maria.closes(everything=True)
    await house.opens(maria, "Shopify")


async def checks(house: House, *, near: str | None = None, who: PersonAtWork | None = None) -> str:
    """Check now; what the modal says afterwards."""
    person = who or house.maria
    await person.presses("Check now", near=near)
    await house.settle()
    return person.screen.text


async def disconnects(house: House, *, near: str, who: PersonAtWork | None = None) -> str:
    """Disconnect and confirm; what the modal says in the end."""
    person = who or house.maria
    await person.presses("Disconnect", near=near, waits=True)
    await person.sees("Keep connected")
    await person.submits()
    await house.settle()
    return person.screen.text


def answers(pretend: PretendProvider, state: str, status: int, body: Json) -> None:
    """Let a state of one account be answered in another way than the example's."""
    example = pretend.provider.example
    failures = {**example.failures, state: (status, body)}
    pretend.provider = replace(pretend.provider, example=replace(example, failures=failures))


def sign_in(house: House, key: str = "twitter") -> SignedIn:
    """The newest sign-in at a provider."""
    return house.sandbox.provider(key).sign_ins[-1]


def renewals(house: House, key: str = "twitter") -> int:
    """How often the newest sign-in was renewed: each time gives one more access token."""
    return len(sign_in(house, key).access) - 1


@asynccontextmanager
async def another_bot(
    house: House, *, base: str = "", settings: Mapping[str, str] | None = None
) -> AsyncIterator[Bot]:
    """A second process's bot on the same database; `base`: the address at which it finds the providers."""
    env = {
        **house.sandbox.environment(),
        "LEXER_PUBLIC_URL": house.url,
        "LEXER_DATABASE_URL": house.database_url,
        "LEXER_SECRET_KEYS": KEYS,
        **(settings or {}),
    }
    reroute = Reroute(base=base or house.sandbox.base_url)
    async with open_bot(load(env, None), reroute=reroute, clock=house.clock, ticking=False) as bot:
        yield bot


async def check(bot: Bot, account_id: AccountId) -> Checked:
    """Check now, as this bot does it for Maria."""
    return await check_now(bot.context, TEAM, UserId("U0MARIA"), account_id)


async def history(house: House, key: str = "twitter") -> list[str]:
    """What happened to the accounts of an integration, oldest first."""
    async with house.bot.context.store.reading() as tx:
        entries: Sequence[HistoryEntry] = await accounts.history(tx, TEAM, key, limit=100)
    return [entry.kind for entry in reversed(entries)]


async def kept_secrets(house: House) -> int:
    """How many sign-ins still have sealed secrets."""
    async with house.bot.context.store.reading() as tx:
        counted = sa.select(sa.func.count()).select_from(grants).where(grants.c.tokens.is_not(None))
        return int(await tx.conn.scalar(counted) or 0)


def database_bytes(folder: Path) -> bytes:
    """Everything in the SQLite files."""
    return b"".join(file.read_bytes() for file in folder.glob("lexer.db*"))
