"""What is written down of every request between Slack, bot and providers, and what never is."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from bot.sandbox.delivery import name_of
from bot.sandbox.faults import Fault
from bot.sandbox.records import Begun, Exchange, Records, without_secrets
from bot.sandbox.workspace import Sandbox
from bot.sandbox.world import MovableClock
from connectors.provider import Provider, RefreshKind
from connectors.providers import all_providers
from tests.sandbox.desk import open_desk
from tests.sandbox.fake_bot import FakeBot, Json, button, field_block, modal, row, section

PROVIDERS = all_providers()


def newest(sandbox: Sandbox, way: str) -> Exchange:
    """The latest one in a direction."""
    return [one for one in sandbox.records.exchanges if one.way == way][-1]


async def test_a_command_is_written_down_with_its_answer(sandbox: Sandbox, bot: FakeBot) -> None:
    """Whoever develops a command sees what Slack sent, what the bot answered, and how long it took."""
    bot.answer = lambda _payload: {"text": "Here you are."}
    await sandbox.person("maria").types("/lexer integrations")
    seen = newest(sandbox, "to bot")
    assert (seen.name, seen.status, seen.refusals) == ("/lexer integrations", 200, ())
    assert isinstance(seen.sent, dict)
    assert seen.sent["user_id"] == "U0MARIA"
    assert seen.answered == {"text": "Here you are."}
    assert 0 < seen.seconds < 60


async def test_a_press_is_named_by_its_button(sandbox: Sandbox, bot: FakeBot) -> None:
    """The list says which button was pressed."""
    bot.answer = lambda _payload: {"text": "x", "blocks": [row(button("Open", "open_integration:twitter"))]}
    await sandbox.person("maria").types("/lexer")
    bot.answer = lambda _payload: None
    await sandbox.person("maria").presses("Open")
    seen = newest(sandbox, "to bot")
    assert seen.name == "block_actions: open_integration"
    assert seen.answered is None


async def test_an_event_is_named_by_its_kind(sandbox: Sandbox, bot: FakeBot) -> None:
    """Events stand in the list too."""
    await sandbox.changes("tom", real_name="Thomas Baker")
    assert newest(sandbox, "to bot").name == "event: user_change"


async def test_a_late_answer_is_written_down_as_none(sandbox: Sandbox, bot: FakeBot) -> None:
    """An ack that does not come in time says so, once, in its own line."""
    bot.delay = 0.6
    await sandbox.person("maria").types("/lexer")
    seen = newest(sandbox, "to bot")
    assert seen.status == 0
    assert [refusal.error for refusal in seen.refusals] == ["operation_timeout"]


async def test_what_slack_refuses_in_an_ack_stands_with_it(sandbox: Sandbox, bot: FakeBot) -> None:
    """A refused ack is found at the delivery it answered, with the place."""
    bot.answer = lambda _payload: {"text": "x", "blocks": [section("a" * 3001)]}
    await sandbox.person("maria").types("/lexer")
    (refusal,) = newest(sandbox, "to bot").refusals
    assert refusal.error == "invalid_blocks"
    assert "[json-pointer:/blocks/0/text/text]" in refusal.messages[0]


async def test_a_refused_submission_stands_with_it(sandbox: Sandbox, bot: FakeBot) -> None:
    """So does what Slack cannot show after a submission."""
    person = sandbox.person("maria")
    trigger = sandbox.slack.passes.trigger(person.human.id)
    await bot.call("views.open", trigger_id=trigger, view=modal(field_block("Name"), submit="Save"))
    bot.answer = lambda _payload: {"response_action": "errors", "errors": {"nowhere": "Wrong"}}
    await person.fills("Name", "x")
    await person.submits()
    assert [one.error for one in newest(sandbox, "to bot").refusals] == ["unknown_block_id"]


async def test_calls_and_response_posts_are_written_down(sandbox: Sandbox, bot: FakeBot) -> None:
    """What the bot sends is there with Slack's answer and Slack's error."""
    await bot.call("chat.postMessage", channel="C0GENERAL", text="Good morning")
    good = newest(sandbox, "to Slack")
    assert (good.name, good.sent) == ("chat.postMessage", {"channel": "C0GENERAL", "text": "Good morning"})
    assert good.answered["ok"] is True
    await bot.call("chat.postMessage", channel="C0NOWHERE", text="Good morning")
    assert [one.error for one in newest(sandbox, "to Slack").refusals] == ["channel_not_found"]
    made = sandbox.slack.passes.address("C0GENERAL", "U0MARIA")
    await bot.respond(sandbox.person("maria").response_url(made), text="later", colour="red")
    seen = newest(sandbox, "to Slack")
    assert (seen.name, seen.status) == ("response_url", 400)
    assert seen.refusals[0].error == "invalid_payload"


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Fault(status=429, retry_after=1), 429), (Fault(cut="before"), 0), (Fault(cut="after"), 200)],
    ids=["limit", "cut before", "cut after"],
)
async def test_trouble_of_slack_is_no_refusal(
    sandbox: Sandbox, bot: FakeBot, fault: Fault, status: int
) -> None:
    """A limit or a broken connection is there to be seen, and not held against the bot."""
    sandbox.faults.add(fault)
    try:
        await bot.call("chat.postMessage", channel="C0GENERAL", text="Good morning")
    except httpx.HTTPError:
        assert fault.cut is not None
    seen = newest(sandbox, "to Slack")
    assert (seen.status, seen.refusals) == (status, ())


@pytest.mark.parametrize("provider", PROVIDERS, ids=[one.key for one in PROVIDERS])
async def test_nothing_secret_is_in_any_exchange(sandbox: Sandbox, bot: FakeBot, provider: Provider) -> None:
    """Whoever looks over a shoulder at the inspector learns no token, secret, code or verifier."""
    pretend = sandbox.provider(provider.key)
    assert sandbox.delivery.bot_url is not None
    async with open_desk(sandbox, sandbox.delivery.bot_url) as desk:
        done = await desk.signs_in(provider)
        await desk.probes(provider, done)
        if provider.auth.refresh is not RefreshKind.NONE:
            await desk.connectors.refresh(
                provider, tokens=done.tokens, address=provider.example.address, now=sandbox.clock()
            )
    await bot.call("apps.connections.open", token=sandbox.app_token)
    await bot.call("chat.postMessage", channel="C0GENERAL", text=f"do not say {sandbox.bot_token}")
    await sandbox.person("maria").types("/lexer")
    written = repr(list(sandbox.records.exchanges))
    secrets = {sandbox.bot_token, sandbox.app_token, sandbox.signing_secret, pretend.client_secret}
    secrets |= {"legacy-verification-token", *pretend.codes, *pretend.settings.values()}
    secrets |= {token for one in pretend.sign_ins for token in (*one.access, *one.refresh)}
    secrets |= {*sandbox.slack.socket_tickets, *sandbox.slack.passes.addresses}
    assert len(secrets) >= 9
    assert not [one for one in secrets if one in written]


async def test_a_call_to_a_provider_is_its_address_alone(sandbox: Sandbox, bot: FakeBot) -> None:
    """Of provider calls one sees method, host, path and status; what the provider would not take is marked."""
    async with httpx.AsyncClient(trust_env=False) as client:
        bearer = {"Authorization": "Bearer made-up"}
        await client.get(f"{sandbox.base_url}/api.x.com/2/users/me?secret=1", headers=bearer)
    seen = newest(sandbox, "to provider")
    assert (seen.name, seen.sent, seen.answered) == (
        "GET api.x.com/2/users/me",
        "GET api.x.com/2/users/me",
        None,
    )
    assert (seen.status, [one.error for one in seen.refusals]) == (401, ["unknown_access_token"])


async def test_the_last_thousand_are_kept(clock: MovableClock) -> None:
    """A workspace left open over night does not fill the memory, and a refusal for a forgotten one is harmless."""
    records = Records()
    for _ in range(1100):
        records.exchanged(Begun(), way="to bot", name="x", sent={})
    assert len(records.exchanges) == 1000
    assert [records.exchanges[0].number, records.exchanges[-1].number] == [101, 1100]
    records.refuse("ack", "too_late", exchange=5)
    assert not any(one.refusals for one in records.exchanges)


async def test_what_was_said_then_stays_as_it_was(sandbox: Sandbox, bot: FakeBot) -> None:
    """An exchange shows what was sent, not what became of it."""
    person = sandbox.person("maria")
    trigger = sandbox.slack.passes.trigger(person.human.id)
    await bot.call("views.open", trigger_id=trigger, view=modal(field_block("Name"), submit="Save"))
    bot.answer = lambda _payload: {"response_action": "errors", "errors": {"name": "No"}}
    await person.fills("Name", "first")
    await person.submits()
    await person.fills("Name", "second")
    sent = newest(sandbox, "to bot").sent
    assert isinstance(sent, dict)
    assert sent["view"]["state"]["values"]["name"]["typed"]["value"] == "first"


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"payload=%7Bnot", b"[1]", b"", b"[" * 100_000])
async def test_bytes_nobody_can_read_are_written_down(sandbox: Sandbox, bot: FakeBot, raw: bytes) -> None:
    """Whatever a hostile test sends, the log takes it."""
    bot.answer = lambda _payload: None
    try:
        await sandbox.person("maria").send(raw, "text/plain")
    finally:
        assert newest(sandbox, "to bot").way == "to bot"


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        ({"type": "view_submission", "view": {"callback_id": "groups"}}, "view_submission: groups"),
        ({"type": "view_closed", "view": {}}, "view_closed"),
        ({"type": "block_suggestion", "action_id": "search:1"}, "block_suggestion: search"),
        ({"type": "block_actions", "actions": "all"}, "block_actions"),
        ({"type": "block_actions", "actions": [7]}, "block_actions"),
        ({"event": {"type": "app_uninstalled"}}, "event: app_uninstalled"),
        ({}, "unknown"),
        ("<html>", "unreadable"),
    ],
)
def test_every_delivery_has_a_plain_name(payload: Json | str, name: str) -> None:
    """The list reads as what people did."""
    assert name_of(payload) == name


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"token": "t", "text": "x"}, {"text": "x"}),
        ({"style": {"code": True}}, {"style": {"code": True}}),
        ({"code": "4/abc"}, {}),
        ("go to http://127.0.0.1:3000/connect/abcdef now", "go to http://127.0.0.1:3000/connect/… now"),
        (["ws://localhost:1/socket/abc?x=1"], ["ws://localhost:1/socket/…"]),
        ("https://learn.lexer.io/docs/twitter", "https://learn.lexer.io/docs/twitter"),
        ("xoxb-123-abc and xapp-1-A", "… and …"),
        (None, None),
    ],
)
def test_secrets_are_cut_out(said: Any, kept: Any) -> None:
    """Tickets, codes and tokens are left out; everything else stays to be read."""
    assert without_secrets(said) == kept


async def test_socket_mode_is_written_down_too(sandbox: Sandbox, bot: FakeBot) -> None:
    """An envelope is in the log as its payload, with the ack's; so is what may not be in an ack."""
    opened = await bot.call("apps.connections.open", token=sandbox.app_token)
    async with connect(opened["url"], proxy=None) as socket:
        await socket.recv()
        for doing in (sandbox.person("maria").types("/lexer help"), sandbox.changes("tom", deleted=True)):
            under_way = asyncio.create_task(doing)
            envelope = json.loads(await socket.recv())
            ack = {"envelope_id": envelope["envelope_id"], "payload": {"text": "by socket"}}
            await socket.send(json.dumps(ack))
            await under_way
    command, event = [one for one in sandbox.records.exchanges if one.way == "to bot"]
    assert (command.name, command.answered, command.status) == ("/lexer help", {"text": "by socket"}, 200)
    assert [one.error for one in event.refusals] == ["payload_not_accepted"]
