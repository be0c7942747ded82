"""Without a key that sealed what was kept, the API says so, and goes on."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime

import pytest
from api_kit import Desk, configuration, problem

from app import create_app
from app.config import Config
from app.store import Hold
from app.store.keyring import new_key


def opened(config: Config, clock: Callable[[], datetime], *keys: str) -> Desk:
    return Desk(create_app(replace(config, server=replace(config.server, encryption_key=keys)), clock))


@pytest.fixture
def keyless(database_url: str, clock: Callable[[], datetime]) -> Iterator[Desk]:
    """A bridge that has lost its key, with an event that waits and one that failed."""
    config = configuration(database_url)
    sealed = opened(config, clock, new_key())
    with closing(sealed.store):
        sealed.store.migrate()
        sealed.receive("landing", "e1", name="Zoe Adler", email="zoe.adler@example.com")
        sealed.receive("landing", "e2", name="Zoe Adler", email="nobody")
        sealed.store.orgs.hold("main", Hold.DOWN, "zoe.adler@example.com: 502", clock())
    lost = opened(config, clock)
    with closing(lost.store):
        yield lost


@pytest.mark.parametrize(
    "path", ["events", "events/landing/e1", "events/landing/e2", "persons", "persons/1", "orgs", "overview", "sources"]
)
def test_it_answers_without_saying_what_it_cannot_read(keyless: Desk, path: str) -> None:
    answer = keyless.get(path)

    assert answer.status_code == 200, answer.text
    assert "zoe" not in answer.text.lower()
    assert "$sealed$" not in answer.text


def test_it_says_that_it_cannot_be_read(keyless: Desk) -> None:
    event = keyless.found("events/landing/e1")
    person = keyless.found("persons/1")

    assert (event["payload"], event["payload_state"], event["parts"]) == (None, "sealed", [])
    assert event["contact"] == {"sealed": "sealed with a key that is not configured"}
    assert person["identities"][0]["value"] == "sealed with a key that is not configured"
    problem(keyless.post("rehearse", source="landing", event_id="e2"), 409, "nothing-to-replay")


def test_nobody_is_erased_while_nobody_can_search_for_them(keyless: Desk) -> None:
    for dry_run in (True, False):
        found = problem(keyless.post("erase", person="zoe.adler@example.com", dry_run=dry_run), 409, "key-missing")

        assert "the encryption key with the mark" in found["detail"]
