"""Your first minute: a step is ticked because it happened, never because somebody looked."""

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.pages.guide import Guide, guide
from bot.sandbox.pages.outside import change
from bot.sandbox.pages.stage import Way
from bot.sandbox.pages.templating import environment
from bot.sandbox.people import PersonAtWork
from bot.sandbox.workspace import Sandbox, open_sandbox
from bot.sandbox.world import MovableClock, cast
from connectors.engine import SignIn
from connectors.providers import all_providers
from tests.sandbox.desk import Desk, open_desk
from tests.sandbox.fake_bot import FakeBot, button, field_block, modal, row

TWITTER = next(one for one in all_providers() if one.key == "twitter")
REMOVE = {"provider": "twitter", "what": "revoke", "account": "2244994945"}
PASSWORD = REMOVE | {"what": "password"}


@pytest.fixture
async def desk(sandbox: Sandbox, bot: FakeBot) -> AsyncIterator[Desk]:
    """The connectors aimed at the sandbox, and a bot that answers everything with its three buttons."""
    labels = ("Integrate Twitter (X)", "Check now", "Reconnect")
    blocks = [row(*(button(label, f"a{place}") for place, label in enumerate(labels)))]
    bot.answer = lambda payload: {"text": "x", "blocks": blocks} if "command" in payload else None
    assert sandbox.delivery.bot_url is not None
    async with open_desk(sandbox, sandbox.delivery.bot_url) as made:
        yield made


def seen(sandbox: Sandbox, way: Way | None = None, *, has_read_mail: bool = False) -> Guide:
    """The guide; drawing it must always work."""
    world, records, providers = sandbox.world, sandbox.records, sandbox.providers
    found = guide(world, records, providers, way=way, has_read_mail=has_read_mail)
    assert found is not None
    environment().get_template("guide.html").render(guide=found)
    return found


def ticks(sandbox: Sandbox, way: Way | None = None, *, has_read_mail: bool = False) -> str:
    """One sign a step: x done, > the current one, . to come."""
    steps = seen(sandbox, way, has_read_mail=has_read_mail).steps
    return "".join("x" if one.is_done else ">" if one.is_current else "." for one in steps)


async def saves(person: PersonAtWork, bot: FakeBot, title: str) -> None:
    """Submit a modal with this title."""
    trigger = person._slack.passes.trigger(person.human.id)
    view = modal(field_block("Group"), title=title, submit="Save")
    await bot.call("views.open", trigger_id=trigger, view=view)
    await person.fills("Group", "Marketing")
    await person.submits()


async def until_removed(desk: Desk, bot: FakeBot) -> SignIn:
    """The first four steps and the removal."""
    maria = desk.sandbox.person("maria")
    await maria.types("/lexer integrations")
    await maria.presses("Integrate Twitter (X)")
    done = await desk.signs_in(TWITTER)
    await saves(maria, bot, "Choose Groups")
    change(desk.sandbox.providers, REMOVE)
    return done


async def test_the_steps_are_ticked_one_by_one(desk: Desk, bot: FakeBot) -> None:
    """Whoever follows the list sees it move on with each deed, up to the next chapter."""
    maria, sandbox = desk.sandbox.person("maria"), desk.sandbox
    assert ticks(sandbox) == ">....."
    await maria.types("/lexer integrations")
    assert ticks(sandbox) == "x>...."
    await maria.presses("Integrate Twitter (X)")
    assert ticks(sandbox) == "xx>..."
    done = await desk.signs_in(TWITTER)
    assert ticks(sandbox) == "xxx>.."
    await saves(maria, bot, "Choose Groups")
    assert ticks(sandbox) == "xxxx>."
    change(sandbox.providers, REMOVE)
    assert ticks(sandbox) == "xxxx>."
    assert "The access is gone" in seen(sandbox).steps[4].hint
    await maria.presses("Check now")
    await desk.probes(TWITTER, done)
    assert ticks(sandbox) == "xxxxx>"
    await maria.presses("Reconnect")
    await desk.signs_in(TWITTER)
    assert (seen(sandbox).title, seen(sandbox).before) == ("When nobody is looking", ("Your first minute",))
    assert ticks(sandbox) == ">....."


async def test_checking_before_removing_counts_for_nothing(desk: Desk, bot: FakeBot) -> None:
    """Check now ticks the step only when it found the access gone."""
    maria = desk.sandbox.person("maria")
    await maria.types("/lexer")
    done = await desk.signs_in(TWITTER)
    await maria.presses("Check now")
    await desk.probes(TWITTER, done)
    change(desk.sandbox.providers, REMOVE)
    await saves(maria, bot, "Choose Groups")
    assert ticks(desk.sandbox) == "xxxx>."


async def test_the_wrong_account_does_not_reconnect(desk: Desk, bot: FakeBot) -> None:
    """The last step wants the same account."""
    done = await until_removed(desk, bot)
    await desk.sandbox.person("maria").presses("Check now")
    await desk.probes(TWITTER, done)
    await desk.sandbox.person("maria").presses("Reconnect")
    await desk.signs_in(TWITTER, login="@southwind")
    assert ticks(desk.sandbox) == "xxxxx>"


async def test_the_second_chapter(desk: Desk, bot: FakeBot) -> None:
    """Channel, password, time, who was told, on it, reconnected: each ticks its step, and what happened once stays ticked."""
    sandbox, way, maria = desk.sandbox, Way(taken=6), desk.sandbox.person("maria")
    done = await desk.signs_in(TWITTER)
    assert ticks(sandbox, way) == ">....."
    await saves(maria, bot, "Alerts")
    assert ticks(sandbox, way) == "x>...."
    change(sandbox.providers, PASSWORD)
    assert ticks(sandbox, way) == "xx>..."
    await desk.probes(TWITTER, done)
    assert "makes sure" in seen(sandbox, way).steps[2].hint
    alert = [row(button("I'm on it", "take"), button("Reconnect", "again"))]
    await bot.call("chat.postMessage", channel="U0MARIA", text="broken", blocks=alert)
    assert ticks(sandbox, way) == "xxx>.."
    assert ticks(sandbox, way, has_read_mail=True) == "xxxx>."
    await maria.presses("I'm on it")
    sandbox.world.messages.clear()
    sandbox.records.exchanges.clear()
    assert ticks(sandbox, way) == "xxxx>."
    way.taken = 11
    await desk.signs_in(TWITTER)
    assert seen(sandbox, way).is_over


async def test_an_alert_in_the_first_chapter(desk: Desk, bot: FakeBot) -> None:
    """It does not tick the second one's steps; whoever chooses a channel meanwhile has gone on to it."""
    await until_removed(desk, bot)
    await bot.call("chat.postMessage", channel="U0MARIA", text="x", blocks=[row(button("I'm on it", "take"))])
    assert ticks(desk.sandbox) == "xxxx>."
    await saves(desk.sandbox.person("maria"), bot, "Alerts")
    assert ticks(desk.sandbox) == "xxx>.."


@pytest.mark.parametrize("title", ["Create a Group", "Choose accounts"])
async def test_another_save_is_not_this_one(desk: Desk, bot: FakeBot, title: str) -> None:
    """Groups are chosen in the window that asks for them."""
    await desk.signs_in(TWITTER)
    await saves(desk.sandbox.person("maria"), bot, title)
    assert ticks(desk.sandbox) == "xxx>.."


async def test_a_refused_save_is_no_save(desk: Desk, bot: FakeBot) -> None:
    """Words beside a field mean: not yet."""
    await desk.signs_in(TWITTER)
    bot.answer = lambda _payload: {"response_action": "errors", "errors": {"name": "Choose one"}}
    await saves(desk.sandbox.person("maria"), bot, "Choose Groups")
    assert ticks(desk.sandbox) == "xxx>.."


async def test_other_commands_list_nothing(desk: Desk) -> None:
    """Help is not the list."""
    await desk.sandbox.person("maria").types("/lexer help")
    assert ticks(desk.sandbox) == ">....."


async def test_a_workspace_without_groups_is_told_to_make_one(desk: Desk, bot: FakeBot) -> None:
    """Whoever begins before the first Group is not sent to a list that is not there yet."""
    ada = desk.sandbox.person("ada")
    blocks = [row(button("Create the first Group", "a"))]
    bot.answer = lambda payload: {"text": "x", "blocks": blocks} if "command" in payload else None
    await ada.types("/lexer")
    assert seen(desk.sandbox).steps[1].hint.startswith("First press Create the first Group")
    await saves(ada, bot, "Create a Group")
    assert seen(desk.sandbox).steps[1].hint.startswith("Choose Twitter (X)")


async def test_what_to_try_next_needs_people_who_are_there(clock: MovableClock) -> None:
    """Nobody is told to be someone who does not work here; without providers there is no guide."""
    people = [human for human in cast() if human.name != "gus"]
    async with open_sandbox(clock=clock, people=people) as sandbox:
        next_up = " ".join(seen(sandbox).next_up)
        assert "Gus" not in next_up
        assert "Tom" in next_up
    async with open_sandbox(clock=clock, providers=[]) as sandbox:
        assert guide(sandbox.world, sandbox.records, sandbox.providers) is None
        assert environment().get_template("guide.html").render(guide=None).strip() == ""
