"""The sources of these tests, and how their senders sign."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.config import Config, loads

SECRET, TOKEN = "shop-secret-of-tests", "token-of-tests"
BEARER = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
CUSTOMER = json.dumps({"id": 7, "first_name": "Ada", "last_name": "Example", "email": "ada@example.com"}).encode()
PERSON = json.dumps({"id": "lead-1", "email": "ada@example.com"}).encode()
PROBLEM = {"type", "title", "status"}

_TOML = """
[server]
database_url = "{database_url}"
[orgs.main]
api_key = "key-of-tests"
[sources.shop]
provider = "shopify"
secret = "shop-secret-of-tests"
[sources.landing]
provider = "relay"
auth = "bearer"
secret = "token-of-tests"
event_id = "id"
event_type = "type"
[sources.strict]
provider = "relay"
auth = "bearer"
secret = "token-of-tests"
strict = true
[sources.form]
provider = "relay"
auth = "query"
secret = "token-of-tests"
"""


def configuration(database_url: str, **more: str) -> Config:
    return loads(_TOML.format(database_url=database_url), {}, Path())


def signed(body: bytes = CUSTOMER, event_id: str = "wh-1", topic: str = "customers/create") -> dict[str, str]:
    """Return the headers that Shopify sends with ``body``."""
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
        "X-Shopify-Topic": topic,
        "X-Shopify-Webhook-Id": event_id,
    }


def problem(answer: TestResponse) -> dict[str, Any]:
    """Return the problem details of an answer that must be some."""
    assert answer.mimetype == "application/problem+json"
    document = answer.get_json(force=True)
    assert PROBLEM <= document.keys() <= {*PROBLEM, "detail"}
    assert document["status"] == answer.status_code
    assert document["type"].startswith("urn:contact-bridge:problem:")
    return dict(document)


def kept(client: FlaskClient) -> list[dict[str, Any]]:
    """Return every event in the store, the newest first."""
    from app.store import Filter  # noqa: PLC0415 -- only here

    store = client.application.extensions["bridge"].store
    if not store.migrated:
        return []
    return list(store.log.events(Filter()))
