"""What the bot answers is judged too: acks in time, errors beside real fields, response addresses used sparingly."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.sandbox.delivery import Ack
from bot.sandbox.faults import Fault
from bot.sandbox.workspace import Sandbox
from bot.sandbox.world import MovableClock
from tests.sandbox.fake_bot import FakeBot, button, field_block, modal, row, section


def _errors(sandbox: Sandbox) -> list[tuple[str, str]]:
    return [(refusal.where, refusal.error) for refusal in sandbox.refusals]


async def _form(bot: FakeBot, **more: Any) -> str:
    view = modal(
        section("x", block_id="words"), field_block("Name", initial_value="Maria"), submit="Save", **more
    )
    trigger = bot.sandbox.slack.passes.trigger("U0MARIA")
    return str((await bot.call("views.open", trigger_id=trigger, view=view))["view"]["id"])


async def test_a_late_ack_is_no_ack(sandbox: Sandbox, bot: FakeBot) -> None:
    """The person reads operation_timeout, and what came late is not shown."""
    bot.delay, bot.answer = 2.0, lambda _form: {"text": "too late"}
    screen = await sandbox.person("maria").types("/lexer")
    assert "operation_timeout" in screen
    assert "too late" not in screen
    assert ("ack", "operation_timeout") in _errors(sandbox)


@pytest.mark.parametrize(
    "body", [{"text": "x", "blocks": [{"type": "sparkles"}]}, {"text": ""}, {"blocks": "x", "text": "y"}]
)
async def test_a_bad_answer_to_a_command_is_refused(
    sandbox: Sandbox, bot: FakeBot, body: dict[str, Any]
) -> None:
    """A message in an ack is judged as any message is."""
    bot.answer = lambda _form: body
    await sandbox.person("maria").types("/lexer")
    assert any(where == "command ack" for where, _ in _errors(sandbox))


async def test_a_failing_bot_is_noticed(sandbox: Sandbox, bot: FakeBot) -> None:
    """An answer that is not 200 is written down for each kind of request."""
    maria = sandbox.person("maria")
    bot.answer = lambda _form: {"text": "x", "blocks": [row(button("Press"))]}
    await maria.types("/lexer")
    bot.status = 404
    await maria.presses("Press")
    assert "dispatch_failed" in await maria.types("/lexer")
    assert ("action ack", "http_404") in _errors(sandbox)


BAD_ACKS: dict[str, tuple[Any, str]] = {
    "unknown block": ({"response_action": "errors", "errors": {"nowhere": "x"}}, "unknown_block_id"),
    "not an input": ({"response_action": "errors", "errors": {"words": "x"}}, "unknown_block_id"),
    "no errors": ({"response_action": "errors", "errors": {}}, "errors_missing"),
    "no words": ({"response_action": "errors", "errors": {"name": ""}}, "invalid_error_text"),
    "odd action": ({"response_action": "explode"}, "unknown_response_action"),
    "bad view": (
        {"response_action": "update", "view": modal(section("x"), title="x" * 25)},
        "invalid_arguments",
    ),
    "no view": ({"response_action": "push"}, "invalid_arguments"),
    "text": ("done", "invalid_json"),
}


@pytest.mark.parametrize(("body", "error"), BAD_ACKS.values(), ids=BAD_ACKS.keys())
async def test_a_bad_answer_to_a_submission_is_refused(
    sandbox: Sandbox, bot: FakeBot, body: Any, error: str
) -> None:
    """The person reads that something went wrong, and the form stays."""
    maria = sandbox.person("maria")
    await _form(bot)
    bot.answer = lambda _payload: body
    assert "trouble connecting" in await maria.submits()
    assert len(maria.modals) == 1
    assert _errors(sandbox)[-1] == ("submission ack", error)


async def test_a_submission_can_turn_push_and_clear(sandbox: Sandbox, bot: FakeBot) -> None:
    """The three good answers do what they say."""
    maria = sandbox.person("maria")
    await _form(bot)
    bot.answer = lambda _payload: {
        "response_action": "update",
        "view": modal(field_block("Second"), submit="Go"),
    }
    assert "Second" in await maria.submits()
    await maria.fills("Second", "x")
    bot.answer = lambda _payload: {
        "response_action": "push",
        "view": modal(section("On top"), submit="Close all"),
    }
    assert "On top" in await maria.submits()
    assert len(maria.modals) == 2
    bot.answer = lambda _payload: {"response_action": "clear"}
    await maria.submits()
    assert maria.modals == []


async def test_a_response_address_works_five_times_for_half_an_hour(
    sandbox: Sandbox, bot: FakeBot, clock: MovableClock
) -> None:
    """The sixth use and the late one are refused."""
    maria = sandbox.person("maria")
    await maria.types("/lexer")
    url = bot.got[-1]["response_url"]
    for number in range(5):
        assert (await bot.respond(url, text=f"answer {number}")).status_code == 200
    assert (await bot.respond(url, text="sixth")).json()["error"] == "used_url"
    assert len(maria.messages) == 5
    await maria.types("/lexer")
    clock.advance(timedelta(minutes=31))
    late = await bot.respond(bot.got[-1]["response_url"], text="late")
    assert (late.status_code, late.json()["error"]) == (404, "expired_url")


async def test_a_response_replaces_deletes_or_adds(sandbox: Sandbox, bot: FakeBot) -> None:
    """By the address of a press, the message pressed in can be changed."""
    maria = sandbox.person("maria")
    bot.answer = lambda form: (
        {"text": "first", "blocks": [row(button("Press"))]} if "command" in form else None
    )
    await maria.types("/lexer")
    await maria.presses("Press")
    url = bot.got[-1]["response_url"]
    assert (await bot.respond(url, text="added")).status_code == 200
    assert (await bot.respond(url, text="new", replace_original=True)).status_code == 200
    assert [posted.text for posted in maria.messages] == ["new", "added"]
    assert (await bot.respond(url, delete_original=True)).status_code == 200
    assert [posted.text for posted in maria.messages] == ["added"]
    assert (await bot.respond(url, txt="x")).json()["error"] == "invalid_payload"
    assert (await bot.respond(url, text="x", blocks=[section("")])).json()["error"] == "invalid_blocks"


async def test_response_addresses_can_be_made_to_fail(sandbox: Sandbox, bot: FakeBot) -> None:
    """Limits, errors and cut connections happen to them as well, and a failed use is no use."""
    maria = sandbox.person("maria")
    await maria.types("/lexer")
    url = bot.got[-1]["response_url"]
    sandbox.faults.add(Fault(method="response_url", status=429, retry_after=3))
    answer = await bot.respond(url, text="x")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3")
    sandbox.faults.add(Fault(method="response_url", error="expired_url"))
    assert (await bot.respond(url, text="x")).json()["error"] == "expired_url"
    for cut, seen in (("before", 0), ("after", 1)):
        sandbox.faults.add(Fault(method="response_url", cut=cut))
        with pytest.raises(httpx.HTTPError):
            await bot.respond(url, text="x")
        assert len(maria.messages) == seen


async def test_a_search_shows_what_the_bot_found(sandbox: Sandbox, bot: FakeBot) -> None:
    """An external select asks the bot, and a refused answer shows nothing."""
    maria = sandbox.person("maria")
    select = {"type": "multi_external_select", "action_id": "find", "min_query_length": 0}
    view = modal({**field_block("Accounts"), "element": select}, submit="Save")
    await bot.call("views.open", trigger_id=sandbox.slack.passes.trigger("U0MARIA"), view=view)
    option = {"text": {"type": "plain_text", "text": "Northwind"}, "value": "1"}
    bot.answer = lambda payload: {"options": [option]} if payload["type"] == "block_suggestion" else None
    await maria.chooses("Accounts", "Northwind")
    assert bot.got[-1]["value"] == "Northwind"
    assert "Northwind" in maria.screen
    bot.answer = lambda _payload: {"options": [option] * 2}
    assert await maria.searches("Accounts", "x") == []
    assert _errors(sandbox)[-1] == ("options ack", "invalid_options")


async def test_closing_is_told_when_asked_for(sandbox: Sandbox, bot: FakeBot) -> None:
    """view_closed comes with notify_on_close only."""
    await _form(bot)
    await sandbox.person("maria").closes()
    assert bot.got == []
    await _form(bot, notify_on_close=True)
    await sandbox.person("maria").closes(everything=True)
    assert (bot.got[-1]["type"], bot.got[-1]["is_cleared"]) == ("view_closed", True)


async def test_a_link_button_opens_the_browser_and_is_told(sandbox: Sandbox, bot: FakeBot) -> None:
    """A button with a link acts in both places; links leading off this computer are only noted."""
    maria = sandbox.person("maria")
    bot.answer = lambda form: (
        {"text": "x", "blocks": [row(button("Read", url="https://learn.lexer.io/x"))]}
        if "command" in form
        else None
    )
    await maria.types("/lexer")
    await maria.presses("Read")
    assert bot.got[-1]["actions"][0]["url"] == "https://learn.lexer.io/x"
    assert maria.browser.asked_for == ["https://learn.lexer.io/x"]


async def test_events_are_brought_again(sandbox: Sandbox, bot: FakeBot) -> None:
    """Up to three times more, saying so, unless the bot asks to be left alone."""
    bot.status = 500
    await sandbox.changes("tom", deleted=True)
    assert [one.get("x-slack-retry-num") for one in bot.headers] == [None, "1", "2", "3"]
    assert bot.got[-1]["event"]["user"]["deleted"] is True


async def test_hostile_requests_can_be_sent(sandbox: Sandbox, bot: FakeBot) -> None:
    """Signature, time and headers are the sender's to choose."""
    ack = await sandbox.person("tom").send(
        b"x=1", timestamp="yesterday", signature="v0=ü", headers={"X-Odd": "1"}
    )
    assert isinstance(ack, Ack)
    assert bot.headers[-1]["x-slack-request-timestamp"] == "yesterday"
    assert bot.headers[-1]["x-odd"] == "1"
