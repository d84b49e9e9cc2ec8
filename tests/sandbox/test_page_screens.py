"""What a page shows is what Slack would show this person now."""

from datetime import timedelta

from bot.sandbox.workspace import Sandbox
from bot.sandbox.world import MovableClock, Posted
from tests.sandbox.fake_bot import FakeBot, modal, section
from tests.sandbox.visitor import visiting


async def test_the_first_address_leads_to_a_conversation(sandbox: Sandbox) -> None:
    """Whoever opens the printed address is Maria in #general, with the command to type before their eyes."""
    async with visiting(sandbox) as maria:
        answer = await maria.client.get("/", follow_redirects=True)
    assert "as=maria" in str(answer.url)
    assert "Type /lexer below" in answer.text
    assert 'data-command="/lexer "' in answer.text


async def test_an_answer_for_one_is_gone_on_reload(sandbox: Sandbox, bot: FakeBot) -> None:
    """What only I can see is marked as such, stays while I work, and is not there after a reload; nobody else ever sees it."""
    bot.answer = lambda form: {"text": "only for Maria"} if "command" in form else None
    async with visiting(sandbox) as maria, visiting(sandbox, "tom") as tom:
        await maria.says("/lexer")
        shown = await maria.looks()
        assert "only for Maria" in shown
        assert "Only visible to you" in shown
        assert "only for Maria" in await maria.looks()
        assert "only for Maria" not in await tom.looks()
        assert "only for Maria" not in await maria.loads()


async def test_modals_are_gone_on_reload_and_block_what_is_behind(sandbox: Sandbox, bot: FakeBot) -> None:
    """An open modal makes everything behind it unusable, and a reload closes it, as in Slack."""
    async with visiting(sandbox) as maria:
        behind = 'class="conversation" tabindex="-1" inert'
        assert behind not in await maria.looks()
        trigger = sandbox.slack.passes.trigger("U0MARIA")
        await bot.call("views.open", trigger_id=trigger, view=modal(section("inside"), title="Hello"))
        (view,) = sandbox.person("maria").modals
        pushed = sandbox.slack.passes.trigger("U0MARIA", view.id)
        await bot.call("views.push", trigger_id=pushed, view=modal(section("deeper"), title="Deeper"))
        shown = await maria.looks()
        assert behind in shown
        assert shown.count('class="modal-layer" inert') == 1
        assert shown.index("inside") < shown.index("deeper")
        await maria.does("reload")
        assert "deeper" not in await maria.loads()
    assert sandbox.person("maria").modals == []


async def test_new_messages_are_counted_until_they_are_seen(sandbox: Sandbox, bot: FakeBot) -> None:
    """A message in a place I am not looking at is counted beside its name; looking ends that, a hidden tab does not."""
    async with visiting(sandbox) as maria:
        await bot.call("chat.postMessage", channel="U0MARIA", text="account lost")
        await bot.call("chat.postMessage", channel="U0MARIA", text="still lost")
        assert "2 unread" in await maria.looks()
        assert 'data-title="(2)' in await maria.looks()
        maria.channel = "D0MARIA"
        assert "2 unread" in await maria.looks(seen=False)
        await maria.looks()
        assert "unread" not in await maria.looks()


async def test_an_edited_message_says_so(sandbox: Sandbox, bot: FakeBot) -> None:
    """Words that changed under my eyes are marked."""
    posted = await bot.call("chat.postMessage", channel="U0MARIA", text="before")
    async with visiting(sandbox, channel="D0MARIA") as maria:
        assert "(edited)" not in await maria.looks()
        await bot.call("chat.update", channel=posted["channel"], ts=posted["ts"], text="after")
        shown = await maria.looks()
    assert "after" in shown
    assert "(edited)" in shown
    assert "before" not in shown


async def test_replies_stand_in_their_thread(sandbox: Sandbox, bot: FakeBot) -> None:
    """A reply is counted under its message and read in the thread, not in between the others."""
    posted = await bot.call("chat.postMessage", channel="U0MARIA", text="the first")
    reply = {"channel": posted["channel"], "thread_ts": posted["ts"], "text": "the answer"}
    await bot.call("chat.postMessage", **reply)
    async with visiting(sandbox, channel="D0MARIA") as maria:
        assert "the answer" not in await maria.looks()
        assert "1 reply" in await maria.looks()
        assert "the answer" in await maria.looks(thread=posted["ts"])
        assert 'aria-label="Thread"' not in await maria.looks(thread="1.000001")


async def test_days_and_times_are_the_readers(sandbox: Sandbox, bot: FakeBot, clock: MovableClock) -> None:
    """Nine o'clock UTC is eight in the evening in Melbourne, and the next day has its own line."""
    await bot.call("chat.postMessage", channel="U0MARIA", text="one")
    clock.advance(timedelta(days=1))
    await bot.call("chat.postMessage", channel="U0MARIA", text="two")
    async with visiting(sandbox, channel="D0MARIA") as maria:
        shown = await maria.looks()
    assert "Tuesday, 24 November" in shown
    assert "Wednesday, 25 November" in shown
    assert "8:00 PM" in shown


async def test_the_apps_conversation_takes_no_messages(sandbox: Sandbox) -> None:
    """Where the manifest turns the composer off there is none, and the Home tab says that it is empty."""
    async with visiting(sandbox, channel="D0MARIA") as maria:
        assert "Sending messages to this app is turned off" in await maria.looks()
        assert "data-composer" not in await maria.looks()
        assert "does not use its Home tab" in await maria.looks(tab="home")


async def test_one_sees_only_ones_own_conversations(sandbox: Sandbox) -> None:
    """A private channel is there for its members; an address of another place leads back to the start."""
    async with visiting(sandbox) as maria, visiting(sandbox, "ada") as ada:
        assert "#private" not in await maria.looks()
        assert "#private" in await ada.looks()
        for channel in ("C0PRIVATE", "C0OLD", "C0NOWHERE"):
            maria.channel = channel
            answer = await maria.client.get(maria.url())
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert (await maria.client.get("/client/T0LEXERDEMO/C0GENERAL?as=nobody")).status_code == 303


async def test_a_link_into_the_direct_message_knows_whose_it_is(sandbox: Sandbox) -> None:
    """The bot's pages lead back to the person's own conversation, without saying who they are."""
    async with visiting(sandbox) as visitor:
        page = (await visitor.client.get("/client/T0LEXERDEMO/D0TOM")).text
    assert 'data-as="tom"' in page


async def test_people_talk_to_each_other(sandbox: Sandbox) -> None:
    """What Maria writes to Tom is read by Tom, and by nobody else."""
    async with visiting(sandbox) as maria, visiting(sandbox, "tom") as tom:
        maria.channel = tom.channel = sandbox.world.dm_between("U0MARIA", "U0TOM").id
        await maria.says("see #general, @tom & <you>")
        read = await tom.looks()
        assert "&amp; &lt;you&gt;" in read
        async with visiting(sandbox, "ada") as ada:
            ada.channel = tom.channel
            assert (await ada.client.get(ada.url())).status_code == 303


async def test_a_long_conversation_shows_its_newest_messages(sandbox: Sandbox, bot: FakeBot) -> None:
    """After a long day the page is as quick as in the morning, and what came last is there."""
    for number in range(250):
        sandbox.world.messages.append(
            Posted(channel="C0GENERAL", ts=f"1790000000.{number:06d}", text=f"message {number}.", blocks=[])
        )
    async with visiting(sandbox) as maria:
        shown = await maria.looks()
    assert "message 249." in shown
    assert "message 50." in shown
    assert "message 49." not in shown
