"""Which delivery processes live, and what each said of its mapping."""

from collections.abc import Callable
from datetime import timedelta

from store_events import NOW

from app.store import Deliverer, Store
from app.store.tables import facts

FIRST = Deliverer(NOW, "aa", "bb")
SECOND = Deliverer(NOW + timedelta(hours=1), "cc", "dd", ("0011", "2233"))


def enter(store: Store, deliverer: Deliverer) -> None:
    store.deliverers.enter(store.life.hold(), deliverer)


def test_everybody_sees_those_that_live_the_oldest_first(store: Store, another: Callable[[], Store]) -> None:
    enter(another(), SECOND)
    enter(store, FIRST)

    assert store.deliverers.all() == [FIRST, SECOND]
    assert another().deliverers.all() == [FIRST, SECOND]  # one that delivers nothing itself


def test_one_that_died_is_seen_no_more_and_what_it_said_goes(store: Store, another: Callable[[], Store]) -> None:
    dead = another()
    enter(dead, FIRST)
    dead.life.close()

    assert store.deliverers.all() == []
    enter(store, SECOND)

    with store.database.reading() as connection:
        assert len(connection.execute(facts.select().where(facts.c.name.startswith("deliverer "))).all()) == 1
    assert another().deliverers.all() == [SECOND]


def test_one_that_takes_nothing_new_is_no_deliverer_any_more(store: Store, another: Callable[[], Store]) -> None:
    other = another()
    enter(other, SECOND)
    enter(store, FIRST)

    store.deliverers.leave(store.life.hold())

    assert other.deliverers.all() == [SECOND]


def test_one_may_say_it_twice(store: Store) -> None:
    enter(store, FIRST)
    enter(store, SECOND)

    assert store.deliverers.all() == [SECOND]


def test_whoever_only_looks_takes_no_life(store: Store, another: Callable[[], Store]) -> None:
    enter(store, FIRST)
    looking = another()

    looking.deliverers.all()

    assert not looking.life._id
