"""The stand-in upstream: everything is written down, and nothing is unique."""

import json
from pathlib import Path

from tests.soak.contacts import Contacts, read
from tests.soak.faults import NONE, Faults


def test_a_second_create_makes_a_second_contact(tmp_path: Path) -> None:
    contacts = Contacts(tmp_path / "journal")
    for _ in range(2):
        contacts.create({"email": "ada@example.com", "name": "Ada Example"}, ["seg_1"])

    assert len(contacts.find({"email": "ADA@example.com"})) == 2
    assert read(tmp_path / "journal", lambda *_: None) == 2


def test_a_channel_of_a_contact_is_written_down_and_found(tmp_path: Path) -> None:
    contacts = Contacts(tmp_path / "journal")
    made = contacts.create({"email": "ada@example.com"}, [])
    assert made
    contacts.create({"contact_id": made["id"], "user_id": "shopify:1"}, [])

    assert contacts.find({"user_id": "shopify:1"}) == [made]
    assert [json.loads(line)["new"] for line in (tmp_path / "journal").read_text().splitlines()] == [True, False]
    assert contacts.create({"contact_id": "contact_9", "email": "bao@example.com"}, []) is None


def test_many_are_made_at_once_and_those_who_are_known_are_told_before(tmp_path: Path) -> None:
    contacts = Contacts(tmp_path / "journal")
    ada, bao = {"email": "ada@example.com"}, {"email": "Bao@example.com", "user_id": "shopify:2"}
    contacts.create_many([ada], "seg_1")

    assert contacts.dry_run([ada, bao]) == {"created": [bao], "updated": [ada]}
    assert [made["id"] for made in contacts.create_many([ada, bao], None)["created"]] == ["contact_2", "contact_3"]
    assert read(tmp_path / "journal", lambda *_: None) == 3


def test_the_seed_decides_what_goes_wrong() -> None:
    requests = [f"POST /contacts {number}".encode() for number in range(200)]
    struck = {seed: [Faults(seed, 0.5).take(request) for request in requests] for seed in ("a", "b")}

    assert struck["a"] == [Faults("a", 0.5).take(request) for request in requests]
    assert struck["a"] != struck["b"]
    assert [Faults("a", 0.0).take(request) for request in requests] == [NONE] * 200


def test_the_same_request_is_not_struck_for_ever() -> None:
    faults = Faults("a", 0.5)

    assert len({faults.take(b"POST /contacts") for _ in range(50)} - {NONE}) > 3
