"""A person in the pretend workspace meets the bot as a person in Slack does."""

import pytest

from bot.sandbox.finding import CannotDo
from bot.sandbox.workspace import Sandbox
from tests.sandbox.fake_bot import FakeBot, button, field_block, modal, row, section


async def test_a_command_arrives_signed_and_its_answer_is_seen(sandbox: Sandbox, bot: FakeBot) -> None:
    """What the bot answers in the ack is on the person's screen, and only on theirs."""
    bot.answer = lambda form: {"text": f"hello {form['user_id']}, you typed {form['text']}"}
    screen = await sandbox.person("maria").types("/lexer integrations twitter")
    assert "hello U0MARIA, you typed integrations twitter" in screen
    assert "hello" not in sandbox.person("tom").screen
    assert bot.headers[0]["x-slack-signature"].startswith("v0=")
    assert sandbox.refusals == []


async def test_names_in_a_command_arrive_as_slack_sends_them(sandbox: Sandbox, bot: FakeBot) -> None:
    """People and channels of the workspace become mentions, other words stay."""
    await sandbox.person("maria").types("/lexer ask @tom in #general about @northwind")
    assert bot.got[0]["text"] == "ask <@U0TOM|tom> in <#C0GENERAL|general> about @northwind"


async def test_a_text_too_short_is_not_sent(sandbox: Sandbox, bot: FakeBot) -> None:
    """Slack itself keeps back what is shorter than the field asks for."""
    maria = sandbox.person("maria")
    trigger = sandbox.slack.passes.trigger("U0MARIA")
    await bot.call(
        "views.open", trigger_id=trigger, view=modal(field_block("Name", min_length=3), submit="Save")
    )
    await maria.fills("Name", "ab")
    assert "at least 3 characters" in await maria.submits()
    assert bot.got == []


async def test_a_press_opens_a_modal_and_a_submission_is_checked(sandbox: Sandbox, bot: FakeBot) -> None:
    """A press gives a trigger; the form keeps what was typed; errors stand beside the field; an empty ack closes."""
    maria = sandbox.person("maria")

    async def answer(payload: dict) -> object:
        if payload.get("command"):
            return {"text": "go", "blocks": [section("Go"), row(button("Open it"))]}
        if payload["type"] == "block_actions":
            assert "message" not in payload
            opened = await bot.call(
                "views.open",
                trigger_id=payload["trigger_id"],
                view=modal(field_block("Your name"), submit="Save", callback_id="form"),
            )
            assert opened["ok"]
            return None
        typed = payload["view"]["state"]["values"]["name"]["typed"]["value"]
        return {"response_action": "errors", "errors": {"name": "Too short"}} if len(typed) < 3 else None

    bot.answer = answer
    await maria.types("/lexer")
    assert "[Save]" in await maria.presses("Open it")
    assert "This is a required field" in await maria.submits()
    await maria.fills("Your name", "ab")
    assert "Too short" in await maria.submits()
    await maria.fills("Your name", "Maria")
    await maria.submits()
    assert maria.modals == []
    assert sandbox.refusals == []


async def test_the_same_words_are_told_apart_by_what_they_belong_to(sandbox: Sandbox, bot: FakeBot) -> None:
    """Of two buttons alike, near= presses the one of that paragraph and never its neighbour's."""
    rows = [
        section("*@one*"),
        row(button("Check", "a")),
        section("*@two*"),
        section("*@three*"),
        row(button("Check", "b")),
    ]
    bot.answer = lambda form: {"text": "x", "blocks": rows} if "command" in form else None
    maria = sandbox.person("maria")
    await maria.types("/lexer")
    await maria.presses("Check", near="@three")
    assert bot.got[-1]["actions"][0]["action_id"] == "b"
    for near in (None, "@two", "@nobody"):
        with pytest.raises(CannotDo):
            await maria.presses("Check", near=near)


async def test_what_is_not_there_cannot_be_pressed(sandbox: Sandbox, bot: FakeBot) -> None:
    """A missing button is said with the whole screen, so that a failing story reads well."""
    bot.answer = lambda _form: {"text": "nothing to press"}
    maria = sandbox.person("maria")
    await maria.types("/lexer")
    with pytest.raises(CannotDo, match="nothing to press"):
        await maria.presses("Integrate")


async def test_a_choice_is_sent_at_once_and_people_are_picked_by_name(sandbox: Sandbox, bot: FakeBot) -> None:
    """A select in a message acts when something is chosen; a people picker takes names."""
    options = [
        {"text": {"type": "plain_text", "text": name}, "value": name.lower()} for name in ("One", "Two")
    ]
    select = {"type": "static_select", "action_id": "pick", "options": options}
    bot.answer = lambda form: (
        {"text": "x", "blocks": [section("Choose", accessory=select)]} if "command" in form else None
    )
    maria = sandbox.person("maria")
    await maria.types("/lexer")
    await maria.chooses("Choose", "Two")
    assert bot.got[-1]["actions"][0]["selected_option"]["value"] == "two"
    users = {"type": "multi_users_select", "action_id": "who"}
    view = modal({**field_block("Who"), "element": users}, submit="Save")
    trigger = sandbox.slack.passes.trigger(maria.human.id)
    assert (await bot.call("views.open", trigger_id=trigger, view=view))["ok"]
    await maria.chooses("Who", "tom", "Nina Park")
    await maria.submits()
    assert bot.got[-1]["view"]["state"]["values"]["name"]["who"]["selected_users"] == ["U0TOM", "U0NINA"]
