"""What happened as a signed HTTP request, as each kind of sender would post it."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.soak.people import Occurrence

SECRETS = {"pay": "whsec_of-the-soak", "shop": "shop-secret-of-the-soak", "form": "token-of-the-soak"}
LATE = "late"  # a source that is configured only halfway through


def request(occurrence: Occurrence) -> bytes:
    """Return the whole request, signed now."""
    make = _MAKERS.get(occurrence.source, _form)
    headers, payload = make(occurrence)
    body = json.dumps(payload).encode()
    lines = {
        "Host": "127.0.0.1",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **headers(body),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST /hooks/{occurrence.source} HTTP/1.1\r\n{head}\r\n".encode() + body


Made = tuple[Callable[[bytes], Mapping[str, str]], Mapping[str, Any]]


def form_body(occurrence: Occurrence) -> Mapping[str, Any]:
    """Return what a form posts: no id of the person, only what they typed."""
    typed = {"email": occurrence.email, "phone": occurrence.phone, "name": occurrence.name}
    return {"id": occurrence.event_id, **{name: value for name, value in typed.items() if value}}


def _form(occurrence: Occurrence) -> Made:
    return lambda _: {"Authorization": f"Bearer {SECRETS['form']}"}, form_body(occurrence)


def _pay(occurrence: Occurrence) -> Made:
    def headers(body: bytes) -> Mapping[str, str]:
        at = int(time.time())
        signature = hmac.digest(SECRETS["pay"].encode(), f"{at}.".encode() + body, hashlib.sha256).hex()
        return {"Stripe-Signature": f"t={at},v1={signature}"}

    customer = {
        "id": f"cus_{occurrence.number}",
        "object": "customer",
        "name": occurrence.name or None,
        "email": occurrence.email,
        "phone": occurrence.phone,
    }
    event = {"id": occurrence.event_id, "object": "event", "type": "customer.created", "created": int(time.time())}
    return headers, {**event, "data": {"object": customer}}


def _shop(occurrence: Occurrence) -> Made:
    def headers(body: bytes) -> Mapping[str, str]:
        digest = hmac.digest(SECRETS["shop"].encode(), body, hashlib.sha256)
        return {
            "X-Shopify-Topic": topic if occurrence.identities else "app/uninstalled",
            "X-Shopify-Webhook-Id": occurrence.event_id,
            "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
        }

    topic = "customers/redact" if occurrence.asks_to_be_forgotten else "customers/create"
    first, _, last = occurrence.name.partition(" ")
    customer: dict[str, Any] = {
        "id": occurrence.number,
        "first_name": first,
        "last_name": last,
        "email": occurrence.email,
        "phone": occurrence.phone,
    }
    if occurrence.refuses_mail:
        customer["email_marketing_consent"] = {"state": "not_subscribed"}
    return headers, {"customer": customer} if occurrence.asks_to_be_forgotten else customer


_MAKERS: Mapping[str, Callable[[Occurrence], Made]] = {"pay": _pay, "shop": _shop}
