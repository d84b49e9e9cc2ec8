"""How a pretend provider tells by itself. It shares nothing with the bot but what Shopify documents (shopify.dev, read 2026-11).

Admin API: webhookSubscriptionCreate and webhookSubscriptionDelete. Delivery: a POST with JSON, signed by HMAC-SHA256 over the
body with the client secret (base64, X-Shopify-Hmac-SHA256), taken when it is answered with 2xx within 5 seconds, else sent again.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.sandbox.pretend_provider import PretendProvider, SignedIn
from bot.sandbox.provider_calls import Incoming
from bot.sandbox.records import Hearing, Records

UNINSTALLED = "app/uninstalled"
_SECONDS = 5.0
_TIMES = 4
_TOPICS = {"APP_UNINSTALLED": UNINSTALLED, "SHOP_UPDATE": "shop/update", "ORDERS_CREATE": "orders/create"}
_FIELDS = frozenset({"uri", "format", "filter", "includeFields", "metafieldNamespaces", "metafields", "name"})
_CREATE = re.compile(
    r"mutation(?: \w+)?\(\$topic: WebhookSubscriptionTopic!, \$webhookSubscription: WebhookSubscriptionInput!\) "
    r"\{ webhookSubscriptionCreate\(topic: \$topic, webhookSubscription: \$webhookSubscription\) "
    r"\{ webhookSubscription \{ id \} userErrors \{ field message \} \} \}"
)
_DELETE = re.compile(
    r"mutation(?: \w+)?\(\$id: ID!\) \{ webhookSubscriptionDelete\(id: \$id\) "
    r"\{ deletedWebhookSubscriptionId userErrors \{ field message \} \} \}"
)
_PATH = re.compile(r"https://[a-z0-9-]+\.myshopify\.com/admin/api/20\d\d-(?:01|04|07|10)/graphql\.json")
Reply = tuple[int, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A shop tells an address of one topic. `shop`: its address."""

    id: str
    shop: str
    topic: str
    uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One POST that went out, and what was answered: 0 = nothing in time, or no connection."""

    uri: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    status: int


class ShopNotices:
    """The subscriptions of all shops, and what was told. Everything may be read and changed by a test."""

    def __init__(self, pretend: PretendProvider, records: Records) -> None:
        self.subscriptions: list[Subscription] = []
        self.sent: list[Sent] = []
        self.mute = False
        """Notices get lost on the way."""
        self.pause = 0.05
        """Seconds before what was not taken is sent again; Shopify waits longer each time, four hours in all."""
        self._pretend = pretend
        self._records = records
        self._under_way: set[asyncio.Task[None]] = set()
        self._number = 8_589_934_591

    def is_meant(self, incoming: Incoming) -> bool:
        """Whether a call is about subscriptions."""
        return isinstance(incoming.json, dict) and "webhookSubscription" in str(incoming.json.get("query"))

    def answer(self, signed_in: SignedIn, incoming: Incoming, hearing: Hearing) -> Reply:
        """The answer to a call that is about subscriptions."""
        query, variables = str(incoming.json["query"]), incoming.json.get("variables") or {}
        if incoming.method != "POST" or not _PATH.fullmatch(incoming.url) or not isinstance(variables, dict):
            return self._wrong(hearing, "not a call of the Admin API")
        shop = signed_in.login.address or ""
        if _CREATE.fullmatch(query):
            return self._create(shop, variables, hearing)
        if _DELETE.fullmatch(query):
            return self._delete(shop, variables)
        return self._wrong(hearing, "Parse error")

    def uninstalled(self, shop: str) -> None:
        """The app is no longer in a shop: its subscriptions end, and those of that topic are told so."""
        here = [one for one in self.subscriptions if one.shop == shop]
        self.subscriptions = [one for one in self.subscriptions if one.shop != shop]
        for one in here:
            if one.topic == UNINSTALLED and not self.mute:
                self.send(one)

    def send(self, subscription: Subscription) -> None:
        """Tell one subscriber, now and until it is taken."""
        task = asyncio.get_running_loop().create_task(self._send(subscription))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def told(self) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            await asyncio.wait(set(self._under_way))

    async def aclose(self) -> None:
        """Tell nobody any more."""
        for task in set(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def notice(self, subscription: Subscription, **changed: str) -> tuple[dict[str, str], bytes]:
        """A signed notice: headers and body. `changed`: headers that are to be others, "_" for "-" in their names."""
        body = json.dumps(
            {
                "id": 548380009,
                "name": "Northwind",
                "myshopify_domain": subscription.shop,
                "plan_name": "basic",
            }
        ).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Shopify-Topic": subscription.topic,
            "X-Shopify-Shop-Domain": subscription.shop,
            "X-Shopify-API-Version": "2026-10",
            "X-Shopify-Webhook-Id": str(uuid.uuid4()),
            "X-Shopify-Event-Id": str(uuid.uuid4()),
            "X-Shopify-Triggered-At": self._pretend.clock().strftime("%Y-%m-%dT%H:%M:%S.%f000Z"),
            "X-Shopify-Hmac-SHA256": self.sign(body),
        }
        return headers | {name.replace("_", "-"): value for name, value in changed.items()}, body

    def sign(self, body: bytes) -> str:
        """Shopify's signature of a body."""
        mac = hmac.new(self._pretend.client_secret.encode(), body, hashlib.sha256)
        return base64.b64encode(mac.digest()).decode()

    def _create(self, shop: str, variables: Mapping[str, Any], hearing: Hearing) -> Reply:
        wanted = variables.get("webhookSubscription")
        topic = _TOPICS.get(str(variables.get("topic")))
        if (
            topic is None
            or not isinstance(wanted, dict)
            or set(wanted) - _FIELDS
            or set(variables) - {"topic", "webhookSubscription"}
        ):
            return self._wrong(hearing, "a variable was provided invalid value")
        uri = str(wanted.get("uri", ""))
        problem = self._problem(shop, topic, uri, str(wanted.get("format", "JSON")))
        if problem is not None:
            return _created(None, problem)
        self._number += 1
        made = f"gid://shopify/WebhookSubscription/{self._number}"
        self.subscriptions.append(Subscription(id=made, shop=shop, topic=topic, uri=uri))
        return _created({"id": made})

    def _problem(self, shop: str, topic: str, uri: str, form: str) -> str | None:
        # An address of this computer is none for Shopify; the bot this workspace was pointed at is let through.
        own = (self._pretend.redirect_uri or "").partition("/oauth/")[0]
        if not uri.startswith("https://") and not (own and uri.startswith(f"{own}/")):
            return "Address protocol http:// is not supported"
        if form not in {"JSON", "XML"}:
            return "Format is not supported"
        if any((one.shop, one.topic, one.uri) == (shop, topic, uri) for one in self.subscriptions):
            return "Address for this topic has already been taken"
        return None

    def _delete(self, shop: str, variables: Mapping[str, Any]) -> Reply:
        named = variables.get("id")
        there = [one for one in self.subscriptions if (one.id, one.shop) == (named, shop)]
        self.subscriptions = [one for one in self.subscriptions if one not in there]
        errors = [] if there else [{"field": ["id"], "message": "Webhook subscription does not exist"}]
        made = {"deletedWebhookSubscriptionId": named if there else None, "userErrors": errors}
        return 200, {"data": {"webhookSubscriptionDelete": made}}

    def _wrong(self, hearing: Hearing, problem: str) -> Reply:
        hearing.refuse(f"{self._pretend.key} subscriptions", problem)
        return 200, {"errors": [{"message": problem}]}

    async def _send(self, subscription: Subscription) -> None:
        headers, body = self.notice(subscription)
        status = 0
        async with httpx.AsyncClient(trust_env=False, timeout=_SECONDS) as client:
            for number in range(_TIMES):
                if number:
                    await self._pretend.linger(self.pause * number)
                status = await self._post(client, subscription, headers, body)
                if 200 <= status < 300:
                    return
        if status:
            self._records.refuse(f"{self._pretend.key} notice", f"not taken: {status}")

    async def _post(
        self, client: httpx.AsyncClient, subscription: Subscription, headers: Mapping[str, str], body: bytes
    ) -> int:
        begun = self._records.begins()
        try:
            status = (await client.post(subscription.uri, content=body, headers=dict(headers))).status_code
        except httpx.HTTPError:
            status = 0
        self.sent.append(Sent(uri=subscription.uri, headers=headers, body=body, status=status))
        self._records.exchanged(
            begun, way="to bot", name=f"notice: {subscription.topic}", sent=json.loads(body), status=status
        )
        self._records.ring()
        return status


def _created(made: Any, *problems: str) -> Reply:
    errors = [{"field": ["webhookSubscription", "uri"], "message": problem} for problem in problems]
    return 200, {"data": {"webhookSubscriptionCreate": {"webhookSubscription": made, "userErrors": errors}}}
