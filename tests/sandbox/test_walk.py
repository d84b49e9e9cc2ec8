"""The walk in the terminal: a person can do everything by short words, and nothing typed breaks it."""

import io
import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bot.sandbox.records import Mail
from bot.sandbox.terminal import Terminal
from bot.sandbox.walk import walk
from bot.sandbox.workspace import Sandbox
from bot.sandbox.world import MovableClock
from tests.sandbox.fake_bot import FakeBot, button, field_block, modal, row, section

HOSTILE = (
    "",
    "   ",
    "0",
    "99",
    "-1",
    "²",
    "nonsense",
    "press",
    "press Nothing near nowhere",
    "fill",
    "fill = ",
    "choose x = y",
    "submit",
    "close",
    "page",
    "open",
    "open http://127.0.0.1:1/",
    "open http://[::1",
    "open javascript:alert(1)",
    "be",
    "be nobody",
    "set",
    "set twitter",
    "set twitter @northwind sleepy",
    "set nowhere x y",
    "login twitter nobody",
    "pass",
    "pass ²",
    "pass 99999999999999999999",
    "pass 15",
    "mails",
    "/",
    "/lexer \x00 \u202e 🙂 " + "x" * 9000,
    "{people}",
    "help",
    "providers",
    "dm",
    "look",
)


async def _walks(sandbox: Sandbox, *lines: str, quits: bool = True) -> str:
    """All that was said; `quits` is whether the person ends it, and not the input."""
    said: list[str] = []
    typed: Iterator[str] = iter(lines)

    async def ask(prompt: str) -> str | None:
        said.append(prompt)
        return next(typed, None)

    async def tick() -> None:
        """Nothing is under way."""

    sandbox.person("ada").patience = 0.1
    assert await walk(sandbox, said.append, ask, tick, name="ada") is quits
    return "\n".join(said)


async def test_nothing_typed_breaks_it(sandbox: Sandbox, bot: FakeBot) -> None:
    """Whatever is typed, there is an answer in words, and the end of input ends it; who did not quit is not taken leave of."""
    bot.answer = lambda _form: {"text": "hello"}
    said = await _walks(sandbox, *HOSTILE, quits=False)
    assert said.count("ada>") == len(HOSTILE) + 1
    assert "Goodbye." not in said
    assert "Traceback" not in said


async def test_numbers_press_fill_and_choose(sandbox: Sandbox, bot: FakeBot) -> None:
    """What has a number can be used by it; what needs words asks for them."""
    options = [
        {"text": {"type": "plain_text", "text": word}, "value": word.lower()} for word in ("One", "Two")
    ]
    boxes = {"type": "checkboxes", "action_id": "boxes", "options": options}

    async def answer(payload: dict[str, Any]) -> object:
        if "command" in payload:
            return {"text": "x", "blocks": [section("Go"), row(button("Open it"))]}
        if payload["type"] == "block_actions":
            view = modal(
                field_block("Name"), {**field_block("Boxes", "boxes"), "element": boxes}, submit="Save"
            )
            await bot.call("views.open", trigger_id=payload["trigger_id"], view=view)
        return None

    bot.answer = answer
    said = await _walks(sandbox, "/lexer", "1", "1", "Ada", "2", "1, Two", "3", "quit")
    values = bot.got[-1]["view"]["state"]["values"]
    assert values["name"]["typed"]["value"] == "Ada"
    assert [one["value"] for one in values["boxes"]["boxes"]["selected_options"]] == ["one", "two"]
    assert "1) [Open it]" in said
    assert said.endswith("Goodbye.")


async def test_people_and_providers_can_be_switched(sandbox: Sandbox, bot: FakeBot) -> None:
    """One person sits there and is many; a provider's state is one line."""
    said = await _walks(
        sandbox, "be maria", "set twitter @northwind revoked", "login twitter @southwind", "providers", "quit"
    )
    assert "You are Maria Silva now" in said
    assert "@northwind (revoked)" in said
    assert sandbox.provider("twitter").signed_in_as == "@southwind"


async def test_time_and_mails(sandbox: Sandbox, clock: MovableClock) -> None:
    """Minutes can be let pass, and one's own e-mails read."""

    async def move(step: timedelta) -> None:
        clock.advance(step)

    sandbox.passing.move, before = move, clock()
    for to, subject in (("maria@acme.example", "for Maria"), ("ada@acme.example", "for Ada")):
        mail = Mail(to=to, sender="x", subject=subject, text="hello", html="", headers=(), at=before)
        sandbox.records.mails.append(mail)
    said = await _walks(sandbox, "be maria", "pass 15", "mails", "quit")
    assert clock() - before == timedelta(minutes=15)
    assert f"{clock():%H:%M} UTC now" in said
    assert "for Maria\n\nhello" in said
    assert "for Ada" not in said


async def test_a_link_leads_to_the_browser_and_back(sandbox: Sandbox, bot: FakeBot) -> None:
    """A page that opens is shown with its own numbers; close leads back to Slack."""
    link = f"{sandbox.base_url}/x.com/i/oauth2/authorize?client_id=wrong"
    bot.answer = lambda form: (
        {"text": "x", "blocks": [row(button("Go", url=link))]} if "command" in form else None
    )
    said = await _walks(sandbox, "/lexer", "press Go", "close", "page", "quit")
    assert said.count("This sign-in request is wrong") == 2


async def test_lines_come_from_the_terminal() -> None:
    """Lines are read without blocking; bytes that are no text are an empty line; the end is the end, again and again."""
    reading, writing = os.pipe()
    os.write(writing, b"/lexer\r\nlast")
    os.close(writing)
    shown: list[str] = []
    with os.fdopen(reading, encoding="utf-8") as source:
        terminal = Terminal(source, shown.append)
        lines = [await terminal.ask("> ") for _ in range(4)]
    assert lines == ["/lexer", "last", None, None]
    assert shown == ["> "] * 4
    odd = Terminal(io.TextIOWrapper(io.BytesIO(b"\xff\n"), encoding="utf-8"), shown.append)
    assert await odd.ask("> ") == ""
