"""Housekeeping: it tidies in batches, every few minutes, and nothing but the end stops it."""

import threading
from datetime import timedelta

import sqlalchemy as sa

from app.housekeeping import Housekeeping
from app.store import Arrival, Store
from app.store.hours import note
from app.webhook import Event, EventStatus

DAYS = 30


def keep(store: Store, now, count: int, name: str = "e") -> None:
    """Keep events that are settled at once."""
    events = [Event("shop", f"{name}{number}", "signup", now, b"{}") for number in range(count)]
    store.inbox.add(Arrival(now, [(event, EventStatus.IGNORED, "a test") for event in events]))


def with_body(store: Store) -> int:
    with store.database.reading() as connection:
        return connection.execute(sa.text("SELECT count(*) FROM events WHERE body IS NOT NULL")).scalar()


class Pauses:
    """Waits no time at all; at the ``end``-th pause it is time to stop."""

    def __init__(self, end: int, during=lambda: None) -> None:
        self.asked: list[float] = []
        self._end, self._during = end, during

    def __call__(self, seconds: float) -> bool:
        self.asked.append(seconds)
        self._during()
        return len(self.asked) >= self._end


def test_it_breathes_between_two_batches_and_acks_go_on(store: Store, clock) -> None:
    keep(store, clock(), 450)
    clock.advance(days=DAYS, seconds=1)
    came = []
    pauses = Pauses(9, lambda: came.append(keep(store, clock(), 1, f"new{len(came)}-")))

    Housekeeping(store, DAYS, clock, pauses).tidy()

    assert len(pauses.asked) == 2  # 200, 200, 50
    assert with_body(store) == len(came) == 2


def test_it_comes_back_every_few_minutes(store: Store, clock) -> None:
    keep(store, clock(), 1)
    pauses = Pauses(3, lambda: clock.advance(days=16))

    Housekeeping(store, DAYS, clock, pauses).run()

    assert with_body(store) == 0
    assert len(set(pauses.asked)) == 1
    assert timedelta(minutes=1) <= timedelta(seconds=pauses.asked[0]) <= timedelta(minutes=10)


def test_a_database_that_is_away_does_not_end_it(tmp_path, clock) -> None:
    (tmp_path / "folder").write_text("in the way of the database")
    store = Store(f"sqlite:///{tmp_path}/folder/bridge.db")
    blocked = tmp_path / "folder"
    back = Pauses(2, lambda: blocked.is_file() and blocked.unlink())

    Housekeeping(store, DAYS, clock, back).run()

    assert store.migrated
    store.close()


def test_it_ends_with_the_block_that_it_runs_beside(store: Store, clock) -> None:
    with Housekeeping(store, DAYS, clock).running():
        assert "housekeeping" in {thread.name for thread in threading.enumerate()}

    assert "housekeeping" not in {thread.name for thread in threading.enumerate()}


def test_it_forgets_when_sources_spoke_long_ago(store: Store, clock) -> None:
    with store.database.writing() as connection:
        note(connection, [("shop", clock() - timedelta(days=40)), ("shop", clock())])

    Housekeeping(store, DAYS, clock).tidy()

    assert store.hours.forget() == 0
    assert store.hours.last("shop") == clock()
