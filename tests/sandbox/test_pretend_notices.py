"""The pretend shops take subscriptions as strictly as Shopify does, and tell until they are heard."""

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.pretend_notices import ShopNotices
from bot.sandbox.pretend_provider import PretendProvider, SignedIn
from bot.sandbox.provider_calls import Incoming
from bot.sandbox.records import Hearing, Records
from bot.sandbox.workspace import listening
from bot.sandbox.world import MovableClock
from connectors.providers import all_providers

SHOP = "northwind.myshopify.com"
DECLARED = next(one for one in all_providers() if one.key == "shopify")


class Listener:
    """Somebody who listens at a port, with the answers they give in turn."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []

    async def hears(self, request: Request) -> Response:
        """Note it and answer the next answer, 200 when there is none left."""
        self.heard.append((dict(request.headers), await request.body()))
        return Response(status_code=self.answers.pop(0) if self.answers else 200)


@pytest.fixture
async def shops() -> AsyncIterator[ShopNotices]:
    """All shops, with one sign-in at the example's."""
    pretend = PretendProvider(DECLARED, MovableClock())
    login = pretend.login(None)
    pretend.begin(login, login.accounts, ())
    made = ShopNotices(pretend, Records())
    made.pause = 0.0
    pretend.on_removed = made.uninstalled
    yield made
    await made.aclose()


def asks(shops: ShopNotices, body: Any, *, version: str = "2026-10", shop: str = SHOP) -> Any:
    """What a call of the Admin API is answered."""
    pretend = shops._pretend
    signed_in: SignedIn = pretend.sign_ins[0]
    url = f"https://{shop}/admin/api/{version}/graphql.json"
    incoming = Incoming(method="POST", url=url, query={}, headers={}, form={}, json=body)
    assert shops.is_meant(incoming)
    status, answer = shops.answer(signed_in, incoming, Hearing(Records()))
    assert status == 200
    return answer


def subscribes(shops: ShopNotices, uri: str, **changed: Any) -> Any:
    """A subscription as our declaration asks for it, with something else in its variables."""
    assert DECLARED.notices
    assert DECLARED.notices.subscribe
    body = DECLARED.notices.subscribe(uri).body
    return asks(shops, {**body, "variables": {**body["variables"], **changed}})


def problems(answer: Any) -> list[str]:
    """The user errors of an answer."""
    made = answer["data"]["webhookSubscriptionCreate"]
    assert (made["webhookSubscription"] is None) is bool(made["userErrors"])
    return [one["message"] for one in made["userErrors"]]


async def test_a_subscription_is_taken_once(shops: ShopNotices) -> None:
    """Each address once for each topic; ended, it can be made again."""
    uri = "https://bot.example/hooks/k"
    assert problems(subscribes(shops, uri)) == []
    assert problems(subscribes(shops, uri)) == ["Address for this topic has already been taken"]
    assert problems(subscribes(shops, f"{uri}2")) == []
    assert DECLARED.notices
    assert DECLARED.notices.unsubscribe
    end = DECLARED.notices.unsubscribe(shops.subscriptions[0].id).body
    for errors in (0, 1):
        assert len(asks(shops, end)["data"]["webhookSubscriptionDelete"]["userErrors"]) == errors
    assert problems(subscribes(shops, uri)) == []


async def test_what_shopify_does_not_document_is_refused(shops: ShopNotices) -> None:
    """http, an unknown topic, further variables and fields, another query: no subscription comes of any of it."""
    assert problems(subscribes(shops, "http://bot.example/hooks/k")) == [
        "Address protocol http:// is not supported"
    ]
    good = {"uri": "https://bot.example/k"}
    assert "errors" in subscribes(shops, "", topic="APP_GONE", webhookSubscription=good)
    assert "errors" in subscribes(shops, "", webhookSubscription={**good, "callbackUrl": "https://x"})
    assert "errors" in subscribes(shops, "https://bot.example/k", more=1)
    assert "errors" in asks(shops, {"query": "mutation { webhookSubscriptionCreate }"})
    assert DECLARED.notices
    assert DECLARED.notices.subscribe
    body = DECLARED.notices.subscribe("https://bot.example/k").body
    assert "errors" in asks(shops, body, version="2026-11")
    assert shops.subscriptions == []


async def test_an_uninstalled_app_is_told_of_until_somebody_listens(shops: ShopNotices) -> None:
    """A signed POST goes to each address of that topic, again with the same id while it is not taken; then all is over."""
    listener = Listener()
    listener.answers = [500, 404]
    app = Starlette(routes=[Route("/hooks/k", listener.hears, methods=["POST"])])
    pretend = shops._pretend
    async with listening(app) as base:
        pretend.redirect_uri = f"{base}/oauth/callback/shopify"
        assert problems(subscribes(shops, f"{base}/hooks/k")) == []
        assert problems(subscribes(shops, f"{base}/hooks/k", topic="SHOP_UPDATE")) == []
        pretend.account("Northwind").state = "revoked"
        await shops.told()
    assert [sent.status for sent in shops.sent] == [500, 404, 200]
    assert len({headers["x-shopify-webhook-id"] for headers, _ in listener.heard}) == 1
    headers, body = listener.heard[0]
    mac = hmac.new(pretend.client_secret.encode(), body, hashlib.sha256).digest()
    assert base64.b64decode(headers["x-shopify-hmac-sha256"]) == mac
    assert (headers["x-shopify-topic"], headers["x-shopify-shop-domain"]) == ("app/uninstalled", SHOP)
    assert shops.subscriptions == []
