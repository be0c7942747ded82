"""What the tests of the sandbox share: a person, a clock, and a client that speaks as the bridge would."""

from datetime import UTC, datetime, timedelta
from typing import Any

import requests

KEY = "key-of-acme"
KEYS = {KEY: "org_acme", "key-of-agency": ["org_agency", "org_branch"], "": "org_open"}
ADA = {"user_id": "shopify:1", "name": "Ada Example", "email": "Ada@example.com", "phone": "+15555550100"}
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Clock:
    """A time that moves when a test says so."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Client:
    """Speaks to the sandbox with the key of org_acme."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {KEY}"

    def __call__(self, method: str, path: str, **arguments: Any) -> requests.Response:
        arguments = {"timeout": 5, "allow_redirects": False, **arguments}
        return self.session.request(method, self.base + path, **arguments)

    def create(self, *segment_ids: str, **channel: Any) -> requests.Response:
        return self("POST", "/orgs/c/contacts", json={"channel": channel, "segment_ids": list(segment_ids)})

    def find(self, **query: Any) -> list[str]:
        answer = self("GET", "/orgs/c/contacts", params=query)
        assert answer.status_code == 200, answer.text
        return [contact["name"] for contact in answer.json()]


def message(answer: requests.Response) -> str:
    return str(answer.json()["message"])
