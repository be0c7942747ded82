"""Group commit, with a transaction that is only a list: threads share commits, and each is told about its own item."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from time import monotonic, sleep

import pytest
from store_events import together

from app.errors import StoreUnavailableError
from app.store.group_commit import GroupCommit


class Ledger:
    """Keeps what is committed. The first transaction stays open until ``go`` is set, or ends in ``trouble``."""

    def __init__(self, most: int = 256, trouble: BaseException | None = None) -> None:
        self.commits: list[list[str]] = []
        self.trouble = trouble
        self.entered, self.go = Event(), Event()
        self.commit = GroupCommit(self.transaction, self.write, most)

    @contextmanager
    def transaction(self) -> Iterator[list[str]]:
        if self.trouble:
            trouble, self.trouble = self.trouble, None
            self._pause()
            raise trouble
        kept: list[str] = []
        yield kept
        self._pause()
        if "full" in kept:
            raise StoreUnavailableError("the disk is full")
        self.commits.append(kept)

    def _pause(self) -> None:
        self.entered.set()
        assert self.go.wait(10)

    def write(self, kept: list[str], items: Sequence[str]) -> list[str]:
        if "poison" in items:
            raise ValueError("poison")
        kept.extend(items)
        return [f"kept {item}" for item in items]

    def together(self, pool: ThreadPoolExecutor, first: str, *others: str) -> list[Future[str]]:
        """Hand in the first item, and the others one after the other while the first is being committed."""
        told = [pool.submit(self.commit, first)]
        assert self.entered.wait(10)
        for item in others:
            waiting, deadline = len(self.commit._waiting), monotonic() + 10
            told.append(pool.submit(self.commit, item))
            while len(self.commit._waiting) == waiting:
                assert monotonic() < deadline
                sleep(0.001)
        self.go.set()
        return told


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
    ledger = Ledger(trouble=StoreUnavailableError("gone"))

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

    told = [future.result(10) for future in ledger.together(pool, "a", "b", "c")]

    assert told == ["kept a", "kept b", "kept c"]
    assert ledger.commits == [["a"], ["b", "c"]]


def test_it_leaves_nobody_waiting_when_a_thread_is_interrupted(pool: ThreadPoolExecutor) -> None:
    ledger = Ledger(trouble=SystemExit())

    first, other = ledger.together(pool, "a", "b")

    assert isinstance(first.exception(10), SystemExit)
    assert isinstance(other.exception(10), StoreUnavailableError)
    assert ledger.commit("c") == "kept c"


def test_it_loses_and_doubles_nothing_under_load() -> None:
    ledger = Ledger(most=5)
    ledger.go.set()

    told = together(12, lambda place: [ledger.commit(f"{place}/{number}") for number in range(200)])

    committed = [item for commit in ledger.commits for item in commit]
    assert len(committed) == len(set(committed)) == 2_400
    assert {answer for each in told for answer in each} == {f"kept {item}" for item in committed}
