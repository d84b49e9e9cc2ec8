"""Every screen in every state, before three judges: ours, the table's, and slack_sdk's."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from blocks.examples import EXAMPLES
from tests.judge import judge_message, judge_view

Json = dict[str, Any]
HOSTILE = [name for name in EXAMPLES if "(hostile)" in name]
# Everything our own screens put between angle brackets: people, channels and dates.
OURS = re.compile(r"<@U0[A-Z]+>|<#C0[A-Z]+>|<!date\^\d+\^[^<>|]+\|[^<>]+>")
JARGON = re.compile(r"\b(grant|token|scope|oauth|api|url|webhook|modal|callback|payload)s?\b", re.IGNORECASE)


def parts(value: Any) -> Iterator[Json]:
    """Every object inside."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from parts(inner)


def texts(payload: Json, kind: str) -> list[str]:
    """What the text objects of that type say."""
    return [part["text"] for part in parts(payload) if part.get("type") == kind]


def buttons(payload: Json) -> list[Json]:
    """All buttons."""
    return [part for part in parts(payload) if part.get("type") == "button"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_slack_takes_every_screen(name: str) -> None:
    """No screen is refused by Slack, whatever it shows."""
    payload: Json = dict(EXAMPLES[name]())
    assert (judge_view(payload) if "type" in payload else judge_message(payload)) == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_slacks_own_models_agree(name: str) -> None:
    """Slack's own library finds nothing wrong either."""
    payload: Json = dict(EXAMPLES[name]())
    for block in payload["blocks"]:
        parsed = Block.parse(block)
        assert parsed is not None
        assert parsed.to_dict()["type"] == block["type"]
    if "type" in payload:
        assert View(**payload).to_dict()["type"] == "modal"


@pytest.mark.parametrize("name", EXAMPLES)
def test_one_thing_to_do(name: str) -> None:
    """At most one button stands out, and a form has only its Save."""
    payload: Json = dict(EXAMPLES[name]())
    standing_out = [button for button in buttons(payload) if button.get("style") == "primary"]
    assert len(standing_out) <= (0 if "submit" in payload else 1)


@pytest.mark.parametrize("name", EXAMPLES)
def test_buttons_can_be_told_apart_by_ear(name: str) -> None:
    """Where a button's text repeats, a screen reader says which one it is."""
    repeated = [button["text"]["text"] for button in buttons(dict(EXAMPLES[name]()))]
    for button in buttons(dict(EXAMPLES[name]())):
        if repeated.count(button["text"]["text"]) > 1 and "Open" not in button["text"]["text"]:
            assert button["accessibility_label"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_messages_speak(name: str) -> None:
    """Every message has text for notifications and screen readers."""
    payload: Json = dict(EXAMPLES[name]())
    if "type" not in payload:
        assert len(payload["text"].strip()) > 10


@pytest.mark.parametrize("name", [name for name in EXAMPLES if "(plain)" in name])
def test_no_jargon_and_nothing_shouted(name: str) -> None:
    """A marketer can read every screen."""
    payload: Json = dict(EXAMPLES[name]())
    said = " ".join([*texts(payload, "mrkdwn"), *texts(payload, "plain_text"), payload.get("text", "")])
    assert not JARGON.search(re.sub(r"LEXER_[A-Z_]+", "", said))
    assert "!" not in OURS.sub("", said)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_words(name: str) -> None:
    """No account, shop or Group name mentions anybody, links anywhere or calls a channel."""
    payload: Json = dict(EXAMPLES[name]())
    for said in [*texts(payload, "mrkdwn"), payload.get("text", "")]:
        assert "<" not in OURS.sub("", said)
        assert ">" not in OURS.sub("", said)
        assert "://" not in said
        assert "@here" not in said
        assert "\n&gt;" not in said


@pytest.mark.parametrize("name", HOSTILE)
def test_plain_text_shows_no_escapes(name: str) -> None:
    """A button or option shows a name's "&" as "&"."""
    for said in texts(dict(EXAMPLES[name]()), "plain_text"):
        assert "&amp;" not in said
        assert "&lt;" not in said


@pytest.mark.parametrize("name", EXAMPLES)
def test_bare_addresses_do_not_become_links(name: str) -> None:
    """Slack is told to leave words as they are."""
    payload: Json = dict(EXAMPLES[name]())
    assert all(part["verbatim"] for part in parts(payload) if part.get("type") == "mrkdwn")


def test_drawing_twice_gives_the_same() -> None:
    """A screen depends on what it shows and on nothing else."""
    for draw in EXAMPLES.values():
        assert json.dumps(draw()) == json.dumps(draw())
