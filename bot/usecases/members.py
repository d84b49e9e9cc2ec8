"""Remembers for a minute who is a full member, so that the help, the same for all of them, is answered without a look into the store.

Nothing else may be decided by it: it can be a minute behind.
"""

from datetime import datetime, timedelta

from store.records import UserId, WorkspaceId

_MINUTE = timedelta(minutes=1)
_MOST = 10_000


class Members:
    """Full members seen lately, by workspace."""

    def __init__(self) -> None:
        self._until: dict[tuple[WorkspaceId, UserId], datetime] = {}

    def __contains__(self, seen: tuple[WorkspaceId, UserId, datetime]) -> bool:
        """(workspace, person, now): were they a full member within the last minute?"""
        until = self._until.get(seen[:2])
        return until is not None and seen[2] < until

    def remember(self, ws: WorkspaceId, user_id: UserId, now: datetime) -> None:
        """The store has just said that they are."""
        if len(self._until) >= _MOST:
            self._until.clear()
        self._until[ws, user_id] = now + _MINUTE

    def forget(self, ws: WorkspaceId, user_id: UserId) -> None:
        """Slack says that something about them changed."""
        self._until.pop((ws, user_id), None)
