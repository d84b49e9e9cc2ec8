"""What Slack, or somebody pretending to be Slack, can send: unsigned, repeated, foreign, altered, too late."""

import asyncio
import time
from itertools import product
from typing import Any
from urllib.parse import urlencode

import httpx

from blocks import choosing, connect, connect_dms, connect_words, disconnect, groups, integration, listing
from bot.sandbox.delivery import Ack, sign
from bot.sandbox.world import Json, walk_json
from store import audit
from store import groups as group_rows
from store.records import WorkspaceId
from tests.e2e.by_hand import FORM, Hand, raw, words
from tests.e2e.crowd import Filled, fill
from tests.e2e.house import TEAM, House
from tests.e2e.ways import BY_SOCKET, ON_SQLITE, TWO_WAYS

ELSEWHERE = WorkspaceId("T0ELSEWHERE")


async def kept(house: House) -> tuple[Any, Any, Any]:
    """What nobody may change from outside."""
    async with house.bot.context.store.reading() as tx:
        known = await group_rows.all(tx, TEAM)
        rows = await audit.entries(tx, TEAM, limit=500)
    return known, [(d.account, d.groups) for d in await house.accounts()], rows


@ON_SQLITE
async def test_only_slack_is_listened_to(house: House) -> None:
    """A signature that is wrong, missing, too old or of another body is refused before anything is read."""
    await house.set_up()
    hand = Hand(house=house, who=house.ada)
    body = raw(hand.press(groups.CREATE))
    now = int(time.time())
    secret = house.sandbox.signing_secret
    before, calls = await kept(house), len(house.sandbox.calls)
    tries = {
        "wrong": (body, str(now), sign("another secret", str(now), body)),
        "301 seconds old": (body, str(now - 301), sign(secret, str(now - 301), body)),
        "from the future": (body, str(now + 330), sign(secret, str(now + 330), body)),
        "of another body": (body + b"&a=1", str(now), sign(secret, str(now), body)),
        "re-encoded": (body.replace(b"+", b"%20"), str(now), sign(secret, str(now), body)),
        "empty": (body, str(now), ""),
        "no time": (body, "", sign(secret, "", body)),
        "odd time": (body, "1e9", sign(secret, "1e9", body)),
        "another version": (body, str(now), sign(secret, str(now), body).replace("v0=", "v1=")),
    }
    for name, (sent, timestamp, signature) in tries.items():
        ack = await house.ada.send(sent, FORM, timestamp=timestamp, signature=signature)
        assert ack.status in (400, 401), name
        assert "Traceback" not in words(ack)
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{house.url}/slack/events", content=body, headers={"Content-Type": FORM})
    assert answer.status_code == 401
    await house.settle()
    assert await kept(house) == before
    assert len(house.sandbox.calls) == calls
    assert "legacy-verification-token" not in "\n".join(house.log.lines)


@BY_SOCKET
async def test_in_socket_mode_nothing_comes_by_http(house: House) -> None:
    """Where Slack comes in by Socket Mode, the HTTP door is closed also to signed requests."""
    hand = Hand(house=house, who=house.ada)
    ack = await house.ada.send(raw(hand.press(groups.CREATE)), FORM)
    await house.settle()
    assert ack.status == 404
    assert not house.ada.modals


async def test_the_same_delivery_three_times_counts_once(house: House) -> None:
    """Slack repeats what it thinks was lost: one Group, one attempt, one DM, one question, one disconnect."""
    await house.set_up()
    await house.connects(house.maria)
    (found,) = await house.accounts()
    maria, tom = Hand(house=house, who=house.maria), Hand(house=house, who=house.tom)
    await _thrice(house, maria.press(integration.INTEGRATE, "shopify"))
    await _thrice(house, maria.press(integration.INTEGRATE, "facebook_ads"))
    assert len(house.maria.modals) == 1
    assert len([dm for dm in house.maria.dms if "Facebook Ads" in dm.text]) == 1
    await _thrice(house, tom.press(integration.ASK, "twitter"))
    assert len([dm for dm in house.maria.dms if "asks for" in dm.text]) == 1
    confirm = maria.submission(disconnect.DISCONNECT_CONFIRM, private_metadata=found.account.id)
    acks = await _thrice(house, confirm)
    assert not any("Something broke" in words(ack) for ack in acks)
    done = [row for row in await house.audited() if row[0] in ("integrate", "disconnected", "ask")]
    assert (
        sorted(done)
        == [("ask", False)] * 2 + [("ask", True), ("disconnected", True)] + [("integrate", True)] * 3
    )


async def _thrice(house: House, payload: Json) -> list[Ack]:
    hand = Hand(house=house, who=house.maria)
    house.may_refuse.add("exchanged_trigger_id")
    return await asyncio.gather(*(hand.sends(payload) for _ in range(3)))


@ON_SQLITE
async def test_a_retried_command_is_answered_each_time(house: House) -> None:
    """Each delivery of a command gets its answer in the ack, with Slack's retry headers or without."""
    await house.set_up()
    form = urlencode(Hand(house=house, who=house.tom).command("integrations")).encode()
    for attempt in ("", "1", "2", "3"):
        more = {"x-slack-retry-num": attempt, "x-slack-retry-reason": "http_timeout"} if attempt else {}
        ack = await house.tom.send(form, FORM, headers=more)
        assert ack.status == 200
        assert "Integrations" in words(ack)


@TWO_WAYS
async def test_another_workspace_sees_and_changes_nothing(house: House) -> None:
    """A payload of a workspace the bot is not in gets a sentence; ids of ours in it open nothing."""
    await house.set_up()
    await house.connects(house.maria)
    (found,) = await house.accounts()
    before = await kept(house)
    hand = Hand(house=house, who=house.maria)
    form = hand.command("integrations") | {"team_id": ELSEWHERE}
    said = words(await hand.types(form))
    assert "not installed in this workspace" in said
    assert "Twitter" not in said
    for payload in _reaching(hand, found.account.id):
        for foreign in _foreign(payload):
            ack = await hand.sends(foreign)
            assert ack.status == 200
            assert found.account.name not in words(ack)
    await house.sandbox.delivery.event(
        {
            "type": "event_callback",
            "team_id": ELSEWHERE,
            "event": {"type": "user_change", "user": house.sandbox.world.human("gus").slack_json()},
            "authorizations": [{"team_id": ELSEWHERE}],
        }
    )
    await house.settle()
    assert await kept(house) == before
    assert not house.maria.modals


def _reaching(hand: Hand, account: str) -> list[Json]:
    """Presses and a submission that would do something here."""
    return [
        hand.press(f"{listing.OPEN}:twitter", "twitter"),
        hand.press(f"{integration.CHECK}:{account}", account),
        hand.press(integration.INTEGRATE, "twitter"),
        hand.press(groups.CREATE),
        hand.submission(disconnect.DISCONNECT_CONFIRM, private_metadata=account),
    ]


def _foreign(payload: Json) -> list[Json]:
    """The same as if it came from elsewhere: another team, an organisation without a team, nobody at all."""
    view = payload.get("view") or {}
    elsewhere = payload | {
        "team": {"id": ELSEWHERE},
        "user": payload["user"] | {"team_id": ELSEWHERE},
    }
    bare = {"team": None, "user": payload["user"] | {"team_id": ""}}
    organisation = payload | bare | {"enterprise": {"id": "E0ACME"}, "is_enterprise_install": True}
    made = [elsewhere, organisation, payload | bare]
    if view:
        made = [one | {"view": view | {"app_installed_team_id": ELSEWHERE, "team_id": ""}} for one in made]
    return made


ODD_VALUES = (
    "",
    "nothing-of-ours",
    "twitter\u0000",
    "../../etc",
    "x" * 2000,
    "{}",
    '{"p":-1}',
    '{"p":1e9,"w":5,"k":[]}',
    "[" * 1500,
    '{"k":"twitter","p":true}',
    "<!channel>",
)
ACTIONS = (
    listing.OPEN,
    listing.PICK,
    listing.MORE,
    integration.INTEGRATE,
    integration.ASK,
    integration.RECONNECT,
    integration.GROUPS,
    integration.CHECK,
    integration.DISCONNECT,
    integration.DETAIL_MORE,
    groups.CREATE,
    groups.EDIT,
    groups.GROUPS_MORE,
    connect_words.NEW_LINK,
    connect_words.YES,
    connect_words.NO,
    connect_dms.CARRY_ON,
    "of.an.older.release",
    "",
)


@ON_SQLITE
async def test_a_value_changed_by_hand_breaks_nothing(house: House) -> None:
    """Whatever a button carries, from a message or a modal: words for the person, and everything as it was."""
    await house.set_up()
    await fill(house, Filled(key="twitter", group="Sales"))
    known, found, _rows = await kept(house)
    for action, who in product(ACTIONS, (house.maria, house.ada)):
        hand = Hand(house=house, who=who)
        seen = []
        before = len(who.messages)
        await asyncio.gather(*(hand.sends(hand.press(action, value)) for value in ODD_VALUES))
        seen += [who.read(posted) for posted in who.messages[before:]]
        house.sandbox.world.close_views(who.human.id)
        await house.opens(who)
        for value in ODD_VALUES[:3]:
            (view,) = who.modals[:1]
            await hand.sends(hand.press(action, value, view=view))
            seen.append(who.screen.text)
            house.sandbox.world.close_views(who.human.id, down_to=1)
        house.sandbox.world.close_views(who.human.id)
        assert "Something broke" not in "\n".join(seen), action
        assert (await kept(house))[:2] == (known, found), action
    assert not [line for line in house.log.lines if "something broke" in line]


FORMS = (
    choosing.CHOOSE_GROUPS,
    choosing.GROUPS_LATER,
    choosing.PICK_ACCOUNTS,
    connect.ADDRESS,
    disconnect.DISCONNECT_CONFIRM,
    groups.GROUP_FORM,
    "of.an.older.release",
    "",
)


@ON_SQLITE
async def test_a_form_changed_by_hand_breaks_nothing(house: House) -> None:
    """Altered or oversized hidden data and answers of any shape are refused in words."""
    await house.set_up()
    known, found, _rows = await kept(house)
    odd_states: tuple[Json, ...] = (
        {},
        {"name": {"name.input": {"value": 7}}, "groups": {"groups.input": {"selected_options": [1, {}]}}},
        {"people": "nobody", "address": {"address.input": []}},
    )
    hidden = ("", "x" * 3001, '{"g":"nothing"}', '{"g":{"a":1}}', "[[[", "\u0000")
    for form, who in product(FORMS, (house.maria, house.ada)):
        hand = Hand(house=house, who=who)
        for metadata, state in product(hidden, odd_states):
            made = hand.submission(form, values=state, private_metadata=metadata, external_id="none-of-ours")
            ack = await hand.sends(made)
            assert ack.status == 200, (form, metadata, state)
            assert "Something broke" not in words(ack), (form, metadata, state)
        assert (await kept(house))[:2] == (known, found), form


@ON_SQLITE
async def test_a_form_left_open_over_lunch_still_works(house: House) -> None:
    """A Group form submitted after an hour is saved; a link that ran out meanwhile says so instead."""
    await house.set_up()
    await house.ada.types("/lexer groups")
    await house.ada.sees("Create a Group")
    await house.ada.presses("Create a Group")
    await house.ada.sees("Permission")
    await house.settle()
    await house.begins(house.maria, "Shopify")
    await house.maria.fills("Shop address", "northwind.myshopify.com")
    await house.passes(minutes=61)
    await house.ada.fills("Name", "After lunch")
    await house.ada.submits()
    assert "After lunch is created." in await house.ada.sees("After lunch")
    assert "ran out" in house.maria.screen


@ON_SQLITE
async def test_names_from_a_provider_cannot_act(house: House) -> None:
    """Markup, mentions, line breaks and 3,001 characters in an account's name stay words, on every screen."""
    await house.set_up()
    hostile = ("*_~`a`~_*", "<@U0ADA> <!here> &amp;", "a\nb\r\nc", "n" * 3001, "\u202egnp.exe", "   ")
    for number, name in enumerate(hostile):
        await fill(
            house, Filled(key=("twitter", "shopify", "facebook_ads")[number % 3], name=name, group="Sales")
        )
    for name in ("Twitter (X)", "Shopify", "Facebook Ads"):
        await house.opens(house.maria, name)
        (top,) = house.maria.modals[-1:]
        acting = [str(one["text"]) for one in walk_json(top.body) if one.get("type") == "mrkdwn"]
        assert not any("<!here>" in words or "<@U0ADA>" in words for words in acting)
        (first, *_rest) = await house.accounts({"S": "shopify", "T": "twitter", "F": "facebook_ads"}[name[0]])
        hand = Hand(house=house, who=house.maria)
        for action in (integration.GROUPS, integration.DISCONNECT):
            await hand.sends(hand.press(f"{action}:{first.account.id}", first.account.id, view=top))
            assert "Something broke" not in house.maria.screen
            await house.maria.closes()
        await house.maria.closes(everything=True)
