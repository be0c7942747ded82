"""What the operator is told of refused webhooks: each with its cause, and nothing of what was sent."""

from flask.testing import FlaskClient
from web_sources import BEARER, CUSTOMER, PERSON, signed

from app.store import Refusal


def refusals(client: FlaskClient) -> list[Refusal]:
    """What is kept when all that was noted is written."""
    client.get("/readyz")  # makes the tables, if nobody has yet
    client.application.extensions["refused"].close()
    return list(client.application.extensions["bridge"].store.refusals.newest())


def test_it_keeps_why_a_webhook_was_not_genuine(client: FlaskClient, clock) -> None:
    client.post("/hooks/shop", data=CUSTOMER + b" ", headers=signed())

    (refusal,) = refusals(client)
    assert (refusal.source, refusal.cause, refusal.refused_at) == ("shop", "body altered on the way", clock())


def test_it_keeps_what_could_not_be_read_or_made_nobody(client: FlaskClient) -> None:
    client.post("/hooks/landing", data=b"{", headers=BEARER)
    client.post("/hooks/strict", data=b'{"colour": "red"}', headers=BEARER)

    assert [(each.source, each.cause) for each in refusals(client)] == [
        ("strict", "no contact"),
        ("landing", "unreadable body"),
    ]


def test_it_keeps_nothing_of_what_is_no_webhook_and_of_nobody_s_address(client: FlaskClient) -> None:
    client.get("/hooks/shop")
    client.post("/hooks/ada@example.com", data=PERSON)
    client.post("/hooks/landing", data=PERSON, headers=BEARER)

    assert refusals(client) == []
