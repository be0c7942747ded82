"""Finding a person at fixed places, and guarding the contact that goes out."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contact import At, Consent, ConsentAt, ConsentState, Finding, PersonSchema, consent_of, guard


class Person(PersonSchema):
    name = At("join(' ', [first, last])", "nick")
    email = At("email", "mails[0]")
    consent = ConsentAt("state", "old", granted=("yes", True), refused=("no", False))


def clean(**values: object) -> dict[str, str]:
    return guard(values)[0]


def notes(**values: object) -> list[str]:
    return guard(values)[1]


def test_it_takes_the_first_place_where_something_is_and_says_which():
    found = Person().find({"first": "", "nick": "Annie", "email": " ", "mails": ["a@example.com"]})

    assert found == {"name": Finding("Annie", "nick"), "email": Finding("a@example.com", "mails[0]")}


@pytest.mark.parametrize("payload", [None, [], "text", 7, {}, {"email": None, "mails": {}}])
def test_it_finds_nobody_where_nobody_is(payload: object):
    assert Person().find(payload) == {}


def test_it_takes_no_yes_or_no_for_a_part_of_a_person():
    assert Person().find({"email": True, "mails": ["a@example.com"]})["email"].value == "a@example.com"


@pytest.mark.parametrize(
    ("payload", "state"),
    [
        ({"state": "yes"}, ConsentState.GRANTED),
        ({"state": "no", "old": True}, ConsentState.REFUSED),
        ({"old": False}, ConsentState.REFUSED),
        ({"state": "pending", "old": True}, None),
        ({"state": 1}, None),
        ({"state": ["yes"]}, None),
        ({"state": None}, None),
    ],
)
def test_it_knows_a_senders_words_for_consent_and_no_others(payload: object, state: ConsentState | None):
    found = Person().find(payload).get("consent")

    assert (found and found.value) == state


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("  Ann \t Lee\n", "Ann Lee"),
        ("Ann\x00Lee", "Ann Lee"),
        ("Ann\ud800Lee", "Ann Lee"),
        ("Ann\u202eLee", "Ann Lee"),
        ("\u200f", None),
        (7, "7"),
        ("é" * 400, "é" * 255),
    ],
)
def test_it_cleans_a_name(value: object, name: str | None):
    assert clean(name=value).get("name") == name


@pytest.mark.parametrize(
    ("value", "email"),
    [
        (" Ann@EXAMPLE.com ", "Ann@example.com"),
        ("mailto:ann@example.com", "ann@example.com"),
        ("ann@bücher.example", "ann@bücher.example"),
        ("用户@例子.example", "用户@例子.example"),
        ("ann@example", None),
        ("ann", None),
        ("ann@@example.com", None),
        ("a@b.example, c@d.example", None),
        ("a" * 300 + "@example.com", None),
        (["ann@example.com"], None),
        (True, None),
    ],
)
def test_it_guards_an_email_address(value: object, email: str | None):
    assert clean(email=value).get("email") == email


@pytest.mark.parametrize(
    ("value", "region", "phone"),
    [
        ("+44 20 7946 0123", None, "+442079460123"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("212.555.0123 ext. 7", "US", "+12125550123"),
        ("0041 44 668 18 00", "DE", "+41446681800"),
        ("\uff0b44\uff12\uff10 7946 0123", None, "+442079460123"),
        (12125550123, "US", "+12125550123"),
        ("(212) 555-0123", None, None),
        ("555-555-SHIP", "US", None),
        ("+1", None, None),
        ("call me", "US", None),
        ({"full": "1"}, "US", None),
        ("1" * 300, "US", None),
    ],
)
def test_it_guards_a_phone_number(value: object, region: str | None, phone: str | None):
    assert guard({"phone": value}, region=region)[0].get("phone") == phone


@pytest.mark.parametrize(
    "value", ["(212) 555-0123", "030 123 4567", "02012 345", "0049 30 123456", "212.555.0123 ext. 7"]
)
def test_it_advises_a_region_for_what_looks_like_a_number_of_a_country(value: str):
    (note,) = notes(phone=value)

    assert note.startswith("phone left out: it is not a phone number with a country code")
    assert note.endswith("(set default_region on the source, or --region)")


def test_it_advises_no_other_region_where_one_is_set():
    assert guard({"phone": "+999 123 456 789"}, region="US")[1] == ["phone left out: it is not a phone number"]
    assert guard({"phone": "5"}, region="US")[1] == ["phone left out: it is not a phone number"]


@pytest.mark.parametrize("value", ["abc", "call me", "12", "n/a", "room 101", "+999 123 456 789", "555 secret", "+"])
def test_it_advises_no_region_where_none_would_help(value: str):
    assert notes(phone=value) == ["phone left out: it is not a phone number"]


def test_it_says_what_it_left_out_and_never_the_value():
    said = notes(email="ann.secret", phone="555 secret", name={"a": 1}, user_id="x" * 300)

    assert said == [
        "email left out: it is not a valid e-mail address",
        "name left out: it is not text",
        "phone left out: it is not a phone number",
        "user_id left out: it is longer than 255 characters",
    ]


def test_it_drops_what_is_empty_without_a_word():
    assert guard({"name": "  ", "email": None, "phone": None, "unknown": 1}) == ({}, [])


@pytest.mark.parametrize("word", [True, 1, "yes", " YES ", "opt_in", ConsentState.GRANTED])
def test_it_reads_a_yes(word: object):
    assert consent_of({"consent": word}) == Consent(ConsentState.GRANTED)


@pytest.mark.parametrize("word", [False, 0, "no", "Off", "unsubscribed", ConsentState.REFUSED])
def test_it_reads_a_no(word: object):
    assert consent_of({"consent": word}) == Consent(ConsentState.REFUSED)


@pytest.mark.parametrize("word", [None, "", "maybe", 2, [], {}, ["yes"]])
def test_it_reads_nothing_else_as_consent(word: object):
    assert consent_of({"consent": word}) is None


def test_it_reads_the_time_of_consent():
    consent = consent_of({"consent": "yes", "consent_at": 1772442900})

    assert consent == Consent(ConsentState.GRANTED, datetime(2026, 3, 2, 9, 15, tzinfo=UTC))


anything = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text(), max_size=2)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("user_id", "name", "email", "phone", "contact_id"), anything)))
def test_it_guards_anything_without_an_error(values: dict[str, object]):
    kept, said = guard(values, region="US")

    assert all(0 < len(value) <= 255 for value in kept.values())
    assert all(value.replace("\u200d", "").isprintable() for value in kept.values())
    assert len(kept) + len(said) <= len(values)


@given(st.fixed_dictionaries({"consent": anything, "consent_at": anything}))
def test_it_reads_any_consent_without_an_error(values: dict[str, object]):
    consent = consent_of(values)

    assert consent is None or consent.state in set(ConsentState)
