"""Webhooks that carry several events: each becomes a webhook of its own, with its own place in the queue."""

import json
from collections.abc import Iterable
from dataclasses import replace

from app.errors import PayloadError
from app.payload import Payload
from app.webhook import Webhook

_MOST, _MOST_BYTES = 1_000, 16 * 1024 * 1024


def split(webhook: Webhook, payloads: Iterable[Payload]) -> list[Webhook]:
    """Return a webhook per payload. Raises `PayloadError` if there is none, or more than anybody sends.

    ``payloads`` are best made one by one: what they share is there once in the body, and once in each of them.
    """
    headers = {**webhook.headers, "content-type": "application/json"}
    parts: list[Webhook] = []
    size = 0
    for payload in payloads:
        body = json.dumps(payload).encode()
        size += len(body)
        if len(parts) == _MOST or size > _MOST_BYTES:
            raise PayloadError(f"the list holds more events than can be kept at once: send 1 to {_MOST}")
        parts.append(replace(webhook, body=body, headers=headers))
    if not parts:
        raise PayloadError(f"the list holds no events: send 1 to {_MOST}")
    return parts


def each_element(webhook: Webhook) -> Iterable[Webhook]:
    """Return a webhook per element where the body is a JSON list, else the webhook as it is."""
    payload = webhook.payload
    return split(webhook, payload) if isinstance(payload, list) else (webhook,)
