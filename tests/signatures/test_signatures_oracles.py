"""The senders' own libraries as oracles: they verify what we sign, and we verify what they sign."""

import json
from base64 import b64encode
from datetime import UTC, datetime

import pytest
import standardwebhooks
import stripe
import svix.webhooks
from hypothesis import given, settings
from hypothesis import strategies as st
from signature_senders import NOW, SENDERS

from app.signatures import StandardWebhooks
from app.webhook import Webhook

ORACLES = pytest.mark.parametrize(
    ("family", "oracle"), [("webhook", standardwebhooks.Webhook), ("svix", svix.webhooks.Webhook)]
)
JSON = st.dictionaries(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")) | st.integers())
KEYS = st.binary(min_size=1, max_size=64).map(lambda key: "whsec_" + b64encode(key).decode())
TEXT = st.text(st.characters(codec="utf-8"))
SECRETS = st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip)


@settings(max_examples=60, deadline=None)
@given(body=TEXT, secret=SECRETS)
def test_it_signs_as_stripe_verifies(body, secret):
    signed = SENDERS["stripe"].sign(Webhook(body.encode()), secret, datetime.now(UTC))

    header = signed.headers["stripe-signature"]

    assert stripe.WebhookSignature.verify_header(body.encode(), header, secret, 300)


@settings(max_examples=60, deadline=None)
@given(body=TEXT, secret=SECRETS)
def test_it_verifies_as_stripe_signs(body, secret):
    header = stripe.WebhookSignature.generate_signature_header(body, secret, timestamp=int(NOW.timestamp()))

    SENDERS["stripe"].verify(Webhook(body.encode(), {"stripe-signature": header}), [secret], NOW)


@ORACLES
@settings(max_examples=40, deadline=None)
@given(payload=JSON, secret=KEYS)
def test_it_signs_as_their_library_verifies(family, oracle, payload, secret):
    body = json.dumps(payload, ensure_ascii=False).encode()

    signed = StandardWebhooks(family=family).sign(Webhook(body), secret, datetime.now(UTC))

    oracle(secret).verify(body, dict(signed.headers))


@ORACLES
@settings(max_examples=40, deadline=None)
@given(body=TEXT, secret=KEYS)
def test_it_verifies_as_their_library_signs(family, oracle, body, secret):
    signature = oracle(secret).sign("msg_1", NOW, body)
    values = {"id": "msg_1", "timestamp": str(int(NOW.timestamp())), "signature": signature}

    webhook = Webhook(body.encode(), {f"{family}-{name}": value for name, value in values.items()})

    StandardWebhooks().verify(webhook, [secret], NOW)
