"""Migrations, run from the installed package: no alembic.ini is needed. Imported late, as alembic is slow to import."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings for this folder; env.py runs on `connection`."""
    made = Config()
    # Alembic reads % as the start of a placeholder.
    made.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def upgrade(connection: Connection) -> None:
    """Bring the schema to the newest revision, in the transaction that is open on `connection`."""
    command.upgrade(config(connection), "head")
