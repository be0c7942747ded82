"""What becomes of the senders' own published payloads, where the facts about them are at hand."""

import json
from pathlib import Path

import pytest
from provider_samples import NOW, source_for

from app.mapping import Mapped, map_event
from app.providers import providers
from app.store.documents import contact_to
from app.webhook import Webhook

FOLDER = Path(__file__).parent.parent.parent / "shared" / "facts" / "payloads"
JSON = {"content-type": "application/json"}
OURS = ("shopify__", "stripe__", "woocommerce__", "typeform__", "tally__", "clerk__", "zapier__")

BILLER = {"user_id": "shopify:706405506930370084", "name": "Bob Biller", "email": "bob@biller.com"}
PLAYER = {"name": "John Doe", "email": "john.doe@example.com"}

BECOMES = {
    "shopify__customers_create.json": ("customers/create", BILLER),
    "shopify__customers_update.json": ("customers/update", BILLER),
    "shopify__customers_enable.json": ("customers/enable", BILLER),
    "shopify__customers_disable.json": ("customers/disable", BILLER),
    "shopify__customers_create_pre2024_accepts_marketing.json": (
        "customers/create",
        {**BILLER, "consent": {"state": "granted", "at": NOW.isoformat()}},
    ),
    "shopify__customers_email_marketing_consent_update.json": (
        "customers_email_marketing_consent/update",
        {
            "user_id": "shopify:706405506930370084",
            "email": "bob@biller.com",
            "consent": {"state": "refused", "at": NOW.isoformat()},
        },
    ),
    "shopify__customers_marketing_consent_update.json": (
        "customers_marketing_consent/update",
        "ignored: says neither yes nor no to marketing",
    ),
    "shopify__customers_merge.json": ("customers/merge", "ignored: names two customers by number only"),
    "shopify__customers_delete.json": ("customers/delete", "ignored: deleted in the shop"),
    "shopify__customers_data_request.json": ("customers/data_request", "failed: a person asks for their data"),
    "shopify__customers_purchasing_summary.json": ("customers/purchasing_summary",
    "ignored: names a customer by number"),
    "shopify__customer_tags_added.json": ("customer.tags_added", "ignored: names a customer by number only"),
    "shopify__customer_joined_segment.json": ("customer.joined_segment", "ignored: names a customer by number only"),
    "shopify__shop_redact.json": ("shop/redact", "pending: what this source sent is to be erased"),
    "stripe__customer.created_sdk_signature_vector.json": (
        None,
        {"user_id": "stripe:cus_123", "email": "test@stripe.com"},
    ),
    "stripe__event_pre_2017-05-25.json": (None, "ignored: ping is no event of Stripe"),
    "stripe__object_event_openapi_fixture.json": (None, "ignored: plan.created is no event of Stripe"),
    "stripe__object_customer_openapi_fixture.json": ("customer.created", "ignored: names neither e-mail nor phone"),
    "stripe__object_checkout.session_openapi_fixture.json": (
        "checkout.session.completed",
        {"email": "example@example.com"},
    ),
    "stripe__object_deleted_customer_openapi_fixture.json": ("customer.deleted",
    {"user_id": "stripe:cus_QXg1o8vcGmoR32"}),
    "stripe__object_subscription_openapi_fixture.json": (
        "customer.subscription.created",
        "ignored: names a customer by number only",
    ),
    "stripe__object_account_openapi_fixture.json": (
        "account.updated",
        {"user_id": "stripe:acct_1PgafTB7WZ01zgkW", "email": "site@stripe.com"},
    ),
    "stripe__object_person_openapi_fixture.json": ("person.created", "ignored: names neither e-mail nor phone"),
    "woocommerce__customer.created.json": ("customer.created", {"user_id": "woocommerce:25", **PLAYER}),
    "woocommerce__legacy_v3_customer.created.json": ("customer.created", {"user_id": "woocommerce:2", **PLAYER}),
    "woocommerce__customer.deleted.json": ("customer.deleted", "ignored: an account was deleted"),
    "woocommerce__product.updated_capture.json": (None, "ignored: product.updated is no event of WooCommerce"),
    "woocommerce__coupon.deleted_capture_headers_only.json": (None, "ignored: coupon.deleted is no event"),
    "typeform__form_response.json": (
        None,
        {"name": "Laura", "email": "laura@example.com"},
    ),
    "typeform__form_response__triggerdev_Contact_form_submission.json": (
        None,
        {"name": "Priya Nair", "email": "priya.nair@example.com"},
    ),
    "typeform__form_response__triggerdev_Customer_satisfaction_survey.json": (
        None,
        "failed: neither e-mail nor phone: tried",
    ),
    "typeform__form_response__triggerdev_Job_application.json": (
        None,
        "failed: neither e-mail nor phone: phone left out: it is not a valid phone number",
    ),
    "tally__FORM_RESPONSE.json": (
        None,
        {"name": "Alice Smith", "email": "alice@example.com", "phone": "+32491223344"},
    ),
    "clerk__user.created.json": (None, "ignored: a test that Clerk sends"),
    "zapier__post_json.json": (None, "failed: neither e-mail nor phone: tried 3 form fields"),
}  # fmt: skip
NO_EVENTS = {"woocommerce__ping.txt", "zapier__post_xml.txt"}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the folder ../shared/facts/payloads is not there")


def webhook_of(provider: str, payload: dict, event_type: str | None) -> Webhook:
    if "topic" in payload:  # a capture: its body, the headers beside it
        return Webhook(json.dumps(payload["body"]).encode(), JSON | payload["headers"])
    if "object" in payload and event_type and provider == "stripe":  # an object without the event around it
        payload = {"id": "evt_1", "type": event_type, "data": {"object": payload}}
    topics = {"x-shopify-topic": event_type, "x-wc-webhook-topic": event_type} if event_type else {}
    return Webhook(json.dumps(payload).encode(), JSON | topics)


def outcome(result: Mapped) -> object:
    if result.contact:
        return contact_to(result.contact)
    return f"{result.status}: {result.reason}"


@pytest.mark.parametrize("file", BECOMES)
def test_a_published_payload_becomes_what_it_should(file: str):
    event_type, expected = BECOMES[file]
    provider = file.partition("__")[0].replace("zapier", "relay")
    source = source_for(provider)
    payload = json.loads((FOLDER / file).read_bytes())

    (event,) = source.provider.read(source, webhook_of(provider, payload, event_type), NOW)
    result = outcome(map_event(source, event))

    if isinstance(expected, str):
        assert str(result).startswith(expected)
    else:
        assert result == expected


def test_every_published_payload_belongs_to_a_provider():
    senders = {path.name.partition("__")[0] for path in FOLDER.iterdir() if "__" in path.name}
    renamed = {"adobe_commerce", "adobe_io"}  # adobecommerce

    assert senders - providers().keys() - renamed == {"github"}  # whose ping is an example of a signature


def test_every_published_payload_of_our_providers_is_looked_at():
    assert {path.name for path in FOLDER.iterdir() if path.name.startswith(OURS)} == BECOMES.keys() | NO_EVENTS


def test_the_ping_of_woocommerce_is_answered():
    provider = source_for("woocommerce").provider
    form = {"content-type": "application/x-www-form-urlencoded"}
    ping = (FOLDER / "woocommerce__ping.txt").read_bytes()

    assert provider.handshake(Webhook(ping, form), ()) is not None
    assert provider.handshake(Webhook(ping, {"content-type": "application/json"}), ()) is None
    assert provider.handshake(Webhook(ping, form | {"x-wc-webhook-topic": "action.x"}), ()) is None
    assert provider.handshake(Webhook(ping + b"&email=a@example.com", form), ()) is None


def test_a_capture_of_stripe_verifies_with_its_published_signature():
    source = source_for("stripe")
    body = (FOLDER / "stripe__customer.created_sdk_signature_vector.json").read_bytes()
    made = source.scheme.sign(Webhook(body), "webhook_secret", NOW.fromtimestamp(1533204620, NOW.tzinfo))

    assert made.headers["stripe-signature"].endswith("2220f87ef101a04665f11cdf770523143f875572008577fa0f20882ddb9cc3c7")
