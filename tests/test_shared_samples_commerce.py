"""What becomes of the published payloads of shops and payment pages, where the facts about them are at hand."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from provider_samples import NOW, source_for

from app.mapping import map_event
from app.providers import providers
from app.store.documents import contact_to
from app.webhook import EventStatus, Webhook

FOLDER = Path(__file__).parent.parent.parent / "shared" / "facts" / "payloads"
OURS = ("bigcommerce", "squarespace", "ecwid", "square", "paddle", "lemonsqueezy", "gumroad", "chargebee", "polar")
OURS += ("recurly", "adobe_commerce", "adobe_io", "wix", "commercelayer")
API = "https://api.bigcommerce.com/stores/"

CHARGED = {
    "user_id": "chargebee:16BHbhF4s42tO2lI",
    "name": "John Doe",
    "email": "john@example.com",
    "phone": "+19499999999",
}
POLAR = {
    "user_id": "polar:992fae2a-2a17-4b7a-8d9e-e287cf90131b",
    "name": "John Doe",
    "email": "customer@example.com",
}


def refused(at: str | None) -> dict[str, Any]:
    return {"consent": {"state": "refused", "at": at}}


def paddle(number: str, name: str, email: str, at: str | None) -> dict[str, Any]:
    return {"user_id": f"paddle:{number}", "name": name, "email": email, **refused(at)}


BECOMES: dict[str, dict[str, Any] | str] = {
    "chargebee__customer_created_assembled.json": CHARGED,
    "polar__customer.created_assembled.json": POLAR,
    "polar__subscription.created_assembled.json": POLAR,
    "lemonsqueezy__order_created.json": {
        "user_id": "lemonsqueezy:1",
        "name": "John Doe",
        "email": "johndoe@example.com",
    },
    "gumroad__sale_assembled.txt": {
        "name": "Amy Buyer",
        "email": "buyer@example.com",
        "consent": {"state": "granted", "at": "2026-01-02T03:04:05+00:00"},
    },
    "square__customer.created.json": {
        "user_id": "square:QPTXM8PQNX3Q726ZYHPMNP46XC",
        "name": "Jenkins Smorly",
        "email": "jenkins+smorly@squareup.com",
        "phone": "+12126668929",
    },
    "square__loyalty.account.created.json": {
        "user_id": "square:QPTXM8PQNX3Q726ZYHPMNP46XC",
        "phone": "+14155551234",
    },
    "square__customer.deleted.json": "ignored: a profile was deleted or merged",
    "square__order.created.json": "ignored: names a customer by number",
    "square__payment.created.json": "ignored: names a customer by number",
    "square__subscription.created.json": "ignored: names a customer by number",
    "square__booking.created.json": "ignored: names a customer by number",
    "square__webhooks.test_notification.json": "ignored: a test that Square sends",
    "paddle__customer.created.json": paddle(
        "ctm_01h8441jn5pcwrfhwh78jqt8hk", "Sam Miller", "sam@example.com", "2023-08-18T10:46:18.792661+00:00"
    ),
    "paddle__customer.imported.json": paddle(
        "ctm_01h8441jn5pcwrfhwh78jqt8hk", "Sam Miller", "sam@example.com", "2023-08-18T10:46:18.792661+00:00"
    ),
    "paddle__customer.updated.json": paddle("ctm_01h844p3h41s12zs5mn4axja51", "Alex Wilson", "alex@example.com", None),
    "paddle__customer.created_signed.json": paddle(
        "ctm_01hs0tqf76sxmp7ba5e4mw1sc8",
        "John Doe",
        "blackhole+verification2@paddle.com",
        "2024-03-15T10:32:38.286848+00:00",
    ),
    "paddle__customer.created_signed_special_chars.json": paddle(
        "ctm_01hs0t94g83hs5jdw282ztqa4z",
        "ÜÄÅåÖÜÄÅåÖ",
        "blackhole+verification1@paddle.com",
        "2024-03-15T10:24:48.466759+00:00",
    ),
    "paddle__address.created.json": "ignored: names a customer by number only",
    "paddle__business.created.json": "ignored: a company of a customer",
    "ecwid__customer.deleted.json": "ignored: a customer was deleted",
    "ecwid__unfinished_order.created.json": "ignored: an abandoned cart",
    "ecwid__application.installed.json": "ignored: news of the app",
    "bigcommerce__store_cart_abandoned.json": "ignored: a cart names nobody",
    "bigcommerce__store_cart_created.json": "ignored: a cart names nobody",
    "bigcommerce__store_customer_address_created.json": "ignored: a part of a customer",
    "commercelayer__customers.create_capture.json": {
        "user_id": "commercelayer:njmyhybwre",
        "email": "creted.cus@mail.com",
    },
    "adobe_commerce__io_event_product_save.json": "ignored: com.adobe.commerce.observer.catalog_product_save_commit",
    "wix__contact_created_jwt_claims_assembled.json": {
        "user_id": "wix:ae2b1c0d-0000-4000-8000-000000000001",
        "name": "John Doe",
        "email": "john@example.com",
    },
}
# Thin ones: the address that they lead to. Their documentation writes {store_hash} where a shop's own stands.
FETCHES = {
    "bigcommerce__store_customer_created.json": f"{API}abc123/v3/customers?id:in=32",
    "bigcommerce__store_customer_updated.json": f"{API}abc123/v3/customers?id:in=32",
    "bigcommerce__store_customer_deleted.json": f"{API}abc123/v3/customers?id:in=32",  # sic: its scope says created
    "bigcommerce__store_order_created.json": f"{API}abc123/v2/orders/250",
    "bigcommerce__store_order_updated.json": f"{API}abc123/v2/orders/250",
    "bigcommerce__store_subscriber_created.json": f"{API}abc123/v3/customers/subscribers/5",
    "bigcommerce__store_subscriber_created_capture.json": f"{API}abc123/v3/customers/subscribers/5",
    "bigcommerce__store_subscriber_updated.json": f"{API}abc123/v3/customers/subscribers/5",
    "bigcommerce__store_subscriber_deleted.json": f"{API}abc123/v3/customers/subscribers/5",
    "squarespace__order.create_assembled.json": "https://api.squarespace.com/1.0/commerce/orders/585d498fdee9f31a60284a37",
    "ecwid__customer.created.json": "https://app.ecwid.com/api/v3/1003/customers/1663830",
    "ecwid__order.created.json": "https://app.ecwid.com/api/v3/1003/orders/XJ12H",
    "recurly__account.created.json": "https://v3.recurly.com/accounts/code-adfas23zzz14123",
}
ADOBE_KEY, ADOBE_SIGNATURE = "adobe_io__signature_vector_public_key.pem", "adobe_io__signature_vector_signature.txt"
NO_EVENTS = {"adobe_io__signature_vector_body.json", ADOBE_KEY, ADOBE_SIGNATURE}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the folder ../shared/facts/payloads is not there")


def provider_of(file: str) -> str:
    return file.partition("__")[0].replace("adobe_commerce", "adobecommerce")


def body_of(file: str) -> bytes:
    body = (FOLDER / file).read_bytes().replace(b"{store_hash}", b"abc123")
    if file.endswith("_capture.json"):
        body = json.dumps(json.loads(body)["body"]).encode()
    return body


def webhook_of(file: str) -> Webhook:
    kind = "application/x-www-form-urlencoded" if file.endswith(".txt") else "application/json"
    sent = json.loads((FOLDER / file).read_bytes())["headers"] if file.endswith("_capture.json") else {}
    return Webhook(body_of(file), {**sent, "content-type": kind})


@pytest.mark.parametrize("file", BECOMES)
def test_a_published_payload_becomes_what_it_should(file: str):
    source = source_for(provider_of(file))
    expected = BECOMES[file]

    (event,) = source.provider.read(source, webhook_of(file), NOW)
    result = map_event(source, event)

    if isinstance(expected, str):
        assert f"{result.status}: {result.reason}".startswith(expected)
    else:
        assert result.status is EventStatus.PENDING
        assert contact_to(result.contact) == expected


@pytest.mark.parametrize("file", FETCHES)
def test_a_thin_published_payload_leads_to_the_right_address(file: str):
    source = source_for(provider_of(file))

    (event,) = source.provider.read(source, webhook_of(file), NOW)

    assert source.provider.fetch.url(event.payload) == FETCHES[file]


def test_an_object_without_its_event_says_that_it_is_none():
    source = source_for("paddle")
    files = sorted(path.name for path in FOLDER.glob("paddle__*_data_only.json"))

    events = [source.provider.read(source, webhook_of(file), NOW)[0] for file in files]

    assert files
    assert {map_event(source, event).status for event in events} == {EventStatus.IGNORED}


def test_every_published_payload_of_our_providers_is_looked_at():
    files = {path.name for path in FOLDER.iterdir() if path.name.partition("__")[0] in OURS}

    assert files == BECOMES.keys() | FETCHES.keys() | NO_EVENTS | {f for f in files if f.endswith("_data_only.json")}


SQUARE_URL = "https://webhook.site/679a4f3a-dcfa-49ee-bac5-9d0edad886b9"
PADDLE_KEY = "pdl_ntfset_01hs0t3tw21j988db1pam5xg8m_GrOWLNef+vmtjJYq4mSnHNzvc8uWoJ1I"
RECURLY_KEY = "354fab5bd35f5a0d50845ee7e30165244468b13c2c343f104e4e730a59326d9d"


def vectors() -> dict[str, tuple[str, str, str, str, float]]:
    """Provider: the file, its header, the value, the secret and the time, as the senders' own tests have them."""
    recurly = "1663103925004,ad24699f3beaa24c9af2cc7ada3ce4c835da0090194241b9d3add83d27f14bc3"
    paddle = "ts=1710498758;h1=558bf93944dbeb4790c7a8af6cb2ea435c8ca9c8396aafc1a4e37424ac132744"
    adobe = "client_id1\n" + (FOLDER / ADOBE_KEY).read_text()
    return {
        "square": (
            "square__webhooks.test_notification.json",
            "x-square-hmacsha256-signature",
            "GF4YkrJgGBDZ9NIYbNXBnMzqb2HoL4RW/S6vkZ9/2N4=",
            "Ibxx_5AKakO-3qeNVR61Dw",
            0,
        ),
        "paddle": ("paddle__customer.created_signed.json", "paddle-signature", paddle, PADDLE_KEY, 1710498758),
        "recurly": ("recurly__account.created.json", "recurly-signature", recurly, RECURLY_KEY, 1663103925),
        "adobecommerce": (
            "adobe_io__signature_vector_body.json",
            "x-adobe-digital-signature-1",
            (FOLDER / ADOBE_SIGNATURE).read_text().strip(),
            adobe,
            0,
        ),
    }


@pytest.mark.parametrize("name", ["square", "paddle", "recurly", "adobecommerce"])
def test_a_published_signature_is_right(name: str):
    file, header, value, secret, seconds = vectors()[name]
    scheme = providers()[name].signature
    webhook = replace(Webhook((FOLDER / file).read_bytes(), {header: value}), url=SQUARE_URL)

    scheme.verify(webhook, [secret], datetime.fromtimestamp(seconds, UTC))
