"""Goal 11: ten thousand accounts lost at once. When the first message is there, how many there are, and whether it counts down."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import aiohttp
import uvloop
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from sqlalchemy import func, select

from bench import crowd
from bench.acks import settings as settings_of
from bench.bot import slow_provider
from bench.processes import free_port
from bench.slack_api import slack_api
from bench.slash import INTEGRATOR, WORKSPACE
from bench.table import Row
from bench.world import KEYS, NOW, database_urls
from bot.app import Bot, open_bot
from bot.settings import load
from connectors.outside import Reroute
from connectors.providers import all_providers
from store import alert_settings, groups, people, provider_health
from store.database import Store, open_store
from store.records import AccountStatus, Group, GroupId, Person, UserId, WorkspaceId
from store.tables import accounts as account_rows
from store.vault import Vault
from store.watch_records import AlertChannel, Weather

LOST, REPAIRED, PEOPLE = 10_000, 9_000, 5
CHANNEL = "C0ALERTS"
SECONDS_AT_MOST = 60.0
_GIVE_UP = 400.0


@dataclass(slots=True)
class Jumping:
    """A clock that goes as the real one and can be put forward; it begins at NOW."""

    ahead: timedelta = field(default_factory=lambda: NOW - datetime.now(UTC))

    def __call__(self) -> datetime:
        """Aware UTC now."""
        return datetime.now(UTC) + self.ahead


@dataclass(slots=True)
class Heard:
    """What arrived: posts by place with the second they came, the newest text of each, and mails by address."""

    posts: list[tuple[float, str]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    mails: Counter[str] = field(default_factory=Counter)

    def slack(self, method: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a call of Slack's API."""
        place = str(body.get("channel", ""))
        if method == "chat.postMessage" and not body.get("thread_ts"):
            self.posts.append((time.perf_counter(), place))
        if method in {"chat.postMessage", "chat.update"} and not body.get("thread_ts"):
            self.texts[place] = str(body.get("text"))
        return {"channel": place, "ts": f"{len(self.posts)}.000100"} if method.startswith("chat.") else {}


class Letters(Message):
    """Counts letters by address."""

    def __init__(self, heard: Heard) -> None:
        super().__init__(EmailMessage)
        self._heard = heard

    def handle_message(self, message: EmailMessage) -> None:  # type: ignore[override]  # it is what __init__ asked for
        """One letter."""
        self._heard.mails[str(message["To"])] += 1


async def measure() -> list[Row]:
    """On both databases."""
    # The loop that `serve` runs on; the bench itself may run on another.
    return await asyncio.to_thread(lambda: uvloop.run(_all()))


async def _all() -> list[Row]:
    with database_urls() as urls:
        return [row for kind, url in urls.items() for row in await _measure(kind, url)]


async def _measure(kind: str, url: str) -> list[Row]:
    heard, clock = Heard(), Jumping()
    async with _running(url, heard, clock) as (bot, provider):
        await _tell(provider, "revoked-from/0")
        await bot.sweep()
        clock.ahead += timedelta(minutes=10)
        confirmed = asyncio.create_task(_confirmed(bot))
        await _until(bot, lost=LOST)
        clock.ahead += timedelta(minutes=6)
        await _deliver(bot)
        first = min(at for at, _ in heard.posts) - await confirmed
        told, mailed = Counter(place for _, place in heard.posts), dict(heard.mails)
        await _tell(provider, f"revoked-from/{REPAIRED}")
        await _until(bot, lost=LOST - REPAIRED, hour=timedelta(minutes=66))
        await _deliver(bot, clock)
        counted_down = f"{LOST - REPAIRED:,}" in heard.texts.get(CHANNEL, "")
    return _rows(kind, first, told, mailed, counted_down=counted_down)


@asynccontextmanager
async def _running(url: str, heard: Heard, clock: Jumping) -> AsyncIterator[tuple[Bot, str]]:
    async with AsyncExitStack() as stack:
        async with open_store(url, Vault.from_setting(KEYS), migrate=True) as store:
            await crowd.fill(store, due=LOST, in_all=LOST)
            await _team(store)
        mail = Controller(Letters(heard), hostname="127.0.0.1", port=free_port())
        mail.start()
        stack.callback(mail.stop)
        api = await stack.enter_async_context(slack_api(heard.slack))
        provider = await stack.enter_async_context(slow_provider(50))
        told = dict(settings_of(api, url)) | {
            "LEXER_SMTP_URL": f"smtp://127.0.0.1:{mail.port}",
            "LEXER_MAIL_FROM": "lexer@acme.example",
            "LEXER_TWITTER_CLIENT_ID": "bench",
            "LEXER_TWITTER_CLIENT_SECRET": "bench",
        }
        declared = [one for one in all_providers() if one.key == crowd.KEY]
        known = {name: value for name, value in told.items() if "PROVIDER_" not in name}
        bot = await stack.enter_async_context(
            open_bot(
                load(known, None),
                reroute=Reroute(base=provider),
                clock=clock,
                ticking=False,
                providers=declared,
            )
        )
        yield bot, provider


async def _team(store: Store) -> None:
    """Five Integrators with addresses, and a channel."""
    ws = WorkspaceId(WORKSPACE)
    members = [UserId(INTEGRATOR), *(UserId(f"U{number:08}") for number in range(1, PEOPLE))]
    async with store.transaction() as tx:
        for user in members:
            address = f"{user.lower()}@acme.example"
            await people.save(tx, Person(workspace_id=ws, id=user, name=user, seen_at=NOW, email=address))
        group = Group(id=GroupId("g1"), workspace_id=ws, name="Marketing", integrators=True)
        await groups.save(tx, group, members)
        chosen = AlertChannel(
            workspace_id=ws, channel_id=CHANNEL, group_id=None, set_by=members[0], set_at=NOW
        )
        await alert_settings.set_channel(tx, chosen)


async def _tell(provider: str, what: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{provider}/{what}") as answer:
        await answer.read()


async def _confirmed(bot: Bot) -> float:
    """When the wave is believed: the second on this process's clock."""
    while True:
        async with bot.context.store.reading() as tx:
            health = await provider_health.read(tx, crowd.KEY)
        if health is not None and health.weather is Weather.CONFIRMED:
            return time.perf_counter()
        await asyncio.sleep(0.05)


async def _until(bot: Bot, *, lost: int, hour: timedelta = timedelta()) -> None:
    """Sweep and deliver, as the ticks would, until so many accounts are disconnected; with `hour`, put the clock forward between."""
    started, clock = time.perf_counter(), bot.context.clock
    while await _disconnected(bot) != lost:
        if time.perf_counter() - started > _GIVE_UP:
            raise RuntimeError(f"{await _disconnected(bot)} accounts are disconnected, not {lost}")
        if hour and isinstance(clock, Jumping):
            clock.ahead += hour
        await asyncio.gather(bot.sweep(), _ticking(bot))


async def _ticking(bot: Bot) -> None:
    for _ in range(3):
        await asyncio.sleep(1)
        await bot.tick("deliver")


async def _deliver(bot: Bot, clock: Jumping | None = None) -> None:
    if clock is not None:
        clock.ahead += timedelta(minutes=1)
    await bot.tick("deliver")


async def _disconnected(bot: Bot) -> int:
    async with bot.context.store.reading() as tx:
        query = select(func.count()).where(account_rows.c.status == AccountStatus.DISCONNECTED)
        return int(await tx.conn.scalar(query) or 0)


def _rows(
    kind: str, first: float, told: Counter[str], mailed: Mapping[str, int], *, counted_down: bool
) -> list[Row]:
    once = max([*told.values(), *mailed.values()])
    whole = len(told) == PEOPLE + 1 and len(mailed) == PEOPLE
    return [
        Row(
            goal="11",
            what=f"{LOST:,} accounts lost at once on {kind}: seconds from the confirmed wave to the first message (no ratio)",
            at_most=SECONDS_AT_MOST,
            measured=first,
        ),
        Row(
            goal="11",
            what=f"the same on {kind}: most messages in the channel, and direct messages and mails for one of {PEOPLE} people (no ratio)",
            at_most=1,
            measured=once if whole else float("inf"),
            note=f"{sum(told.values())} messages, {sum(mailed.values())} mails",
        ),
        Row(
            goal="11",
            what=f"{REPAIRED:,} of them repaired on {kind}: 0 when the channel's message counts down to {LOST - REPAIRED:,} (no ratio)",
            at_most=0,
            measured=0 if counted_down else 1,
        ),
    ]
