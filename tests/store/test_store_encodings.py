"""PostgreSQL databases in other encodings than UTF-8: one keeps every letter all the same, others are refused."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import psycopg
import pytest
import sqlalchemy as sa
from store_events import NOW, ended, pending, wait_for

from app.contact import Contact
from app.errors import StoreUnavailableError
from app.store import Filter, Store

ZOE = Contact(name="Zoë 日本 😀", email="zoe@example.com")


@pytest.fixture
def database_in(postgresql: str) -> Iterator[Callable[[str], Store]]:
    """Make a database in an encoding, and open it."""
    with psycopg.connect(postgresql, autocommit=True) as server, ExitStack() as stack:

        def opened(encoding: str) -> Store:
            name = f"in_{encoding.lower()}"
            kind = f"ENCODING '{encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
            server.execute(f"CREATE DATABASE {name} {kind}")
            stack.callback(server.execute, f"DROP DATABASE {name} WITH (FORCE)")
            url = sa.make_url(postgresql).set(database=name).render_as_string(hide_password=False)
            return stack.enter_context(closing(Store(url)))

        yield opened


def test_every_letter_is_kept_where_the_database_minds_no_encoding(database_in: Callable[[str], Store]) -> None:
    store = database_in("SQL_ASCII")
    store.migrate()

    wait_for(store, NOW, "e1", mapper=lambda _: pending(ZOE))
    (claim,) = store.claims.claim(NOW, 1, ["main"])
    assert store.claims.settle(ended(claim, NOW, message="grüßt 😀", person={"name": ZOE.name}))

    assert claim.contact == ZOE
    assert store.log.events(Filter(), 1)[0]["status"] == "delivered"
    assert store.log.attempts("shop", "e1")[0]["message"] == "grüßt 😀"
    assert store.life.alive(claim.owner)


def test_the_bell_rings_where_the_database_minds_no_encoding(database_in: Callable[[str], Store]) -> None:
    store = database_in("SQL_ASCII")

    store.bell.ring()

    assert store.bell.wait(5)


def test_a_database_that_has_not_every_letter_is_refused_in_words(database_in: Callable[[str], Store]) -> None:
    store = database_in("LATIN1")

    with pytest.raises(StoreUnavailableError, match="in_latin1 is in LATIN1, which has no room for every name"):
        store.migrate()
