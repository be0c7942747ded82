"""Migrations: they lead to the tables that the code knows, once, whoever starts first."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from store_events import NOW, arrival, statuses, together, wait_for
from store_processes import finished, process

import app.store
from app.errors import StoreUnavailableError
from app.store import Store
from app.store.migrate import HEAD, upgrade
from app.store.tables import metadata


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, database_url: str) -> str:
    """The address of a database without any tables."""
    store = Store(database_url)
    if not store.database.is_sqlite:
        with store.database.writing() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
    store.close()
    return database_url


@pytest.fixture(params=["made at once", "by every migration"])
def either(request: pytest.FixtureRequest, empty_url: str) -> Iterator[Store]:
    """A store whose tables came about in one of the two ways."""
    with closing(Store(empty_url)) as store:
        if request.param == "by every migration":
            with store.database.writing() as connection:
                upgrade(connection)
        store.migrate()
        yield store


def test_it_knows_its_newest_migration() -> None:
    versions = Path(app.store.__file__).with_name("migrations") / "versions"

    newest = max(path.name.split("_")[0] for path in versions.glob("[0-9]*.py"))

    assert newest == HEAD


def test_it_makes_the_tables_that_the_code_knows(either: Store) -> None:
    with either.database.reading() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)

        assert compare_metadata(context, metadata) == []


def test_it_makes_the_conditions_of_indexes_that_the_code_knows(either: Store) -> None:
    """Alembic does not compare those."""
    catalogue = "sqlite_master WHERE name" if either.database.is_sqlite else "pg_indexes WHERE indexname"
    column = "sql" if either.database.is_sqlite else "indexdef"
    with either.database.reading() as connection:
        for index in metadata.tables["events"].indexes:
            made = connection.exec_driver_sql(f"SELECT {column} FROM {catalogue} = '{index.name}'").scalar_one()
            where = index.dialect_options[connection.dialect.name]["where"]
            assert (str(where) if where is not None else "") in made.replace("(", "").replace(")", "")
            assert ("WHERE" in made) == (where is not None)


def test_it_may_be_run_again_with_events_waiting(store: Store) -> None:
    wait_for(store, NOW, "e1")

    store.migrate()

    assert statuses(store) == {"e1": "pending"}


def test_it_migrates_once_when_several_threads_start(empty_url: str) -> None:
    stores = [Store(empty_url) for _ in range(8)]

    def start(place: int) -> None:
        stores[place].migrate()

    together(8, start)

    assert all(store.migrated for store in stores)
    assert stores[0].inbox.add(arrival(NOW, "e1")) == [True]
    for store in stores:
        store.close()


def test_it_keeps_nothing_in_a_database_of_a_later_version(store: Store) -> None:
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9001'")

    with pytest.raises(StoreUnavailableError, match="schema 9001; this one knows"):
        store.migrate()
    with pytest.raises(StoreUnavailableError, match="run the newer one, or restore"):
        assert store.up_to_date

    with store.database.writing() as connection:  # the next test has the same database
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{HEAD}'")


@pytest.mark.slow
def test_it_migrates_once_when_several_processes_start(empty_url: str) -> None:
    with (
        process("migrate", empty_url) as one,
        process("migrate", empty_url) as two,
        process("migrate", empty_url) as three,
    ):
        printed = [finished(running) for running in (one, two, three)]

    assert printed == [["migrated"]] * 3
