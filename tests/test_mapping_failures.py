"""What fails or stays silent, and the reasons in words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mapping_events import AT, customer, from_shopify, relayed
from provider_samples import source_for

from app.mapping import Mapped, map_event
from app.webhook import Event, EventStatus

paths = st.sampled_from(
    [
        "a",
        "a.b",
        "a[0]",
        "a[].b",
        "*",
        "@",
        "keys(@)",
        "join(' ', a)",
        "to_number(a)",
        "sum(a)",
        "length(a)",
        "sort(a)",
        "a || b",
    ]
)
leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9)
payloads = st.recursive(
    leaves, lambda x: st.lists(x, max_size=3) | st.dictionaries(st.sampled_from("ab"), x, max_size=2)
)
parts = st.sampled_from(["user_id", "name", "email", "phone", "contact_id", "consent", "consent_at"])


def test_it_ignores_a_test():
    result = relayed({"email": "ann@example.com"}, test=True)

    assert (result.status, result.contact) == (EventStatus.IGNORED, None)
    assert result.reason == "a test that Relay: any JSON or form post sends to try the endpoint"


def test_it_ignores_an_event_type_that_nothing_is_known_of():
    result = from_shopify({}, "products/create")

    assert result.reason == "products/create is no event of Shopify that tells of a person"
    assert result.meaning is None


def test_it_ignores_event_types_that_the_source_does_not_want():
    result = from_shopify(customer(None), events=["customers/create"])

    assert result == Mapped(EventStatus.IGNORED, "customers/update is not among the events of this source")


def test_it_ignores_what_the_sources_condition_leaves_out():
    wanted = {"when": "score > `5`"}

    assert relayed({"email": "ann@example.com", "score": 9}, **wanted).status is EventStatus.PENDING
    assert "score > `5`" in relayed({"email": "ann@example.com", "score": 1}, **wanted).reason
    assert relayed({"email": "ann@example.com", "score": "many"}, **wanted).status is EventStatus.IGNORED


def test_it_fails_without_an_address_and_says_where_it_looked():
    result = from_shopify({"id": 7})

    assert result.status is EventStatus.FAILED
    assert result.reason == "neither e-mail nor phone: tried email, email_address, phone, default_address.phone"
    assert result.contact is None


def test_it_fails_with_the_expressions_that_found_nothing():
    result = relayed({"email": "ann@example.com"}, contact={"email": "lead.mail", "name": "lead.name"})

    assert result.reason == "neither e-mail nor phone: tried lead.mail"


def test_it_fails_with_what_is_wrong_with_the_address_but_without_the_address():
    result = relayed({"email": "ann.example.com"})

    assert result.reason == (
        "neither e-mail nor phone: email left out: it is not a valid e-mail address (field 'email' (its label))"
    )


def test_it_fails_for_a_bad_address_even_where_nobody_need_be_named():
    assert from_shopify({"email": "ann"}, "orders/create").status is EventStatus.FAILED


@pytest.mark.parametrize("payload", [None, 7, "text", [], {}])
def test_it_fails_where_there_is_nothing_to_look_in(payload: object):
    assert relayed(payload).reason == "neither e-mail nor phone: nothing to look in"


@pytest.mark.parametrize("event_type", ["subscribed", "unsubscribed", "erase"])
def test_it_recognises_a_person_by_user_id_alone_where_nobody_is_created_of_it(event_type: str):
    result = relayed({"id": 5}, event_type, contact={"user_id": "id"})

    assert (result.status, result.contact.user_id) == (EventStatus.PENDING, "5")


@pytest.mark.parametrize("event_type", ["subscribed", "unsubscribed", "erase"])
def test_it_fails_where_nobody_is_named_at_all(event_type: str):
    result = relayed({"name": "Ann"}, event_type)

    assert result.status is EventStatus.FAILED
    assert result.reason == f"names nobody ({event_type}): no user id, e-mail or phone: tried 1 form field"


def test_it_puts_nobody_into_segments_who_goes_away():
    assert relayed({"email": "ann@example.com"}, "unsubscribed", segment_ids=["a"]).contact.segment_ids == ()


def test_it_fails_for_a_body_that_cannot_be_read_any_more():
    event = Event("sample", "1", "signed up", AT, b"")

    assert map_event(source_for("relay"), event).reason == "the payload cannot be read: the body is empty"


def test_it_survives_a_payload_as_deep_as_the_decoder_allows():
    deep = b'{"email": "ann@example.com", "deep": ' + b"[" * 900 + b"]" * 900 + b"}"
    event = Event("sample", "1", "signed up", AT, deep)

    result = map_event(source_for("relay", {"when": "to_string(deep)"}), event)

    assert result.status in (EventStatus.PENDING, EventStatus.IGNORED)


@settings(deadline=None)
@given(payloads, st.dictionaries(parts, paths, max_size=4), st.sampled_from(["signed up", "unsubscribed", "erase"]))
def test_it_never_raises_whatever_payload_meets_whatever_expression(payload, contact, event_type):
    assert relayed(payload, event_type, contact=contact).status in set(EventStatus)


def test_a_reason_and_a_note_quote_nobodys_data():
    result = relayed({"email": "ann.secret.example.com", "phone": "0555 secret", "name": "Ann Secret"})

    assert "secret" not in (result.reason + " ".join(result.notes)).lower()
