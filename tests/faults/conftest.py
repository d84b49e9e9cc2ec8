"""The house of the stories, and a house with several bots."""

from tests.databases import database_url
from tests.e2e.conftest import house, log, mode

__all__ = ["database_url", "house", "log", "mode"]
