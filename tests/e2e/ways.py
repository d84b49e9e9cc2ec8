"""In which of the four combinations, of two databases and Slack's two ways in, a story is played; without a mark in all four.

The one story that is a feature's main path is played in all four. What neither can change is played in one, in turn.
"""

import pytest


def _only(*combinations: tuple[str, str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("database_url", "mode"), combinations, indirect=True)


ON_SQLITE, ON_POSTGRESQL = _only(("sqlite", "http")), _only(("postgresql", "http"))
BY_SOCKET = _only(("postgresql", "socket"))
"""For variants of a story that is played in all combinations elsewhere, or that costs seconds."""
BOTH_DATABASES = _only(("sqlite", "http"), ("postgresql", "http"))
BOTH_MODES = _only(("sqlite", "http"), ("sqlite", "socket"))
TWO_WAYS = _only(("sqlite", "http"), ("postgresql", "socket"))
"""Each database and each way in once: for what both may change, but not together."""
