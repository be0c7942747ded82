"""Samples as large as real webhooks are: what is added is as everyday as what is there, and nobody looks for it."""

import json
from collections.abc import Callable
from dataclasses import replace

from app.payload import decode
from app.webhook import Webhook

_Fields = list[tuple[str, str]]

_VALUE = "words and words"


def padded(webhook: Webhook, size: int) -> Webhook:
    """Return the webhook with a body of ``size`` bytes or a little less, of the same kind: JSON or either form."""
    pad, field = _pad(webhook), ("more 000", _VALUE)
    one, two = (len(pad(webhook.body, [field] * count)) for count in (1, 2))
    count = 1 + (size - one) // (two - one)
    if count < 1:
        return webhook
    body = pad(webhook.body, [(f"more {number:03}", _VALUE) for number in range(count)])
    decode(body, webhook.content_type)  # it is a webhook still
    return replace(webhook, body=body)


def _pad(webhook: Webhook) -> Callable[[bytes, _Fields], bytes]:
    if webhook.content_type.startswith("multipart/"):
        return _multipart
    ways = {b"{": _json, b"[": _json, b'"': _json_in_json}
    return ways.get(webhook.body.lstrip()[:1], _form)


def _json(body: bytes, fields: _Fields) -> bytes:
    """The members go into the first object that there is, in front of what is in it."""
    more = ", ".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in fields)
    head, brace, rest = body.partition(b"{")
    return head + brace + more.encode() + (b"" if rest.lstrip()[:1] == b"}" else b", ") + rest


def _json_in_json(body: bytes, fields: _Fields) -> bytes:
    return json.dumps(_json(json.loads(body).encode(), fields).decode()).encode()


def _form(body: bytes, fields: _Fields) -> bytes:
    return body + "".join(f"&{name}={value}" for name, value in fields).replace(" ", "+").encode()


def _multipart(body: bytes, fields: _Fields) -> bytes:
    """Here answers are longer: each part costs a hundred bytes of its own, and nobody's form of 4 KB has fifty."""
    boundary = body.partition(b"\r\n")[0]
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{(value + " ") * 8}\r\n'.encode()
        for name, value in fields
    ]
    return b"".join(boundary + b"\r\n" + part for part in parts) + body
