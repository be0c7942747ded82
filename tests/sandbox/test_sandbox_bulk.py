"""The bulk create, which is not documented, and its dry run, which is."""

import pytest
import requests
from sandbox_client import ADA, Client

from app.sandbox import Bulk, Duplicates, Fault, SandboxServer

NEW = [{"type": "email", "email": f"{name}@example.com", "name": name.title()} for name in ("bo", "cy", "di", "ed")]
PATH = "/orgs/c/contacts/bulk"


def test_it_tells_in_a_dry_run_who_would_be_new(sandbox: SandboxServer, call: Client) -> None:
    contact_id = call.create(**ADA).json()["id"]
    new = {"type": "email", "email": "new@example.com", "name": "New"}
    phone = {"type": "phone", "phone": "+15555550103"}
    known = [
        {"type": "email", "email": "ada@example.com"},
        {"type": "email", "email": "other@example.com", "contact_id": contact_id},
        {"type": "email", "email": "NEW@example.com"},
    ]
    invalid = [7, {"type": "email"}, {"type": "email", "email": 1}, {"email": "x@example.com"}]
    invalid += [{"type": "email", "email": "x@example.com", "contact_id": "contact_unknown"}]

    body = {"channels": [new, *known, *invalid, phone], "segment_id": "seg_a"}
    answer = call("POST", "/orgs/c/contacts/bulk/dry", json=body)

    assert answer.json() == {"created": [new, phone], "updated": known, "invalid": invalid}
    assert sandbox.contacts.created == 1


def test_it_takes_ten_thousand_channels_in_a_dry_run_and_no_more(call: Client) -> None:
    channels = [{"type": "email", "email": f"{number}@example.com"} for number in range(10_001)]

    full = call("POST", "/orgs/c/contacts/bulk/dry", json={"channels": channels[1:]})
    over = call("POST", "/orgs/c/contacts/bulk/dry", json={"channels": channels})

    assert (len(full.json()["created"]), over.status_code) == (10_000, 400)


def test_it_creates_whom_the_dry_run_calls_new(sandbox: SandboxServer, call: Client) -> None:
    body = {"channels": [*NEW, {"type": "email"}, 7], "segment_id": "seg_a"}
    foretold = call("POST", f"{PATH}/dry", json=body).json()

    answer = call("POST", PATH, json=body).json()

    assert foretold["created"] == NEW
    assert [contact["channels"][0]["email"] for contact in answer["created"]] == [row["email"] for row in NEW]
    assert {segment["id"] for contact in answer["created"] for segment in contact["segments"]} == {"seg_a"}
    assert [row["message"] for row in answer["invalid"]] == ["channel: email or phone is required", "not a channel"]
    assert answer["updated"] == []
    assert sandbox.contacts.created == 4


@pytest.mark.parametrize(
    ("duplicates", "kind", "created"),
    [("second", "created", 2), ("same", "updated", 1), ("conflict", "invalid", 1), ("bad_request", "invalid", 1)],
)
def test_it_meets_a_known_person_in_every_way_that_is_undocumented(
    sandbox: SandboxServer, call: Client, *, duplicates: str, kind: str, created: int
) -> None:
    call.create(**ADA)
    sandbox.settings.duplicates = Duplicates(duplicates)

    answer = call("POST", PATH, json={"channels": [{"type": "email", "email": "ADA@example.com"}]}).json()

    assert [name for name, rows in answer.items() if rows] == [kind]
    assert sandbox.contacts.created == created


def test_it_attaches_a_channel_to_the_contact_that_it_names(sandbox: SandboxServer, call: Client) -> None:
    contact_id = call.create(**ADA).json()["id"]
    channel = {"type": "email", "email": "ada@example.org", "contact_id": contact_id}

    (contact,) = call("POST", PATH, json={"channels": [channel]}).json()["updated"]

    assert (contact["id"], len(contact["channels"]), sandbox.contacts.created) == (contact_id, 2, 1)


def test_it_answers_without_ids_or_not_at_all_when_told_to(sandbox: SandboxServer, call: Client) -> None:
    sandbox.settings.bulk = Bulk.CHANNELS
    without = call("POST", PATH, json={"channels": NEW[:1]}).json()
    sandbox.settings.bulk = Bulk.MISSING
    missing = call("POST", PATH, json={"channels": NEW[1:]})

    assert without == {"created": NEW[:1], "updated": [], "invalid": []}
    assert missing.status_code == 404
    assert sandbox.contacts.created == 1


@pytest.mark.parametrize(
    ("kind", "answered", "created"),
    [("refused_rows", {"created": 2, "invalid": 2}, 2), ("lost_rows", {"created": 2}, 4)],
)
def test_it_answers_for_some_of_them(
    sandbox: SandboxServer, call: Client, *, kind: str, answered: dict[str, int], created: int
) -> None:
    sandbox.faults.add(Fault(kind))
    call("POST", f"{PATH}/dry", json={"channels": NEW})

    answer = call("POST", PATH, json={"channels": NEW}).json()

    assert {name: len(rows) for name, rows in answer.items() if rows} == answered
    assert sandbox.contacts.created == created


def test_it_gives_up_half_way(sandbox: SandboxServer, call: Client) -> None:
    sandbox.faults.add(Fault("half"))

    with pytest.raises(requests.ConnectionError):
        call("POST", PATH, json={"channels": NEW})

    assert sandbox.contacts.created == 2


def test_a_fault_can_strike_the_bulk_create_and_not_its_dry_run(sandbox: SandboxServer, call: Client) -> None:
    sandbox.faults.add(Fault("error", path_ends="/bulk"))

    statuses = [call("POST", path, json={"channels": NEW}).status_code for path in (f"{PATH}/dry", PATH)]

    assert statuses == [200, 503]
