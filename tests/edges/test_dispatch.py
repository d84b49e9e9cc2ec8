"""From Slack's payload to our handler and back to the person, in time, whatever happens in between."""

import asyncio
import json
import logging
from typing import Any

import httpx
import pytest

from blocks.parts import Message
from bot.app import Bot
from bot.errors import UserFacingError
from bot.interactions import ActionCall, Close, CommandCall, Errors, ModalAnswer, ModalCall
from tests.edges.acts import Acts, said, shown
from tests.edges.pretend_slack import PretendSlack, command, interaction, press, signed, submit


async def send(browser: httpx.AsyncClient, body: bytes) -> httpx.Response:
    """Send a signed request as Slack does; it must be answered with 200."""
    answer = await browser.post("/slack/events", content=body, headers=signed(body))
    assert answer.status_code == 200
    return answer


WORDS = {
    "  Do   what\nI “mean”  ": 'what I "mean"',
    "DO it": "it",
    '"do" it': "it",
    "do": "",
    "": "",
    "\u200bdo \u2018x\u2019": "'x'",
    "do &lt;!channel&gt; &amp;amp;": "<!channel> &amp;",
    "do 🟢 café": "🟢 café",
    "do payload=1": "payload=1",
}


@pytest.mark.parametrize("text", WORDS)
async def test_a_command_is_understood_as_people_type_it(
    browser: httpx.AsyncClient, acts: Acts, text: str
) -> None:
    """Capitals, smart quotes, line breaks, emoji and stray blanks do not get in the way of a command."""
    await send(browser, command(text))
    assert acts.calls[0].words == WORDS[text]


async def test_eight_thousand_characters_are_no_problem(browser: httpx.AsyncClient, acts: Acts) -> None:
    """A pasted novel is cut, not refused with an error."""
    await send(browser, command("do " + "word " * 2000))
    assert len(acts.calls[0].words) <= 500


@pytest.mark.parametrize("typed", ["shopify", "disconnected", "google ads", "😀", "dо"])
async def test_words_that_are_no_command_are_answered(browser: httpx.AsyncClient, typed: str) -> None:
    """Whatever else is typed gets an answer that takes it up."""
    assert (await send(browser, command(typed))).json()["text"] == f"unknown: {typed}"


async def test_help_knows_every_command_once(browser: httpx.AsyncClient, acts: Acts) -> None:
    """A command's handler is given the list of all commands, for the help."""
    await send(browser, command("do"))
    assert [known.name for known in acts.calls[0].known] == ["do", "open"]


async def test_a_slow_answer_comes_later(
    browser: httpx.AsyncClient, acts: Acts, slack: PretendSlack, bot: Bot
) -> None:
    """When the database is slow the command is acknowledged in time and its answer follows, for the person only."""
    go_on = asyncio.Event()

    async def slow(_call: CommandCall) -> Message:
        await go_on.wait()
        return said("here it is")

    acts.command = slow
    assert (await send(browser, command("do", response_url=slack.response_url))).text == ""
    go_on.set()
    later = await slack.until("response_url")
    assert (later["text"], later["response_type"]) == ("here it is", "ephemeral")


async def test_a_command_that_opens_a_modal_is_acknowledged_at_once(
    browser: httpx.AsyncClient, acts: Acts, slack: PretendSlack, bot: Bot
) -> None:
    """The answer to a command with a modal is empty; what its handler says besides comes afterwards."""
    assert (await send(browser, command("open", response_url=slack.response_url))).text == ""
    assert (await slack.until("response_url"))["text"] == "done: "


async def _refuses(_call: Any) -> Any:
    raise UserFacingError("Only Integrators can do this.", "Ask one.")


async def _breaks(_call: Any) -> Any:
    raise RuntimeError("xoxb-a-secret-token of a bug")


async def test_a_refusal_is_said_in_its_words(browser: httpx.AsyncClient, acts: Acts) -> None:
    """What cannot be done is said with the next step."""
    acts.command = _refuses
    assert "Ask one." in (await send(browser, command("do"))).json()["text"]


async def test_a_bug_has_a_reference(
    browser: httpx.AsyncClient, acts: Acts, caplog: pytest.LogCaptureFixture
) -> None:
    """A bug shows a reference that is found in the log, and nothing of its own text."""
    acts.command = _breaks
    text = (await send(browser, command("do"))).json()["text"]
    reference = next(record.args[0] for record in caplog.records if "reference" in record.msg)
    assert str(reference) in text
    assert "xoxb" not in text


async def test_a_press_reaches_its_handler(browser: httpx.AsyncClient, acts: Acts, bot: Bot) -> None:
    """A press is acknowledged empty and its handler gets the value, the view and who pressed."""
    view = {"id": "V1", "callback_id": "detail", "external_id": "e", "private_metadata": "m", "hash": "h"}
    answer = await send(browser, press("press:17", "account-17", view=view))
    await bot.drain()
    call: ActionCall = acts.calls[0]
    assert answer.text == ""
    assert (call.value, call.caller.user_id, call.caller.workspace_id) == ("account-17", "U0MARIA", "T0LEXER")
    assert call.view is not None
    assert (call.view.id, call.view.external_id, call.view.private_metadata) == ("V1", "e", "m")


async def test_an_old_button_is_answered(browser: httpx.AsyncClient, slack: PretendSlack, bot: Bot) -> None:
    """A button no handler knows any more says so and what to type instead."""
    await send(browser, press("gone.since.spring", "1", response_url=slack.response_url))
    await bot.drain()
    assert "/lexer" in slack.of("response_url")[0]["text"]


TROUBLE = [
    ({"response_url": "<own>"}, "response_url"),
    ({"view": {"id": "V1", "callback_id": "detail"}}, "views.push"),
    ({}, "views.open"),
]


@pytest.mark.parametrize(("where", "method"), TROUBLE)
@pytest.mark.parametrize("fault", [_refuses, _breaks])
async def test_trouble_is_said_where_the_person_looks(
    browser: httpx.AsyncClient,
    acts: Acts,
    slack: PretendSlack,
    bot: Bot,
    where: dict[str, Any],
    method: str,
    fault: Any,
) -> None:
    """When a press cannot be carried out, the person is told: beside the message, or in a view."""
    acts.press = fault
    where = {name: slack.response_url if value == "<own>" else value for name, value in where.items()}
    await send(browser, press("press", **where))
    await bot.drain()
    assert len(slack.of(method)) == 1


async def test_a_loading_view_does_not_stay(
    browser: httpx.AsyncClient, acts: Acts, slack: PretendSlack, bot: Bot
) -> None:
    """When a handler breaks after it opened a view, that very view says so."""

    async def opens_and_breaks(call: ActionCall) -> None:
        await call.show(shown("Loading…"))
        raise RuntimeError

    acts.press = opens_and_breaks
    await send(browser, press("press", response_url=slack.response_url))
    await bot.drain()
    assert slack.of("views.update")[0]["view_id"] == "V0OPENED"
    assert slack.of("response_url") == []


async def test_the_last_resort_is_a_dm(
    browser: httpx.AsyncClient, acts: Acts, slack: PretendSlack, bot: Bot
) -> None:
    """When no view can open any more, the words come by DM."""
    slack.refuse("views.push", "expired_trigger_id")
    acts.press = _refuses
    await send(browser, press("press", view={"id": "V1", "callback_id": "detail"}))
    await bot.drain()
    assert slack.of("chat.postMessage")[0]["channel"] == "U0MARIA"


async def test_a_submission_turns_its_view(browser: httpx.AsyncClient) -> None:
    """The submitted modal turns into what the handler shows."""
    answer = (await send(browser, submit("form"))).json()
    assert answer["response_action"] == "update"


async def test_errors_appear_beside_their_fields(browser: httpx.AsyncClient, acts: Acts) -> None:
    """Words for a field go to that field."""

    async def wrong(_call: ModalCall) -> ModalAnswer:
        return Errors(fields={"address": "Type a shop."})

    acts.submit = wrong
    answer = (await send(browser, submit("form"))).json()
    assert answer == {"response_action": "errors", "errors": {"address": "Type a shop."}}


@pytest.mark.parametrize(("answer", "expected"), [(Close(), ""), (Close(all_views=True), "clear")])
async def test_a_submission_can_close(
    browser: httpx.AsyncClient, acts: Acts, answer: Close, expected: str
) -> None:
    """A modal that is done closes, alone or with those under it."""

    async def closes(_call: ModalCall) -> ModalAnswer:
        return answer

    acts.submit = closes
    text = (await send(browser, submit("form"))).text
    assert (json.loads(text)["response_action"] if text else "") == expected


LATE: list[tuple[ModalAnswer, str]] = [
    (Errors(fields={"name": "That name is taken."}), "That name is taken."),
    (Close(), "done"),
]


@pytest.mark.parametrize(("answer", "words"), LATE)
async def test_a_slow_submission_says_so_and_then_turns(
    browser: httpx.AsyncClient, acts: Acts, slack: PretendSlack, answer: ModalAnswer, words: str
) -> None:
    """When saving is slow the view says it is being worked on, keeps its id, and later shows how it ended."""
    go_on = asyncio.Event()

    async def slow(_call: ModalCall) -> ModalAnswer:
        await go_on.wait()
        return answer

    acts.submit = slow
    first = (await send(browser, submit("form", external_id="attempt-1", private_metadata="m"))).json()
    go_on.set()
    later = await slack.until("views.update")
    assert first["view"]["external_id"] == "attempt-1"
    assert later["view_id"] == "V0OPENED"
    assert words in json.dumps(later["view"])


@pytest.mark.parametrize("callback", ["form-of-last-year", ""])
async def test_an_old_form_is_answered(browser: httpx.AsyncClient, callback: str) -> None:
    """A modal left open over an update of the bot gets words, not Slack's error."""
    assert "older version" in (await send(browser, submit(callback))).text


@pytest.mark.parametrize("fault", [_refuses, _breaks])
async def test_a_submission_that_fails_says_so(browser: httpx.AsyncClient, acts: Acts, fault: Any) -> None:
    """What goes wrong on saving is said in the modal itself."""
    acts.submit = fault
    assert (await send(browser, submit("form"))).json()["response_action"] == "update"


async def test_a_search_is_answered(browser: httpx.AsyncClient) -> None:
    """A searched select gets its options."""
    body = interaction("block_suggestion", action_id="search", block_id="b", value="acme")
    assert (await send(browser, body)).json()["options"][0]["value"] == "acme"


async def test_a_search_that_breaks_is_empty(browser: httpx.AsyncClient, acts: Acts) -> None:
    """A broken search shows no options rather than Slack's error."""

    async def broken(_call: ActionCall, _typed: str) -> Any:
        raise RuntimeError

    acts.search = broken
    body = interaction("block_suggestion", action_id="search", block_id="b", value="acme")
    assert (await send(browser, body)).json() == {"options": []}


FOREIGN = [
    command("do", team_id="T0OTHER"),
    submit("form", app_installed_team_id="T0OTHER"),
    press("press", team={"id": "T0OTHER"}),
    command("do", team_id=""),
]


@pytest.mark.parametrize("body", FOREIGN)
async def test_another_workspace_is_told_kindly(
    browser: httpx.AsyncClient, acts: Acts, bot: Bot, body: bytes
) -> None:
    """A request of a workspace the bot is not installed in does nothing and gets words."""
    await send(browser, body)
    await bot.drain()
    assert acts.calls == []


async def test_other_kinds_of_interaction_are_acknowledged(
    browser: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Shortcuts, closed views and kinds to come are acknowledged without a word of their payload in the log."""
    view = {"id": "V1", "callback_id": "x", "private_metadata": "of-nobodys-business"}
    with caplog.at_level(logging.DEBUG):
        for kind in ("view_closed", "shortcut", "message_action", "something_new"):
            await send(browser, interaction(kind, view=view, callback_id="x"))
    assert "of-nobodys-business" not in caplog.text


STRANGE: list[dict[str, Any]] = [
    {"actions": [{"action_id": "press", "value": 5}], "view": []},
    {"actions": [{"action_id": "press"}], "trigger_id": {}, "response_url": 5},
    {"actions": []},
    {"actions": "x"},
    {"actions": [{"action_id": "press"}], "user": 7},
    {"actions": [{"action_id": "press"}], "team": None, "user": None},
]


@pytest.mark.parametrize("strange", STRANGE)
async def test_a_strange_payload_does_no_harm(
    browser: httpx.AsyncClient, bot: Bot, strange: dict[str, Any]
) -> None:
    """Missing or strangely typed parts of a payload never end in a server error."""
    body = interaction("block_actions", **strange)
    answer = await browser.post("/slack/events", content=body, headers=signed(body))
    await bot.drain()
    assert answer.status_code in {200, 400}
