"""Group commit, with a transaction that is only a list: threads share commits, and each is told about its own item."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic, sleep

import pytest

from app.errors import StoreUnavailableError
from app.store.group_commit import GroupCommit


class Ledger:
    """Keeps what is committed; the first transaction stays open until ``go`` is set."""

    def __init__(self, most: int = 256) -> None:
        self.commits: list[list[str]] = []
        self.troubles: list[Exception | None] = []
        self.entered, self.go = Event(), Event()
        self.commit = GroupCommit(self.transaction, self.write, most)

    @contextmanager
    def transaction(self) -> Iterator[list[str]]:
        first = not self.entered.is_set()
        self.entered.set()
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble:
            self.go.wait(10)
            raise trouble
        kept: list[str] = []
        yield kept
        if first:
            self.go.wait(10)
        if "full" in kept:
            raise StoreUnavailableError("the disk is full")
        self.commits.append(kept)

    def write(self, kept: list[str], items: Sequence[str]) -> list[str]:
        if "poison" in items:
            raise ValueError("poison")
        kept.extend(items)
        return [f"kept {item}" for item in items]

    def together(self, pool: ThreadPoolExecutor, *items: str) -> list[Future[str]]:
        """Hand in the first item, and the others while the first is being committed."""
        first = pool.submit(self.commit, items[0])
        assert self.entered.wait(10)
        others = []
        for number, item in enumerate(items[1:], 1):
            others.append(pool.submit(self.commit, item))
            _until(lambda number=number: len(self.commit._waiting) >= number + bool(self.troubles_began))
        self.go.set()
        return [first, *others]

    troubles_began = False


def _until(holds) -> None:
    deadline = monotonic() + 10
    while not holds():
        assert monotonic() < deadline
        sleep(0.001)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as threads:
        yield threads


def test_it_commits_what_came_meanwhile_in_one_transaction(pool: ThreadPoolExecutor) -> None:
    ledger = Ledger()

    told = [future.result(10) for future in ledger.together(pool, "a", "b", "c", "d")]

    assert told == ["kept a", "kept b", "kept c", "kept d"]
    assert ledger.commits == [["a"], ["b", "c", "d"]]


def test_it_takes_no_more_at_once_than_it_may(pool: ThreadPoolExecutor) -> None:
    ledger = Ledger(most=2)

    told = [future.result(10) for future in ledger.together(pool, "a", "b", "c", "d")]

    assert told == ["kept a", "kept b", "kept c", "kept d"]
    assert ledger.commits == [["a"], ["b", "c"], ["d"]]


def test_it_answers_only_after_the_commit(pool: ThreadPoolExecutor) -> None:
    ledger = Ledger()

    future = pool.submit(ledger.commit, "a")
    assert ledger.entered.wait(10)

    assert not future.done()
    ledger.go.set()
    assert future.result(10) == "kept a"
    assert ledger.commits == [["a"]]


def test_it_tells_everybody_in_a_commit_that_it_failed(pool: ThreadPoolExecutor) -> None:
    ledger = Ledger()

    first, *others = ledger.together(pool, "a", "b", "full", "c")

    assert first.result(10) == "kept a"
    assert all(isinstance(future.exception(10), StoreUnavailableError) for future in others)
    assert ledger.commits == [["a"]]


def test_it_tells_everybody_who_waits_that_no_transaction_can_be_opened(pool: ThreadPoolExecutor) -> None:
    """Or each would find out for itself, one time-out after the other."""
    ledger = Ledger()
    ledger.troubles, ledger.troubles_began = [StoreUnavailableError("gone")], True

    told = ledger.together(pool, "a", "b", "c")

    assert all(isinstance(future.exception(10), StoreUnavailableError) for future in told)
    assert ledger.commit("d") == "kept d"


def test_it_blames_only_the_item_that_is_to_blame(pool: ThreadPoolExecutor) -> None:
    ledger = Ledger()

    told = ledger.together(pool, "a", "b", "poison", "c")

    assert isinstance(told[2].exception(10), ValueError)
    assert [told[place].result(10) for place in (0, 1, 3)] == ["kept a", "kept b", "kept c"]
    assert ledger.commits == [["a"], ["b"], ["c"]]


def test_it_shares_commits_again_after_a_poisonous_one(pool: ThreadPoolExecutor) -> None:
    ledger = Ledger()
    with pytest.raises(ValueError, match="poison"):
        ledger.commit("poison")
    ledger.entered.clear()

    told = [future.result(10) for future in ledger.together(pool, "a", "b", "c")]

    assert told == ["kept a", "kept b", "kept c"]
    assert ledger.commits == [["a"], ["b", "c"]]


def test_it_leaves_nobody_waiting_when_a_thread_is_interrupted(pool: ThreadPoolExecutor) -> None:
    ledger = Ledger()
    ledger.troubles, ledger.troubles_began = [SystemExit()], True  # type: ignore[list-item]

    first, other = ledger.together(pool, "a", "b")

    assert isinstance(first.exception(10), SystemExit)
    assert isinstance(other.exception(10), StoreUnavailableError)
    assert ledger.commit("c") == "kept c"


def test_it_loses_and_doubles_nothing_under_load() -> None:
    ledger = Ledger(most=5)
    ledger.go.set()
    told: list[str] = []

    def commit(prefix: int) -> None:
        told.extend(ledger.commit(f"{prefix}/{number}") for number in range(200))

    threads = [Thread(target=commit, args=(prefix,)) for prefix in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    committed = [item for commit in ledger.commits for item in commit]
    assert len(committed) == len(set(committed)) == 2_400
    assert set(told) == {f"kept {item}" for item in committed}
