"""Steps of connecting that a story takes by hand: stop at the provider's page, hold the way back, look into the database."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import httpx
import pytest
from sqlalchemy import func, or_, select

from bot.logs import tame
from bot.sandbox import payloads
from bot.sandbox.browser import Browser
from bot.sandbox.delivery import Ack
from bot.sandbox.people import PersonAtWork
from bot.sandbox.pretend_provider import SignedIn
from bot.sandbox.world import Json, OpenView
from store import attempts as attempt_rows
from store import groups
from store.records import Attempt, AttemptId, Grant, GrantState, UserId
from store.rows import columns_of
from store.tables import attempts, grants
from tests.databases import sqlite_template, sqlite_url
from tests.e2e.house import TEAM, House, Log, open_house

X = "Twitter (X)"
META = "Facebook Ads"


def newest_link(who: PersonAtWork) -> str:
    """The address behind the newest Continue button in a person's DMs."""
    links = [
        element["url"]
        for posted in who.dms
        for block in posted.blocks
        for element in block.get("elements", [])
        if "/connect/" in element.get("url", "")
    ]
    return str(links[-1])


async def to_consent(house: House, who: PersonAtWork, name: str = X) -> None:
    """From nothing to the provider's sign-in page."""
    await house.begins(who, name)
    await who.presses(f"Continue to {name}")
    await who.browser.continues()


async def way_back(browser: Browser, words: str = "Allow") -> str:
    """Answer the consent page, but stop short: the address the provider sends the browser to."""
    page = browser.page
    assert page is not None
    form = page.forms[0]
    button = next(one for one in form.buttons if one.words == words)
    pairs = [*form.fields.items(), *((box.name, box.value) for box in form.boxes if box.ticked)]
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(
            urljoin(page.url, form.action),
            content=urlencode([*pairs, (button.name, button.value)]),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
    return answer.headers["location"]


async def visit(
    url: str,
    *,
    method: str = "GET",
    cookies: Mapping[str, str] | None = None,
    headers: Mapping[str, str | bytes] | None = None,
    params: Mapping[str, str] | None = None,
) -> httpx.Response:
    """One request as any program can make it."""
    async with httpx.AsyncClient(trust_env=False, timeout=60, cookies=dict(cookies or {})) as client:
        return await client.request(method, url, headers=_raw(headers), params=params)


def _raw(headers: Mapping[str, str | bytes] | None) -> list[tuple[bytes, bytes]]:
    return [
        (name.encode(), value if isinstance(value, bytes) else value.encode())
        for name, value in (headers or {}).items()
    ]


def with_query(url: str, **fields: str | None) -> str:
    """The address with some fields of its query set, or left out where None."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    kept = {name: value for name, value in (query | fields).items() if value is not None}
    return urlunsplit(parts._replace(query=urlencode(kept)))


def query_of(url: str) -> dict[str, str]:
    """The fields of an address's query."""
    return dict(parse_qsl(urlsplit(url).query))


async def attempts_kept(house: House) -> tuple[Attempt, ...]:
    """Every attempt, the oldest first."""
    async with house.bot.context.store.reading() as tx:
        rows = await tx.conn.execute(
            select(*columns_of(Attempt, attempts)).order_by(attempts.c.created_at, attempts.c.id)
        )
        return tuple(Attempt(**row) for row in rows.mappings())


async def attempt_of(house: House, who: PersonAtWork) -> Attempt:
    """The attempt of the modal in front of a person."""
    view = who.screen.view
    assert view is not None
    async with house.bot.context.store.reading() as tx:
        found = await attempt_rows.get(tx, AttemptId(view.external_id))
    assert found is not None
    return found


async def grants_kept(house: House) -> tuple[Grant, ...]:
    """Every sign-in, the oldest first."""
    async with house.bot.context.store.reading() as tx:
        rows = await tx.conn.execute(select(*columns_of(Grant, grants)).order_by(grants.c.signed_in_at))
        return tuple(Grant(**row) for row in rows.mappings())


async def secrets_kept(house: House) -> int:
    """How many rows hold sealed secrets that nothing living needs: of attempts, and of sign-ins that are no longer alive."""
    put_aside = or_(attempts.c.verifier.is_not(None), attempts.c.parked.is_not(None))
    dead = grants.c.tokens.is_not(None) & (grants.c.state != GrantState.LIVE)
    async with house.bot.context.store.reading() as tx:
        first = await tx.conn.scalar(select(func.count()).select_from(attempts).where(put_aside))
        second = await tx.conn.scalar(select(func.count()).select_from(grants).where(dead))
    return int(first or 0) + int(second or 0)


def ended(house: House, key: str = "twitter") -> list[bool]:
    """Of each sign-in the provider gave, the oldest first, whether it has ended there."""
    return [signed_in.ended for signed_in in house.sandbox.provider(key).sign_ins]


def newest_sign_in(house: House, key: str = "twitter") -> SignedIn:
    """The provider's newest sign-in."""
    return house.sandbox.provider(key).sign_ins[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A submit as it was sent, to be sent again."""

    who: PersonAtWork
    payload: Json

    async def again(self) -> Ack:
        """Send it once more."""
        return await self.who._delivery.interaction(self.payload)


def submission(who: PersonAtWork, view: OpenView) -> Submission:
    """What pressing this modal's submit button sends."""
    world = who._slack.world
    trigger = who._slack.passes.trigger(who.human.id, view.id)
    return Submission(who=who, payload=payloads.submission(world, who.human, view, trigger_id=trigger))


async def takes_permission(house: House, *members: str) -> None:
    """The Group with the Integrators permission has these people only from now on."""
    async with house.bot.context.store.transaction() as tx:
        (found,) = [group for group in await groups.all(tx, TEAM) if group.integrators]
        await groups.save(tx, found, [UserId(house.sandbox.person(name).human.id) for name in members])


@asynccontextmanager
async def shared_house(folders: pytest.TempPathFactory) -> AsyncIterator[House]:
    """One bot and world for a whole file of hostile variants, each of which begins anew in it."""
    tame()
    root, kept = logging.getLogger(), Log()
    before = root.level
    root.addHandler(kept)
    root.setLevel(logging.DEBUG)
    folder = folders.mktemp("shared")
    (folder / "lexer.db").write_bytes(sqlite_template().read_bytes())
    url = sqlite_url(folder / "lexer.db")
    try:
        async with open_house(database_url=url, mode="http", folder=folder, log=kept) as house:
            house.may_refuse.add("not_found")  # modals are closed between the variants
            await house.set_up()
            yield house
    finally:
        root.setLevel(before)
        root.removeHandler(kept)
