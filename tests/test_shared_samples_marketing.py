"""What becomes of the published payloads of lead ads, schedulers, mailing lists and relays."""

import json
from pathlib import Path

import pytest
from provider_samples import NOW, source_for

from app.errors import UnsupportedMediaError
from app.mapping import Mapped, map_event
from app.store.documents import contact_to
from app.webhook import Event, EventStatus, Webhook

FOLDER = Path(__file__).parent.parent.parent / "shared" / "facts" / "payloads"
OURS = (
    *("calcom__", "calendly__", "googleads__", "intercom__", "kit__", "klaviyo__", "linkedin__", "mailchimp__"),
    *("meta__", "zapier__"),
)
JSON, FORM = "application/json", "application/x-www-form-urlencoded"

DOE = {"name": "John Doe", "email": "john.doe@example.com"}
NAIR = {"name": "Priya Nair", "email": "priya.nair@example.com"}
TESTER = {"name": "John Doe", "email": "test@example.com"}
BLAKE = {"name": "Morgan Blake", "email": "morgan.blake@example.com"}

BECOMES = {
    "calcom__BOOKING_CREATED.json": ("BOOKING_CREATED", DOE),
    "calcom__BOOKING_RESCHEDULED__triggerdev_Booking_rescheduled.json": ("BOOKING_RESCHEDULED", NAIR),
    "calcom__BOOKING_CANCELLED__triggerdev_Booking_cancelled.json": ("BOOKING_CANCELLED", "ignored: a booking was"),
    "calcom__MEETING_ENDED__triggerdev_Meeting_ended.json": ("MEETING_ENDED", "ignored: a meeting took place"),
    "calcom__FORM_SUBMITTED_derived.json": ("FORM_SUBMITTED", {"name": "Jane Doe", "email": "jane.doe@example.com"}),
    "calendly__invitee_created.json": ("invitee.created", TESTER),
    "calendly__invitee_created__triggerdev_Invitee_created_group_event_via_campaign_link.json": (
        "invitee.created",
        NAIR,
    ),
    "calendly__invitee_created__triggerdev_Invitee_created_rebooked_after_reschedule.json": (
        "invitee.created (moved)",
        BLAKE,
    ),
    "calendly__invitee_canceled.json": ("invitee.canceled", "ignored: a meeting was called off or moved"),
    "calendly__invitee_canceled__triggerdev_Invitee_canceled_host_rescheduled_the_meeting.json": (
        "invitee.canceled",
        "ignored: a meeting was called off or moved",
    ),
    "calendly__routing_form_submission_created.json": (
        "routing_form_submission.created",
        "ignored: a routing form that asks for neither",
    ),
    "googleads__lead_test.json": ("lead", "ignored: a test that Google Ads"),
    "intercom__contact_created__triggerdev_Contact_created.json": (
        "contact.created",
        {
            "user_id": "intercom:6620fa1e8f2b3c4d5e6f7890",
            "name": "Priya Desai",
            "email": "priya@northwind.example",
        },
    ),
    "kit__subscriber_event.json": (
        "subscriber",
        {
            "user_id": "kit:1",
            "name": "John",
            "email": "John@example.com",
            "consent": {"state": "granted", "at": NOW.isoformat()},
        },
    ),
    "klaviyo__event_envelope.json": ("event:klaviyo.bounced_email", "ignored: says nothing of a sign-up"),
    "linkedin__LEAD_ACTION_created.json": ("LEAD_ACTION.CREATED", "failed: neither e-mail nor phone"),
    "mailchimp__subscribe.txt": (
        "subscribe",
        {
            "user_id": "mailchimp:8a25ff1d98",
            "name": "Mailchimp API",
            "email": "api@mailchimp.com",
            "consent": {"state": "granted", "at": "2009-03-26T21:35:57+00:00"},
        },
    ),
    "meta__leadgen_official_sample.json": ("leadgen", "failed: neither e-mail nor phone"),
    "zapier__post_json.json": ("signed up", "failed: neither e-mail nor phone: tried 3 form fields"),
}
NO_EVENTS = {"linkedin__challenge_response_doc.json", "zapier__post_xml.txt"}
FETCHED = {
    "linkedin__LEAD_ACTION_created.json": "https://api.linkedin.com/rest/leadFormResponses/1a2b3c-4?fields=",
    "meta__leadgen_official_sample.json": "https://graph.facebook.com/233370042045345?fields=",
    "klaviyo__event_envelope.json": None,  # the id is shortened there, and nothing is fetched for a bounce
}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the folder ../shared/facts/payloads is not there")


def event_of(file: str) -> Event:
    source = source_for(file.partition("__")[0])
    content_type = FORM if file.endswith(".txt") else JSON
    (event,) = source.provider.read(source, Webhook((FOLDER / file).read_bytes(), {"content-type": content_type}), NOW)
    return event


def outcome(result: Mapped) -> object:
    return contact_to(result.contact) if result.contact else f"{result.status}: {result.reason}"


@pytest.mark.parametrize("file", BECOMES)
def test_a_published_payload_becomes_what_it_should(file: str):
    event_type, expected = BECOMES[file]
    event = event_of(file)

    result = map_event(source_for(file.partition("__")[0]), event)

    assert event.event_type == event_type
    if isinstance(expected, str):
        assert str(outcome(result)).startswith(expected)
    else:
        assert result.status is EventStatus.PENDING
        assert outcome(result) == expected


@pytest.mark.parametrize("file", FETCHED)
def test_a_thin_payload_says_what_is_to_be_fetched(file: str):
    address = source_for(file.partition("__")[0]).provider.fetch.url(event_of(file).payload)

    assert (address or "").startswith(FETCHED[file] or "")
    assert (address is None) == (FETCHED[file] is None)


def test_every_published_payload_of_these_providers_is_looked_at():
    assert {path.name for path in FOLDER.iterdir() if path.name.startswith(OURS)} == BECOMES.keys() | NO_EVENTS


def test_what_is_neither_json_nor_a_form_is_refused():
    source = source_for("zapier")
    webhook = Webhook((FOLDER / "zapier__post_xml.txt").read_bytes(), {"content-type": "application/xml"})

    with pytest.raises(UnsupportedMediaError):
        source.provider.read(source, webhook, NOW)


def test_the_answer_to_linkedins_challenge_has_the_documented_shape():
    documented = json.loads((FOLDER / "linkedin__challenge_response_doc.json").read_bytes())
    webhook = Webhook(method="GET", query={"challengeCode": documented["challengeCode"]})

    answer = json.loads(source_for("linkedin").provider.handshake(webhook, ("a secret",)).body)

    assert answer.keys() == documented.keys()
    assert answer["challengeCode"] == documented["challengeCode"]
    assert len(answer["challengeResponse"]) == len(documented["challengeResponse"])
