"""What the record shows: who was told what and how often, and what the database says of accounts, checks, alerts and sign-ins."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from bot.sandbox.pretend_provider import PretendProvider, SignedIn
from bot.sandbox.workspace import Sandbox
from bot.sandbox.world import Json, walk_json
from connectors.engine import Tokens
from store import checks, groups
from store.database import Store
from store.records import Account, AccountId, AccountStatus, GrantId, GrantState, OutboxState, Surface, UserId
from store.rows import columns_of
from store.sealing import bound_to, opened
from store.tables import accounts as account_rows
from store.tables import grants as grant_rows
from store.tables import outbox as outbox_rows
from store.watch_records import AlertId
from store.watch_tables import alert_accounts, alerts
from tests.e2e.house import TEAM

_ACCOUNT = columns_of(Account, account_rows)
DETAILS = "alert.details"
"""The button only an alert's own message has; its value is the alert."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An alert, with whether anybody could have been told of it."""

    id: AlertId
    provider_key: str
    opened_at: datetime
    tell_at: datetime
    resolved_at: datetime | None


class SignIn(NamedTuple):
    """A stored sign-in."""

    id: GrantId
    provider_key: str
    tokens: Tokens


def alert_in(blocks: object) -> str | None:
    """Which alert a message is about, if it is an alert's message and still open."""
    for element in walk_json(blocks):
        if str(element.get("action_id", "")).startswith(DETAILS):
            return str(element["value"])
    return None


def alert_posts(sandbox: Sandbox) -> Mapping[tuple[str, str], list[str]]:
    """By place and alert: the messages that were posted (not edited) there, by their time stamps."""
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for call in sandbox.calls:
        if call.method == "chat.postMessage" and call.answer.get("ok") and not call.args.get("thread_ts"):
            alert = alert_in(call.args.get("blocks"))
            if alert is not None:
                found[str(call.answer["channel"]), alert].append(str(call.answer["ts"]))
    return found


async def twice(store: Store, sandbox: Sandbox) -> list[tuple[str, str]]:
    """Places where one alert was posted more than once.

    A DM may be, a single time: when nobody knows whether it arrived, and nobody knows it of the channel either.
    """
    unsure = sa.select(outbox_rows.c.subject).where(
        outbox_rows.c.kind == "alert",
        outbox_rows.c.surface == Surface.CHANNEL,
        outbox_rows.c.state == OutboxState.UNKNOWN,
    )
    async with store.reading() as tx:
        doubtful = set((await tx.conn.scalars(unsure)).all())
    return [
        (place, alert)
        for (place, alert), posted in alert_posts(sandbox).items()
        if len(posted) > (2 if place.startswith("D") and alert in doubtful else 1)
    ]


async def untrue(store: Store, sandbox: Sandbox) -> list[str]:
    """Messages that show an alert as open which is over, and which nothing in the same place sets right.

    A post of which Slack never said where it is cannot be edited: there, a line of its own says that it is over.
    """
    over = {one.id for one in await alerts_told(store) if one.resolved_at is not None}
    ended = sa.select(outbox_rows.c.subject, outbox_rows.c.channel).where(
        outbox_rows.c.kind == "alert_over", outbox_rows.c.state == OutboxState.SENT
    )
    known = sa.select(outbox_rows.c.channel, outbox_rows.c.ts).where(outbox_rows.c.kind == "alert")
    async with store.reading() as tx:
        lines = {tuple(row) for row in (await tx.conn.execute(ended)).all()}
        editable = {tuple(row) for row in (await tx.conn.execute(known)).all()}
    return [
        f"{message.channel}: {message.text}"
        for message in sandbox.world.messages
        if (alert := alert_in(message.blocks)) in over
        if (message.channel, message.ts) in editable or (alert, message.channel) not in lines
    ]


async def reached(store: Store, sandbox: Sandbox, user: UserId) -> set[str]:
    """The alerts a person could read of: in their DM, in a channel they are in, or in a mail the server took."""
    mailed = sa.select(outbox_rows.c.subject).where(
        outbox_rows.c.kind == "alert",
        outbox_rows.c.surface == Surface.MAIL,
        outbox_rows.c.recipient == user,
        outbox_rows.c.state == OutboxState.SENT,
    )
    async with store.reading() as tx:
        mails = set((await tx.conn.scalars(mailed)).all())
    channels = {channel.id for channel in sandbox.world.channels.values() if user in channel.members}
    return mails | {alert for (place, alert) in alert_posts(sandbox) if place in channels}


async def alerts_told(store: Store) -> tuple[Told, ...]:
    """Every alert about accounts there ever was."""
    query = sa.select(
        alerts.c.id, alerts.c.provider_key, alerts.c.opened_at, alerts.c.tell_at, alerts.c.resolved_at
    ).where(alerts.c.kind == "accounts")
    async with store.reading() as tx:
        return tuple(Told(**row) for row in (await tx.conn.execute(query)).mappings())


async def open_alerts(store: Store) -> Counter[AccountId]:
    """In how many open alerts each account stands."""
    query = (
        sa.select(alert_accounts.c.account_id)
        .join(alerts, alerts.c.id == alert_accounts.c.alert_id)
        .where(alert_accounts.c.resolved_at.is_(None), alerts.c.resolved_at.is_(None))
    )
    async with store.reading() as tx:
        return Counter((await tx.conn.scalars(query)).all())


async def integrators(store: Store) -> tuple[UserId, ...]:
    """Who is to be told."""
    async with store.reading() as tx:
        return await groups.integrators(tx, TEAM)


async def left_over(store: Store, now: datetime, keys: Iterable[str]) -> int:
    """Checks that were due and that nobody did or does."""
    async with store.reading() as tx:
        return sum([await checks.due_now(tx, key, now) for key in keys])


async def all_accounts(store: Store, keys: Iterable[str]) -> tuple[Account, ...]:
    """Every living account, of several providers."""
    living = sa.select(*_ACCOUNT).where(
        account_rows.c.provider_key.in_(list(keys)), account_rows.c.removed_at.is_(None)
    )
    async with store.reading() as tx:
        return tuple(Account(**row) for row in (await tx.conn.execute(living)).mappings())


async def sign_ins(store: Store, keys: Iterable[str]) -> tuple[SignIn, ...]:
    """Every living sign-in with what is stored of its tokens."""
    living = sa.select(
        grant_rows.c.workspace_id, grant_rows.c.id, grant_rows.c.provider_key, grant_rows.c.tokens
    ).where(grant_rows.c.provider_key.in_(list(keys)), grant_rows.c.state == GrantState.LIVE)
    async with store.reading() as tx:
        found = (await tx.conn.execute(living)).all()
        return tuple(
            SignIn(id_, key, Tokens.load(opened(tx, sealed, bound_to("grants", ws, id_, "tokens"))))
            for ws, id_, key, sealed in found
        )


def serves(pretend: PretendProvider, tokens: Tokens) -> bool:
    """Whether the provider would still take these tokens, or renew them."""
    found = _behind(pretend, tokens)
    return found is not None and not pretend.is_over(found)


def _behind(pretend: PretendProvider, tokens: Tokens) -> SignedIn | None:
    if tokens.refresh_token is not None:
        return pretend.by_refresh(tokens.refresh_token.get_secret_value())
    return pretend.by_access(tokens.access_token.get_secret_value())


async def waiting(store: Store) -> int:
    """Messages that are still to be told."""
    query = (
        sa.select(sa.func.count()).select_from(outbox_rows).where(outbox_rows.c.state == OutboxState.PENDING)
    )
    async with store.reading() as tx:
        return int(await tx.conn.scalar(query) or 0)


def red(found: Iterable[Account]) -> Iterator[Account]:
    """Those that are disconnected."""
    return (account for account in found if account.status is AccountStatus.DISCONNECTED)


def words_of(blocks: list[Json]) -> str:
    """Everything some blocks say."""
    return "\n".join(str(part["text"]) for part in walk_json(blocks) if isinstance(part.get("text"), str))


def open_messages(sandbox: Sandbox) -> Counter[tuple[str, str]]:
    """How many messages, as they stand now, show an alert as open in a place."""
    shown = Counter[tuple[str, str]]()
    for message in sandbox.world.messages:
        alert = alert_in(message.blocks)
        if alert is not None and message.only_for is None:
            shown[message.channel, alert] += 1
    return shown
