"""Distinct, signed webhooks of a shop, as the bytes of whole HTTP requests. The people are invented."""

import base64
import hashlib
import hmac
import itertools
import json

SECRET = "bench-secret-of-an-invented-shop"
SOURCE = "shop"
_BODY_BYTES = 1024
_numbers = itertools.count(1)


def webhooks(count: int) -> list[bytes]:
    """Return ``count`` requests that nobody has sent before, each for another person."""
    return [_request(number) for number in itertools.islice(_numbers, count)]


def _request(number: int) -> bytes:
    body = customer(number)
    signature = base64.b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256)).decode()
    head = (
        f"POST /hooks/{SOURCE} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Shopify-Captain-Hook\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"X-Shopify-Topic: customers/create\r\nX-Shopify-Webhook-Id: bench-{number}\r\n"
        f"X-Shopify-Hmac-Sha256: {signature}\r\n\r\n"
    )
    return head.encode() + body


def customer(number: int) -> bytes:
    """Return the body of a webhook about the person of this number."""
    customer = {
        "id": number,
        "email": f"ada.{number}@example.com",
        "created_at": "2025-03-04T05:06:07+00:00",
        "updated_at": "2025-03-04T05:06:07+00:00",
        "first_name": "Ada",
        "last_name": f"Example {number}",
        "state": "enabled",
        "verified_email": True,
        "tags": "newsletter, vip",
        "currency": "EUR",
        "email_marketing_consent": {
            "state": "subscribed",
            "opt_in_level": "single_opt_in",
            "consent_updated_at": "2025-03-04T05:06:07+00:00",
        },
        "default_address": {"city": "Porto", "country_code": "PT", "zip": "4000-001"},
        "note": "",
    }
    customer["note"] = "n" * (_BODY_BYTES - len(json.dumps(customer)))
    return json.dumps(customer).encode()
