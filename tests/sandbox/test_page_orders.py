"""What is done on a page reaches the bot as Slack would send it."""

import pytest
from websockets import Origin
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bot.sandbox.pages.stage import AppManifest, SlashCommand
from bot.sandbox.workspace import Sandbox, open_sandbox
from bot.sandbox.world import OpenView
from tests.sandbox.fake_bot import FakeBot, button, field_block, modal, open_bot, row, section
from tests.sandbox.visitor import place, visiting


async def _opened(sandbox: Sandbox, bot: FakeBot, *blocks: dict, **more: object) -> OpenView:
    trigger = sandbox.slack.passes.trigger("U0MARIA")
    opened = await bot.call("views.open", trigger_id=trigger, view=modal(*blocks, **more))
    assert opened["ok"], opened
    return sandbox.person("maria").modals[-1]


async def test_a_press_reaches_the_bot_once(sandbox: Sandbox, bot: FakeBot) -> None:
    """The button's action and value arrive with who pressed and where."""
    await bot.call("chat.postMessage", channel="U0MARIA", text="x", blocks=[row(button("Go", value="7"))])
    (posted,) = sandbox.person("maria").dms
    async with visiting(sandbox) as maria:
        block = posted.blocks[0]["block_id"]
        answer = await maria.does("press", place=place(posted), block=block, action="press")
    assert answer.json() == {"notice": None}
    (got,) = bot.got
    assert got["actions"][0]["value"] == "7"
    assert got["user"]["id"] == "U0MARIA"


async def test_a_press_nobody_answers_is_said(sandbox: Sandbox, bot: FakeBot) -> None:
    """When the bot fails, the person hears of it and may try again."""
    await bot.call("chat.postMessage", channel="U0MARIA", text="x", blocks=[row(button("Go"))])
    (posted,) = sandbox.person("maria").dms
    bot.status = 500
    async with visiting(sandbox) as maria:
        block = posted.blocks[0]["block_id"]
        answer = await maria.does("press", place=place(posted), block=block, action="press")
    assert "did not answer (status 500)" in answer.json()["notice"]


async def test_what_was_typed_goes_with_the_submission(sandbox: Sandbox, bot: FakeBot) -> None:
    """Letters typed a moment ago are not lost; the bot's errors stand beside the field; what is missing is not even sent."""
    view = await _opened(sandbox, bot, field_block("Name"), submit="Save")
    bot.answer = lambda _payload: {"response_action": "errors", "errors": {"name": "Taken"}}
    async with visiting(sandbox) as maria:
        await maria.does("submit", place=place(view), fields=[])
        assert bot.got == []
        assert "This is a required field" in view.errors.values()
        typed = [{"block": "name", "action": "typed", "value": "Marketing"}]
        await maria.does("submit", place=place(view), fields=typed)
    assert bot.got[0]["view"]["state"]["values"]["name"]["typed"]["value"] == "Marketing"
    assert view.errors == {"name": "Taken"}


async def test_only_what_is_offered_can_be_chosen(sandbox: Sandbox, bot: FakeBot) -> None:
    """A choice the bot never offered is refused, as is one too many; a good one is kept and sent."""
    options = [{"text": {"type": "plain_text", "text": f"Group {n}"}, "value": f"g{n}"} for n in range(3)]
    select = {
        "type": "multi_static_select",
        "action_id": "groups",
        "options": options,
        "max_selected_items": 2,
    }
    view = await _opened(
        sandbox, bot, section("Who?", block_id="who", accessory=select), field_block("Name"), submit="Save"
    )
    where = {"place": place(view), "block": "who", "action": "groups"}
    async with visiting(sandbox) as maria:
        for wrong in (["g9"], ["g0", "g1", "g2"], "g0", [3]):
            assert "problem" in (await maria.does("choose", **where, values=wrong)).json()
        assert bot.got == []
        assert "problem" not in (await maria.does("choose", **where, values=["g0", "g2"])).json()
        assert "Group 2" in await maria.looks()
    assert [one["value"] for one in bot.got[0]["actions"][0]["selected_options"]] == ["g0", "g2"]


async def test_a_search_offers_what_the_bot_finds(sandbox: Sandbox, bot: FakeBot) -> None:
    """Too few letters ask nobody; what the search showed can be chosen, what it did not cannot."""
    option = {"text": {"type": "plain_text", "text": "Northwind"}, "value": "n1"}
    bot.answer = lambda payload: {"options": [option]} if payload["type"] == "block_suggestion" else None
    select = {"type": "external_select", "action_id": "account", "min_query_length": 2}
    view = await _opened(sandbox, bot, section("Account", block_id="b", accessory=select))
    where = {"place": place(view), "block": "b", "action": "account"}
    async with visiting(sandbox) as maria:
        assert "problem" in (await maria.does("choose", **where, values=["n1"])).json()
        short = await maria.client.get("/options", params={"as": "maria", **where, "q": "n"})
        assert bot.got == []
        assert "2 letters" in short.text
        found = await maria.client.get("/options", params={"as": "maria", **where, "q": "no"})
        assert 'data-value="n1"' in found.text
        assert "problem" not in (await maria.does("choose", **where, values=["n1"])).json()
        strange = await maria.client.get("/options", params={"as": "maria", "place": "view:V1", "q": "no"})
        assert strange.status_code == 409


async def test_a_choice_goes_by_its_value(sandbox: Sandbox, bot: FakeBot) -> None:
    """Where one option's words are another's value, the one that was clicked is taken."""
    pairs = (("2", "1"), ("1", "2"))
    options = [{"text": {"type": "plain_text", "text": words}, "value": value} for words, value in pairs]
    select = {"type": "static_select", "action_id": "rank", "options": options}
    view = await _opened(sandbox, bot, section("Rank", block_id="b", accessory=select))
    async with visiting(sandbox) as maria:
        await maria.does("choose", place=place(view), block="b", action="rank", values=["2"])
    assert bot.got[0]["actions"][0]["selected_option"] == options[1]


async def test_a_command_ends_where_its_first_word_ends(sandbox: Sandbox, bot: FakeBot) -> None:
    """A line break behind the command begins its text, as a space does."""
    async with visiting(sandbox) as maria:
        await maria.says("/lexer\nintegrations  now")
    assert [(form["command"], form["text"]) for form in bot.got] == [("/lexer", "integrations  now")]


async def test_nobody_writes_to_everybody_by_typing_its_code(sandbox: Sandbox, bot: FakeBot) -> None:
    """Only a name Slack knows becomes a mention; its inner code typed out stays what it is."""
    async with visiting(sandbox) as maria:
        await maria.says("<!channel> <@U0TOM> &amp; @ada")
    (posted,) = sandbox.world.messages
    assert posted.text == "&lt;!channel&gt; &lt;@U0TOM&gt; &amp;amp; <@U0ADA|ada>"


async def test_a_reply_needs_its_thread(sandbox: Sandbox, bot: FakeBot) -> None:
    """Where no message begins a thread, nothing is written: nobody would find it."""
    async with visiting(sandbox) as maria:
        await maria.says("first")
        (first,) = sandbox.world.messages
        order = {"channel": maria.channel, "text": "reply"}
        assert (await maria.does("say", **order, thread=first.ts)).json() == {"notice": None}
        reply = sandbox.world.messages[-1]
        for wrong in ("1.000001", {"a": 1}, reply.ts):
            assert (await maria.does("say", **order, thread=wrong)).json()["problem"]
        assert sandbox.world.messages == [first, reply]


async def test_closing_closes_one_or_all(sandbox: Sandbox, bot: FakeBot) -> None:
    """Close leaves the window below, the X leaves none, and the lower one cannot be used while it is covered."""
    below = await _opened(sandbox, bot, section("below"))
    trigger = sandbox.slack.passes.trigger("U0MARIA", below.id)
    await bot.call("views.push", trigger_id=trigger, view=modal(section("above")))
    above = sandbox.person("maria").modals[-1]
    async with visiting(sandbox) as maria:
        assert "problem" in (await maria.does("close", place=place(below))).json()
        await maria.does("close", place=place(above))
        assert sandbox.person("maria").modals == [below]
        await maria.does("close", place=place(below), everything=True)
    assert sandbox.person("maria").modals == []


async def test_commands_of_the_manifest_are_offered_and_no_others_are_sent(bot: FakeBot) -> None:
    """What can be typed is what the manifest declares."""
    manifest = AppManifest(
        commands=(SlashCommand(command="/hello", usage_hint="[name]", description="Says hello"),),
        read_only_messages=False,
        home_tab=True,
    )
    async with open_sandbox(manifest=manifest) as sandbox, open_bot(sandbox) as own:
        async with visiting(sandbox, channel="D0MARIA") as maria:
            assert "Says hello" in await maria.loads()
            assert "/lexer is not a command here" in (await maria.says("/lexer")).json()["problem"]
            assert "problem" not in (await maria.says("/hello you")).json()
            posted = await own.call("chat.postMessage", channel="U0MARIA", text="x")
            order = {"channel": "D0MARIA", "thread": posted["ts"]}
            in_thread = await maria.does("say", **order, text="/hello")
            assert in_thread.json()["notice"] == "/hello does not work in a thread."
            await maria.does("say", **order, text="hi")
            assert "1 reply" in await maria.looks()
        assert [form["text"] for form in own.got] == ["you"]


async def test_a_change_is_told_at_once(sandbox: Sandbox, bot: FakeBot) -> None:
    """An open page hears of every change without asking."""
    address = sandbox.base_url.replace("http", "ws", 1) + "/live"
    async with connect(address, proxy=None) as socket:
        assert await socket.recv() == "changed"
        sandbox.records.ring()
        assert await socket.recv() == "changed"


async def test_whoever_listens_is_let_go_at_the_end() -> None:
    """Stopping the workspace does not wait for open pages."""
    async with open_sandbox() as sandbox:
        socket = await connect(sandbox.base_url.replace("http", "ws", 1) + "/live", proxy=None)
        assert await socket.recv() == "changed"
    with pytest.raises(ConnectionClosed):
        await _listens(socket)


async def _listens(socket: ClientConnection) -> None:
    while True:
        await socket.recv()


async def test_a_strange_page_may_not_listen(sandbox: Sandbox) -> None:
    """Another site's page is not told when something changes here."""
    address = sandbox.base_url.replace("http", "ws", 1) + "/live"
    with pytest.raises(InvalidStatus):
        async with connect(address, proxy=None, origin=Origin("https://evil.example")):
            pass
