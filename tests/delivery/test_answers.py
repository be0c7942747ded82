"""What an answer means."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from app.answers import Answer, judge, retry_after
from app.errors import (
    ConflictError,
    DownError,
    KeyRefusedError,
    PermanentError,
    RateLimitedError,
    TemporaryError,
    UnknownOutcomeError,
    UpstreamError,
)
from app.remote import contacts_in, one_contact


def refusal(clock, status: int, text: str = "", *, repeatable: bool = False) -> UpstreamError:
    with pytest.raises(UpstreamError) as caught:
        judge(Answer(status, {"Retry-After": "7"}, text), repeatable=repeatable, now=clock())
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind", "if_repeatable"),
    [
        (302, UnknownOutcomeError, DownError),
        (400, PermanentError, PermanentError),
        (401, KeyRefusedError, KeyRefusedError),
        (403, KeyRefusedError, KeyRefusedError),
        (404, PermanentError, PermanentError),
        (408, TemporaryError, TemporaryError),
        (409, ConflictError, ConflictError),
        (422, PermanentError, PermanentError),
        (425, TemporaryError, TemporaryError),
        (429, RateLimitedError, RateLimitedError),
        (500, UnknownOutcomeError, DownError),
        (503, UnknownOutcomeError, DownError),
    ],
)
def test_a_status_means_the_same_every_time(clock, status: int, kind: type, if_repeatable: type) -> None:
    once, again = refusal(clock, status), refusal(clock, status, repeatable=True)

    assert type(once) is kind
    assert type(again) is if_repeatable
    assert (once.status, once.retry_after) == (status, 7)


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize(
    "words", ["Email already exists", "user_id has ALREADY been... already taken", "duplicate key"]
)
def test_a_bad_request_that_says_so_is_a_conflict(clock, status: int, words: str) -> None:
    assert type(refusal(clock, status, json.dumps({"message": words}))) is ConflictError


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"message": "no such thing"}', "the upstream answered 400: no such thing"),
        ('{"error": {"message": "deep"}}', 'the upstream answered 400: {"message": "deep"}'),
        ('{"errors": ["a", "b"]}', 'the upstream answered 400: ["a", "b"]'),
        ("just text\nin lines", "the upstream answered 400: just text in lines"),
        ("<html>no</html>", "the upstream answered 400"),
        ("", "the upstream answered 400"),
        ('{"message": "a\\u0000b\\ud800c"}', "the upstream answered 400: a b c"),
    ],
)
def test_it_passes_the_upstreams_own_words_on(clock, text: str, words: str) -> None:
    assert str(refusal(clock, 400, text)) == words


def test_an_empty_answer_to_a_change_is_fine(clock) -> None:
    assert judge(Answer(204, {}, ""), repeatable=True, now=clock()) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0),
        ("120", 120),
        (" 5 ", 5),
        ("Sun, 01 Mar 2026 12:01:00 GMT", 60),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("Sunday, 01-Mar-26 12:01:00 GMT", 60),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("99999999999999999999", None),
        ("", None),
    ],
)
def test_it_reads_retry_after_in_seconds_and_as_a_date(clock, value: str | None, seconds: float | None) -> None:
    assert retry_after(value, clock()) == seconds


def test_a_far_away_date_is_read_too(clock) -> None:
    assert retry_after("Fri, 31 Dec 9999 23:59:59 GMT", clock()) > timedelta(days=365_000).total_seconds()


@pytest.mark.parametrize("last", ["Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Dec 9999 23:59:59 -1200"])
def test_a_wait_until_the_last_date_there_is_can_begin_a_moment_later(clock, last: str) -> None:
    wait = retry_after(last, clock())

    assert wait
    assert clock() + timedelta(hours=1, seconds=wait) < datetime.max.replace(tzinfo=UTC)


def test_a_contact_may_hold_new_fields_and_lack_all_but_its_id() -> None:
    assert one_contact({"id": "c1"}).id == "c1"
    assert one_contact({"id": "c1", "mood": "fine", "channels": [{"pager": 1}], "segments": None}).segment_ids == ()


def test_it_reads_a_contact_whole() -> None:
    contact = one_contact(
        {
            "id": "c1",
            "name": "Ada\u0000 \ud800Example" + "x" * 300,
            "unsubscribed": True,
            "unsubscribed_at": "2026-03-01T12:00:00.000Z",
            "created_at": "whenever",
            "channels": [{"email": "ADA@example.com", "phone": "+1 (415) 555-0100", "user_id": "U1"}],
            "segments": [{"id": "seg_a"}],
        }
    )

    assert contact.name is not None
    assert contact.name.startswith("Ada Examplex")
    assert len(contact.name) == 255
    assert contact.unsubscribed
    assert contact.unsubscribed_at is not None
    assert contact.created_at is None
    assert contact.identities == {("email", "ada@example.com"), ("phone", "+14155550100"), ("user_id", "U1")}
    assert contact.segment_ids == ("seg_a",)


@pytest.mark.parametrize("answer", [[{"id": "c1"}], {"data": [{"id": "c1"}], "total": 1}])
def test_a_list_may_be_in_an_envelope(answer: object) -> None:
    assert [contact.id for contact in contacts_in(answer)] == ["c1"]


@pytest.mark.parametrize("answer", [None, {}, "x", [1], [{"id": ""}]])
def test_anything_else_is_no_list(answer: object) -> None:
    with pytest.raises(TemporaryError):
        contacts_in(answer)
