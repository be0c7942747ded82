"""Webhooks that carry several events: each becomes a webhook of its own, with its own place in the queue."""

import json
from collections.abc import Sequence
from dataclasses import replace

from app.errors import PayloadError
from app.payload import Payload
from app.webhook import Webhook

_MOST = 1_000


def split(webhook: Webhook, payloads: Sequence[Payload]) -> list[Webhook]:
    """Return a webhook per payload. Raises `PayloadError` if there is none, or more than anybody sends."""
    if not 0 < len(payloads) <= _MOST:
        raise PayloadError(f"the list holds {len(payloads)} events: send 1 to {_MOST}")
    headers = {**webhook.headers, "content-type": "application/json"}
    return [replace(webhook, body=json.dumps(payload).encode(), headers=headers) for payload in payloads]
