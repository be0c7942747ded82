"""What a bulk create's answer says of each person, and what it does not say."""

import json
from typing import Any

import pytest
from bulk_kit import BULK, CROWD, DRY, BulkRig, everybody, person

from app.bulk.answers import Word, contact_in, words_for
from app.bulk.folding import Wish
from app.sandbox import Bulk, Fault
from app.store import Filter


def wish(number: int, segment_id: str | None = None) -> Wish:
    claim: Any = None
    return Wish(claim, {"type": "email", **person(number), "user_id": f"u{number}"}, segment_id)


def contact(number: int, **parts: Any) -> dict[str, Any]:
    return {"id": f"c{number}", "name": f"Person {number}", "channels": [{"id": "ch", **person(number)}], **parts}


def test_whoever_is_not_in_the_answer_is_looked_up_first(crowded: BulkRig) -> None:
    crowded.sandbox.faults.add(Fault("lost_rows", times=1))
    crowded.crowd()

    crowded.bulk()
    first = crowded.statuses()
    crowded.later(seconds=10)

    assert list(first.values()).count("delivered") == list(first.values()).count("pending") == CROWD // 2
    assert set(crowded.statuses().values()) == {"delivered"}
    assert crowded.emails() == everybody(range(1, CROWD + 1))
    assert {attempt["outcome"] for event_id in first for attempt in crowded.attempts(event_id)[:1]} == {
        "delivered", "unknown",
    }  # fmt: skip


def test_whoever_is_refused_is_tried_by_themselves(crowded: BulkRig) -> None:
    crowded.sandbox.faults.add(Fault("refused_rows", times=1))
    ids = crowded.crowd()

    crowded.bulk()
    crowded.calls()
    crowded.later(seconds=10)

    assert crowded.calls() == ["POST contacts"] * (CROWD // 2)
    assert crowded.emails() == everybody(range(1, CROWD + 1))
    (refused, alone) = crowded.attempts(next(i for i in ids if crowded.event(i)["attempts"] == 2))
    assert "refused" in refused["exchanges"][0]["answer"]
    assert (refused["outcome"], alone["outcome"]) == ("temporary", "delivered")


def test_whoever_is_refused_by_themselves_too_fails_with_the_upstreams_words(crowded: BulkRig) -> None:
    crowded.sandbox.faults.add(Fault("refused_rows", times=1))
    crowded.crowd()
    crowded.bulk()
    crowded.sandbox.faults.add(Fault("error", status=400, method="POST"))

    crowded.later(seconds=10)

    failed = [event for event in crowded.store.log.events(Filter(), 100) if event["status"] == "failed"]
    assert len(failed) == CROWD // 2
    assert {event["reason"] for event in failed} == {"the upstream answered 400: the service is not available"}


def test_answers_without_ids_are_looked_up_and_end_bulk_calls_for_a_while(crowded: BulkRig) -> None:
    crowded.sandbox.settings.bulk = Bulk.CHANNELS
    crowded.crowd()

    crowded.bulk()
    calls, off = crowded.calls(), crowded.off()
    crowded.later(seconds=10)

    assert (calls, off) == ([DRY, BULK], True)
    assert set(crowded.calls()) == {"GET contacts"}
    assert set(crowded.statuses().values()) == {"delivered"}
    assert crowded.emails() == everybody(range(1, CROWD + 1))


def test_what_else_is_new_goes_out_by_itself(crowded: BulkRig) -> None:
    """An upstream that makes a contact of it and leaves the phone number out, as it may: it documents none here."""
    for number in range(CROWD):
        crowded.add(**person(number), phone=f"+141555501{number:02}")
    crowded.sandbox.settings.bulk = Bulk.WITHOUT_PHONES

    crowded.bulk()
    waiting, made = set(crowded.statuses().values()), len(crowded.contacts())
    crowded.calls()
    crowded.work()

    assert (waiting, made) == ({"pending"}, CROWD)
    assert crowded.calls() == ["POST contacts"] * CROWD
    assert {channel["phone"] for channel in crowded.contacts()[0]["channels"]} == {None, "+14155550100"}
    assert len(crowded.contacts()) == CROWD


@pytest.mark.parametrize(
    "row",
    [
        person(1),
        {"type": "email", "email": "PERSON1@example.com"},
        {"user_id": "u1"},
        {"channel": person(1), "message": "?"},
        {"contact": {"id": "c1", "channels": [person(1)]}},
        contact(1),
        "person1@example.com",
        "u1",
    ],
    ids=json.dumps,
)
def test_a_row_is_about_whom_it_names(row: Any) -> None:
    wishes = [wish(number) for number in range(3)]

    assert words_for({"created": [row]}, wishes) == [None, Word("created", row), None]


@pytest.mark.parametrize(
    "answer",
    [
        {"created": [person(1)], "updated": [person(1)]},
        {"created": [contact(1), contact(1, id="c2")]},
        {"created": [{"id": "c1", "channels": [person(0), person(1)]}]},
        {"created": [person(7), 3, None, [], {}, {"channels": [4]}, {"email": 5}]},
        {"invalid": 3, "created": []},
    ],
    ids=json.dumps,
)
def test_it_says_nothing_of_whom_it_does_not_clearly_speak(answer: Any) -> None:
    assert words_for(answer, [wish(0), wish(1)]) == [None, None]


@pytest.mark.parametrize("answer", [None, [], "created", 7, {}, {"status": "ok"}, {"created": 3}, {"job_id": "j1"}])
def test_anything_else_is_no_answer(answer: Any) -> None:
    assert words_for(answer, [wish(0)]) is None


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (contact(1), "c1"),
        ({"contact": contact(1)}, "c1"),
        ({"contact": {"id": "c1"}}, "c1"),
        ({**person(1), "contact_id": "c1"}, "c1"),
        ({"id": "ch1", "type": "email", **person(1)}, None),  # a channel has an id of its own
        ({**person(1), "contact_id": 7}, None),
        ({**person(1), "contact_id": ""}, None),
        (contact(1, id=None), None),
        ("person1@example.com", None),
    ],
)
def test_it_takes_no_other_id_for_a_contacts(row: Any, found: str | None) -> None:
    remote = contact_in(Word("created", row), wish(1))

    assert (remote.id if remote else None) == found


def test_a_channel_with_its_contacts_id_is_taken_as_it_was_sent() -> None:
    remote = contact_in(Word("created", {**person(1), "contact_id": "c1"}), wish(1, "seg_vip"))

    assert remote
    assert (remote.name, remote.segment_ids) == ("Person 1", ("seg_vip",))
    assert remote.identities == {("email", "person1@example.com"), ("user_id", "u1")}
