"""What lead ads, schedulers and mailing lists do besides: challenges, batches, second bookings, moved addresses."""

import hmac
import json
from datetime import UTC, datetime

import pytest
from provider_samples import NOW, read, source_for

from app.contact import Meaning
from app.errors import PayloadError
from app.mapping import map_event
from app.samples import samples
from app.webhook import Webhook

JSON = {"content-type": "application/json"}


def posted(payload: object) -> Webhook:
    return Webhook(json.dumps(payload).encode(), JSON)


def sample(provider: str, name: str) -> Webhook:
    return next(sample.webhook for sample in samples(provider) if sample.name == name)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": ""},
        {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": "s3cret"},
        {"hub.mode": "unsubscribe", "hub.challenge": "1", "hub.verify_token": "{token}"},
        {"hub.mode": "subscribe", "hub.challenge": "<script>", "hub.verify_token": "{token}"},
    ],
)
def test_meta_gets_its_challenge_back_only_with_the_right_token(query: dict[str, str]):
    token = hmac.digest(b"s3cret", b"contact-bridge", "sha256").hex()
    asked = {name: value.replace("{token}", token) for name, value in query.items()}

    assert source_for("meta").provider.handshake(Webhook(method="GET", query=asked), ("s3cret", "")) is None


def test_meta_is_greeted_with_either_secret_while_it_rotates():
    token = hmac.digest(b"old", b"contact-bridge", "sha256").hex()
    query = {"hub.mode": "subscribe", "hub.challenge": "77", "hub.verify_token": token}

    assert source_for("meta").provider.handshake(Webhook(method="GET", query=query), ("new", "old")).body == "77"


@pytest.mark.parametrize("code", ["", "x", 'hmacsha256={"type":"LEAD_ACTION"}', "1" * 36])
def test_linkedin_has_nothing_signed_but_its_own_codes(code: str):
    webhook = Webhook(method="GET", query={"challengeCode": code})

    assert source_for("linkedin").provider.handshake(webhook, ("s3cret",)) is None


def test_a_challenge_is_not_answered_without_a_secret():
    code = {"challengeCode": "890e4665-4dfe-4ab1-b689-ed553bceeed0"}

    assert source_for("linkedin").provider.handshake(Webhook(method="GET", query=code), ("", " ")) is None


def test_meta_brings_several_leads_of_several_pages_at_once():
    change = {"field": "leadgen", "value": {"leadgen_id": 1}}
    other = {"field": "leadgen", "value": {"leadgen_id": "2"}}
    entries = [{"id": "p", "changes": [change, other]}, {"id": "q", "changes": [{"field": "feed", "value": {}}]}, None]

    events = source_for("meta").provider.read(source_for("meta"), posted({"object": "page", "entry": entries}), NOW)

    assert [(event.event_type, event.event_id) for event in events[:2]] == [("leadgen", "1"), ("leadgen", "2")]
    assert [event.event_type for event in events[2:]] == ["feed"]


@pytest.mark.parametrize("lead", ["../me", "1?x=1", "\uff11\uff12", None, {}, "9" * 40])
def test_meta_fetches_a_lead_and_nothing_else(lead: object):
    payload = {"entry": [{"changes": [{"field": "leadgen", "value": {"leadgen_id": lead}}]}]}

    assert source_for("meta").provider.fetch.url(payload) is None


@pytest.mark.parametrize("lead", ["urn:li:leadGenFormResponse:../x", "", None, 7.5, "a b"])
def test_linkedin_fetches_a_lead_and_nothing_else(lead: object):
    assert source_for("linkedin").provider.fetch.url({"leadGenFormResponse": lead}) is None


def test_klaviyo_brings_several_events_at_once():
    one = json.loads(sample("klaviyo", "subscribed-to-sms").body)
    other = json.loads(sample("klaviyo", "unsubscribed-from-sms").body)
    source = source_for("klaviyo")

    events = source.provider.read(source, posted({**one, "data": [*one["data"], *other["data"]]}), NOW)

    assert [event.event_type.rpartition(".")[2] for event in events] == [
        "subscribed_to_sms_marketing",
        "unsubscribed_from_sms_marketing",
    ]
    assert events[0].event_id == read(source, posted(one)).event_id


def test_a_retry_of_hubspot_is_the_same_event():
    event = json.loads(sample("hubspot", "contact-forgotten").body)
    source = source_for("hubspot")

    first, second = (read(source, posted([{**event, "attemptNumber": attempt}])) for attempt in (0, 1))

    assert first.event_id == second.event_id


@pytest.mark.parametrize("provider", ["hubspot", "n8n"])
@pytest.mark.parametrize("length", [0, 1_001])
def test_a_list_holds_one_event_to_a_thousand(provider: str, length: int):
    source = source_for(provider)

    with pytest.raises(PayloadError):
        source.provider.read(source, posted([{}] * length), NOW)


def test_the_published_signature_of_hubspot_verifies():
    scheme = source_for("hubspot").scheme
    url, body = "https://www.example.com/webhook_uri", b"{'example_field':'example_value'}"
    now = datetime.fromtimestamp(1693657560, UTC)

    made = scheme.sign(Webhook(body, url=url), "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy", now)

    assert made.headers["x-hubspot-signature-v3"] == "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="


@pytest.mark.parametrize("date", ["Tue, 14 Apr 2026 03:50:12 GMT", "2026-04-13T22:49:36+00:00", "1776118606"])
def test_klaviyo_may_write_its_timestamp_as_it_likes(date: str):
    body = b'{"data":[]}'
    made = hmac.digest(b"a secret of klaviyo", body + date.encode(), "sha256").hex()
    webhook = Webhook(body, {"klaviyo-timestamp": date, "klaviyo-signature": made})

    source_for("klaviyo").scheme.verify(webhook, ("a secret of klaviyo",), NOW)


def test_two_people_of_one_meeting_with_seats_are_two_events():
    payload = json.loads(sample("calcom", "booked-without-name").body)
    other = json.loads(json.dumps(payload).replace("quiet@example.com", "loud@example.com"))
    source = source_for("calcom")

    assert read(source, posted(payload)).event_id != read(source, posted(other)).event_id


@pytest.mark.parametrize(
    ("event_type", "meaning"),
    [
        ("user.created", Meaning.SIGNED_UP),
        ("com.example.customer.created", Meaning.SIGNED_UP),
        ("CustomerUpdated", Meaning.UPDATED),
        ("member_deleted", Meaning.ERASE),
        ("user.subscribed", Meaning.UPDATED),
        ("email.unsubscribed", Meaning.UNSUBSCRIBED),
        ("lead.opted_out", Meaning.UNSUBSCRIBED),
        ("contact.opted_in", Meaning.SIGNED_UP),
        ("submission.created", Meaning.SIGNED_UP),
        ("user.session.deleted", None),
        ("contact.tag.removed", None),
        ("order.created", None),
        ("form.deleted", None),
        ("deleted", None),
        ("", None),
    ],
)
def test_an_event_of_anybody_means_what_its_words_say(event_type: str, meaning: Meaning | None):
    rule = source_for("standardwebhooks").provider.rule(event_type)

    assert (rule.meaning if rule else None) == meaning


def test_the_unsubscription_from_something_else_takes_no_id_for_the_persons():
    payload = {"type": "email.unsubscribed", "data": {"id": "message-1", "email": "gone@example.com"}}
    source = source_for("standardwebhooks")

    assert map_event(source, read(source, posted(payload))).contact.user_id is None


def test_a_contact_that_hubspot_forgot_is_not_asked_for():
    fetch = source_for("hubspot").provider.fetch

    assert fetch.url(json.loads(sample("hubspot", "contact-forgotten").body)) is None
    assert fetch.url(json.loads(sample("hubspot", "workflow").body)) is None
