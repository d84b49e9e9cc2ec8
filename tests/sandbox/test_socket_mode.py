"""Socket Mode as Slack serves it: a ticket for one connection, envelopes that want an ack, reconnects."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bot.sandbox.workspace import Sandbox
from tests.sandbox.fake_bot import FakeBot, Json


@asynccontextmanager
async def _connected(sandbox: Sandbox, bot: FakeBot) -> AsyncIterator[ClientConnection]:
    opened = await bot.call("apps.connections.open", token=sandbox.app_token)
    async with connect(opened["url"], proxy=None) as socket:
        hello = json.loads(await socket.recv())
        assert hello["type"] == "hello"
        yield socket


async def _acks(socket: ClientConnection, payload: object = None) -> Json:
    """Take one envelope and ack it."""
    envelope: Json = json.loads(await socket.recv())
    ack = {"envelope_id": envelope["envelope_id"]}
    await socket.send(json.dumps(ack if payload is None else ack | {"payload": payload}))
    return envelope


async def test_a_command_comes_in_an_envelope_and_its_ack_is_shown(sandbox: Sandbox, bot: FakeBot) -> None:
    """The ack's payload is the answer, as the body is over HTTP."""
    async with _connected(sandbox, bot) as socket:
        typing = asyncio.create_task(sandbox.person("maria").types("/lexer help"))
        envelope = await _acks(socket, {"text": "by socket"})
        assert "by socket" in await typing
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert envelope["payload"]["text"] == "help"
    assert bot.got == []


async def test_an_envelope_without_ack_times_out(sandbox: Sandbox, bot: FakeBot) -> None:
    """Silence is seen by the person."""
    async with _connected(sandbox, bot):
        assert "operation_timeout" in await sandbox.person("maria").types("/lexer")


async def test_an_ack_of_nothing_is_noticed(sandbox: Sandbox, bot: FakeBot) -> None:
    """An ack must name an envelope that waits; an event takes no payload."""
    async with _connected(sandbox, bot) as socket:
        await socket.send("no json")
        await socket.send('{"envelope_id": "made-up"}')
        changing = asyncio.create_task(sandbox.changes("tom", deleted=True))
        envelope = await _acks(socket, {"text": "x"})
        await changing
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("events_api", False)
    errors = [refusal.error for refusal in sandbox.refusals]
    assert errors == ["invalid_json", "unknown_envelope_id", "payload_not_accepted"]


async def test_a_ticket_is_good_for_one_connection(sandbox: Sandbox, bot: FakeBot) -> None:
    """A second use of the address is closed at once."""
    opened = await bot.call("apps.connections.open", token=sandbox.app_token)
    async with connect(opened["url"], proxy=None), connect(opened["url"], proxy=None) as second:
        with pytest.raises(ConnectionClosed):
            await second.recv()


async def test_each_envelope_goes_to_one_connection_and_refresh_ends_all(
    sandbox: Sandbox, bot: FakeBot
) -> None:
    """Two connections take turns; a refresh says so before it closes them."""
    async with _connected(sandbox, bot) as one, _connected(sandbox, bot) as two:
        for socket in (one, two):
            typing = asyncio.create_task(sandbox.person("maria").types("/lexer"))
            await _acks(socket)
            await typing
        await sandbox.sockets.refresh()
        assert json.loads(await one.recv())["reason"] == "refresh_requested"
        assert json.loads(await two.recv())["type"] == "disconnect"
    assert not sandbox.sockets.connected
    bot.answer = lambda _form: {"text": "by HTTP"}
    assert "by HTTP" in await sandbox.person("maria").types("/lexer")


async def test_ten_connections_are_the_most(sandbox: Sandbox, bot: FakeBot) -> None:
    """The eleventh is told why and closed."""
    sandbox.sockets.open.extend([None] * 10)  # type: ignore[list-item]
    opened = await bot.call("apps.connections.open", token=sandbox.app_token)
    async with connect(opened["url"], proxy=None) as socket:
        assert json.loads(await socket.recv())["reason"] == "too_many_websockets"
    sandbox.sockets.open.clear()
