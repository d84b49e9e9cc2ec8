"""Steps the stories of what shops tell by themselves share."""

from collections.abc import Mapping

import httpx
import sqlalchemy as sa

from bot.sandbox.pretend_notices import ShopNotices, Subscription
from store.records import AccountStatus
from store.watch_records import Hook
from store.watch_tables import hooks
from tests.e2e.fleet import planned
from tests.e2e.house import House

SHOP = "northwind.myshopify.com"


def shop_of(house: House) -> ShopNotices:
    """What the pretend shops were asked to tell, and told."""
    return house.sandbox.providers.notices["shopify"]


def uninstalled(house: House) -> None:
    """Somebody removes the app in the shop's admin."""
    house.sandbox.provider("shopify").account("Northwind").state = "revoked"


async def kept(house: House) -> tuple[Hook, ...]:
    """The bot's subscriptions, the newest last."""
    async with house.bot.context.store.reading() as tx:
        rows = (await tx.conn.execute(sa.select(hooks).order_by(hooks.c.due_at))).mappings()
        return tuple(Hook(**row) for row in rows)


async def key_of(house: House) -> str:
    """The key in the address of the only subscription."""
    (hook,) = await kept(house)
    return hook.id


def subscription(key: str = "any", house: House | None = None) -> Subscription:
    """A subscription of the shop's at an address of the bot's."""
    base = house.url if house else ""
    return Subscription(id="gid://1", shop=SHOP, topic="app/uninstalled", uri=f"{base}/hooks/{key}")


async def post(house: House, key: str, headers: Mapping[str, str], body: bytes) -> int:
    """Bring something to a key; the status of the answer."""
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{house.url}/hooks/{key}", headers=dict(headers), content=body)
    await house.settle()
    return answer.status_code


async def is_asked(house: House) -> bool:
    """Whether the shop's next check is due at once, or was just done."""
    (found,) = await house.accounts("shopify")
    # Plans that no longer count lie there until their time.
    due = min(await planned(house))
    return due <= house.clock() or found.account.checked_at == house.clock()


async def status(house: House) -> AccountStatus:
    """How the shop stands."""
    (found,) = await house.accounts("shopify")
    return found.account.status
