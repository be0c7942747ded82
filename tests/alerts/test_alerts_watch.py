"""The watch: each alert is told once when it begins and once when it is over, whatever happens in between."""

import threading
from typing import Any

import pytest
from alerts_kit import KEY_REFUSED, Listener, configuration, fail, held
from structlog.testing import capture_logs

from app.alerts.watch import EVERY_SECONDS, Watch
from app.cli.services import watching
from app.mapping import Mapped
from app.store import Filter, Store
from app.webhook import EventStatus


def settle(store: Store, now: Any) -> None:
    """Whatever failed is ignored after all."""
    for _ in store.replays.batches(Filter(status=EventStatus.FAILED), now):
        store.received.map(lambda _: ("main", Mapped(EventStatus.IGNORED, "a test")), now)


@pytest.fixture
def watch(store: Store, listener: Listener, clock: Any) -> Watch:
    return Watch(configuration(listener.url), store, clock)


def test_it_tells_once_that_something_began_and_once_that_it_is_over(
    store: Store, listener: Listener, clock: Any, watch: Watch
) -> None:
    watch.look()
    assert listener.heard == []
    held(store, clock())
    for _ in range(3):
        watch.look()
        clock.advance(minutes=25)
    store.orgs.release("main")
    for _ in range(3):
        watch.look()
        clock.advance(seconds=30)

    assert listener.types() == [KEY_REFUSED, "alert.over key refused main"]
    assert store.alerts.all() == []


def test_it_says_what_is_wrong_since_when_what_to_do_and_where_to_look(
    store: Store, listener: Listener, clock: Any, watch: Watch
) -> None:
    held(store, clock())
    watch.look()
    store.orgs.release("main")
    clock.advance(hours=2, minutes=5)
    watch.look()

    advice = "its events are kept and wait; put a key that works into orgs.main.api_key and restart the bridge"
    since, page = "2026-03-01T12:00:00+00:00", "https://hooks.example.com/console/"
    facts = {"kind": "key refused", "subject": "main", "words": "the API key of main is refused", "since": since}
    title = "Contact Bridge: the API key of main is refused"
    text = f"{title}\nSince 2026-03-01 12:00 UTC.\nWhat to do: {advice}.\nSee {page}"
    begun = {"type": "alert.begun", **facts, "what_to_do": advice, "page": page, "title": title, "text": text}
    title = "Contact Bridge: over after 2 h 5 min: the API key of main is refused"
    text = f"{title}\nFrom 2026-03-01 12:00 UTC to 2026-03-01 14:05 UTC: 2 h 5 min."
    times = {"over_at": "2026-03-01T14:05:00+00:00", "seconds": 7500}
    assert listener.heard == [begun, {"type": "alert.over", **facts, **times, "title": title, "text": text}]


def test_what_nobody_takes_is_tried_again_and_logged_without_the_address(
    store: Store, listener: Listener, clock: Any, watch: Watch
) -> None:
    listener.status = 500
    held(store, clock())
    with capture_logs() as logs:
        watch.look()
        watch.look()
        listener.status = 200
        watch.look()
        watch.look()

    assert listener.types() == [KEY_REFUSED]
    said = {"to": "alerts.to[0] (http)", "kind": "key refused", "subject": "main", "reason": "it answered 500"}
    failed = {**said, "event": "alert not told", "log_level": "warning"}
    told = {"kind": "key refused", "subject": "main", "state": "begun", "event": "alert told", "log_level": "info"}
    assert logs == [failed, failed, told]


def test_what_is_over_before_anybody_was_told_is_not_told(
    store: Store, listener: Listener, clock: Any, watch: Watch
) -> None:
    listener.status = 500
    held(store, clock())
    watch.look()
    store.orgs.release("main")
    listener.status = 200
    watch.look()

    assert listener.heard == []
    assert store.alerts.all() == []


def test_what_comes_back_before_its_end_was_told_goes_on(
    store: Store, listener: Listener, clock: Any, watch: Watch
) -> None:
    held(store, clock())
    watch.look()
    listener.status = 500
    store.orgs.release("main")
    watch.look()
    listener.status = 200
    held(store, clock())
    watch.look()

    assert listener.types() == [KEY_REFUSED]
    assert [alert.over_at for alert in store.alerts.all()] == [None]


def test_more_failures_are_told_together_an_hour_later_at_the_earliest(
    store: Store, listener: Listener, clock: Any, watch: Watch
) -> None:
    for number in range(10):  # for five hours, one every half an hour
        fail(store, clock(), f"e{number}")
        watch.look()
        clock.advance(minutes=30)
    settle(store, clock())
    watch.look()

    told = [(each["type"].removeprefix("alert."), each["words"].partition(";")[0]) for each in listener.heard]
    assert told == [
        ("begun", "1 event failed"), ("more", "3 events failed"), ("more", "5 events failed"),
        ("more", "7 events failed"), ("more", "9 events failed"), ("over", "10 events failed"),
    ]  # fmt: skip


def test_fewer_failures_are_no_news_and_new_ones_among_them_are(
    store: Store, listener: Listener, clock: Any, watch: Watch
) -> None:
    fail(store, clock(), "e1", "e2", "e3")
    watch.look()
    store.replays.batches(Filter(event_ids=["e1", "e2"]), clock()).__next__()
    store.received.map(lambda _: ("main", Mapped(EventStatus.IGNORED, "a test")), clock())
    clock.advance(hours=2)
    watch.look()
    assert len(listener.heard) == 1

    fail(store, clock(), "e4")
    watch.look()

    assert [each["words"].partition(";")[0] for each in listener.heard] == [
        "3 events failed",
        "2 events failed",
    ]


def test_it_looks_every_half_minute_whatever_goes_wrong(tmp_path: Any, listener: Listener, clock: Any) -> None:
    blocked = tmp_path / "folder"
    blocked.write_text("in the way of the database")
    store = Store(f"sqlite:///{blocked}/bridge.db")
    asked: list[float] = []

    def pause(seconds: float) -> bool:
        asked.append(seconds)
        if blocked.is_file():
            blocked.unlink()
        elif len(asked) == 2:
            held(store, clock())
        return len(asked) == 3

    with capture_logs() as logs:
        Watch(configuration(listener.url), store, clock, pause).run()

    assert asked == [EVERY_SECONDS] * 3
    assert [line["event"] for line in logs] == ["store unavailable", "alert told"]
    assert logs[0]["reason"] == f"file exists: {blocked}"
    assert listener.types() == [KEY_REFUSED]
    store.close()


def test_a_bug_in_it_is_logged_and_it_goes_on(store: Store, listener: Listener) -> None:
    def broken() -> Any:
        raise KeyError("ada@example.com")

    ends = iter([False, True])
    with capture_logs() as logs:
        Watch(configuration(listener.url), store, broken, lambda _: next(ends)).run()

    assert logs == [{"event": "bug", "error": "KeyError", "thread": "alerts", "log_level": "warning"}] * 2


def test_it_runs_beside_a_block_if_there_is_somebody_to_tell(store: Store, listener: Listener) -> None:
    with watching(configuration(), store):
        assert "alerts" not in {thread.name for thread in threading.enumerate()}
    with watching(configuration(listener.url), store):
        assert "alerts" in {thread.name for thread in threading.enumerate()}

    assert "alerts" not in {thread.name for thread in threading.enumerate()}
