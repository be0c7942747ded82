"""How the senders that sign with a keyed hash do it, each as one value; and what the tests here share."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.errors import VerificationError
from app.signatures import Hmac, Scheme, diagnose
from app.webhook import Webhook

PAYLOADS = Path(__file__).resolve().parents[2] / "../shared/facts/payloads"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECONDS = str(int(NOW.timestamp()))
MILLISECONDS = SECONDS + "000"
SECRET = "correct horse battery staple"
HEX_SECRET = "f3f9b98100aa"
BODY = '{"email": "zoë@example.org", "note": "a/b"}'.encode()
WEBHOOK = Webhook(
    BODY,
    {"framer-webhook-submission-id": "sub-1", "content-type": "application/json"},
    url="https://hooks.example.com/hooks/x",
)
STAMPED = {"signed": "{timestamp}.{body}", "tolerance": 300}

SENDERS = {
    "shopify": Hmac("X-Shopify-Hmac-Sha256", encoding="base64"),
    "stripe": Hmac("Stripe-Signature", fields=("t", "v1"), **STAMPED),
    "woocommerce": Hmac("X-WC-Webhook-Signature", encoding="base64"),
    "squarespace": Hmac("Squarespace-Signature", key="hex"),
    "square": Hmac("x-square-hmacsha256-signature", signed="{url}{body}", encoding="base64"),
    "paddle": Hmac("Paddle-Signature", signed="{timestamp}:{body}", fields=("ts", "h1"), separator=";", tolerance=300),
    "lemonsqueezy": Hmac("X-Signature"),
    "recurly": Hmac("Recurly-Signature", fields=("", ""), timestamp_unit="ms", **STAMPED),
    "workos": Hmac("WorkOS-Signature", fields=("t", "v1"), separator=", ", timestamp_unit="ms", **STAMPED),
    "outseta": Hmac("X-Hub-Signature-256", prefix="sha256=", key="hex"),
    "ghost": Hmac(
        "X-Ghost-Signature",
        signed="{body}{timestamp}",
        fields=("t", "sha256"),
        separator=", ",
        timestamp_last=True,
        timestamp_unit="ms",
        tolerance=300,
    ),
    "patreon": Hmac("X-Patreon-Signature", algorithm="md5"),
    "typeform": Hmac("Typeform-Signature", prefix="sha256=", encoding="base64"),
    "tally": Hmac("Tally-Signature", encoding="base64"),
    "webflow": Hmac(
        "X-Webflow-Signature",
        signed="{timestamp}:{body}",
        timestamp_header="X-Webflow-Timestamp",
        timestamp_unit="ms",
        tolerance=300,
    ),
    "framer": Hmac("Framer-Signature", prefix="sha256=", signed="{body}{header:framer-webhook-submission-id}"),
    "formspree": Hmac("Formspree-Signature", fields=("t", "v1"), **STAMPED),
    "surveymonkey": Hmac("Sm-Signature", algorithm="sha1", encoding="base64"),
    "hubspot": Hmac(
        "X-HubSpot-Signature-v3",
        signed="{method}{url}{body}{timestamp}",
        encoding="base64",
        timestamp_header="X-HubSpot-Request-Timestamp",
        timestamp_unit="ms",
        tolerance=300,
    ),
    "klaviyo": Hmac("Klaviyo-Signature", signed="{body}{timestamp}", timestamp_header="Klaviyo-Timestamp"),
    "calendly": Hmac("Calendly-Webhook-Signature", fields=("t", "v1"), **STAMPED),
    "calcom": Hmac("X-Cal-Signature-256"),
    "meta": Hmac("X-Hub-Signature-256", prefix="sha256="),
    "linkedin": Hmac("X-LI-Signature", signed="hmacsha256={body}", prefix="hmacsha256=", prefix_optional=True),
    "tiktok": Hmac("TikTok-Signature", fields=("t", "s"), **STAMPED),
    "intercom": Hmac("X-Hub-Signature", algorithm="sha1", prefix="sha1="),
    "memberstack legacy": Hmac("Ms-Signature", fields=("t", "s"), separator=" ", timestamp_unit="ms", **STAMPED),
    "ecwid": Hmac("X-Ecwid-Webhook-Signature", signed="{payload:email}.{payload:note}", encoding="base64"),
}


def secret_of(scheme: Hmac) -> str:
    return HEX_SECRET if scheme.key == "hex" else SECRET


def refusal(scheme: Scheme, webhook: Webhook, secrets: list[str], now: datetime = NOW) -> VerificationError:
    with pytest.raises(VerificationError) as caught:
        scheme.verify(webhook, secrets, now)
    return caught.value


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def saved(name: str) -> bytes:
    path = PAYLOADS / name
    if not path.exists():  # pragma: no cover -- where they lie, nothing is skipped
        pytest.skip(f"the senders' payloads are not here ({name})")
    return path.read_bytes()


def examined(
    scheme: Scheme, webhook: Webhook, secrets: Sequence[str], now: datetime = NOW, **known: Any
) -> VerificationError:
    """What the doctor says of a refused webhook; it repeats nothing of what was sent or is secret."""
    error = refusal(scheme, webhook, list(secrets), now)
    finding = diagnose(scheme, webhook, secrets, error, now=now, **known)
    for private in (*secrets, *webhook.query.values(), "zoë@example.org"):
        assert not private.strip() or private not in str(finding)
    return finding
