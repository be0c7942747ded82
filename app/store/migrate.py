"""Bringing the schema up to date at start; safe when several processes start at once."""

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.errors import StoreUnavailableError
from app.store.database import Database, Lock, one_at_a_time
from app.store.tables import metadata

HEAD = "0004"  # the newest file in migrations/versions; a test keeps the two together


def migrate(database: Database) -> None:
    """Make the tables or run the migrations that are missing, under a lock. Raises `StoreUnavailableError`."""
    if up_to_date(database):
        return
    with database.writing() as connection:
        one_at_a_time(connection, Lock.MIGRATION)
        if sa.inspect(connection).has_table("alembic_version"):
            upgrade(connection)
        else:
            _make(connection)


def upgrade(connection: sa.Connection) -> None:
    """Run the migrations that are missing; in an empty database, all."""
    from alembic import command  # noqa: PLC0415 -- only an old database needs it; it is slow to import
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _make(connection: sa.Connection) -> None:
    """Make at once what all migrations would have led to, which is a quarter of a cold start."""
    metadata.create_all(connection, checkfirst=False)
    version = sa.Table("alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32), primary_key=True))
    version.create(connection)
    connection.execute(version.insert().values(version_num=HEAD))


def made(database: Database) -> bool:
    """True if there is a database, of whatever version. None is made by asking."""
    return database.exists and _version(database) is not None


def up_to_date(database: Database) -> bool:
    """True if the schema is today's. No database is made by asking.

    Raises `StoreUnavailableError` if it is of a later day: nobody knows what was written into it would mean there.
    """
    version = _version(database) if database.exists else None
    if version and version > HEAD:
        raise StoreUnavailableError(
            f"the database at {database.place} was brought up to date by a newer contact-bridge (schema {version}; "
            f"this one knows {HEAD}): run the newer one, or restore the backup that was made before the upgrade"
        )
    return version == HEAD


def _version(database: Database) -> str | None:
    with database.reading() as connection:
        try:
            return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        except DBAPIError:
            connection.rollback()
            return None
