"""Whatever happens to accounts, people, Slack and the bot, in whatever order: alerts are true, told, and told once."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.sandbox.faults import Fault
from tests.databases import sqlite_template, sqlite_url
from tests.faults.life import ADA, INTEGRATORS, open_life

PATIENTS = st.integers(0, 5)
STATES = st.sampled_from(["healthy", "healthy", "revoked", "revoked", "down", "throttled"])
MINUTES = st.sampled_from([0.6, 1.2, 5.0, 12.0, 61.0])
FAULTS = st.sampled_from(
    [
        {"method": "chat.postMessage", "status": 429, "retry_after": 30},
        {"method": "chat.postMessage", "error": "internal_error"},
        {"method": "chat.postMessage", "cut": "after"},
        {"method": "chat.postMessage", "cut": "before"},
        {"method": "chat.update", "status": 500},
        {"method": "chat.update", "status": 429, "retry_after": 60},
    ]
)


class AlertLife(RuleBasedStateMachine):
    """One house after the other, each on a database of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._folder = Path(tempfile.mkdtemp(prefix="lexer-life-"))
        shutil.copy(sqlite_template(), self._folder / "lexer.db")
        self._open = AsyncExitStack()
        opening = open_life(self._folder, sqlite_url(self._folder / "lexer.db"))
        self._life = self._do(self._open.enter_async_context(opening))

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run_until_complete(work)

    @rule(number=PATIENTS, state=STATES)
    def happens(self, number: int, state: str) -> None:
        """Something happens to a sign-in at its provider."""
        self._do(self._life.happens(number, state))

    @rule(minutes=MINUTES)
    def time_passes(self, minutes: float) -> None:
        """The bots look and tell."""
        self._do(self._life.passes(minutes))

    @rule(number=PATIENTS, minutes=st.sampled_from([1.2, 12.0]))
    def breaks(self, number: int, minutes: float) -> None:
        """A sign-in ends and is found out."""
        self._do(self._life.happens(number, "revoked"))
        for passing in (12.0, 1.2, minutes):
            self._do(self._life.passes(passing))

    @rule(answered=st.booleans())
    def bot_crashes(self, answered: bool) -> None:  # noqa: FBT001  drawn by hypothesis
        """Killed between two steps of telling."""
        self._do(self._life.crashes(answered=answered))

    @rule(fault=FAULTS)
    def slack_fails(self, fault: dict[str, Any]) -> None:
        """Slack refuses, breaks off, or does it and does not say so."""
        self._do(self._life.slack_fails(Fault(**fault)))

    @rule(user=st.sampled_from(INTEGRATORS), what=st.sampled_from(["take", "let go", "snooze"]))
    def somebody_clicks(self, user: Any, what: str) -> None:
        """A button of the alert."""
        self._do(self._life.clicks(user, what))

    @rule(user=st.just(ADA), dm=st.booleans())
    def somebody_mutes(self, user: Any, dm: bool) -> None:  # noqa: FBT001  drawn by hypothesis
        """No DMs for Ada, or again."""
        self._do(self._life.mutes(user, dm=dm))

    @rule(archived=st.booleans())
    def channel_is_archived(self, archived: bool) -> None:  # noqa: FBT001  drawn by hypothesis
        """Or brought back and chosen again."""
        self._do(self._life.archives(archived=archived))

    @rule(number=PATIENTS)
    def somebody_checks(self, number: int) -> None:
        """Check now."""
        self._do(self._life.checks(number))

    @rule(number=PATIENTS)
    def somebody_reconnects(self, number: int) -> None:
        """A new sign-in."""
        self._do(self._life.reconnects(number))

    @rule(number=PATIENTS)
    def somebody_disconnects(self, number: int) -> None:
        """An account is taken out."""
        self._do(self._life.disconnects(number))

    @invariant()
    def holds(self) -> None:
        """At any moment."""
        self._do(self._life.holds())

    def teardown(self) -> None:
        """In the end."""
        try:
            self._do(self._life.ends())
        finally:
            self._do(self._open.aclose())
            self._loop.close()
            shutil.rmtree(self._folder, ignore_errors=True)


TestAlertLife = AlertLife.TestCase
TestAlertLife.settings = settings(
    max_examples=20,
    stateful_step_count=14,
    deadline=None,
    print_blob=True,
    # Shrinking takes minutes: whoever needs it adds Phase.shrink.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
