"""What consent, and the lack of it, does to a contact."""

from datetime import UTC, datetime

import pytest
from mapping_events import AT, customer, from_shopify, relayed

from app.contact import Consent, ConsentState, Meaning
from app.webhook import EventStatus

EARLIER = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("event_type", "state"), [("subscribed", ConsentState.GRANTED), ("unsubscribed", ConsentState.REFUSED)]
)
def test_it_takes_consent_from_what_the_event_means(event_type: str, state: ConsentState):
    result = relayed({"email": "ann@example.com", "newsletter": "yes"}, event_type)

    assert result.contact.consent == Consent(state, AT)
    assert result.findings["consent"].origin == f"the event itself: {event_type}"


def test_it_takes_the_time_of_consent_from_the_payload():
    paths = {"email": "email", "consent_at": "since"}

    result = relayed({"email": "ann@example.com", "since": "2025-01-01"}, "subscribed", contact=paths)

    assert result.contact.consent.at == EARLIER


def test_it_gives_the_consent_of_a_signup_the_time_of_the_signup():
    assert relayed({"email": "ann@example.com", "consent": True}).contact.consent == Consent(ConsentState.GRANTED, AT)


def test_it_gives_a_consent_that_an_update_repeats_no_time_of_its_own():
    assert from_shopify(customer("subscribed")).contact.consent == Consent(ConsentState.GRANTED)


def test_it_notes_a_consent_that_is_neither_yes_nor_no():
    result = relayed({"email": "ann@example.com", "c": "perhaps"}, contact={"email": "email", "consent": "c"})

    assert result.contact.consent is None
    assert result.notes == ("consent left out: neither a yes nor a no (c)",)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("subscribed", ConsentState.GRANTED),
        ("unsubscribed", ConsentState.REFUSED),
        ("not_subscribed", ConsentState.REFUSED),
        ("redacted", ConsentState.REFUSED),
        ("pending", None),
        ("invalid", None),
        (None, None),
    ],
)
def test_it_knows_the_states_of_consent_at_shopify(state: str | None, expected: ConsentState | None):
    consent = from_shopify(customer(state)).contact.consent

    assert (consent and consent.state) == expected


def test_it_ignores_news_of_consent_that_say_nothing():
    result = from_shopify(customer("pending"), "customers_email_marketing_consent/update")

    assert (result.status, result.reason) == (EventStatus.IGNORED, "says neither yes nor no to marketing")
    assert result.meaning is Meaning.CONSENT


def test_it_requires_consent_of_newcomers():
    assert relayed({"email": "ann@example.com", "consent": "yes"}, consent="require").status is EventStatus.PENDING
    for payload in ({"email": "ann@example.com"}, {"email": "ann@example.com", "consent": "no"}):
        result = relayed(payload, consent="require")

        assert result.status is EventStatus.IGNORED
        assert result.reason == 'no consent to marketing (consent = "require")'


@pytest.mark.parametrize("event_type", ["unsubscribed", "erase"])
def test_it_lets_people_go_whatever_consent_is_required(event_type: str):
    assert relayed({"email": "ann@example.com"}, event_type, consent="require").status is EventStatus.PENDING


def test_it_lets_a_no_through_where_consent_is_required():
    changed = from_shopify(customer("unsubscribed"), "customers_email_marketing_consent/update", consent="require")
    updated = from_shopify(customer("unsubscribed"), consent="require", segment_ids=["seg"])

    assert changed.meaning is Meaning.CONSENT
    assert changed.contact.consent.state is ConsentState.REFUSED
    assert updated.meaning is Meaning.UNSUBSCRIBED
    assert updated.contact.segment_ids == ()


def test_it_does_not_look_at_consent_where_that_is_configured():
    result = relayed({"email": "ann@example.com", "consent": "no"}, consent="ignore")

    assert result.contact.consent is None
    assert "consent" not in result.findings


@pytest.mark.parametrize("event_type", ["customers_email_marketing_consent/update"])
def test_it_ignores_news_of_consent_where_consent_is_not_looked_at(event_type: str):
    result = from_shopify(customer("subscribed"), event_type, consent="ignore")

    assert result.reason == 'consent alone, and this source does not look at it (consent = "ignore")'
