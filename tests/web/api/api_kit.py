"""A bridge with tokens behind Flask's test client, and what is asked of its management API."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.test import TestResponse

from app.config import Config, loads
from app.webhook import Webhook

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from app.bridge import Bridge

TOKEN, READ_TOKEN = "admin-token-of-tests", "read-token-of-tests"
ADMIN, READER = ({"Authorization": f"Bearer {token}"} for token in (TOKEN, READ_TOKEN))

_TOML = """
[server]
database_url = "{database_url}"
{tokens}
[orgs.main]
api_key = "key-of-tests"
[orgs.other]
api_key = "other-key-of-tests"
[sources.shop]
provider = "relay"
auth = "none"
org = "main"
event_id = "id"
event_type = "type"
[sources.landing]
provider = "relay"
auth = "none"
org = "main"
event_id = "join('', [id])"
event_type = "type"
[sources.landing.contact]
email = "email"
name = "name"
"""
TOKENS = f'admin_token = "{TOKEN}"\nread_token = "{READ_TOKEN}"'


def configuration(database_url: str, tokens: str = TOKENS) -> Config:
    return loads(_TOML.format(database_url=database_url, tokens=tokens), {}, Path())


class Desk:
    """The application, and what happens in its bridge."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        self.bridge: Bridge = app.extensions["bridge"]
        self.store = self.bridge.store

    def get(self, path: str, headers: Any = ADMIN, **query: Any) -> TestResponse:
        return self.client.get(f"/api/v1/{path}", headers=headers, query_string=query)

    def found(self, path: str, **query: Any) -> Any:
        """Return what is answered to who looks only."""
        answer = self.get(path, READER, **query)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def post(self, path: str, shown: Any = ADMIN, **body: Any) -> TestResponse:
        return self.client.post(f"/api/v1/{path}", headers=shown, json=body)

    def done(self, path: str, **body: Any) -> Any:
        """Return what is answered to an admin."""
        answer = self.post(path, **body)
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def receive(self, source: str, event_id: str, **payload: Any) -> None:
        """Keep an event and map it."""
        body = {"id": event_id, "type": "signup", "email": f"{event_id.strip('/')[:1]}@example.com", **payload}
        headers = {"content-type": "application/json"}
        sent = json.dumps(body).replace("Infinity", "1e400")
        self.bridge.receive(source, Webhook(body=sent.encode(), headers=headers))
        while self.store.received.map(self.bridge.map, self.bridge.now()):
            pass


def problem(answer: TestResponse, status: int, kind: str) -> dict[str, Any]:
    """Return the problem details of an answer that must be of this kind."""
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    document: dict[str, Any] = answer.get_json(force=True)
    assert document["type"] == f"urn:contact-bridge:problem:{kind}"
    assert document["status"] == status
    assert document["title"]
    return document
