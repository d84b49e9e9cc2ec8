"""Every test of this folder that takes `store` runs on SQLite and on PostgreSQL."""

from tests.databases import database_url, empty_database_url, store, vault

__all__ = ["database_url", "empty_database_url", "store", "vault"]
