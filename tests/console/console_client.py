"""The console behind Flask's test client: signing in, and forms that are sent as a browser would send them."""

import html
import re
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.bridge import Bridge

ADMIN_TOKEN, READ_TOKEN = "admin-token-of-tests", "read-token-of-tests"
NOBODY = "/console/events"

TOML = """
[server]
database_url = "{database_url}"
{tokens}
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
[sources.landing.contact]
email = "email"
name = "name"
phone = "phone"
consent = "newsletter"
"""
TOKENS = f'admin_token = "{ADMIN_TOKEN}"\nread_token = "{READ_TOKEN}"'


@dataclass
class Console:
    """A browser without a screen: it follows no redirect unless it is told to."""

    app: Flask
    client: FlaskClient
    csrf: str = ""

    @property
    def bridge(self) -> Bridge:
        found: Bridge = self.app.extensions["bridge"]
        return found

    def sign_in(self, token: str = ADMIN_TOKEN, who: str = "Ada") -> TestResponse:
        """Sign in; return the answer to the form."""
        form = self.client.get("/console/sign-in")
        answer = self.client.post("/console/sign-in", data={"csrf": csrf_of(form), "who": who, "token": token})
        if answer.status_code == 303:
            self.csrf = csrf_of(self.client.get("/console/"))
        return answer

    def get(self, path: str, **values: Any) -> TestResponse:
        return self.client.get(f"/console{path}", query_string=values)

    def text(self, path: str, **values: Any) -> str:
        """Return the words of a page that must be there, without its markup."""
        answer = self.get(path, **values)
        assert answer.status_code == 200, answer.text
        return words_of(answer)

    def post(self, path: str, **fields: Any) -> TestResponse:
        return self.client.post(f"/console{path}", data={"csrf": self.csrf, **fields})

    def in_place(self, path: str, **fields: Any) -> TestResponse:
        """Post as htmx does."""
        return self.client.post(f"/console{path}", data={"csrf": self.csrf, **fields}, headers={"HX-Request": "true"})

    def receive(self, event_id: str = "lead-1", **parts: Any) -> None:
        """Have a webhook of the source landing come in."""
        payload = {"id": event_id, "type": "signup", "email": "ada@example.com", **parts}
        answer = self.client.post("/hooks/landing", json=payload, headers={"Authorization": "Bearer token-of-tests"})
        assert answer.status_code == 200, answer.text


def csrf_of(answer: TestResponse) -> str:
    """Return the token in a page's form."""
    found = re.search(r'name="csrf" value="(\w+)"', answer.text)
    assert found, answer.text
    return found[1]


def words_of(answer: TestResponse) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def fields_of(answer: TestResponse, marker: str) -> dict[str, str]:
    """Return the hidden fields of the form whose action holds ``marker``."""
    form = next(part for part in answer.text.split("<form")[1:] if marker in part.partition(">")[0])
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form.partition("</form>")[0])
    return {name: html.unescape(value) for name, value in pairs}
