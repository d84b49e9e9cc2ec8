"""Handlers made for a test: they write down their call and do what the test says."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from blocks.parts import Message, View, message, modal, section
from bot.handlers import Handlers
from bot.interactions import (
    Action,
    ActionCall,
    Command,
    CommandCall,
    Modal,
    ModalAnswer,
    ModalCall,
    Options,
    Show,
)


def said(text: str) -> Message:
    """A message of one sentence."""
    return message(text, [section(text)])


def shown(text: str) -> View:
    """A modal of one sentence."""
    return modal("A view", "shown", [section(text)])


class Acts:
    """`command`, `press`, `submit` and `search` may be replaced by a test; `calls` is what arrived."""

    def __init__(self) -> None:
        self.calls: list[Any] = []
        self.command: Callable[[CommandCall], Awaitable[Message | None]] = self._command
        self.press: Callable[[ActionCall], Awaitable[None]] = self._press
        self.submit: Callable[[ModalCall], Awaitable[ModalAnswer]] = self._submit
        self.search: Callable[[ActionCall, str], Awaitable[Sequence[Mapping[str, Any]]]] = self._search

    def handlers(self) -> Handlers:
        """What `open_bot` is given in place of the real ones."""
        do = Command(
            name="do", usage="/lexer do", summary="Does.", run=self._run_command, aliases=("integrations",)
        )
        opens = Command(
            name="open", usage="/lexer open", summary="Opens.", run=self._run_command, opens_view=True
        )
        return Handlers(
            commands={"do": do, "integrations": do, "open": opens},
            listed=(do, opens),
            actions={"press": Action(name="press", run=self._run_press)},
            modals={"form": Modal(callback_id="form", run=self._run_submit)},
            options={"search": Options(name="search", run=self._run_search)},
            unknown=self._unknown,
        )

    async def _run_command(self, call: CommandCall) -> Message | None:
        self.calls.append(call)
        return await self.command(call)

    async def _run_press(self, call: ActionCall) -> None:
        self.calls.append(call)
        await self.press(call)

    async def _run_submit(self, call: ModalCall) -> ModalAnswer:
        self.calls.append(call)
        return await self.submit(call)

    async def _run_search(self, call: ActionCall, typed: str) -> Sequence[Mapping[str, Any]]:
        self.calls.append(call)
        return await self.search(call, typed)

    async def _unknown(self, call: CommandCall, typed: str) -> Message:
        self.calls.append(call)
        return said(f"unknown: {typed}")

    async def _command(self, call: CommandCall) -> Message | None:
        return said(f"done: {call.words}")

    async def _press(self, _call: ActionCall) -> None:
        """Nothing more."""

    async def _submit(self, _call: ModalCall) -> ModalAnswer:
        return Show(view=shown("saved"))

    async def _search(self, _call: ActionCall, typed: str) -> Sequence[Mapping[str, Any]]:
        return [{"text": {"type": "plain_text", "text": typed}, "value": typed}]
