"""Every exception of the bot. What is expected to happen is a value, not an exception.

BotError
├── UserFacingError       said to the person as it stands, wherever they are
│   └── Outdated          a control that leads nowhere (any more)
├── SettingsProblems      what is wrong with the settings, all of it at once
├── StartProblem          something outside the settings keeps the bot from starting
├── NotInstalled          a payload of a workspace this bot is not installed in
└── NetworkInTransaction  a bug of ours: a Slack call while a database transaction is open
"""

from collections.abc import Sequence
from dataclasses import dataclass


class BotError(Exception):
    """Root of the tree."""


class UserFacingError(BotError):
    """Cannot be done, in words for the person: what happened and what to do next."""

    def __init__(self, what: str, what_to_do: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.what_to_do = what_to_do


class Outdated(UserFacingError):
    """A control that leads nowhere (any more), or that was made by hand."""

    def __init__(self) -> None:
        super().__init__(
            "That button is from an older version of this bot.", "Type /lexer to see how things stand now."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsProblem:
    """One setting that keeps the bot from starting: its name, what is wrong and how to mend it. Never its value."""

    name: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.name} {self.what}. {self.mend}"


class SettingsProblems(BotError):
    """The settings cannot be used. Carries every problem, not only the first."""

    def __init__(self, problems: Sequence[SettingsProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class StartProblem(BotError):
    """The bot cannot start although its settings can be read: what is wrong and how to mend it."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"{what}. {mend}")
        self.what = what
        self.mend = mend


class NotInstalled(BotError):
    """No installation is known for this workspace."""

    def __init__(self, workspace_id: str) -> None:
        super().__init__(f"not installed in workspace {workspace_id or '(none)'}")
        self.workspace_id = workspace_id


class NetworkInTransaction(BotError):
    """A Slack call was tried while a database transaction was open."""

    def __init__(self, call: str) -> None:
        super().__init__(f"{call} was called inside a database transaction")
