"""The pages are for the person at this computer, and for nobody else."""

import httpx
import pytest

from bot.sandbox.pages.doing import DEEDS
from bot.sandbox.workspace import Sandbox
from bot.sandbox.world import Posted
from tests.sandbox.fake_bot import FakeBot
from tests.sandbox.visitor import visiting

PAGES = (
    "/client/T0LEXERDEMO/C0GENERAL?as=maria",
    "/client/T0LEXERDEMO/C0GENERAL?as=maria&panel=inspector",
    "/gallery",
    "/exchange/999999",
)


@pytest.mark.parametrize("address", PAGES)
async def test_no_page_may_load_anything_from_elsewhere(sandbox: Sandbox, address: str) -> None:
    """Every page forbids the browser to fetch, send or run anything that is not the workspace's own."""
    async with httpx.AsyncClient(base_url=sandbox.base_url, trust_env=False) as client:
        policy = (await client.get(address)).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("address", [*PAGES, "/assets/workspace.css", "/options?as=maria"])
@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Host": "lexer.localtest.me:80"}],
)
async def test_only_this_computers_address_is_answered(
    sandbox: Sandbox, address: str, headers: dict[str, str]
) -> None:
    """A page of another site cannot read the workspace, whatever name it gives this computer."""
    async with httpx.AsyncClient(base_url=sandbox.base_url, trust_env=False) as client:
        assert (await client.get(address, headers=headers)).status_code == 403


@pytest.mark.parametrize("what", sorted(DEEDS))
@pytest.mark.parametrize("origin", [None, "https://evil.example", "null"])
async def test_nothing_is_done_for_a_page_of_another_site(
    sandbox: Sandbox, what: str, origin: str | None
) -> None:
    """A form on a strange page can press nothing here."""
    async with httpx.AsyncClient(base_url=sandbox.base_url, trust_env=False) as client:
        headers = {} if origin is None else {"Origin": origin}
        answer = await client.post(f"/do/{what}", json={"as": "maria"}, headers=headers)
    assert answer.status_code in {403, 404}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b'"x"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"as": "maria"}' + b" " * 300_000,
        b'{"as": "\\ud800"}',
    ],
)
async def test_an_order_nobody_can_read_is_refused(sandbox: Sandbox, raw: bytes) -> None:
    """Bytes that are no order get a plain answer."""
    async with httpx.AsyncClient(base_url=sandbox.base_url, trust_env=False) as client:
        answer = await client.post("/do/press", content=raw, headers={"Origin": sandbox.base_url})
    assert answer.status_code == 400
    assert answer.json() == {"problem": "This cannot be read."}


HOSTILE = (
    {},
    {"as": 7},
    {"as": "nobody"},
    {"as": "maria", "place": 3, "block": "b", "action": "a"},
    {"as": "maria", "place": "view:V999", "block": "b", "action": "a"},
    {"as": "maria", "place": "message:C0GENERAL:0", "block": "b", "action": "a", "value": "x"},
    {"as": "maria", "place": "message:C0PRIVATE:1.1", "block": [], "action": {}},
    {"as": "maria", "channel": "C0PRIVATE", "text": "hello"},
    {"as": "maria", "channel": "C0OLD", "text": "hello"},
    {"as": "maria", "channel": "D0MARIA", "text": "hello"},
    {"as": "maria", "channel": "C0GENERAL", "text": "x" * 12_001},
    {"as": "maria", "channel": "C0GENERAL", "text": "/remind me"},
)


@pytest.mark.parametrize("order", HOSTILE)
@pytest.mark.parametrize("what", sorted(DEEDS - {"reload"}))
async def test_an_order_that_makes_no_sense_changes_nothing(
    sandbox: Sandbox, bot: FakeBot, what: str, order: dict[str, object]
) -> None:
    """Unknown people, places, fields and types are told in words, and neither the bot nor the workspace hears of them."""
    async with httpx.AsyncClient(base_url=sandbox.base_url, trust_env=False) as client:
        answer = await client.post(f"/do/{what}", json=order, headers={"Origin": sandbox.base_url})
    assert answer.json()["problem"]
    assert bot.got == []
    assert sandbox.world.messages == []


@pytest.mark.parametrize("name", ["dan", "otto", "lexer", "slackbot", "nobody"])
async def test_nobody_acts_for_a_bot_or_a_closed_account(sandbox: Sandbox, bot: FakeBot, name: str) -> None:
    """Only people who have a part can be looked at, written for, or searched for; an address of another leads to the start."""
    async with visiting(sandbox) as maria:
        first = await maria.client.get("/", params={"as": name})
        assert "as=maria" in first.headers["location"]
        maria.name = name
        assert (await maria.client.get(maria.url())).status_code == 303
        assert (await maria.says("hello")).json()["problem"]
        assert (await maria.client.get("/options", params={"as": name})).status_code == 409
    assert sandbox.world.messages == []


async def test_nobody_presses_on_a_strangers_message(sandbox: Sandbox, bot: FakeBot) -> None:
    """What only Tom can see, Maria's page cannot use."""
    sandbox.world.messages.append(
        Posted(channel="C0GENERAL", ts="1.000001", text="for Tom", blocks=[], only_for="U0TOM")
    )
    async with visiting(sandbox) as maria:
        answer = await maria.does("press", place="message:C0GENERAL:1.000001", block="b", action="a")
        assert "for Tom" not in await maria.looks()
    assert answer.json()["problem"]


async def test_what_people_and_the_bot_write_is_text(sandbox: Sandbox, bot: FakeBot) -> None:
    """No words can become part of the page."""
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'>"
    async with visiting(sandbox) as maria:
        await maria.says(attack)
        await bot.call("chat.postMessage", channel="U0MARIA", text=attack)
        here, maria.channel = await maria.looks(), "D0MARIA"
        for page in (here, await maria.loads()):
            assert "alert(1)" in page
            assert "<script>alert" not in page
            assert "<img" not in page
