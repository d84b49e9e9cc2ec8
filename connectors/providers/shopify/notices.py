"""What a shop tells by itself: that the app was uninstalled. Sources stand among the facts of the provider."""

from collections.abc import Mapping
from datetime import datetime

from connectors.jsontext import decode
from connectors.notices import sha256_in_base64
from connectors.observation import Misconfigured, Observation
from connectors.provider import Answer, Call, Json, Notices, NoticesExample, Subscribed, Told
from connectors.providers.shopify.admin_api import graphql
from connectors.reading import as_id, as_list, as_object


def _subscribe(address: str) -> Call:
    return graphql(
        "mutation webhookSubscriptionCreate($topic: WebhookSubscriptionTopic!, "
        "$webhookSubscription: WebhookSubscriptionInput!) { webhookSubscriptionCreate(topic: $topic, "
        "webhookSubscription: $webhookSubscription) { webhookSubscription { id } userErrors { field message } } }",
        topic="APP_UNINSTALLED",
        webhookSubscription={"uri": address, "format": "JSON"},
    )


def _read_subscribed(answer: Answer) -> Subscribed | Observation | None:
    body = as_object(answer.json)
    if not 200 <= answer.status < 300 or body.get("errors"):
        return None
    made = as_object(as_object(body["data"])["webhookSubscriptionCreate"])
    problems = [str(as_object(one).get("message")) for one in as_list(made["userErrors"])]
    if not problems:
        return Subscribed(id=as_id(as_object(made["webhookSubscription"])["id"]))
    # Nobody but us knows the address, so whoever took it is we.
    if all("already been taken" in problem for problem in problems):
        return Subscribed()
    return Misconfigured(detail="notices are not sent to this address")


def _unsubscribe(subscription: str) -> Call:
    return graphql(
        "mutation webhookSubscriptionDelete($id: ID!) { webhookSubscriptionDelete(id: $id) { "
        "deletedWebhookSubscriptionId userErrors { field message } } }",
        id=subscription,
    )


def _read_notice(headers: Mapping[str, str], body: bytes) -> Told:
    # The body alone is signed, so it says which shop this is about; a replayed one with other headers costs a question.
    shop = as_object(decode(body))
    at = headers.get("x-shopify-triggered-at")
    return Told(
        topic=headers["x-shopify-topic"],
        id=as_id(headers["x-shopify-webhook-id"]),
        at=datetime.fromisoformat(at) if at else None,
        address=shop.get("myshopify_domain"),
    )


def _subscription(made: Json, *problems: str) -> tuple[int, Json]:
    errors = [{"field": ["webhookSubscription", "uri"], "message": problem} for problem in problems]
    return 200, {"data": {"webhookSubscriptionCreate": {"webhookSubscription": made, "userErrors": errors}}}


NOTICES = Notices(
    topics=frozenset({"app/uninstalled"}),
    is_genuine=sha256_in_base64("x-shopify-hmac-sha256"),
    read=_read_notice,
    subscribe=_subscribe,
    read_subscribed=_read_subscribed,
    unsubscribe=_unsubscribe,
    example=NoticesExample(
        subscribed=_subscription({"id": "gid://shopify/WebhookSubscription/8589934592"}),
        already=_subscription(None, "Address for this topic has already been taken"),
        refused=_subscription(None, "Address protocol http:// is not supported"),
        unsubscribed=(
            200,
            {
                "data": {
                    "webhookSubscriptionDelete": {
                        "deletedWebhookSubscriptionId": "gid://shopify/WebhookSubscription/8589934592",
                        "userErrors": [],
                    }
                }
            },
        ),
        headers={
            "x-shopify-topic": "app/uninstalled",
            "x-shopify-shop-domain": "northwind.myshopify.com",
            "x-shopify-webhook-id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
            "x-shopify-triggered-at": "2026-11-24T09:00:00.000000000Z",
        },
        body=b'{"id": 548380009, "name": "Northwind", "myshopify_domain": "northwind.myshopify.com"}',
    ),
)
