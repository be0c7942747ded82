"""Holds: an org in trouble, and who may try whether it is over."""

from datetime import timedelta

import pytest
from store_events import NOW, together

from app.store import EVERYBODY, Hold, OrgState, Store

SECOND = timedelta(seconds=1)


def fail(store: Store, at, **parts) -> OrgState:
    return store.orgs.hold("main", Hold.DOWN, "connection refused", at, **parts)


def test_it_holds_nobody_at_first(store: Store) -> None:
    assert store.orgs.held() == {}
    assert not store.orgs.release("main")


def test_it_holds_an_org_for_all_processes(store: Store, another) -> None:
    state = fail(store, NOW)

    assert state == OrgState("main", Hold.DOWN, "connection refused", NOW, 1, NOW + 5 * SECOND)
    assert another().orgs.held() == {"main": state}


def test_it_holds_each_org_by_itself(store: Store) -> None:
    fail(store, NOW)
    store.orgs.hold(EVERYBODY, Hold.LIMITED, "429", NOW)

    assert store.orgs.held().keys() == {"main", EVERYBODY}
    assert store.orgs.release("main")
    assert store.orgs.held().keys() == {EVERYBODY}


def test_it_doubles_the_pause_at_each_probe_that_fails(store: Store) -> None:
    state, pauses = fail(store, NOW), []

    for _ in range(9):
        probing = state.probe_at
        assert store.orgs.probe(state, probing)
        state = fail(store, probing + SECOND)
        pauses.append((state.probe_at - probing - SECOND).total_seconds())

    assert pauses == [10, 20, 40, 80, 160, 300, 300, 300, 300]
    assert (state.failures, state.since) == (10, NOW)


def test_it_takes_requests_that_fail_together_for_one_failure(store: Store) -> None:
    """Sixty-four were under way when the upstream went down; that is no reason to wait for five minutes."""
    first = fail(store, NOW)

    for number in range(64):
        state = fail(store, NOW + number * timedelta(milliseconds=10))

    assert state == first


def test_it_doubles_the_pause_when_those_it_let_go_fail_again(store: Store) -> None:
    """Nobody probes for `EVERYBODY`: when the pause is over, all go on."""
    first = fail(store, NOW)

    second = fail(store, first.probe_at)
    third = fail(store, first.probe_at + SECOND)

    assert second.probe_at == first.probe_at + 10 * SECOND
    assert third == second


def test_it_waits_as_long_as_the_upstream_asks_for(store: Store) -> None:
    until = NOW + timedelta(hours=1)

    assert fail(store, NOW, until=until).probe_at == until
    assert fail(store, NOW, until=NOW + SECOND).probe_at == until  # the longest of several
    assert fail(store, NOW).probe_at == until


def test_it_says_since_when_the_present_trouble_lasts(store: Store) -> None:
    fail(store, NOW)

    state = store.orgs.hold("main", Hold.KEY_REFUSED, "401", NOW + 60 * SECOND)

    assert (state.hold, state.reason, state.since) == (Hold.KEY_REFUSED, "401", NOW + 60 * SECOND)
    assert store.orgs.held() == {"main": state}


def test_it_lets_one_process_probe(store: Store, another) -> None:
    state = fail(store, NOW)
    stores = [another() for _ in range(4)]

    taken = together(4, lambda place: stores[place].orgs.probe(state, state.probe_at))

    assert sorted(taken) == [False, False, False, True]
    assert store.orgs.held()["main"].probe_at == state.probe_at + timedelta(minutes=1)


def test_it_lets_another_process_probe_when_the_first_never_comes_back(store: Store) -> None:
    state = fail(store, NOW)
    store.orgs.probe(state, state.probe_at)

    assert store.orgs.probe(store.orgs.held()["main"], state.probe_at + timedelta(minutes=1))


def test_it_lets_another_process_probe_at_once_when_the_right_is_given_back(store: Store, another) -> None:
    state = fail(store, NOW)
    store.orgs.return_probe("main", state.probe_at - timedelta(seconds=1))  # nobody has it yet
    untouched = store.orgs.held()["main"]
    store.orgs.probe(state, state.probe_at)

    store.orgs.return_probe("main", state.probe_at)

    assert untouched == state == store.orgs.held()["main"]
    assert another().orgs.probe(state, state.probe_at)


def test_it_begins_anew_after_a_release(store: Store) -> None:
    fail(store, NOW)
    fail(store, NOW + 60 * SECOND)

    assert store.orgs.release("main")

    assert fail(store, NOW + 120 * SECOND).failures == 1


@pytest.mark.parametrize("again", range(3))
def test_it_holds_an_org_that_fails_in_several_processes_at_once(store: Store, another, again: int) -> None:
    stores = [another() for _ in range(4)]

    states = together(8, lambda place: fail(stores[place % 4], NOW))

    assert states == [store.orgs.held()["main"]] * 8
    assert states[0].failures == 1
