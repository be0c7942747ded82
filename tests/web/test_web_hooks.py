"""POST /hooks/<source>: the answers of DESIGN §5."""

import json

import pytest
from flask.testing import FlaskClient
from web_sources import BEARER, CUSTOMER, PERSON, TOKEN, kept, problem, signed


def test_it_answers_200_and_keeps_a_genuine_webhook(client: FlaskClient) -> None:
    answer = client.post("/hooks/shop", data=CUSTOMER, headers=signed())

    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.get_json() == {"status": "accepted", "event_id": "wh-1"}
    assert [(e["source"], e["event_id"], e["status"]) for e in kept(client)] == [("shop", "wh-1", "received")]


def test_it_answers_200_to_a_duplicate_and_keeps_it_only_once(client: FlaskClient) -> None:
    client.post("/hooks/shop", data=CUSTOMER, headers=signed())

    again = client.post("/hooks/shop", data=CUSTOMER, headers=signed())

    assert (again.status_code, again.get_json()) == (200, {"status": "duplicate", "event_id": "wh-1"})
    assert len(kept(client)) == 1


def test_it_answers_200_to_an_event_that_it_ignores_and_keeps_the_reason(client: FlaskClient) -> None:
    answer = client.post("/hooks/shop", data=CUSTOMER, headers=signed(topic="products/create"))

    assert (answer.status_code, answer.get_json()) == (200, {"status": "ignored", "event_id": "wh-1"})
    (event,) = kept(client)
    assert event["status"] == "ignored"
    assert event["reason"]


def test_it_answers_several_events_with_all_their_ids(client: FlaskClient) -> None:
    body = json.dumps([{"id": "lead-1", "email": "a@example.com"}, {"id": "lead-2", "email": "b@example.com"}])

    answer = client.post("/hooks/landing", data=body, headers=BEARER)

    assert answer.get_json() == {"status": "accepted", "event_ids": ["lead-1", "lead-2"]}
    assert len(kept(client)) == 2


@pytest.mark.parametrize("path", ["/hooks/shop", "/hooks/shop/", "/hooks/shop?x=1", "/hooks/shop/?x=1"])
def test_it_answers_exactly_200_with_and_without_a_trailing_slash(client: FlaskClient, path: str) -> None:
    answer = client.post(path, data=CUSTOMER, headers=signed(), follow_redirects=False)

    assert answer.status_code == 200
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    "path",
    ["//hooks/shop", "/hooks//shop", "/hooks/shop//", "/hooks", "/hooks/", "/Hooks/shop", "/", "/healthz/", "/../x"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_it_answers_404_and_never_redirects_other_addresses(client: FlaskClient, path: str, method: str) -> None:
    answer = client.open(path, method=method, data=CUSTOMER, headers=signed())

    assert answer.status_code == 404
    assert "Location" not in answer.headers
    problem(answer)


def test_it_answers_404_where_no_such_source_is(client: FlaskClient) -> None:
    answer = client.post("/hooks/ada@example.com", data=CUSTOMER, headers=signed())

    assert answer.status_code == 404
    assert "ada" not in answer.text
    assert problem(answer)["title"] == "There is no such source"


def test_it_answers_404_before_it_reads_a_body(client: FlaskClient) -> None:
    answer = client.post("/hooks/nobody", data=b"x" * 100_000)

    assert answer.status_code == 404


@pytest.mark.parametrize("source", ["shop", "landing", "form"])
def test_it_answers_401_to_what_is_not_genuine_and_keeps_nothing(client: FlaskClient, source: str) -> None:
    answer = client.post(f"/hooks/{source}", data=CUSTOMER, headers={"Content-Type": "application/json"})

    assert answer.status_code == 401
    assert kept(client) == []


def test_a_sender_learns_nothing_about_why_it_was_refused(client: FlaskClient) -> None:
    unsigned = client.post("/hooks/shop", data=CUSTOMER)
    altered = client.post("/hooks/shop", data=CUSTOMER + b" ", headers=signed())
    garbled = client.post("/hooks/shop", data=CUSTOMER, headers={"X-Shopify-Hmac-Sha256": "?"})

    assert problem(unsigned) == problem(altered) == problem(garbled)
    assert {a.status_code for a in (unsigned, altered, garbled)} == {401}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "GET", "HEAD"])
@pytest.mark.parametrize("path", ["/hooks/shop", "/hooks/shop/"])
def test_it_answers_405_to_other_methods_and_says_which_are_allowed(
    client: FlaskClient, method: str, path: str
) -> None:
    answer = client.open(path, method=method)

    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_it_answers_405_where_there_is_only_something_to_read(client: FlaskClient, path: str) -> None:
    answer = client.post(path)

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    problem(answer)


def test_it_answers_422_to_a_strict_relay_without_a_contact(client: FlaskClient) -> None:
    answer = client.post("/hooks/strict", data=b'{"colour": "red"}', headers=BEARER)

    assert answer.status_code == 422
    assert "mail" in problem(answer)["detail"]
    assert kept(client) == []


def test_it_answers_200_to_a_relay_that_is_not_strict_without_a_contact(client: FlaskClient) -> None:
    answer = client.post("/hooks/landing", data=b'{"colour": "red"}', headers=BEARER)

    assert answer.status_code == 200


def test_it_takes_a_token_in_the_address(client: FlaskClient) -> None:
    answer = client.post(f"/hooks/form?token={TOKEN}", data=PERSON, headers={"Content-Type": "application/json"})

    assert answer.status_code == 200


def test_it_keeps_the_bytes_as_they_were_sent(client: FlaskClient) -> None:
    body = b'{ "email" :"ada@example.com",\t"n": 1.0,\r\n "id":"lead-1", "id":"lead-1"}'

    client.post("/hooks/landing", data=body, headers=BEARER)

    event = client.application.extensions["bridge"].store.log.event("landing", "lead-1")
    assert event.body == body


@pytest.mark.parametrize("name", ["import", "import.main"])
def test_nobody_can_post_to_the_source_of_imports(client: FlaskClient, name: str) -> None:
    answer = client.post(f"/hooks/{name}", data=PERSON, headers=BEARER)

    assert answer.status_code == 404
    assert kept(client) == []
