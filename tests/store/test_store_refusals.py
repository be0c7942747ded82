"""Refused webhooks are kept for the operator, the newest of each source; and what operators did."""

from datetime import timedelta

from store_events import NOW

from app.store import Refusal, Store
from app.store.refusals import KEPT

MINUTE = timedelta(minutes=1)


def test_it_keeps_why_a_webhook_was_refused(store: Store) -> None:
    store.refusals.note("shop", "wrong secret", "the secret begins with a blank", NOW)
    store.refusals.note("landing", "too large", "", NOW + MINUTE)

    newest, oldest = store.refusals.newest()

    assert oldest == Refusal("shop", NOW, "wrong secret", "the secret begins with a blank", oldest.id)
    assert newest == Refusal("landing", NOW + MINUTE, "too large", "", newest.id)
    assert store.refusals.newest("shop") == [oldest]
    assert store.refusals.last_of_each() == {"shop": oldest, "landing": newest}


def test_it_lists_them_page_by_page(store: Store) -> None:
    store.refusals.note_all([Refusal("shop", NOW, f"cause {number}") for number in range(5)])

    first = store.refusals.newest(most=3)
    second = store.refusals.newest(before=first[-1].id, most=3)

    assert [each.cause for each in first] == ["cause 4", "cause 3", "cause 2"]
    assert [each.cause for each in second] == ["cause 1", "cause 0"]


def test_it_keeps_no_more_than_the_newest_of_a_source(store: Store) -> None:
    store.refusals.note("quiet", "header missing", "", NOW)
    store.refusals.note_all([Refusal("shop", NOW, f"cause {number}") for number in range(KEPT)])
    store.refusals.note_all([Refusal("shop", NOW, "one more"), Refusal("shop", NOW, "and another")])

    kept = store.refusals.newest("shop", most=1000)

    assert len(kept) == KEPT
    assert (kept[0].cause, kept[-1].cause) == ("and another", "cause 2")
    assert len(store.refusals.newest("quiet")) == 1


def test_it_keeps_what_was_done_and_by_whom(store: Store) -> None:
    store.actions.note("ada (console)", "pause", {"org": "main"}, NOW)
    store.actions.note("x" * 300, "erase", {"receipt": 7}, NOW + MINUTE)

    newest, oldest = store.actions.newest()

    assert (oldest.who, oldest.what, oldest.details, oldest.at) == ("ada (console)", "pause", {"org": "main"}, NOW)
    assert (newest.who, newest.details) == ("x" * 100, {"receipt": 7})
    assert store.actions.newest(before=newest.id) == [oldest]
    assert store.actions.newest(most=1) == [newest]


def test_what_goes_on_for_a_while_is_one_action(store: Store) -> None:
    number = store.actions.note("api (admin)", "replay", {"status": "failed", "events": 500, "left_alone": 0}, NOW)

    store.actions.go_on(number, "api (admin)", "replay", {"events": 20, "left_alone": 3})

    (action,) = store.actions.newest()
    assert action.details == {"status": "failed", "events": 520, "left_alone": 3}


def test_nobody_adds_to_what_somebody_else_did(store: Store) -> None:
    number = store.actions.note("api (admin)", "replay", {"events": 500}, NOW)

    store.actions.go_on(number, "ada (console)", "replay", {"events": 20})
    store.actions.go_on(number, "api (admin)", "ignore", {"events": 20})
    store.actions.go_on(number + 1, "api (admin)", "replay", {"events": 20})

    assert [action.details for action in store.actions.newest()] == [{"events": 500}]
