"""Whatever goes wrong with a bulk call as a whole: nobody is lost or there twice, and nothing fails because of it."""

import pytest
from bulk_kit import BULK, CROWD, DRY, BulkRig, everybody

from app.sandbox import Bulk, Duplicates, Fault
from app.store import EVERYBODY, Store

UNKNOWN = {
    "dropped before": Fault("drop", times=1, path_ends="/bulk"),
    "dropped after it was done": Fault("drop", times=1, after=True, path_ends="/bulk"),
    "dropped half-way": Fault("half", times=1),
    "half an answer": Fault("cut", times=1, path_ends="/bulk"),
    "no answer": Fault("hang", times=1, after=True, seconds=0.1, path_ends="/bulk"),
    "a page": Fault("html", times=1, path_ends="/bulk"),
    "a page after it was done": Fault("html", times=1, after=True, path_ends="/bulk"),
    "no such answer": Fault("no_contact", times=1, after=True, path_ends="/bulk"),
    "an error": Fault("error", times=1, status=500, path_ends="/bulk"),
    "an error after it was done": Fault("error", times=1, after=True, status=502, path_ends="/bulk"),
    "a redirect": Fault("redirect", times=1, after=True, path_ends="/bulk"),
}
REFUSED = {
    "there is no dry run": Fault("error", status=404, path_ends="/bulk/dry"),
    "there is no such call": Fault("error", status=404, path_ends="/bulk"),
    "not this method": Fault("error", status=405, path_ends="/bulk"),
    "not implemented": Fault("error", status=501, path_ends="/bulk/dry"),
    "not for keys": Fault("error", status=401, path_ends="/bulk/dry"),
    "not for this key": Fault("error", status=403, path_ends="/bulk"),
    "another form": Fault("error", status=400, path_ends="/bulk/dry"),
    "another form of the create": Fault("error", status=422, path_ends="/bulk"),
    "an answer that is none": Fault("no_contact", path_ends="/bulk/dry"),
    "a conflict of it all": Fault("error", status=409, path_ends="/bulk"),
}
NOT_DONE = {
    "the dry run is dropped": Fault("drop", times=1, path_ends="/bulk/dry"),
    "the dry run is not answered": Fault("hang", times=1, seconds=0.1, path_ends="/bulk/dry"),
    "the dry run fails": Fault("error", times=1, status=500, path_ends="/bulk/dry"),
    "the dry run is a page": Fault("html", times=1, path_ends="/bulk/dry"),
    "the create is too early": Fault("error", times=1, status=425, path_ends="/bulk"),
}


@pytest.mark.parametrize("fault", UNKNOWN.values(), ids=UNKNOWN)
def test_everybody_is_looked_up_before_anything_is_sent_again(crowded: BulkRig, fault: Fault) -> None:
    crowded.sandbox.settings.duplicates = Duplicates.SECOND
    crowded.sandbox.faults.add(fault)
    ids = crowded.crowd()

    crowded.bulk()
    first, off = crowded.calls(), crowded.off()
    crowded.work()
    resting = crowded.calls()
    crowded.later(seconds=10)

    assert (first, resting, off) == ([DRY, BULK], [], True)
    assert {crowded.attempts(event_id)[0]["outcome"] for event_id in ids} == {"unknown"}
    calls = crowded.calls()
    assert calls.count("GET contacts") >= CROWD
    assert BULK not in calls
    assert set(crowded.statuses().values()) == {"delivered"}
    assert crowded.emails() == everybody(range(1, CROWD + 1))


def test_an_answer_that_takes_too_long_is_an_unknown_outcome_too(store: Store, sandbox, clock) -> None:
    sandbox.faults.add(Fault("latency", times=1, seconds=1.5, after=True, path_ends="/bulk"))
    rig = BulkRig(store, sandbox, clock)
    rig.hurry()
    ids = rig.crowd()

    rig.bulk()

    assert {rig.attempts(event_id)[0]["message"] for event_id in ids} == {
        "no answer to a request that went out: timeout while waiting for the answer"
    }
    rig.close()


def test_after_an_unknown_outcome_calls_begin_small_again_and_after_longer_pauses(bulk_rig: BulkRig) -> None:
    throttle = bulk_rig.delivery.bulk._throttles["main"]
    throttle.size = 1_000
    bulk_rig.sandbox.faults.add(Fault("drop", path_ends="/bulk"))
    offs = []

    for _ in range(3):
        bulk_rig.crowd()
        bulk_rig.bulk()
        offs.append(bulk_rig.delivery.bulk._off_until["main"] - bulk_rig.clock().timestamp())

    assert throttle.size == 100
    assert offs == [60, 120, 240]


@pytest.mark.parametrize("fault", REFUSED.values(), ids=REFUSED)
def test_what_the_upstream_does_not_have_is_not_asked_again_for_an_hour(
    crowded: BulkRig, fault: Fault, capsys: pytest.CaptureFixture[str]
) -> None:
    crowded.sandbox.faults.add(fault)
    ids = crowded.crowd()

    crowded.bulk()
    waiting = {(event["status"], event["attempts"]) for event in map(crowded.event, ids)}
    printed = capsys.readouterr().out
    calls = crowded.calls()
    held = crowded.store.orgs.held()
    crowded.work()

    assert calls in ([DRY], [DRY, BULK])
    assert crowded.delivery.bulk._off_until["main"] == crowded.clock().timestamp() + 3600
    assert (waiting, held) == ({("pending", 0)}, {})
    assert crowded.calls() == ["POST contacts"] * CROWD
    assert set(crowded.statuses().values()) == {"delivered"}
    assert [line for line in printed.splitlines() if "warning" in line and "no more in bulk for now" in line]
    assert "example.com" not in printed


def test_the_first_events_attempt_tells_why_there_is_no_bulk(crowded: BulkRig) -> None:
    crowded.sandbox.settings.bulk = Bulk.MISSING
    ids = crowded.crowd()

    crowded.bulk()

    (attempt,) = crowded.attempts(ids[0])
    assert attempt["outcome"] == "put off"
    assert attempt["message"] == "not created in bulk: the upstream answered 404: not found"
    assert attempt["exchanges"][0]["path"] == "/contacts/bulk"
    assert [crowded.attempts(event_id) for event_id in ids[1:]] == [[]] * (CROWD - 1)


@pytest.mark.parametrize("fault", NOT_DONE.values(), ids=NOT_DONE)
def test_where_nothing_was_done_nobody_is_looked_up(crowded: BulkRig, fault: Fault) -> None:
    crowded.sandbox.faults.add(fault)
    ids = crowded.crowd()

    crowded.bulk()
    attempts = [crowded.event(event_id)["attempts"] for event_id in ids]
    off = crowded.delivery.bulk._off_until["main"] - crowded.clock().timestamp()
    crowded.calls()
    crowded.work()

    assert (attempts, off) == ([0] * CROWD, 60)
    assert crowded.calls() == ["POST contacts"] * CROWD
    assert set(crowded.statuses().values()) == {"delivered"}


def test_nothing_is_lost_when_nobody_listens(crowded: BulkRig) -> None:
    crowded.crowd()
    crowded.sandbox.close()

    crowded.bulk()
    crowded.sandbox.start()
    crowded.work()

    assert crowded.calls() == ["POST contacts"] * CROWD


@pytest.mark.parametrize("path", ["/bulk/dry", "/bulk"])
def test_when_the_limit_is_used_up_everybody_waits_and_bulk_goes_on_later(crowded: BulkRig, path: str) -> None:
    crowded.sandbox.faults.add(Fault("rate_limited", times=1, retry_after=30, path_ends=path))
    ids = crowded.crowd()

    crowded.bulk()
    held = dict(crowded.store.orgs.held())
    crowded.calls()
    crowded.work()
    waiting = crowded.calls()
    due = crowded.delivery.bulk.due(["main"], crowded.clock(), ())

    assert list(held) == [EVERYBODY]
    assert (held[EVERYBODY].probe_at - crowded.clock()).total_seconds() == 30
    assert (waiting, due, crowded.off()) == ([], [], False)
    assert [crowded.event(event_id)["attempts"] for event_id in ids] == [0] * CROWD
    crowded.clock.advance(seconds=31)
    crowded.bulk()
    assert crowded.calls() == [DRY, BULK]


def test_a_form_that_is_refused_is_tried_without_phone_numbers(crowded: BulkRig) -> None:
    crowded.sandbox.faults.add(Fault("error", status=400, times=1, path_ends="/bulk/dry"))
    crowded.add(email="ada@example.com", phone="+14155550100")
    crowded.crowd()

    crowded.bulk()
    crowded.clock.advance(seconds=2)
    crowded.bulk()

    assert "ada@example.com" not in crowded.in_bulk()
    assert crowded.calls() == [DRY, DRY, BULK]
    crowded.work()
    assert crowded.calls() == ["POST contacts"]


def test_a_call_that_is_too_large_is_followed_by_smaller_ones_only(bulk_rig: BulkRig) -> None:
    throttle = bulk_rig.delivery.bulk._throttles["main"]
    throttle.size = 400
    bulk_rig.sandbox.faults.add(Fault("error", status=413, times=1, path_ends="/bulk/dry"))
    bulk_rig.crowd(420)

    for _ in range(4):
        bulk_rig.bulk()

    sizes = [len(r.body["channels"]) for r in bulk_rig.sandbox.requests.all() if r.path.endswith("/dry")]
    assert sizes == [400, 200, 200, 20]


def test_what_it_logs_names_nobody(crowded: BulkRig, capsys: pytest.CaptureFixture[str]) -> None:
    crowded.sandbox.faults.add(Fault("refused_rows", times=1), Fault("error", status=400, path_ends="/bulk/dry"))
    crowded.crowd(phone="+14155550100")

    for _ in range(3):
        crowded.crowd()
        crowded.bulk()

    printed = capsys.readouterr().out
    assert "bulk create" in printed
    assert "people=" in printed
    assert not any(secret in printed for secret in ("example.com", "Person", "415555", "key-of"))
