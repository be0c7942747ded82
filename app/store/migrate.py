"""Bringing the schema up to date at start; safe when several processes start at once."""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.store.database import Database, Lock, one_at_a_time

HEAD = "0004"  # the newest file in migrations/versions; a test keeps the two together


def migrate(database: Database) -> None:
    """Run the migrations that are missing, if any, under a lock. Raises `StoreUnavailableError`."""
    if up_to_date(database):
        return
    from alembic import command  # noqa: PLC0415 -- only a new or an old database needs it; it is slow to import
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with database.writing() as connection:
        one_at_a_time(connection, Lock.MIGRATION)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def made(database: Database) -> bool:
    """True if there is a database, of whatever version. None is made by asking."""
    return database.exists and _version(database) is not None


def up_to_date(database: Database) -> bool:
    """True if the schema is today's. No database is made by asking."""
    return database.exists and _version(database) == HEAD


def _version(database: Database) -> str | None:
    with database.reading() as connection:
        try:
            return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        except DBAPIError:
            connection.rollback()
            return None
