"""Says what Slack would refuse in a message or a view, with Slack's error and a JSON pointer. Pure; shares no code with our drawing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.sandbox.rules import Problem, Ruling, Shape, anything, boolean, check_shape, size, string, text
from bot.sandbox.rules_blocks import check_blocks
from bot.sandbox.rules_choices import check_answer

__all__ = ["Problem", "Refused", "judge_message", "judge_options", "judge_view"]

LARGEST_VIEW = 250_000
LONGEST_TEXT = 40_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Slack's error string and what it says about the places."""

    error: str
    problems: tuple[Problem, ...] = ()

    @property
    def messages(self) -> list[str]:
        """As `response_metadata.messages` has them."""
        return [str(problem) for problem in self.problems]


_VIEW = Shape(
    fields={
        "type": anything,
        "title": text(24, plain=True),
        "blocks": check_blocks,
        "submit": text(24, plain=True),
        "close": text(24, plain=True),
        "private_metadata": string(3000, 0),
        "callback_id": string(255, 0),
        "external_id": string(255, 0),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
    required=frozenset({"title", "blocks"}),
)


def judge_view(view: Any, pointer: str = "/view") -> Refused | None:
    """What is wrong with a modal (docs.slack.dev/reference/views/modal-views, read 2026-11); None = Slack takes it."""
    if not isinstance(view, dict):
        return Refused(
            error="invalid_arguments", problems=(Problem(pointer=pointer, words="must be an object"),)
        )
    if len(json.dumps(view, ensure_ascii=False).encode("utf-8", "surrogatepass")) > LARGEST_VIEW:
        return Refused(error="view_too_large")
    ruling = Ruling(surface="modal")
    if view.get("type") != "modal":
        ruling.refuse(f"{pointer}/type", f"unsupported type: {view.get('type')}")
    given = {
        name: value for name, value in view.items() if value is not None or name not in {"submit", "close"}
    }
    check_shape(ruling, pointer, given, _VIEW)
    if _has_input(view.get("blocks")) and not view.get("submit"):
        ruling.refuse(f"{pointer}/submit", "missing required field: submit (the view has an input block)")
    return _refused("invalid_arguments", ruling.problems)


def _has_input(blocks: Any) -> bool:
    listed = blocks if isinstance(blocks, list) else []
    return any(isinstance(block, dict) and block.get("type") == "input" for block in listed)


def judge_message(message: dict[str, Any], *, longest: int = LONGEST_TEXT) -> Refused | None:
    """What is wrong with a message's text and blocks; `longest` text is 4,000 for chat.update.

    Slack cuts a posted text at 40,000 characters; a bot that counts on that loses words, so it is refused here.
    """
    words, blocks = message.get("text"), message.get("blocks")
    if words is not None and not isinstance(words, str):
        problem = Problem(pointer="/text", words="must be a string")
        return Refused(error="invalid_arguments", problems=(problem,))
    if not words and not blocks and not message.get("attachments"):
        return Refused(error="no_text")
    if size(words or "") > longest:
        return Refused(error="msg_too_long")
    if blocks is None:
        return None
    ruling = Ruling(surface="message")
    check_blocks(ruling, "/blocks", blocks)
    return _refused("invalid_blocks", ruling.problems)


def judge_options(answer: Any) -> Refused | None:
    """What is wrong with the answer to a select's search."""
    ruling = Ruling(surface="modal")
    check_answer(ruling, answer)
    return _refused("invalid_options", ruling.problems)


def _refused(error: str, problems: Sequence[Problem]) -> Refused | None:
    return Refused(error=error, problems=tuple(problems)) if problems else None
