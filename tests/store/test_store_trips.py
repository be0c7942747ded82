"""How often PostgreSQL is asked: what is read all the time costs no more trips to the server than it has to."""

from contextlib import closing

import pytest
import sqlalchemy as sa
from psycopg.pq import TransactionStatus

from app.store import Store

PREPARED = sa.text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%pg_prepared%'")
MORE_THAN_ENOUGH = 7  # times, after which psycopg has prepared a statement


def test_what_was_prepared_is_kept_after_a_read(postgresql_url: str) -> None:
    with closing(Store(postgresql_url)) as store:
        for _ in range(MORE_THAN_ENOUGH):
            with store.database.reading() as connection:
                prepared = connection.execute(PREPARED).scalar()

    assert prepared == 1


def test_a_single_question_is_no_transaction(postgresql_url: str) -> None:
    with closing(Store(postgresql_url)) as store:
        with store.database.asking() as connection:
            connection.execute(sa.select(1))
            alone = connection.connection.driver_connection.info.transaction_status
        with store.database.reading() as connection:
            connection.execute(sa.select(1))
            within = connection.connection.driver_connection.info.transaction_status

    assert (alone, within) == (TransactionStatus.IDLE, TransactionStatus.INTRANS)


def test_a_read_that_fails_leaves_a_connection_that_works(postgresql_url: str) -> None:
    with closing(Store(postgresql_url)) as store:
        with pytest.raises(sa.exc.ProgrammingError), store.database.reading() as connection:
            connection.execute(sa.text("SELECT nothing FROM nowhere"))

        assert store.pauses.all() == []
