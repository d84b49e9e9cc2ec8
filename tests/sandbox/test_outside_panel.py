"""The panel plays the providers: what is pressed there happens to Lexer's access, and it says what to do next."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.sandbox.finding import CannotDo
from bot.sandbox.pages.outside import AccountRow, Card, OutsideView, change, outside_view
from bot.sandbox.pages.templating import environment
from bot.sandbox.workspace import Sandbox, open_sandbox
from bot.sandbox.world import MovableClock
from connectors.engine import Refreshed, RevokeOutcome
from connectors.observation import Healthy, Observation, Rejected, Throttled, Unreachable
from connectors.provider import Provider
from connectors.providers import all_providers
from tests.sandbox.desk import Desk, open_desk
from tests.sandbox.fake_bot import FakeBot

PROVIDERS = {one.key: one for one in all_providers()}
every_provider = pytest.mark.parametrize("provider", PROVIDERS.values(), ids=list(PROVIDERS))
TWITTER, FACEBOOK = PROVIDERS["twitter"], PROVIDERS["facebook_ads"]


@pytest.fixture
async def desk(sandbox: Sandbox, bot: FakeBot) -> AsyncIterator[Desk]:
    """The connectors aimed at the sandbox."""
    assert sandbox.delivery.bot_url is not None
    async with open_desk(sandbox, sandbox.delivery.bot_url) as made:
        yield made


def seen(sandbox: Sandbox) -> OutsideView:
    """The panel; drawing it must always work."""
    view = outside_view(sandbox.providers, sandbox.records)
    environment().get_template("outside.html").render(outside=view)
    return view


def card(sandbox: Sandbox, provider: Provider) -> Card:
    """A provider's card, wherever it stands."""
    view = seen(sandbox)
    return next(one for one in (*view.cards, *view.quiet) if one.key == provider.key)


def only(sandbox: Sandbox, provider: Provider) -> AccountRow:
    """The first account's row."""
    return card(sandbox, provider).accounts[0]


def press(sandbox: Sandbox, row: AccountRow, label: str) -> str | None:
    """Send what a button would."""
    act = next(one for one in (*row.acts, *row.more) if one.label == label)
    return change(sandbox.providers, json.loads(act.order))


def test_providers_nobody_connected_stand_below(sandbox: Sandbox) -> None:
    """Nothing distracts from what is connected."""
    view = seen(sandbox)
    assert view.cards == ()
    assert {one.key for one in view.quiet} == set(PROVIDERS)


@every_provider
async def test_removed_access_ends_what_was_and_a_new_sign_in_lives(desk: Desk, provider: Provider) -> None:
    """As at a real provider: what ended never comes back by itself, but signing in again works."""
    old = await desk.signs_in(provider)
    words = press(desk.sandbox, only(desk.sandbox, provider), "Remove access")
    assert words is not None
    assert "access removed" in words
    assert only(desk.sandbox, provider).words == "Access removed"
    assert "press Check now" in only(desk.sandbox, provider).hint
    assert isinstance(await desk.probes(provider, old), Rejected)
    press(desk.sandbox, only(desk.sandbox, provider), "Back to normal")
    assert only(desk.sandbox, provider).words == "Access removed"
    assert isinstance(await desk.probes(provider, old), Rejected)
    address, now = provider.example.address, desk.sandbox.clock()
    renewed = await desk.connectors.refresh(provider, tokens=old.tokens, address=address, now=now)
    assert not isinstance(renewed, Refreshed)
    new = await desk.signs_in(provider)
    assert isinstance(await desk.probes(provider, new), Healthy)
    assert only(desk.sandbox, provider).words == "Lexer has access"


@every_provider
@pytest.mark.parametrize("then", ["Ask for a pause", "Change the password", "Remove access"])
async def test_no_later_trouble_revives_an_old_sign_in(desk: Desk, provider: Provider, then: str) -> None:
    """One trouble after another leaves the dead dead."""
    old = await desk.signs_in(provider)
    press(desk.sandbox, only(desk.sandbox, provider), "Change the password")
    await desk.signs_in(provider)
    press(desk.sandbox, only(desk.sandbox, provider), then)
    press(desk.sandbox, only(desk.sandbox, provider), "Back to normal")
    assert isinstance(await desk.probes(provider, old), Rejected)


async def test_a_dead_sign_in_keeps_its_reason(desk: Desk) -> None:
    """Where the provider tells a changed password from removed access, it still does so afterwards."""
    old = await desk.signs_in(FACEBOOK)
    press(desk.sandbox, only(desk.sandbox, FACEBOOK), "Change the password")
    before = await desk.probes(FACEBOOK, old)
    press(desk.sandbox, only(desk.sandbox, FACEBOOK), "Back to normal")
    assert await desk.probes(FACEBOOK, old) == before
    assert only(desk.sandbox, FACEBOOK).words == "Password changed"


async def test_a_security_check_passes(desk: Desk) -> None:
    """What a real provider lets live again lives again here."""
    done = await desk.signs_in(FACEBOOK)
    press(desk.sandbox, only(desk.sandbox, FACEBOOK), "Ask for a security check")
    assert not isinstance(await desk.probes(FACEBOOK, done), Healthy)
    press(desk.sandbox, only(desk.sandbox, FACEBOOK), "Back to normal")
    assert isinstance(await desk.probes(FACEBOOK, done), Healthy)


@every_provider
async def test_every_button_does_something(desk: Desk, provider: Provider) -> None:
    """No button on an account is for show: a check sees each of them, and the way back works."""
    await desk.signs_in(provider)
    row = only(desk.sandbox, provider)
    for label in [act.label for act in (*row.acts, *row.more)]:
        done = await desk.signs_in(provider)
        press(desk.sandbox, only(desk.sandbox, provider), label)
        assert not isinstance(await desk.probes(provider, done), Healthy), label
        press(desk.sandbox, only(desk.sandbox, provider), "Back to normal")
    assert isinstance(await desk.probes(provider, await desk.signs_in(provider)), Healthy)


async def test_the_next_step_changes_once_lexer_knows(desk: Desk) -> None:
    """The panel never sends anybody to press Check now twice."""
    done = await desk.signs_in(TWITTER)
    press(desk.sandbox, only(desk.sandbox, TWITTER), "Remove access")
    assert "press Check now" in only(desk.sandbox, TWITTER).hint
    await desk.probes(TWITTER, done)
    assert "press Reconnect" in only(desk.sandbox, TWITTER).hint
    await desk.signs_in(TWITTER)
    assert only(desk.sandbox, TWITTER).hint == ""
    assert "Back to normal" not in [act.label for act in only(desk.sandbox, TWITTER).acts]


async def test_a_throttled_account_says_how_it_ends(desk: Desk) -> None:
    """Throttling passes, and nothing has to be signed in again."""
    done = await desk.signs_in(TWITTER)
    press(desk.sandbox, only(desk.sandbox, TWITTER), "Ask for a pause")
    assert isinstance(await desk.probes(TWITTER, done), Throttled)
    row = only(desk.sandbox, TWITTER)
    assert (row.words, row.mood) == ("Asks for a pause", "warn")
    assert "Press Back to normal" in row.hint
    press(desk.sandbox, row, "Back to normal")
    assert isinstance(await desk.probes(TWITTER, done), Healthy)


async def test_what_lexer_gave_back_is_no_trouble(desk: Desk) -> None:
    """After a disconnect the account stands there quietly, with nothing to break."""
    done = await desk.signs_in(TWITTER)
    outcome = await desk.connectors.revoke(
        TWITTER, tokens=done.tokens, identity_id=done.identity.external_id, address=None
    )
    assert outcome is RevokeOutcome.REVOKED
    row = only(desk.sandbox, TWITTER)
    assert (row.words, row.mood, row.hint, row.acts) == ("Lexer gave the access back", "quiet", "", ())


async def test_a_whole_provider_goes_down_and_comes_back(desk: Desk) -> None:
    """An outage is everybody's and leaves every sign-in as it was."""
    done = await desk.signs_in(TWITTER)
    expected: list[tuple[str, type[Observation]]] = [("down", Unreachable), ("throttle", Throttled)]
    for what, found in expected:
        change(desk.sandbox.providers, {"provider": "twitter", "what": what})
        assert "press Check now" in card(desk.sandbox, TWITTER).hint
        assert isinstance(await desk.probes(TWITTER, done), found)
        assert "Lexer has noticed" in card(desk.sandbox, TWITTER).hint
    assert change(desk.sandbox.providers, {"provider": "twitter", "what": "slow"}) is not None
    assert card(desk.sandbox, TWITTER).words == "Slow"
    assert (
        change(desk.sandbox.providers, {"provider": "twitter", "what": "normal"})
        == "Twitter (X) works again."
    )
    assert isinstance(await desk.probes(TWITTER, done), Healthy)


async def test_the_next_sign_in_can_be_prepared(desk: Desk) -> None:
    """Who signs in, what the sign-in offers and what the person refuses is chosen beforehand."""
    providers, first = desk.sandbox.providers, FACEBOOK.example.accounts[0]
    refused = FACEBOOK.scopes[-1].name
    for order in (
        {"what": "offer", "account": first.external_id, "value": False},
        {"what": "refuse", "permission": refused, "value": True},
    ):
        change(providers, {"provider": "facebook_ads", **order})
    following = card(desk.sandbox, FACEBOOK).following
    assert following is not None
    assert following.is_changed
    assert [act.is_on for act in following.accounts][:2] == [False, True]
    done = await desk.signs_in(FACEBOOK)
    assert first not in done.accounts
    assert done.missing_scopes == (refused,)


async def test_another_login_can_be_added_and_chosen(desk: Desk) -> None:
    """Somebody else with accounts of their own can sign in; at some point there are enough."""
    order = {"provider": "facebook_ads", "what": "login"}
    assert change(desk.sandbox.providers, order) == "Eastwind can sign in at Facebook Ads now."
    change(desk.sandbox.providers, {**order, "what": "who", "login": "Eastwind"})
    done = await desk.signs_in(FACEBOOK)
    assert (done.identity.name, len(done.accounts)) == ("Eastwind", len(FACEBOOK.example.accounts))
    for _ in range(4):
        change(desk.sandbox.providers, order)
    with pytest.raises(CannotDo, match="enough logins"):
        change(desk.sandbox.providers, order)


async def test_someone_chosen_who_is_not_at_another_shop_does_not_stop_it(desk: Desk) -> None:
    """A choice made for one address never breaks the page of another."""
    pretend = desk.sandbox.provider("shopify")
    change(desk.sandbox.providers, {"provider": "shopify", "what": "who", "login": "Northwind"})
    assert pretend.login(None, "bakery.myshopify.com").identity.name == "Bakery"


async def test_what_there_is_much_of_is_cut(clock: MovableClock) -> None:
    """A hundred providers make a short list, not a long page."""
    many = [TWITTER, *(replace(TWITTER, key=f"p{number}") for number in range(30))]
    async with open_sandbox(clock=clock, providers=many) as sandbox:
        view = seen(sandbox)
        assert len(view.quiet) == 31
        assert not any(one.following for one in view.quiet)


HOSTILE: list[dict[str, Any]] = [
    {},
    {"provider": "nobody", "what": "down"},
    {"provider": ["twitter"], "what": "down"},
    {"provider": "twitter"},
    {"provider": "twitter", "what": None},
    {"provider": "twitter", "what": "explode"},
    {"provider": "twitter", "what": "revoke"},
    {"provider": "twitter", "what": "__class__", "account": "2244994945"},
    {"provider": "twitter", "what": "revoke", "account": "nobody"},
    {"provider": "twitter", "what": "revoke", "account": {"id": 1}},
    {"provider": "twitter", "what": "account_gone", "account": "2244994945"},
    {"provider": "twitter", "what": "who", "login": "<b>"},
    {"provider": "twitter", "what": "who", "login": 7},
    {"provider": "twitter", "what": "refuse", "permission": "everything", "value": True},
    {"provider": "twitter", "what": "refuse", "permission": "dm.read", "value": "yes"},
    {"provider": "twitter", "what": "refuse", "value": True},
    {"provider": "facebook_ads", "what": "offer", "account": "1", "value": True},
    {"provider": "facebook_ads", "what": "offer", "value": True},
]


@pytest.mark.parametrize("order", HOSTILE, ids=str)
async def test_a_hostile_order_is_refused_in_plain_words(desk: Desk, order: dict[str, Any]) -> None:
    """Whoever posts nonsense is told so, nothing of it is repeated, and nothing changes."""
    await desk.signs_in(TWITTER)
    before = seen(desk.sandbox)
    with pytest.raises(CannotDo) as refused:
        change(desk.sandbox.providers, order)
    assert str(refused.value).endswith(".")
    assert "<" not in str(refused.value)
    assert seen(desk.sandbox) == before
